// SPDX-License-Identifier: Apache-2.0
//
// unitee/bytes/view.hpp: bytes that belong to somebody else.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <type_traits>

namespace unitee::inline v0 {

// byte_view refers to bytes that the caller keeps alive.
using byte_view = std::span<const std::uint8_t>;

// byte_span refers to bytes that the callee may write.
using byte_span = std::span<std::uint8_t>;

// equal compares public bytes. It stops at the first difference: secrets are compared by secret<N>.
constexpr bool equal(byte_view a, byte_view b) noexcept {
  if (a.size() != b.size()) return false;
  if (!std::is_constant_evaluated()) return a.empty() || __builtin_memcmp(a.data(), b.data(), a.size()) == 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    if (a[i] != b[i]) return false;
  }
  return true;
}

// first_nonzero is the index of the first byte that is not zero, or bytes.size().
constexpr std::size_t first_nonzero(byte_view bytes) noexcept {
  // At run time one memcmp decides the usual case: bytes that begin with zero and equal their neighbours are all zero.
  if (!std::is_constant_evaluated() && !bytes.empty() && bytes[0] == 0 &&
      __builtin_memcmp(bytes.data(), bytes.data() + 1, bytes.size() - 1) == 0) {
    return bytes.size();
  }
  std::size_t i = 0;
  while (i < bytes.size() && bytes[i] == 0) ++i;
  return i;
}

constexpr bool all_zero(byte_view bytes) noexcept { return first_nonzero(bytes) == bytes.size(); }

}  // namespace unitee::inline v0
