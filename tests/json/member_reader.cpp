// SPDX-License-Identifier: Apache-2.0
#include <unitee/json/member_reader.hpp>

#include "support/catch.hpp"
#include "support/forge.hpp"
#include "support/openssl.hpp"

#include <unitee/bytes/fixed.hpp>

#include <cstdint>
#include <string>
#include <string_view>

namespace test_member_reader {

using namespace unitee;

namespace {

// first_failure reads from {"x":<value>} and is what the reader says of it, or nothing. The value begins at offset 5.
template <class Read>
std::optional<failure> first_failure(std::string_view value, const Read& read) {
  const std::string text = "{\"x\":" + std::string(value) + "}";
  const auto located = located_json::parse(test::bytes_of(text), {1000, 8});
  REQUIRE(located);
  member_reader members;
  read(members, located->root());
  if (members.ok()) return {};
  return members.error();
}

template <class T>
std::optional<failure> number_failure(std::string_view value) {
  return first_failure(value, [](member_reader& members, const json_value& in) {
    T to = 0;
    members.number(in, "x", to);
  });
}

const std::optional<failure> none;
constexpr failure wrong{errc::bad_value, 5};

}  // namespace

TEST_CASE("a number is whole, not negative and within its type", "[json][member_reader]") {
  CHECK(number_failure<std::uint8_t>("0") == none);
  CHECK(number_failure<std::uint8_t>("255") == none);
  CHECK(number_failure<std::uint8_t>("256") == wrong);
  CHECK(number_failure<std::uint16_t>("65535") == none);
  CHECK(number_failure<std::uint16_t>("65536") == wrong);
  CHECK(number_failure<std::uint32_t>("4294967295") == none);
  CHECK(number_failure<std::uint32_t>("4294967296") == wrong);
  for (const char* text :
       {"-1", "-0", "1.0", "1.5", "1e1", "18446744073709551616", "\"1\"", "true", "null", "[1]", "{}"}) {
    CAPTURE(text);
    CHECK(number_failure<std::uint32_t>(text) == wrong);
  }
}

TEST_CASE("bytes are hexadecimal digits of either case, exactly as many as there are", "[json][member_reader]") {
  fixed_bytes<2> to;
  const auto hex = [&](member_reader& members, const json_value& in) { members.hex(in, "x", to); };
  CHECK(first_failure("\"0aFf\"", hex) == none);
  CHECK(to.value == std::array<std::uint8_t, 2>{0x0A, 0xFF});
  CHECK(first_failure("\"0aF\"", hex) == failure{errc::truncated, 5});
  CHECK(first_failure("\"\"", hex) == failure{errc::truncated, 5});
  CHECK(first_failure("\"0aFf0\"", hex) == failure{errc::trailing_data, 5});
  CHECK(first_failure("\"0aFg\"", hex) == failure{errc::bad_encoding, 5});
  CHECK(first_failure("\"0x0a\"", hex) == failure{errc::bad_encoding, 5});
  CHECK(first_failure("10", hex) == wrong);
}

TEST_CASE("a time is RFC 3339 in UTC", "[json][member_reader]") {
  utc_time to;
  const auto time = [&](member_reader& members, const json_value& in) { members.time(in, "x", to); };
  CHECK(first_failure("\"2026-03-16T22:21:30Z\"", time) == none);
  CHECK(to == test::time("2026-03-16T22:21:30Z"));
  CHECK(first_failure("\"2026-03-16T22:21:30\"", time) == failure{errc::truncated, 5});
  CHECK(first_failure("\"2026-03-16T22:21:30+00:00\"", time) == failure{errc::bad_encoding, 5});
  CHECK(first_failure("\"2026-02-30T22:21:30Z\"", time) == failure{errc::bad_encoding, 5});
  CHECK(first_failure("\"2026-03-16T22:21:30Z \"", time) == failure{errc::trailing_data, 5});
  CHECK(first_failure("1773699690", time) == wrong);
}

TEST_CASE("a word is printable and short", "[json][member_reader]") {
  std::string to;
  const auto word = [&](member_reader& members, const json_value& in) { members.word(*in.find("x"), to); };
  CHECK(first_failure("\"INTEL-SA-00079 ~\"", word) == none);
  CHECK(to == "INTEL-SA-00079 ~");
  CHECK(first_failure("\"" + std::string(64, 'a') + "\"", word) == none);
  CHECK(first_failure("\"" + std::string(65, 'a') + "\"", word) == failure{errc::bad_length, 5});
  for (const char* text : {"\"a\\nb\"", "\"\\u001b[2J\"", "\"\\u007f\"", "\"\\u00e9\"", "\"\xC3\xA9\"", "1", "null"}) {
    CAPTURE(text);
    CHECK(first_failure(text, word) == wrong);
  }
}

TEST_CASE("the first failure counts, at the object that lacks a member", "[json][member_reader]") {
  const auto read = [](member_reader& members, const json_value& in) {
    std::uint8_t to = 7;
    members.number(members.object(in, "x"), "y", to);
    members.number(in, "z", to);
    CHECK(to == 7);
    CHECK(members.array(in, "x").children().begin() == members.array(in, "x").children().end());
  };
  CHECK(first_failure("{\"a\":1}", read) == failure{errc::missing, 5});
  CHECK(first_failure("[]", read) == wrong);
  CHECK(first_failure("{\"y\":1}", [](member_reader& members, const json_value& in) {
          std::uint8_t to = 0;
          members.number(members.array(in, "x"), "y", to);
        }) == wrong);
  CHECK(first_failure("3", [](member_reader& members, const json_value& in) {
          (void)members.text(*in.find("x"), "y");
        }) == wrong);
}

}  // namespace test_member_reader
