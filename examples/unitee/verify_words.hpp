// SPDX-License-Identifier: Apache-2.0
//
// verify_words.hpp: what the words behind the options of `unitee verify` mean. One that makes no sense is a usage_error
// that says what is accepted.
#pragma once

#include "verify.hpp"

#include <unitee/format.hpp>

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

// chip_ids_of also takes the 8 bytes that Turin has: the rest of its CHIP_ID is zero.
inline std::vector<snp::chip_id> chip_ids_of(const asked& of) {
  std::vector<snp::chip_id> out;
  for (const std::string& digits : of.all()) {
    const bool is_short = digits.size() == 16;
    out.push_back(fixed_of<snp::chip_id>(of.option, is_short ? digits + std::string(112, '0') : digits));
  }
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

// product_of_name knows the products that can be verified: a demand on any other could not be met.
inline const snp::product& product_of_name(std::string_view option, std::string_view name) {
  std::string known;
  for (const snp::product& each : snp::products) {
    if (!each.verifiable) continue;
    if (same_word(each.name, name)) return each;
    known += known.empty() ? "" : ", ";
    std::ranges::transform(each.name, std::back_inserter(known), lower);
  }
  throw usage_error{fmt::format("{} knows the products {}, not \"{}\"", option, known, name)};
}

inline std::vector<snp::generation> products_of(const asked& of) {
  std::vector<snp::generation> out;
  for (const std::string& name : of.all()) out.push_back(product_of_name(of.option, name).id);
  return out;
}

inline snp::signing_key_kind signer_of(const asked& of) {
  if (same_word(of.text(), "vcek")) return snp::signing_key_kind::vcek;
  if (same_word(of.text(), "vlek")) return snp::signing_key_kind::vlek;
  throw usage_error{fmt::format("{} is vcek or vlek, not {}", of.option, of.text())};
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

// minimum_of reads PRODUCT:PART=N,...: the product is named, so that numbers for one are never compared with another's.
inline snp::minimum_tcb minimum_of(std::string_view option, const std::string& spec) {
  using parts = snp::tcb_parts;
  constexpr std::uint8_t parts::*members[] = {&parts::fmc, &parts::boot_loader, &parts::tee, &parts::snp,
                                              &parts::microcode};
  const auto wrong = [&] {
    return usage_error{fmt::format(
        "{} wants a product and levels from 0 to 255, milan:boot_loader=4,tee=0,snp=24,microcode=219, not {}", option,
        spec)};
  };
  const std::size_t colon = spec.find(':');
  if (colon == spec.npos) throw wrong();
  const snp::product& product = product_of_name(option, std::string_view(spec).substr(0, colon));
  snp::minimum_tcb out{product.id, {}};
  std::array<bool, snp::tcb_components.size()> seen{};
  for (const std::string_view item : split(std::string_view(spec).substr(colon + 1), ',')) {
    const std::size_t equals = item.find('=');
    const auto component = std::ranges::find(snp::tcb_components, item.substr(0, equals),
                                             [](snp::tcb_component each) { return std::string_view(snp::name(each)); });
    if (equals == item.npos || component == snp::tcb_components.end()) throw wrong();
    const auto level = number_in<std::uint8_t>(item.substr(equals + 1));
    if (!level) throw wrong();
    const auto i = static_cast<std::size_t>(*component);
    if (std::exchange(seen[i], true)) throw usage_error{fmt::format("{} has {} twice", option, snp::name(*component))};
    if (!snp::byte_of(*component, product.layout)) {
      throw usage_error{fmt::format("{}: {} has no {}", option, product.name, snp::name(*component))};
    }
    out.parts.*members[i] = *level;
  }
  return out;
}

inline std::vector<snp::minimum_tcb> minima_of(const asked& of) {
  std::vector<snp::minimum_tcb> out;
  for (const std::string& spec : of.all()) {
    const auto one = minimum_of(of.option, spec);
    if (std::ranges::find(out, one.product, &snp::minimum_tcb::product) != out.end()) {
      throw usage_error{fmt::format("{} names {} twice", of.option, snp::product_of(one.product).name)};
    }
    out.push_back(one);
  }
  return out;
}

}  // namespace command::verification
