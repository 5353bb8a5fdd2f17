// SPDX-License-Identifier: Apache-2.0
#include <unitee/bytes/hex.hpp>

#include "support/catch.hpp"

#include <array>
#include <cstdint>
#include <cstdio>
#include <string>
#include <vector>

namespace test_hex {

using unitee::byte_view;
using unitee::errc;
using unitee::failure;
using unitee::fixed_bytes;
using unitee::from_hex;
using unitee::hex_decode;
using unitee::hex_encode;

static_assert(from_hex<fixed_bytes<4>>("00fFAb09")->value == std::array<std::uint8_t, 4>{0x00, 0xff, 0xab, 0x09});
static_assert(from_hex<fixed_bytes<4>>("00fFAb0").error() == failure{errc::truncated, 7});
static_assert(from_hex<fixed_bytes<4>>("00fFAb091").error() == failure{errc::trailing_data, 8});
static_assert(from_hex<fixed_bytes<0>>("").has_value());

TEST_CASE("every byte is two lower-case digits, and both cases read back", "[bytes][hex]") {
  for (unsigned value = 0; value < 256; ++value) {
    char lower[3], upper[3];
    std::snprintf(lower, sizeof lower, "%02x", value);
    std::snprintf(upper, sizeof upper, "%02X", value);
    const std::array<std::uint8_t, 1> byte = {static_cast<std::uint8_t>(value)};
    std::array<char, 2> text{};
    REQUIRE(hex_encode(byte, text));
    CHECK(std::string(text.data(), 2) == lower);
    CHECK(from_hex<fixed_bytes<1>>(lower)->value == byte);
    CHECK(from_hex<fixed_bytes<1>>(upper)->value == byte);
  }
}

TEST_CASE("a character that is no digit is refused at every offset, and nothing is written", "[bytes][hex]") {
  for (std::size_t at = 0; at < 16; ++at) {
    for (int c = 0; c < 256; ++c) {
      std::string text = "0123456789abcdef";
      text[at] = static_cast<char>(c);
      const bool digit = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
      std::array<std::uint8_t, 8> out{};
      out.fill(0xee);
      const auto done = hex_decode(text, out);
      CAPTURE(at, c);
      REQUIRE(done.has_value() == digit);
      if (digit) continue;
      CHECK(done.error() == failure{errc::bad_encoding, at});
      CHECK(out[0] == 0xee);
      CHECK(out[7] == 0xee);
    }
  }
}

TEST_CASE("text of any other length is refused, and nothing is written", "[bytes][hex]") {
  for (std::size_t size = 0; size < 40; ++size) {
    CAPTURE(size);
    std::array<std::uint8_t, 8> out{};
    out.fill(0xee);
    const auto done = hex_decode(std::string(size, '1'), out);
    REQUIRE(done.has_value() == (size == 16));
    if (size < 16) CHECK(done.error() == failure{errc::truncated, size});
    if (size > 16) CHECK(done.error() == failure{errc::trailing_data, 16});
    CHECK(out[0] == (size == 16 ? 0x11 : 0xee));
  }
}

TEST_CASE("the buffer for the digits has exactly the right size", "[bytes][hex]") {
  const std::array<std::uint8_t, 3> bytes = {1, 2, 3};
  for (std::size_t size = 0; size < 12; ++size) {
    std::vector<char> out(size, '-');
    const auto done = hex_encode(bytes, out);
    REQUIRE(done.has_value() == (size == 6));
    if (!done) CHECK(done.error() == failure{errc::no_space, size});
    if (!done && size > 0) CHECK(out[0] == '-');
  }
}

TEST_CASE("bytes of every length come back from their digits", "[bytes][hex]") {
  for (std::size_t size = 0; size < 70; ++size) {
    std::vector<std::uint8_t> bytes(size), back(size);
    for (std::size_t i = 0; i < size; ++i) bytes[i] = static_cast<std::uint8_t>(i * 37 + size);
    std::string text(2 * size, '-');
    REQUIRE(hex_encode(bytes, text));
    REQUIRE(hex_decode(text, back));
    CHECK(bytes == back);
  }
}

}  // namespace test_hex
