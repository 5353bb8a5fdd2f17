// SPDX-License-Identifier: Apache-2.0
//
// unitee/bytes/bits.hpp: named bits of an integer field.
#pragma once

#include <cstdint>

namespace unitee::inline v0 {

// bit_range is `width` bits of an integer from bit `low` on, by the vendor's name in lower case.
struct bit_range {
  const char* name;
  unsigned low;
  unsigned width = 1;

  // mask has ones at the range's bits.
  [[nodiscard]] constexpr std::uint64_t mask() const noexcept {
    return (width >= 64 ? ~std::uint64_t{0} : (std::uint64_t{1} << width) - 1) << low;
  }

  // of is the range's value inside the integer.
  [[nodiscard]] constexpr std::uint64_t of(std::uint64_t integer) const noexcept { return (integer & mask()) >> low; }
};

}  // namespace unitee::inline v0
