// SPDX-License-Identifier: Apache-2.0
#include <unitee/bytes/time.hpp>

#include "support/catch.hpp"
#include "support/vectors.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace test_time {

using unitee::errc;
using unitee::failure;
using unitee::format_time;
using unitee::parse_time;
using unitee::utc_time;

static_assert(parse_time("1970-01-01T00:00:00Z")->seconds == 0);
static_assert(parse_time("2026-03-01T00:00:00Z")->seconds == 1772323200);
static_assert(utc_time{1} < utc_time{2});

namespace {

std::string text_of(std::int64_t seconds) {
  const auto text = format_time({seconds});
  REQUIRE(text);
  return {text->begin(), text->end()};
}

}  // namespace

TEST_CASE("a time is what another implementation says it is, both ways", "[bytes][time]") {
  const auto all = unitee::test::vectors("time");
  REQUIRE(all.size() > 300);
  for (const auto& one : all) {
    const auto text = one.at("name").get<std::string>();
    const auto seconds = one.at("seconds").get<std::int64_t>();
    CAPTURE(text);
    const auto time = parse_time(text);
    REQUIRE(time);
    CHECK(time->seconds == seconds);
    CHECK(text_of(seconds) == text);
  }
}

TEST_CASE("every day of 1970 to 2170 comes one day after the day before, and reads back", "[bytes][time]") {
  std::string last;
  for (std::int64_t day = 0; day < 365 * 200; ++day) {
    const std::string text = text_of(day * 86400 + 86399);
    REQUIRE(text > last);
    REQUIRE(parse_time(text)->seconds == day * 86400 + 86399);
    last = text;
  }
}

TEST_CASE("every second of a day is written and read back", "[bytes][time]") {
  for (std::int64_t second = 951782400; second < 951782400 + 86400; ++second) {  // 2000-02-29
    REQUIRE(parse_time(text_of(second))->seconds == second);
  }
}

TEST_CASE("a time that ends early is refused where it ends", "[bytes][time]") {
  constexpr std::string_view whole = "2026-03-01T00:00:00Z";
  for (std::size_t size = 0; size < whole.size(); ++size) {
    CHECK(parse_time(whole.substr(0, size)).error() == failure{errc::truncated, size});
  }
}

TEST_CASE("what follows a time is refused", "[bytes][time]") {
  CHECK(parse_time("2026-03-01T00:00:00ZZ").error() == failure{errc::trailing_data, 20});
  CHECK(parse_time("2026-03-01T00:00:00Z ").error() == failure{errc::trailing_data, 20});
  CHECK(parse_time(std::string_view("2026-03-01T00:00:00Z\0", 21)).error() == failure{errc::trailing_data, 20});
}

TEST_CASE("a character that does not belong is refused at every offset", "[bytes][time]") {
  constexpr std::string_view whole = "2011-11-11T11:11:11Z";
  for (std::size_t at = 0; at < whole.size(); ++at) {
    const bool is_digit = whole[at] >= '0' && whole[at] <= '9';
    for (int c = 0; c < 256; ++c) {
      if (is_digit ? c >= '0' && c <= '9' : c == whole[at]) continue;
      std::string text(whole);
      text[at] = static_cast<char>(c);
      CAPTURE(text);
      const auto time = parse_time(text);
      REQUIRE(!time);
      CHECK(time.error() == failure{errc::bad_encoding, at});
    }
  }
}

TEST_CASE("a field out of its range is refused where the field begins", "[bytes][time]") {
  const struct {
    std::string_view text;
    std::uint64_t offset;
  } refused[] = {
      {"0000-01-01T00:00:00Z", 0},  {"1969-12-31T23:59:59Z", 0},  {"2026-00-01T00:00:00Z", 5},
      {"2026-13-01T00:00:00Z", 5},  {"2026-99-01T00:00:00Z", 5},  {"2026-01-00T00:00:00Z", 8},
      {"2026-01-32T00:00:00Z", 8},  {"2026-02-29T00:00:00Z", 8},  {"2024-02-30T00:00:00Z", 8},
      {"2000-02-30T00:00:00Z", 8},  {"2100-02-29T00:00:00Z", 8},  {"2026-04-31T00:00:00Z", 8},
      {"2026-06-31T00:00:00Z", 8},  {"2026-09-31T00:00:00Z", 8},  {"2026-11-31T00:00:00Z", 8},
      {"2026-01-01T24:00:00Z", 11}, {"2026-01-01T99:00:00Z", 11}, {"2026-01-01T00:60:00Z", 14},
      {"2026-01-01T00:99:00Z", 14}, {"2026-01-01T00:00:60Z", 17}, {"2026-01-01T00:00:99Z", 17},
  };
  for (const auto& one : refused) {
    CAPTURE(one.text);
    const auto time = parse_time(one.text);
    REQUIRE(!time);
    CHECK(time.error() == failure{errc::bad_encoding, one.offset});
  }
}

TEST_CASE("other ways to write a time are refused", "[bytes][time]") {
  for (const std::string_view text :
       {"2026-03-01t00:00:00z", "2026-03-01 00:00:00Z", "2026-03-01T00:00:00+00:00", "2026-03-01T00:00:00.000Z",
        "20260301T000000Z", "2026-3-1T0:0:0Z", "1772323200", "-026-03-01T00:00:00Z", "+2026-03-01T00:00:0Z"}) {
    CAPTURE(text);
    CHECK_FALSE(parse_time(text).has_value());
  }
}

TEST_CASE("a moment outside of the years 1970 to 9999 has no text", "[bytes][time]") {
  CHECK(text_of(0) == "1970-01-01T00:00:00Z");
  CHECK(text_of(253402300799) == "9999-12-31T23:59:59Z");
  for (const std::int64_t seconds : {std::int64_t{-1}, std::int64_t{253402300800}, INT64_MIN, INT64_MAX}) {
    CHECK(format_time({seconds}).error() == failure{errc::bad_value});
  }
}

}  // namespace test_time
