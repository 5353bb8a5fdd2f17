// SPDX-License-Identifier: Apache-2.0
//
// unitee/crypto/random.hpp: random bytes, private and public.
#pragma once

#include <unitee/bytes/view.hpp>
#include <unitee/crypto/openssl.hpp>
#include <unitee/crypto/secret.hpp>
#include <unitee/result.hpp>

#include <openssl/rand.h>

#include <cstddef>
#include <cstdint>
#include <span>

namespace unitee::inline v0 {

// random_bytes fills `out` with bytes that others may see: nonces, salts, identifiers. errc::crypto_error when OpenSSL
// has no entropy; the contents of `out` are then unspecified.
inline result<void> random_bytes(byte_span out) noexcept {
  if (out.empty()) return {};
  const detail::error_mark mark;
  if (RAND_bytes_ex(nullptr, out.data(), out.size(), 0) != 1) return errc::crypto_error;
  return {};
}

// random_secret is N bytes from OpenSSL's generator for private values, or errc::crypto_error.
template <std::size_t N>
result<secret<N>> random_secret() noexcept {
  return secret<N>::try_made_by([](std::span<std::uint8_t, N> out) noexcept -> result<void> {
    const detail::error_mark mark;
    if (RAND_priv_bytes_ex(nullptr, out.data(), N, 0) != 1) return errc::crypto_error;
    return {};
  });
}

}  // namespace unitee::inline v0
