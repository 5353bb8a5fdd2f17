// SPDX-License-Identifier: Apache-2.0
#include <unitee/bytes/reader.hpp>

#include "support/catch.hpp"

#include <array>
#include <cstdint>
#include <limits>

namespace test_reader {

using unitee::byte_view;
using unitee::errc;
using unitee::failure;
using unitee::part;
using unitee::reader;

namespace {

constexpr std::array<std::uint8_t, 10> ten = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9};

// walks is the whole of a reader's work in a constant expression.
constexpr bool walks() {
  reader in(ten);
  const auto first = in.le<std::uint8_t>();
  const auto second = in.le<std::uint16_t>();
  const auto third = in.le<std::uint32_t>();
  if (!first || *first != 0 || !second || *second != 0x0201 || !third || *third != 0x06050403) return false;
  if (in.offset() != 7 || in.remaining() != 3 || in.at_end() || in.finish()) return false;
  return in.rest().size() == 3 && in.at_end() && in.finish() && in.rest().empty();
}

}  // namespace

static_assert(walks());

TEST_CASE("a reader hands out every length that there is, and refuses every other without moving", "[bytes][reader]") {
  for (std::size_t before = 0; before <= ten.size(); ++before) {
    for (std::size_t n = 0; n <= 2 * ten.size(); ++n) {
      CAPTURE(before, n);
      reader in(ten, part::quote, 100);
      REQUIRE(in.take(before));
      const auto got = in.take(n);
      if (before + n <= ten.size()) {
        REQUIRE(got);
        CHECK(got->size() == n);
        CHECK(got->data() == ten.data() + before);
        CHECK(in.offset() == 100 + before + n);
      } else {
        REQUIRE(!got);
        CHECK(got.error() == failure{errc::truncated, 110, part::quote});
        CHECK(in.offset() == 100 + before);
        CHECK(in.remaining() == ten.size() - before);
      }
    }
  }
}

TEST_CASE("a length near the largest number does not wrap a reader around", "[bytes][reader]") {
  constexpr std::size_t largest = std::numeric_limits<std::size_t>::max();
  reader in(ten);
  REQUIRE(in.take(3));
  for (std::size_t less = 0; less < 12; ++less) {
    CHECK(in.take(largest - less).error() == failure{errc::truncated, 10});
    CHECK(in.sub(largest - less).error() == failure{errc::truncated, 10});
    CHECK(in.offset() == 3);
  }
}

TEMPLATE_TEST_CASE("an integer that the input ends inside of is refused, and nothing moves", "[bytes][reader]",
                   std::uint8_t, std::uint16_t, std::uint32_t, std::uint64_t) {
  for (std::size_t size = 0; size < sizeof(TestType); ++size) {
    reader in(byte_view(ten).first(size), part::report);
    const auto got = in.le<TestType>();
    REQUIRE(!got);
    CHECK(got.error() == failure{errc::truncated, size, part::report});
    CHECK(in.offset() == 0);
  }
}

TEST_CASE("a reader over a part tells offsets in the whole", "[bytes][reader]") {
  reader whole(ten, part::quote);
  REQUIRE(whole.take(2));
  auto inner = whole.sub(5);
  REQUIRE(inner);
  CHECK(whole.offset() == 7);
  CHECK(inner->offset() == 2);
  CHECK(inner->remaining() == 5);
  CHECK(*inner->le<std::uint8_t>() == 2);

  auto innermost = inner->sub(3);
  REQUIRE(innermost);
  CHECK(innermost->offset() == 3);
  CHECK(innermost->take(4).error() == failure{errc::truncated, 6, part::quote});
  CHECK(innermost->finish().error() == failure{errc::trailing_data, 3, part::quote});
  CHECK(innermost->fail(errc::bad_value) == failure{errc::bad_value, 3, part::quote});

  CHECK(whole.sub(4).error() == failure{errc::truncated, 10, part::quote});
  CHECK(whole.offset() == 7);
}

TEST_CASE("finish refuses what is left, from where it begins", "[bytes][reader]") {
  for (std::size_t read = 0; read <= ten.size(); ++read) {
    reader in(ten, part::report, 5);
    REQUIRE(in.take(read));
    CHECK(in.finish().has_value() == (read == ten.size()));
    if (read < ten.size()) CHECK(in.finish().error() == failure{errc::trailing_data, 5 + read, part::report});
    CHECK(in.rest().size() == ten.size() - read);
    CHECK(in.finish());
  }
}

}  // namespace test_reader
