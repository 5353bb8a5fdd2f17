// SPDX-License-Identifier: Apache-2.0
//
// unitee/bytes/guid.hpp: 16-byte identifiers in their two byte orders.
#pragma once

#include <unitee/bytes/fixed.hpp>
#include <unitee/bytes/hex.hpp>
#include <unitee/result.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace unitee::inline v0 {

// guid is 16 bytes in the order of the text (RFC 4122, big-endian).
using guid = fixed_bytes<16, struct guid_tag>;

// guid_text is 36 characters, 8-4-4-4-12 lower-case digits, without a terminator.
using guid_text = std::array<char, 36>;

// swapped is the same identifier in the other byte order (Microsoft's mixed-endian: the first three groups reversed).
constexpr guid swapped(const guid& id) noexcept {
  constexpr std::size_t from[] = {3, 2, 1, 0, 5, 4, 7, 6, 8, 9, 10, 11, 12, 13, 14, 15};
  guid out;
  for (std::size_t i = 0; i < 16; ++i) out.value[i] = id.value[from[i]];
  return out;
}

// parse_guid reads "63da758d-e664-4564-adc5-f4b93be8accd", digits of either case. Anything else is errc::bad_encoding
// at the first wrong character, or where a text of another length than 36 ends or should have ended.
constexpr result<guid> parse_guid(std::string_view text) noexcept {
  std::array<char, 32> digits{};
  std::size_t n = 0;
  for (std::size_t i = 0; i < 36; ++i) {
    if (i == text.size()) return failure{errc::bad_encoding, i};
    const bool hyphen = i == 8 || i == 13 || i == 18 || i == 23;
    if (hyphen ? text[i] != '-' : detail::hex_digit(text[i]) < 0) return failure{errc::bad_encoding, i};
    if (!hyphen) digits[n++] = text[i];
  }
  if (text.size() > 36) return failure{errc::bad_encoding, 36};
  return from_hex<guid>({digits.data(), digits.size()});
}

// format_guid is the reverse of parse_guid.
constexpr guid_text format_guid(const guid& id) noexcept {
  std::array<char, 32> digits{};
  (void)hex_encode(id.value, digits);
  guid_text out{};
  std::size_t n = 0;
  for (std::size_t i = 0; i < 36; ++i) out[i] = i == 8 || i == 13 || i == 18 || i == 23 ? '-' : digits[n++];
  return out;
}

namespace detail {

// known_guid is parse_guid for a literal: a wrong one does not compile.
consteval guid known_guid(std::string_view text) { return *parse_guid(text); }

}  // namespace detail

}  // namespace unitee::inline v0
