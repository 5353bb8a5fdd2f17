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

namespace detail {

// copy_bytes is one memmove. `out` is as long as `in`. (std::copy would do as much, and <algorithm> costs every file that
// only parses a third of its time.)
constexpr void copy_bytes(byte_view in, byte_span out) noexcept {
  if (!std::is_constant_evaluated()) {
    if (!in.empty()) __builtin_memmove(out.data(), in.data(), in.size());
    return;
  }
  for (std::size_t i = 0; i < in.size(); ++i) out[i] = in[i];
}

// copy_reversed writes `in` from its last byte to its first. `out` is as long as `in`.
constexpr void copy_reversed(byte_view in, byte_span out) noexcept {
  for (std::size_t i = 0; i < in.size(); ++i) out[i] = in[in.size() - 1 - i];
}

// fill_with_zeros is one memset.
constexpr void fill_with_zeros(byte_span out) noexcept {
  for (std::uint8_t& byte : out) byte = 0;
}

}  // namespace detail

}  // namespace unitee::inline v0
