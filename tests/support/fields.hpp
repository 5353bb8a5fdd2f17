// SPDX-License-Identifier: Apache-2.0
//
// tests/support/fields.hpp: what for_each_field says, as text.
#pragma once

#include "support/edits.hpp"

#include <unitee/bytes/fixed.hpp>

#include <algorithm>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace unitee::test {

struct field {
  std::string name;
  std::size_t offset;
  std::size_t size;
  std::string hex;  // as stored: integers are little-endian
};

template <std::size_t N, class Tag>
std::string stored_hex(const fixed_bytes<N, Tag>& value) {
  return hex_of(value.value);
}

template <std::unsigned_integral T>
std::string stored_hex(T value) {
  std::vector<std::uint8_t> bytes;
  for (std::size_t i = 0; i < sizeof value; ++i)
    bytes.push_back(static_cast<std::uint8_t>(std::uint64_t{value} >> (8 * i)));
  return hex_of(bytes);
}

// fields is every field of a structure in the order in which it is visited.
template <class Structure>
std::vector<field> fields(const Structure& structure) {
  std::vector<field> out;
  structure.for_each_field([&](auto row, const auto& value) {
    out.push_back({row.name, row.offset, row.size, stored_hex(value)});
  });
  return out;
}

// field_hex is the field of that name, or "no such field". Underscores and vendors' spellings with them do not count.
inline std::string field_hex(const std::vector<field>& fields, std::string name) {
  std::erase(name, '_');
  for (const field& each : fields) {
    std::string own = each.name;
    std::erase(own, '_');
    if (own == name) return each.hex;
  }
  return "no such field";
}

}  // namespace unitee::test
