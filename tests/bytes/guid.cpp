// SPDX-License-Identifier: Apache-2.0
#include <unitee/bytes/guid.hpp>

#include "support/catch.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace test_guid {

using unitee::errc;
using unitee::failure;
using unitee::format_guid;
using unitee::guid;
using unitee::parse_guid;
using unitee::swapped;

namespace {

constexpr std::string_view text = "00112233-4455-6677-8899-aabbccddeeff";
constexpr guid in_text_order{
    {0x00, 0x11, 0x22, 0x33, 0x44, 0x55, 0x66, 0x77, 0x88, 0x99, 0xaa, 0xbb, 0xcc, 0xdd, 0xee, 0xff}};
constexpr guid mixed_endian{
    {0x33, 0x22, 0x11, 0x00, 0x55, 0x44, 0x77, 0x66, 0x88, 0x99, 0xaa, 0xbb, 0xcc, 0xdd, 0xee, 0xff}};

std::string text_of(const guid& id) {
  const auto out = format_guid(id);
  return {out.data(), out.size()};
}

}  // namespace

static_assert(*parse_guid(text) == in_text_order);
static_assert(swapped(in_text_order) == mixed_endian && swapped(mixed_endian) == in_text_order);
static_assert(std::string_view(format_guid(in_text_order).data(), 36) == text);
static_assert(unitee::detail::known_guid("00112233-4455-6677-8899-AABBCCDDEEFF") == in_text_order);

TEST_CASE("a GUID's text has the bytes in the order of the digits", "[bytes][guid]") {
  for (std::size_t i = 0; i < 16; ++i) {
    for (unsigned bit = 0; bit < 8; ++bit) {
      guid id;
      id.value[i] = static_cast<std::uint8_t>(1 << bit);
      std::string digits = text_of(id);
      REQUIRE(parse_guid(digits).has_value());
      CHECK(*parse_guid(digits) == id);
      CHECK(swapped(swapped(id)) == id);
      std::erase(digits, '-');
      CHECK(digits.find_first_not_of('0') / 2 == i);
    }
  }
}

TEST_CASE("a wrong character in a GUID is refused at its offset", "[bytes][guid]") {
  for (std::size_t at = 0; at < text.size(); ++at) {
    for (int c = 0; c < 256; ++c) {
      std::string changed(text);
      changed[at] = static_cast<char>(c);
      const bool digit = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
      const auto parsed = parse_guid(changed);
      CAPTURE(at, c);
      REQUIRE(parsed.has_value() == (text[at] == '-' ? c == '-' : digit));
      if (!parsed) CHECK(parsed.error() == failure{errc::bad_encoding, at});
    }
  }
}

TEST_CASE("a GUID's text has 36 characters", "[bytes][guid]") {
  for (std::size_t size = 0; size < 36; ++size) {
    CHECK(parse_guid(text.substr(0, size)).error() == failure{errc::bad_encoding, size});
  }
  CHECK(parse_guid(std::string(text) + "0").error() == failure{errc::bad_encoding, 36});
  CHECK(parse_guid("{" + std::string(text) + "}").error() == failure{errc::bad_encoding, 0});
}

}  // namespace test_guid
