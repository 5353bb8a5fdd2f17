// SPDX-License-Identifier: Apache-2.0
//
// seal/raw.hpp: the peers: AES-256-GCM and nothing around it, by the calls of the libraries that the engines use.
#pragma once

#include "../table.hpp"

#include <openssl/evp.h>

#if defined(UNITEE_WITH_IPSEC_MB) && UNITEE_WITH_IPSEC_MB
#define NO_COMPAT_IMB_API_053
#include <intel-ipsec-mb.h>
#endif

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <span>

namespace benchmarks {

using octets_in = std::span<const std::uint8_t>;
using octets_out = std::span<std::uint8_t>;
using tag_bytes = std::array<std::uint8_t, 16>;

// nonce_of is the segment's number, little-endian in 12 bytes.
inline std::array<std::uint8_t, 12> nonce_of(std::uint64_t segment) {
  std::array<std::uint8_t, 12> out{};
  for (std::size_t i = 0; i < 8; ++i) out[i] = static_cast<std::uint8_t>(segment >> (8 * i));
  return out;
}

// raw_openssl is one key, for one thread: seal and open are of a segment, check of one that is public (GMAC).
class raw_openssl {
 public:
  explicit raw_openssl(octets_in key) {
    EVP_EncryptInit_ex(to_.get(), EVP_aes_256_gcm(), nullptr, key.data(), nullptr);
    EVP_DecryptInit_ex(from_.get(), EVP_aes_256_gcm(), nullptr, key.data(), nullptr);
  }

  bool seal(std::uint64_t segment, octets_in in, octets_out out, tag_bytes& tag) {
    int n = 0;
    return EVP_EncryptInit_ex(to_.get(), nullptr, nullptr, nullptr, nonce_of(segment).data()) == 1 &&
           EVP_EncryptUpdate(to_.get(), out.data(), &n, in.data(), static_cast<int>(in.size())) == 1 &&
           EVP_EncryptFinal_ex(to_.get(), out.data() + n, &n) == 1 &&
           EVP_CIPHER_CTX_ctrl(to_.get(), EVP_CTRL_AEAD_GET_TAG, 16, tag.data()) == 1;
  }
  bool open(std::uint64_t segment, octets_in in, tag_bytes tag, octets_out out) {
    int n = 0;
    return begin(segment, tag) &&
           EVP_DecryptUpdate(from_.get(), out.data(), &n, in.data(), static_cast<int>(in.size())) == 1 &&
           EVP_DecryptFinal_ex(from_.get(), out.data() + n, &n) == 1;
  }
  bool check(std::uint64_t segment, octets_in in, tag_bytes tag) {
    int n = 0;
    return begin(segment, tag) &&
           EVP_DecryptUpdate(from_.get(), nullptr, &n, in.data(), static_cast<int>(in.size())) == 1 &&
           EVP_DecryptFinal_ex(from_.get(), tag.data(), &n) == 1;
  }

 private:
  using context = std::unique_ptr<EVP_CIPHER_CTX, decltype(&EVP_CIPHER_CTX_free)>;

  bool begin(std::uint64_t segment, tag_bytes& tag) {
    return EVP_DecryptInit_ex(from_.get(), nullptr, nullptr, nullptr, nonce_of(segment).data()) == 1 &&
           EVP_CIPHER_CTX_ctrl(from_.get(), EVP_CTRL_AEAD_SET_TAG, 16, tag.data()) == 1;
  }

  context to_{EVP_CIPHER_CTX_new(), EVP_CIPHER_CTX_free};
  context from_{EVP_CIPHER_CTX_new(), EVP_CIPHER_CTX_free};
};

#if defined(UNITEE_WITH_IPSEC_MB) && UNITEE_WITH_IPSEC_MB
// raw_ipsec_mb is the same by Intel's library.
class raw_ipsec_mb {
 public:
  explicit raw_ipsec_mb(octets_in key) {
    init_mb_mgr_auto(manager_.get(), nullptr);
    IMB_AES256_GCM_PRE(manager_.get(), key.data(), &keys_->data);
  }

  bool seal(std::uint64_t segment, octets_in in, octets_out out, tag_bytes& tag) {
    IMB_AES256_GCM_ENC(manager_.get(), &keys_->data, &keys_->context, out.data(), in.data(), in.size(),
                       nonce_of(segment).data(), &none_, 0, tag.data(), tag.size());
    return true;
  }
  bool open(std::uint64_t segment, octets_in in, tag_bytes tag, octets_out out) {
    tag_bytes right;
    IMB_AES256_GCM_DEC(manager_.get(), &keys_->data, &keys_->context, out.data(), in.data(), in.size(),
                       nonce_of(segment).data(), &none_, 0, right.data(), right.size());
    return right == tag;
  }
  bool check(std::uint64_t segment, octets_in in, tag_bytes tag) {
    tag_bytes right;
    IMB_AES256_GCM_DEC(manager_.get(), &keys_->data, &keys_->context, &none_, &none_, 0, nonce_of(segment).data(),
                       in.data(), in.size(), right.data(), right.size());
    return right == tag;
  }

 private:
  struct alignas(64) material {
    gcm_key_data data;
    gcm_context_data context;
  };

  std::unique_ptr<IMB_MGR, decltype(&free_mb_mgr)> manager_{alloc_mb_mgr(0), free_mb_mgr};
  std::unique_ptr<material> keys_ = std::make_unique<material>();
  std::uint8_t none_ = 0;
};
#endif

}  // namespace benchmarks
