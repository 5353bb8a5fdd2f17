// SPDX-License-Identifier: Apache-2.0
//
// verify_words.hpp: what the words behind the options of `unitee verify` mean. One that makes no sense is a usage_error
// that says what is accepted.
#pragma once

#include "command.hpp"

#include <unitee/bytes/bits.hpp>
#include <unitee/bytes/fixed.hpp>
#include <unitee/bytes/hex.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <iterator>
#include <limits>
#include <span>
#include <utility>

namespace command::verification {

// asked is one option with everything that the command line says.
struct asked {
  const arguments& given;
  std::string_view option;

  [[nodiscard]] std::string text() const { return *given.one(option); }
  [[nodiscard]] std::vector<std::string> all() const { return given.all(option); }
};

inline char lower(char c) { return static_cast<char>(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c); }

inline bool same_word(std::string_view a, std::string_view b) { return std::ranges::equal(a, b, {}, lower, lower); }

inline std::vector<std::string_view> split(std::string_view text, char separator) {
  std::vector<std::string_view> out;
  for (std::size_t end = 0; end != text.npos;) {
    end = text.find(separator);
    out.push_back(text.substr(0, end));
    text.remove_prefix(end == text.npos ? text.size() : end + 1);
  }
  return out;
}

template <class T>
std::optional<T> number_in(std::string_view text, T largest = std::numeric_limits<T>::max(), int base = 10) {
  T value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, base);
  if (error != std::errc{} || end != text.data() + text.size() || value > largest) return std::nullopt;
  return value;
}

// one_of finds a name, in any case, among known values.
template <class T, std::size_t N, class Name>
T one_of(std::string_view option, std::string_view text, const std::array<T, N>& known, Name name) {
  std::string names;
  for (const T& each : known) {
    if (same_word(name(each), text)) return each;
    names += fmt::format("{}{}", names.empty() ? "" : ", ", name(each));
  }
  throw usage_error{fmt::format("{} knows {}, not \"{}\"", option, names, text)};
}

// fixed_of reads exactly as many digits as the type has.
template <class Fixed>
Fixed fixed_of(std::string_view option, std::string_view digits) {
  const auto value = unitee::from_hex<Fixed>(digits);
  if (!value) throw usage_error{fmt::format("{} wants {} hexadecimal digits", option, 2 * Fixed::size())};
  return *value;
}
template <class Fixed>
Fixed fixed_of(const asked& of) {
  return fixed_of<Fixed>(of.option, of.text());
}
template <class Fixed>
std::vector<Fixed> list_of(const asked& of) {
  std::vector<Fixed> out;
  for (const std::string& digits : of.all()) out.push_back(fixed_of<Fixed>(of.option, digits));
  return out;
}

template <class T>
T number_of(const asked& of, T largest = std::numeric_limits<T>::max()) {
  const auto value = number_in<T>(of.text(), largest);
  if (!value) throw usage_error{fmt::format("{} wants a number from 0 to {}, not {}", of.option, largest, of.text())};
  return *value;
}

inline std::uint64_t mask_of(const asked& of) {
  const std::string text = of.text();
  const auto value = text.starts_with("0x") ? number_in<std::uint64_t>(std::string_view(text).substr(2),
                                                                       std::numeric_limits<std::uint64_t>::max(), 16)
                                            : std::nullopt;
  if (!value) throw usage_error{fmt::format("{} wants a mask of 64 bits such as 0x0b, not {}", of.option, text)};
  return *value;
}

template <std::size_t N>
std::array<std::uint8_t, N> version_of(const asked& of, std::string_view example) {
  const std::string text = of.text();
  const auto numbers = split(text, '.');
  std::array<std::uint8_t, N> out{};
  bool good = numbers.size() == N;
  for (std::size_t i = 0; good && i < N; ++i) {
    const auto value = number_in<std::uint8_t>(numbers[i]);
    good = value.has_value();
    out[i] = value.value_or(0);
  }
  if (!good) throw usage_error{fmt::format("{} wants a version such as {}, not {}", of.option, example, text)};
  return out;
}

// bits_of reads names, commas between them.
inline std::vector<unitee::bit_range> bits_of(const asked& of, std::span<const unitee::bit_range> known) {
  std::vector<unitee::bit_range> out;
  for (const std::string& text : of.all()) {
    for (const std::string_view name : split(text, ',')) {
      const auto found = std::ranges::find(known, name, [](const auto& each) { return std::string_view(each.name); });
      if (found == known.end()) {
        std::string names;
        for (const auto& each : known) names += fmt::format("{}{}", names.empty() ? "" : ", ", each.name);
        throw usage_error{fmt::format("{} knows the bits {}, not \"{}\"", of.option, names, name)};
      }
      out.push_back(*found);
    }
  }
  return out;
}

// octets_of reads 1 to `most` bytes in hexadecimal digits.
inline std::vector<std::uint8_t> octets_of(std::string_view option, std::string_view digits, std::size_t most) {
  std::vector<std::uint8_t> out(digits.size() / 2);
  const bool good = digits.size() % 2 == 0 && !out.empty() && out.size() <= most;
  if (!good || !unitee::hex_decode(digits, out)) {
    throw usage_error{fmt::format("{} wants 1 to {} bytes as hexadecimal digits", option, most)};
  }
  return out;
}

}  // namespace command::verification
