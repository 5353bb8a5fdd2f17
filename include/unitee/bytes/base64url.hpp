// SPDX-License-Identifier: Apache-2.0
//
// unitee/bytes/base64url.hpp: bytes as base64url text (RFC 4648, section 5), without padding.
#pragma once

#include <unitee/bytes/view.hpp>
#include <unitee/result.hpp>

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace unitee::inline v0 {

namespace detail {

constexpr int base64url_digit(char c) noexcept {
  if (c >= 'A' && c <= 'Z') return c - 'A';
  if (c >= 'a' && c <= 'z') return c - 'a' + 26;
  if (c >= '0' && c <= '9') return c - '0' + 52;
  if (c == '-') return 62;
  if (c == '_') return 63;
  return -1;
}

}  // namespace detail

// base64url_size is how many bytes that many characters stand for.
constexpr std::size_t base64url_size(std::size_t characters) noexcept {
  return characters / 4 * 3 + characters % 4 * 6 / 8;
}

// base64url_length is how many characters stand for that many bytes.
constexpr std::size_t base64url_length(std::size_t bytes) noexcept { return bytes / 3 * 4 + (bytes % 3 * 8 + 5) / 6; }

// base64url_encode writes base64url without padding (RFC 4648, section 5); out must hold exactly
// base64url_length(bytes.size()) characters, or it is errc::no_space and nothing is written.
constexpr result<void> base64url_encode(byte_view bytes, std::span<char> out) noexcept {
  constexpr std::string_view digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  if (out.size() != base64url_length(bytes.size())) return failure{errc::no_space, out.size()};
  std::uint32_t held = 0;
  unsigned bits = 0;
  std::size_t at = 0;
  for (const std::uint8_t byte : bytes) {
    held = held << 8 | byte;
    for (bits += 8; bits >= 6; bits -= 6) out[at++] = digits[held >> (bits - 6) & 63];
  }
  if (bits != 0) out[at] = digits[held << (6 - bits) & 63];
  return {};
}

// base64url_decode reads all of the text; out must hold exactly base64url_size(text.size()) bytes, or it is
// errc::no_space. A character outside of the alphabet, padding included, is errc::bad_encoding at its offset, and so is
// a last character with bits that belong to no byte; one character more than whole bytes need is errc::truncated. out
// is not written to before all of the text is known to be good.
constexpr result<void> base64url_decode(std::string_view text, byte_span out) noexcept {
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (detail::base64url_digit(text[i]) < 0) return failure{errc::bad_encoding, i};
  }
  const std::size_t left = text.size() % 4;
  if (left == 1) return failure{errc::truncated, text.size()};
  const int stray = left == 2 ? 15 : left == 3 ? 3 : 0;
  if (left != 0 && (detail::base64url_digit(text.back()) & stray) != 0) {
    return failure{errc::bad_encoding, text.size() - 1};
  }
  if (out.size() != base64url_size(text.size())) return failure{errc::no_space, out.size()};
  std::uint32_t held = 0;
  unsigned bits = 0;
  std::size_t at = 0;
  for (const char c : text) {
    held = held << 6 | static_cast<std::uint32_t>(detail::base64url_digit(c));
    bits += 6;
    if (bits < 8) continue;
    bits -= 8;
    out[at++] = static_cast<std::uint8_t>(held >> bits & 0xFF);
  }
  return {};
}

}  // namespace unitee::inline v0
