// SPDX-License-Identifier: Apache-2.0
#include <unitee/tdx/der.hpp>

#include "support/catch.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace test_der {

using namespace unitee;
using tdx::detail::der_cursor;
using tdx::detail::der_element;
using tdx::detail::der_tag;
using tdx::detail::der_unsigned;

namespace {

// two is an INTEGER 5 and a SEQUENCE {BOOLEAN true}.
constexpr std::array<std::uint8_t, 8> two{0x02, 0x01, 0x05, 0x30, 0x03, 0x01, 0x01, 0xFF};

constexpr bool reads_both() {
  der_cursor at(two, 100);
  const auto number = at.next(der_tag::integer);
  const auto inner = at.next(der_tag::sequence);
  if (!number || !inner || !at.finish()) return false;
  der_cursor inside(*inner);
  const auto flag = inside.next(der_tag::boolean);
  return number->tag_offset == 100 && number->content_offset == 102 && *der_unsigned(*number) == 5 &&
         inner->tag_offset == 103 && flag && flag->tag_offset == 105 && flag->content_offset == 107 && inside.at_end();
}
static_assert(reads_both());

std::vector<std::uint8_t> element(std::size_t header_form, std::size_t size) {
  std::vector<std::uint8_t> out{0x04};
  if (header_form == 0) out.push_back(static_cast<std::uint8_t>(size));
  if (header_form == 1) out.insert(out.end(), {0x81, static_cast<std::uint8_t>(size)});
  if (header_form == 2)
    out.insert(out.end(), {0x82, static_cast<std::uint8_t>(size >> 8), static_cast<std::uint8_t>(size)});
  out.resize(out.size() + size, 0xAA);
  return out;
}

}  // namespace

TEST_CASE("an element of any length has one form, and no other is accepted", "[tdx][der]") {
  for (const std::size_t size : {0U, 1U, 127U, 128U, 129U, 255U, 256U, 257U, 65535U}) {
    const std::size_t right = size < 128 ? 0 : size < 256 ? 1 : 2;
    for (std::size_t form = 0; form < 3; ++form) {
      if ((form == 0 && size > 127) || (form == 1 && size > 255)) continue;
      const auto bytes = element(form, size);
      der_cursor at(bytes);
      const auto found = at.next(der_tag::octet_string);
      CAPTURE(size, form);
      REQUIRE(found.has_value() == (form == right));
      if (found) CHECK((found->content.size() == size && at.at_end()));
      if (!found) CHECK(found.error() == failure{errc::bad_encoding, 1});
    }
  }
}

TEST_CASE("every prefix of an element is refused, and the cursor stays where it was", "[tdx][der]") {
  const auto bytes = element(2, 300);
  for (std::size_t n = 0; n < bytes.size(); ++n) {
    der_cursor at(byte_view(bytes).first(n), 7);
    const auto found = at.next(der_tag::octet_string);
    CAPTURE(n);
    REQUIRE(!found);
    CHECK(found.error() == (n < 4 ? failure{errc::truncated, 7 + n} : failure{errc::bad_length, 8}));
    CHECK(at.offset() == 7);
  }
}

TEST_CASE("lengths without an end and with more than two digits are refused", "[tdx][der]") {
  for (unsigned length = 0x80; length <= 0xFF; ++length) {
    if (length == 0x81 || length == 0x82) continue;
    std::vector<std::uint8_t> bytes(600, 1);
    bytes[0] = 0x04;
    bytes[1] = static_cast<std::uint8_t>(length);
    der_cursor at(bytes);
    const auto found = at.next(der_tag::octet_string);
    CAPTURE(length);
    REQUIRE(!found);
    CHECK(found.error() == failure{errc::bad_encoding, 1});
  }
}

TEST_CASE("every tag but the expected one is refused", "[tdx][der]") {
  for (unsigned tag = 0; tag < 256; ++tag) {
    const std::array<std::uint8_t, 3> bytes{static_cast<std::uint8_t>(tag), 1, 0};
    der_cursor at(bytes);
    CAPTURE(tag);
    const auto found = at.next(der_tag::enumerated);
    CHECK(found.has_value() == (tag == 0x0A));
    if (!found) CHECK(found.error() == failure{errc::bad_encoding, 0});
    if (!found) CHECK(at.finish().error() == failure{errc::trailing_data, 0});
  }
}

TEST_CASE("a number from 0 to 65535 has one form", "[tdx][der]") {
  for (std::uint32_t value = 0; value <= 0x1FFFF; ++value) {
    std::vector<std::uint8_t> digits;
    for (std::uint32_t rest = value; rest != 0; rest >>= 8)
      digits.insert(digits.begin(), static_cast<std::uint8_t>(rest));
    if (digits.empty() || digits[0] >= 0x80) digits.insert(digits.begin(), 0);
    const auto number = der_unsigned({digits, 3, 5});
    REQUIRE(number.has_value() == (value <= 0xFFFF));
    if (number) REQUIRE(*number == value);
    if (!number) REQUIRE(number.error() == failure{errc::bad_value, 3});
    digits.insert(digits.begin(), 0);
    REQUIRE(der_unsigned({digits, 3, 5}).error() == failure{errc::bad_encoding, 3});
  }
  for (unsigned first = 0x80; first <= 0xFF; ++first) {
    const std::array<std::uint8_t, 2> negative{static_cast<std::uint8_t>(first), 0x55};
    REQUIRE(der_unsigned({negative, 3, 5}).error() == failure{errc::bad_value, 3});
  }
  CHECK(der_unsigned({{}, 3, 5}).error() == failure{errc::bad_encoding, 3});
}

}  // namespace test_der
