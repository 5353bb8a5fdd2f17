// SPDX-License-Identifier: Apache-2.0
//
// unitee/bytes/hex.hpp: bytes as hexadecimal text.
#pragma once

#include <unitee/bytes/fixed.hpp>
#include <unitee/bytes/view.hpp>
#include <unitee/result.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace unitee::inline v0 {

namespace detail {

constexpr int hex_digit(char c) noexcept {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

}  // namespace detail

// hex_encode writes two lower-case digits for each byte; out must hold exactly twice bytes.size() characters.
constexpr result<void> hex_encode(byte_view bytes, std::span<char> out) noexcept {
  constexpr char digits[] = "0123456789abcdef";
  if (out.size() != 2 * bytes.size()) return failure{errc::no_space, out.size()};
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    out[2 * i] = digits[bytes[i] >> 4];
    out[2 * i + 1] = digits[bytes[i] & 15];
  }
  return {};
}

// hex_decode reads exactly 2 * out.size() digits of either case. Fewer is errc::truncated, more errc::trailing_data,
// any other character errc::bad_encoding at its offset; out is not written to before all of the text is known to be
// good.
constexpr result<void> hex_decode(std::string_view text, byte_span out) noexcept {
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (detail::hex_digit(text[i]) < 0) return failure{errc::bad_encoding, i};
  }
  if (text.size() < 2 * out.size()) return failure{errc::truncated, text.size()};
  if (text.size() > 2 * out.size()) return failure{errc::trailing_data, 2 * out.size()};
  for (std::size_t i = 0; i < out.size(); ++i) {
    out[i] = static_cast<std::uint8_t>(detail::hex_digit(text[2 * i]) << 4 | detail::hex_digit(text[2 * i + 1]));
  }
  return {};
}

// from_hex is a fixed_bytes from exactly twice its size in digits: from_hex<measurement>("...").
template <class Fixed>
constexpr result<Fixed> from_hex(std::string_view text) noexcept {
  Fixed out;
  if (const auto done = hex_decode(text, out.value); !done) return done.error();
  return out;
}

}  // namespace unitee::inline v0
