// SPDX-License-Identifier: Apache-2.0
#include <unitee/bytes/fixed.hpp>

#include "support/catch.hpp"

#include <type_traits>
#include <vector>

namespace test_fixed {

using unitee::errc;
using unitee::failure;
using unitee::fixed_bytes;

using measurement = fixed_bytes<48, struct measurement_tag>;
using host_data = fixed_bytes<48, struct host_data_tag>;

static_assert(sizeof(measurement) == 48 && measurement::size() == 48);
static_assert(std::is_trivially_copyable_v<measurement>);
static_assert(measurement{}.is_zero() && measurement{}.view().size() == 48);
static_assert(!std::is_convertible_v<host_data, measurement> && !std::is_constructible_v<measurement, host_data>);

TEST_CASE("fixed bytes are made of exactly their size", "[bytes][fixed]") {
  std::vector<std::uint8_t> bytes;
  for (std::size_t size = 0; size < 60; ++size, bytes.push_back(static_cast<std::uint8_t>(size))) {
    const auto made = measurement::from(bytes);
    CAPTURE(size);
    if (size < 48) {
      REQUIRE(!made);
      CHECK(made.error() == failure{errc::truncated, size});
    } else if (size > 48) {
      REQUIRE(!made);
      CHECK(made.error() == failure{errc::trailing_data, 48});
    } else {
      REQUIRE(made);
      CHECK(unitee::equal(made->view(), bytes));
    }
  }
}

TEST_CASE("one bit makes fixed bytes different, and not zero", "[bytes][fixed]") {
  for (std::size_t bit = 0; bit < 8 * measurement::size(); ++bit) {
    measurement other;
    other.value[bit / 8] = static_cast<std::uint8_t>(1u << bit % 8);
    CHECK(other != measurement{});
    CHECK_FALSE(other.is_zero());
  }
}

}  // namespace test_fixed
