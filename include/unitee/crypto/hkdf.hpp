// SPDX-License-Identifier: Apache-2.0
//
// unitee/crypto/hkdf.hpp: HKDF, extract and expand (RFC 5869).
#pragma once

#include <unitee/bytes/view.hpp>
#include <unitee/crypto/hash.hpp>
#include <unitee/crypto/openssl.hpp>
#include <unitee/crypto/secret.hpp>
#include <unitee/result.hpp>

#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/kdf.h>
#include <openssl/params.h>

#include <cstddef>
#include <cstdint>
#include <span>

namespace unitee::inline v0 {

// hkdf_info_max is the longest `info` in bytes: the least that any OpenSSL 3 takes.
inline constexpr std::size_t hkdf_info_max = 1024;

namespace detail {

// octets is a parameter that OpenSSL only reads, although its type does not say so.
inline OSSL_PARAM octets(const char* name, byte_view bytes) noexcept {
  return OSSL_PARAM_construct_octet_string(name, const_cast<std::uint8_t*>(bytes.data()), bytes.size());
}

// hkdf writes HKDF(key, salt, info) to `out`. An absent salt is as many zero bytes as the digest has (RFC 5869, 2.2).
inline result<void> hkdf(const char* digest, byte_view key, byte_view salt, byte_view info, byte_span out) noexcept {
  if (info.size() > hkdf_info_max) return failure{errc::bad_length, hkdf_info_max};
  const error_mark mark;
  const handle<EVP_KDF, EVP_KDF_free> kdf(EVP_KDF_fetch(nullptr, "HKDF", nullptr));
  const handle<EVP_KDF_CTX, EVP_KDF_CTX_free> context(kdf ? EVP_KDF_CTX_new(kdf.get()) : nullptr);
  if (!context) return errc::crypto_error;
  OSSL_PARAM with[5];
  std::size_t n = 0;
  with[n++] = OSSL_PARAM_construct_utf8_string(OSSL_KDF_PARAM_DIGEST, const_cast<char*>(digest), 0);
  with[n++] = octets(OSSL_KDF_PARAM_KEY, key);
  if (!salt.empty()) with[n++] = octets(OSSL_KDF_PARAM_SALT, salt);
  if (!info.empty()) with[n++] = octets(OSSL_KDF_PARAM_INFO, info);
  with[n] = OSSL_PARAM_construct_end();
  if (EVP_KDF_derive(context.get(), out.data(), out.size(), with) != 1) return errc::crypto_error;
  return {};
}

template <std::size_t Out, class Digest, std::size_t In>
result<secret<Out>> hkdf_secret(const secret<In>& key, byte_view salt, byte_view info) noexcept {
  static_assert(Out <= 255 * Digest::size(), "HKDF gives at most 255 digests (RFC 5869, 2.3)");
  return secret<Out>::try_made_by([&](std::span<std::uint8_t, Out> out) noexcept {
    return hkdf(digest_name<Digest>, key.expose(), salt, info, out);
  });
}

}  // namespace detail

// hkdf_sha256 derives Out bytes from `key`: hkdf_sha256<32>(key, salt, info). The salt may be empty; an info of more
// than hkdf_info_max bytes is errc::bad_length at that offset; otherwise errc::crypto_error is the only failure.
template <std::size_t Out, std::size_t In>
result<secret<Out>> hkdf_sha256(const secret<In>& key, byte_view salt, byte_view info) noexcept {
  return detail::hkdf_secret<Out, sha256_digest>(key, salt, info);
}

// hkdf_sha384 is the same with SHA-384.
template <std::size_t Out, std::size_t In>
result<secret<Out>> hkdf_sha384(const secret<In>& key, byte_view salt, byte_view info) noexcept {
  return detail::hkdf_secret<Out, sha384_digest>(key, salt, info);
}

}  // namespace unitee::inline v0
