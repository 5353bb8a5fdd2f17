// SPDX-License-Identifier: Apache-2.0
//
// unitee/crypto/gcm.hpp: what all engines for AES-256-GCM (NIST SP 800-38D) share: nonce, tag, limits.
#pragma once

#include <unitee/bytes/fixed.hpp>
#include <unitee/bytes/view.hpp>
#include <unitee/result.hpp>

#include <openssl/crypto.h>

#include <cstdint>

namespace unitee::inline v0 {

using gcm_nonce = fixed_bytes<12, struct gcm_nonce_tag>;
using gcm_tag = fixed_bytes<16, struct gcm_tag_tag>;

// gcm_longest is the longest plaintext in bytes (5.2.1.1): the block counter has 32 bits, and two values are taken.
inline constexpr std::uint64_t gcm_longest = (std::uint64_t{1} << 36) - 32;

namespace detail {

// gcm_check says whether an engine may work from `in` to `out`; nothing has been written when it says no.
inline result<void> gcm_check(byte_view in, byte_span out) noexcept {
  if (in.size() != out.size()) return failure{errc::no_space, out.size()};
  if (in.size() > gcm_longest) return failure{errc::bad_length, gcm_longest};
  const auto a = reinterpret_cast<std::uintptr_t>(in.data());
  const auto b = reinterpret_cast<std::uintptr_t>(out.data());
  if (a != b && a < b + out.size() && b < a + in.size()) return errc::bad_value;
  return {};
}

// gcm_wiped is the failure of an engine that may have written to `out`.
inline failure gcm_wiped(byte_span out, errc why) noexcept {
  if (!out.empty()) OPENSSL_cleanse(out.data(), out.size());
  return failure{why};
}

}  // namespace detail

}  // namespace unitee::inline v0
