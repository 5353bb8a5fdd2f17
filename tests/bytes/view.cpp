// SPDX-License-Identifier: Apache-2.0
#include <unitee/bytes/view.hpp>

#include "support/catch.hpp"

#include <array>
#include <vector>

namespace test_view {

using unitee::all_zero;
using unitee::byte_view;
using unitee::equal;
using unitee::first_nonzero;

namespace {

constexpr std::array<std::uint8_t, 3> abc = {'a', 'b', 'c'};
constexpr std::array<std::uint8_t, 3> abd = {'a', 'b', 'd'};

}  // namespace

static_assert(equal(abc, abc) && !equal(abc, abd));
static_assert(equal({}, {}) && !equal(abc, {}) && !equal(byte_view(abc).first(2), abc));
static_assert(first_nonzero(abc) == 0 && all_zero({}));

TEST_CASE("one different bit anywhere makes two strings of bytes different", "[bytes][view]") {
  for (std::size_t size = 0; size < 40; ++size) {
    const std::vector<std::uint8_t> bytes(size, 0x5a);
    CHECK(equal(bytes, std::vector<std::uint8_t>(size, 0x5a)));
    for (std::size_t bit = 0; bit < 8 * size; ++bit) {
      auto other = bytes;
      other[bit / 8] ^= static_cast<std::uint8_t>(1u << bit % 8);
      CHECK_FALSE(equal(bytes, other));
    }
  }
}

TEST_CASE("first_nonzero finds the first byte that is not zero, wherever it is", "[bytes][view]") {
  for (std::size_t size = 0; size < 70; ++size) {
    std::vector<std::uint8_t> bytes(size, 0);
    CHECK(first_nonzero(bytes) == size);
    CHECK(all_zero(bytes));
    for (std::size_t at = size; at-- > 0;) {  // from the end, so that those behind are not zero either
      for (const unsigned value : {0x01u, 0x80u, 0xffu}) {
        bytes[at] = static_cast<std::uint8_t>(value);
        CHECK(first_nonzero(bytes) == at);
        CHECK_FALSE(all_zero(bytes));
      }
    }
  }
}

}  // namespace test_view
