// SPDX-License-Identifier: Apache-2.0
#include <unitee/kdf/bounded_bytes.hpp>

#include "support/catch.hpp"

#include <algorithm>
#include <ranges>
#include <vector>

namespace test_bounded_bytes {

using namespace unitee;
using some_bytes = bounded_bytes<5>;

static_assert(std::ranges::contiguous_range<const some_bytes> && std::convertible_to<const some_bytes&, byte_view>);
static_assert(some_bytes::capacity == 5 && some_bytes().size() == 0);

TEST_CASE("bounded bytes hold up to their capacity, and more is refused", "[kdf]") {
  const std::vector<std::uint8_t> bytes{1, 2, 3, 4, 5, 6, 7};
  for (std::size_t n = 0; n <= bytes.size(); ++n) {
    const auto made = some_bytes::from(byte_view(bytes).first(n));
    CHECK(made.has_value() == (n <= 5));
    if (!made) CHECK(made.error() == failure{errc::bad_length, 5});
    if (made) CHECK(equal(*made, byte_view(bytes).first(n)));
  }
}

TEST_CASE("bounded bytes are equal when length and bytes are", "[kdf]") {
  const std::vector<std::uint8_t> bytes{0, 0, 1};
  const auto of = [&](std::size_t n) { return *some_bytes::from(byte_view(bytes).first(n)); };
  CHECK(of(2) == of(2));
  CHECK_FALSE(of(2) == of(1));
  CHECK_FALSE(of(3) == of(2));
  CHECK(of(0) == some_bytes());
}

}  // namespace test_bounded_bytes
