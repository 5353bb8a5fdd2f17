// SPDX-License-Identifier: Apache-2.0
//
// unitee/crypto/hash.hpp: SHA-256, SHA-384 and SHA-512 (FIPS 180-4).
#pragma once

#include <unitee/bytes/fixed.hpp>
#include <unitee/bytes/view.hpp>
#include <unitee/crypto/openssl.hpp>
#include <unitee/result.hpp>

#include <openssl/evp.h>

#include <utility>

namespace unitee::inline v0 {

using sha256_digest = fixed_bytes<32, struct sha256_tag>;
using sha384_digest = fixed_bytes<48, struct sha384_tag>;
using sha512_digest = fixed_bytes<64, struct sha512_tag>;

namespace detail {

template <class Digest>
inline constexpr const char* digest_name = nullptr;
template <>
inline constexpr const char* digest_name<sha256_digest> = "SHA256";
template <>
inline constexpr const char* digest_name<sha384_digest> = "SHA384";
template <>
inline constexpr const char* digest_name<sha512_digest> = "SHA512";

}  // namespace detail

// hash is the digest of all of `bytes`: hash<sha256_digest>(...). errc::crypto_error is the only failure here.
template <class Digest>
result<Digest> hash(byte_view bytes) noexcept {
  const detail::error_mark mark;
  Digest out;
  if (EVP_Q_digest(nullptr, detail::digest_name<Digest>, nullptr, bytes.data(), bytes.size(), out.value.data(),
                   nullptr) != 1) {
    return errc::crypto_error;
  }
  return out;
}

inline result<sha256_digest> sha256(byte_view bytes) noexcept { return hash<sha256_digest>(bytes); }
inline result<sha384_digest> sha384(byte_view bytes) noexcept { return hash<sha384_digest>(bytes); }
inline result<sha512_digest> sha512(byte_view bytes) noexcept { return hash<sha512_digest>(bytes); }

// hasher is the same in pieces. After finish, update and finish are errc::crypto_error.
template <class Digest>
class hasher {
 public:
  [[nodiscard]] static result<hasher> create() noexcept {
    const detail::error_mark mark;
    context made(EVP_MD_CTX_new());
    const detail::handle<EVP_MD, EVP_MD_free> kind(EVP_MD_fetch(nullptr, detail::digest_name<Digest>, nullptr));
    if (!made || !kind || EVP_DigestInit_ex2(made.get(), kind.get(), nullptr) != 1) return errc::crypto_error;
    return hasher(std::move(made));
  }

  result<void> update(byte_view bytes) noexcept {
    const detail::error_mark mark;
    if (!context_ || EVP_DigestUpdate(context_.get(), bytes.data(), bytes.size()) != 1) return errc::crypto_error;
    return {};
  }

  // finish is the digest of everything that update was given, in that order.
  result<Digest> finish() noexcept {
    const detail::error_mark mark;
    const context last = std::move(context_);
    Digest out;
    if (!last || EVP_DigestFinal_ex(last.get(), out.value.data(), nullptr) != 1) return errc::crypto_error;
    return out;
  }

 private:
  using context = detail::handle<EVP_MD_CTX, EVP_MD_CTX_free>;
  explicit hasher(context made) noexcept : context_(std::move(made)) {}

  context context_;
};

}  // namespace unitee::inline v0
