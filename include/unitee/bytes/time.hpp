// SPDX-License-Identifier: Apache-2.0
//
// unitee/bytes/time.hpp: a moment in UTC, always given by the caller.
#pragma once

#include <unitee/result.hpp>

#include <array>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace unitee::inline v0 {

// utc_time is whole seconds since 1970-01-01T00:00:00Z without leap seconds. The library never asks a clock for one.
struct utc_time {
  std::int64_t seconds = 0;

  friend constexpr auto operator<=>(const utc_time&, const utc_time&) = default;
};

namespace detail {

// days_from_civil counts the days from 1970-01-01 in the proleptic Gregorian calendar.
constexpr std::int64_t days_from_civil(std::int64_t year, unsigned month, unsigned day) noexcept {
  const std::int64_t y = month <= 2 ? year - 1 : year;  // years begin in March, so that the leap day is the last
  const std::int64_t era = (y >= 0 ? y : y - 399) / 400;
  const std::int64_t year_of_era = y - era * 400;
  const std::int64_t day_of_year = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;
  return era * 146097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - 719468;
}

constexpr unsigned days_in_month(std::int64_t year, unsigned month) noexcept {
  constexpr unsigned days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  const bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
  return month == 2 && leap ? 29 : days[month - 1];
}

// decimal reads text[at, at + n) as digits, or is -1.
constexpr int decimal(std::string_view text, std::size_t at, std::size_t n) noexcept {
  int value = 0;
  for (std::size_t i = at; i < at + n; ++i) {
    if (text[i] < '0' || text[i] > '9') return -1;
    value = value * 10 + (text[i] - '0');
  }
  return value;
}

}  // namespace detail

// parse_time reads RFC 3339 in UTC, to the second: exactly "2026-03-01T00:00:00Z". Anything else is errc::bad_encoding
// at the offset of the first field that is wrong; the year is 1970 to 9999.
constexpr result<utc_time> parse_time(std::string_view text) noexcept {
  constexpr std::string_view shape = "0000-00-00T00:00:00Z";
  for (std::size_t i = 0; i < shape.size(); ++i) {
    if (i >= text.size()) return failure{errc::truncated, i};
    const bool digit = text[i] >= '0' && text[i] <= '9';
    if (shape[i] == '0' ? !digit : text[i] != shape[i]) return failure{errc::bad_encoding, i};
  }
  if (text.size() > shape.size()) return failure{errc::trailing_data, shape.size()};
  const int year = detail::decimal(text, 0, 4);
  const int month = detail::decimal(text, 5, 2);
  const int day = detail::decimal(text, 8, 2);
  const int hour = detail::decimal(text, 11, 2);
  const int minute = detail::decimal(text, 14, 2);
  const int second = detail::decimal(text, 17, 2);
  if (year < 1970) return failure{errc::bad_encoding, 0};
  if (month < 1 || month > 12) return failure{errc::bad_encoding, 5};
  const auto m = static_cast<unsigned>(month);
  if (day < 1 || static_cast<unsigned>(day) > detail::days_in_month(year, m)) return failure{errc::bad_encoding, 8};
  if (hour > 23) return failure{errc::bad_encoding, 11};
  if (minute > 59) return failure{errc::bad_encoding, 14};
  if (second > 59) return failure{errc::bad_encoding, 17};
  const std::int64_t days = detail::days_from_civil(year, m, static_cast<unsigned>(day));
  return utc_time{((days * 24 + hour) * 60 + minute) * 60 + second};
}

// time_text is the 20 characters of RFC 3339, without a terminator.
using time_text = std::array<char, 20>;

// format_time is the reverse of parse_time; a moment outside of the years 1970 to 9999 is errc::bad_value.
constexpr result<time_text> format_time(utc_time at) noexcept {
  if (at.seconds < 0 || at.seconds >= 253402300800) return errc::bad_value;
  std::int64_t days = at.seconds / 86400;
  const std::int64_t rest = at.seconds % 86400;
  std::int64_t year = 1970;
  for (;; ++year) {
    const std::int64_t length = detail::days_from_civil(year + 1, 1, 1) - detail::days_from_civil(year, 1, 1);
    if (days < length) break;
    days -= length;
  }
  unsigned month = 1;
  for (; days >= detail::days_in_month(year, month); ++month) days -= detail::days_in_month(year, month);
  time_text out{'0', '0', '0', '0', '-', '0', '0', '-', '0', '0', 'T', '0', '0', ':', '0', '0', ':', '0', '0', 'Z'};
  const auto put = [&](std::size_t last, std::int64_t value) {
    for (; value != 0; value /= 10) out[last--] = static_cast<char>('0' + value % 10);
  };
  put(3, year);
  put(6, month);
  put(9, days + 1);
  put(12, rest / 3600);
  put(15, rest / 60 % 60);
  put(18, rest % 60);
  return out;
}

}  // namespace unitee::inline v0
