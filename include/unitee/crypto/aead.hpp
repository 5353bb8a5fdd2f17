// SPDX-License-Identifier: Apache-2.0
//
// unitee/crypto/aead.hpp: AES-256-GCM by OpenSSL.
#pragma once

#include <unitee/bytes/view.hpp>
#include <unitee/crypto/gcm.hpp>
#include <unitee/crypto/openssl.hpp>
#include <unitee/crypto/secret.hpp>
#include <unitee/result.hpp>

#include <openssl/evp.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <utility>

namespace unitee::inline v0 {

// aes_256_gcm is the gcm_engine that is always there; gcm_engine.hpp says what it does. The key's schedule is computed
// once: a call sets the nonce and nothing else.
class aes_256_gcm {
 public:
  [[nodiscard]] static result<aes_256_gcm> create(const secret<32>& key) noexcept {
    const detail::error_mark mark;
    const detail::handle<EVP_CIPHER, EVP_CIPHER_free> cipher(EVP_CIPHER_fetch(nullptr, "AES-256-GCM", nullptr));
    context to(EVP_CIPHER_CTX_new());
    context from(EVP_CIPHER_CTX_new());
    const std::uint8_t* bytes = key.expose().data();
    if (!cipher || !to || !from || EVP_EncryptInit_ex2(to.get(), cipher.get(), bytes, nullptr, nullptr) != 1 ||
        EVP_DecryptInit_ex2(from.get(), cipher.get(), bytes, nullptr, nullptr) != 1) {
      return errc::crypto_error;
    }
    return aes_256_gcm(std::move(to), std::move(from));
  }

  result<gcm_tag> seal(const gcm_nonce& nonce, byte_view aad, byte_view plaintext, byte_span ciphertext) noexcept {
    if (const auto fits = detail::gcm_check(plaintext, ciphertext); !fits) return fits.error();
    const detail::error_mark mark;
    EVP_CIPHER_CTX* const with = encrypt_.get();
    gcm_tag tag;
    std::uint8_t none[16];
    int written = 0;
    if (with == nullptr || EVP_EncryptInit_ex2(with, nullptr, nullptr, nonce.value.data(), nullptr) != 1 ||
        !update(EVP_EncryptUpdate, with, aad, nullptr) ||
        !update(EVP_EncryptUpdate, with, plaintext, ciphertext.data()) ||
        EVP_EncryptFinal_ex(with, none, &written) != 1 ||
        EVP_CIPHER_CTX_ctrl(with, EVP_CTRL_AEAD_GET_TAG, int{gcm_tag::size()}, tag.value.data()) != 1) {
      return detail::gcm_wiped(ciphertext, errc::crypto_error);
    }
    return tag;
  }

  result<void> open(const gcm_nonce& nonce, byte_view aad, byte_view ciphertext, const gcm_tag& tag,
                    byte_span plaintext) noexcept {
    if (const auto fits = detail::gcm_check(ciphertext, plaintext); !fits) return fits.error();
    const detail::error_mark mark;
    EVP_CIPHER_CTX* const with = decrypt_.get();
    gcm_tag expected = tag;  // OpenSSL only reads it, although its type does not say so
    std::uint8_t none[16];
    int written = 0;
    if (with == nullptr || EVP_DecryptInit_ex2(with, nullptr, nullptr, nonce.value.data(), nullptr) != 1 ||
        EVP_CIPHER_CTX_ctrl(with, EVP_CTRL_AEAD_SET_TAG, int{gcm_tag::size()}, expected.value.data()) != 1 ||
        !update(EVP_DecryptUpdate, with, aad, nullptr) ||
        !update(EVP_DecryptUpdate, with, ciphertext, plaintext.data())) {
      return detail::gcm_wiped(plaintext, errc::crypto_error);
    }
    if (EVP_DecryptFinal_ex(with, none, &written) != 1) return detail::gcm_wiped(plaintext, errc::not_authentic);
    return {};
  }

 private:
  using context = detail::handle<EVP_CIPHER_CTX, EVP_CIPHER_CTX_free>;
  aes_256_gcm(context to, context from) noexcept : encrypt_(std::move(to)), decrypt_(std::move(from)) {}

  // update feeds any length to a function that counts in int. Without an output the input is additional data.
  static bool update(int (*step)(EVP_CIPHER_CTX*, unsigned char*, int*, const unsigned char*, int),
                     EVP_CIPHER_CTX* with, byte_view in, std::uint8_t* out) noexcept {
    constexpr std::size_t most = std::size_t{1} << 30;
    while (!in.empty()) {
      const std::size_t n = std::min(in.size(), most);
      int written = 0;
      if (step(with, out, &written, in.data(), static_cast<int>(n)) != 1) return false;
      in = in.subspan(n);
      if (out != nullptr) out += n;
    }
    return true;
  }

  context encrypt_;
  context decrypt_;
};

}  // namespace unitee::inline v0
