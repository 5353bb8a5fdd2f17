// SPDX-License-Identifier: Apache-2.0
//
// The peer: AES-256-GCM and nothing around it.

#include "task.hpp"

#include <openssl/evp.h>

#include <algorithm>
#include <array>
#include <memory>

namespace benchmarks {
namespace {

constexpr std::size_t segment_size = 262144;
constexpr std::size_t tag_size = 16;

using context = std::shared_ptr<EVP_CIPHER_CTX>;

// nonce_of is the segment's number, little-endian in 12 bytes.
std::array<std::uint8_t, 12> nonce_of(std::size_t segment) {
  std::array<std::uint8_t, 12> out{};
  for (std::size_t i = 0; i < 8; ++i) out[i] = static_cast<std::uint8_t>(segment >> (8 * i));
  return out;
}

bool encrypt(EVP_CIPHER_CTX* with, const std::vector<std::uint8_t>& from, std::vector<std::uint8_t>& to,
             std::vector<std::uint8_t>& tags) {
  for (std::size_t at = 0, segment = 0; at < from.size(); at += segment_size, ++segment) {
    const auto nonce = nonce_of(segment);
    const auto n = static_cast<int>(std::min(segment_size, from.size() - at));
    int written = 0;
    if (EVP_EncryptInit_ex(with, nullptr, nullptr, nullptr, nonce.data()) != 1 ||
        EVP_EncryptUpdate(with, to.data() + at, &written, from.data() + at, n) != 1 ||
        EVP_EncryptFinal_ex(with, to.data() + at + n, &written) != 1 ||
        EVP_CIPHER_CTX_ctrl(with, EVP_CTRL_AEAD_GET_TAG, tag_size, tags.data() + segment * tag_size) != 1) {
      return false;
    }
  }
  return true;
}

bool decrypt(EVP_CIPHER_CTX* with, const std::vector<std::uint8_t>& from, std::vector<std::uint8_t>& to,
             std::vector<std::uint8_t>& tags) {
  for (std::size_t at = 0, segment = 0; at < from.size(); at += segment_size, ++segment) {
    const auto nonce = nonce_of(segment);
    const auto n = static_cast<int>(std::min(segment_size, from.size() - at));
    int written = 0;
    if (EVP_DecryptInit_ex(with, nullptr, nullptr, nullptr, nonce.data()) != 1 ||
        EVP_CIPHER_CTX_ctrl(with, EVP_CTRL_AEAD_SET_TAG, tag_size, tags.data() + segment * tag_size) != 1 ||
        EVP_DecryptUpdate(with, to.data() + at, &written, from.data() + at, n) != 1 ||
        EVP_DecryptFinal_ex(with, to.data() + at + n, &written) != 1) {
      return false;
    }
  }
  return true;
}

}  // namespace

sealer openssl_sealer(sealing_memory& memory, std::span<const std::uint8_t> key, std::vector<std::uint8_t>& tags) {
  const context to(EVP_CIPHER_CTX_new(), EVP_CIPHER_CTX_free);
  const context from(EVP_CIPHER_CTX_new(), EVP_CIPHER_CTX_free);
  EVP_EncryptInit_ex(to.get(), EVP_aes_256_gcm(), nullptr, key.data(), nullptr);
  EVP_DecryptInit_ex(from.get(), EVP_aes_256_gcm(), nullptr, key.data(), nullptr);
  tags.resize((memory.plaintext.size() + segment_size - 1) / segment_size * tag_size);
  return {[&memory, &tags, to] { return encrypt(to.get(), memory.plaintext, memory.ciphertext, tags); },
          [&memory, &tags, from] { return decrypt(from.get(), memory.ciphertext, memory.opened, tags); }};
}

}  // namespace benchmarks
