// SPDX-License-Identifier: Apache-2.0
#include <unitee/crypto/wiped_buffer.hpp>

#include "support/catch.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <utility>

namespace test_wiped_buffer {

using namespace unitee;

TEST_CASE("wiped bytes are zero", "[crypto][wiped_buffer]") {
  std::array<std::uint8_t, 5> bytes{1, 2, 3, 4, 5};
  wipe({});
  wipe(byte_span(bytes).subspan(1, 3));
  CHECK(bytes == std::array<std::uint8_t, 5>{1, 0, 0, 0, 5});
}

TEST_CASE("a buffer has the size that was asked for, until it is moved from", "[crypto][wiped_buffer]") {
  auto buffer = wiped_buffer::create(10);
  REQUIRE(buffer);
  std::ranges::fill(buffer->all(), std::uint8_t{7});
  wiped_buffer other = std::move(*buffer);
  CHECK(buffer->all().empty());
  CHECK(other.first(3).size() == 3);
  CHECK(other.all()[9] == 7);
  *buffer = std::move(other);
  CHECK(other.all().empty());
  CHECK(buffer->all()[9] == 7);
}

}  // namespace test_wiped_buffer
