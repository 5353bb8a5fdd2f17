// SPDX-License-Identifier: Apache-2.0
#include <unitee/seal/geometry.hpp>

#include "support/catch.hpp"

namespace test_geometry {

using namespace unitee;

static_assert(sealed_geometry::of(0, 4096)->segments() == 0);
static_assert(sealed_geometry::of(0, 4096)->file_size() == 16384);
static_assert(sealed_geometry::of(1, 4096)->payload_offset() == 20480);
static_assert(sealed_geometry::of(256 * 4096, 4096)->payload_offset() == 20480);
static_assert(sealed_geometry::of(256 * 4096 + 1, 4096)->payload_offset() == 24576);
static_assert(sealed_geometry::of(8197, 4096)->size_of(1) == 4096);
static_assert(sealed_geometry::of(8197, 4096)->size_of(2) == 5);
static_assert(sealed_geometry::of(8197, 4096)->tag_offset(2) == 16384 + 32);
static_assert(sealed_geometry::of(max_payload_size, 4096)->segments() == std::uint64_t{1} << 36);
static_assert(sealed_geometry::of(max_payload_size, 4096)->file_size() == 282574488354816);  // 16384 + 2^40 + 2^48

TEST_CASE("a segment is a power of two from 4096 bytes to 16 MiB", "[seal][geometry]") {
  const failure refused{errc::bad_value, 24, part::sealed_header};
  for (std::uint64_t bit = 1; bit < std::uint64_t{1} << 32; bit *= 2) {
    const auto size = static_cast<std::uint32_t>(bit);
    const auto made = sealed_geometry::of(10, size);
    CHECK(made.has_value() == (size >= 4096 && size <= 16777216));
    if (!made) CHECK(made.error() == refused);
    CHECK(sealed_geometry::of(10, size + 1).has_value() == (size == 0));
    if (size > 2) CHECK(sealed_geometry::of(10, size - 1).error() == refused);
  }
  CHECK(sealed_geometry::of(10, 0).error() == refused);
}

TEST_CASE("a payload has at most 2^48 bytes", "[seal][geometry]") {
  CHECK(sealed_geometry::of(max_payload_size, 4096));
  CHECK(sealed_geometry::of(max_payload_size + 1, 4096).error() == failure{errc::bad_value, 32, part::sealed_header});
  CHECK(sealed_geometry::of(~std::uint64_t{0}, 4096).error() == failure{errc::bad_value, 32, part::sealed_header});
}

TEST_CASE("the segments cover the payload exactly, and the ciphertext begins at a whole block", "[seal][geometry]") {
  for (const std::uint32_t segment_size : {4096u, 8192u, 262144u}) {
    for (std::uint64_t payload = 0; payload < 3 * 262144; payload += 4095) {
      const auto made = *sealed_geometry::of(payload, segment_size);
      std::uint64_t covered = 0;
      for (std::uint64_t i = 0; i < made.segments(); ++i) {
        CHECK(made.begin_of(i) == covered);
        CHECK(made.size_of(i) > 0);
        covered += made.size_of(i);
      }
      CHECK(covered == payload);
      CHECK(made.payload_offset() % 4096 == 0);
      CHECK(made.tag_offset(made.segments()) <= made.payload_offset());
      CHECK(made.payload_offset() - made.tag_offset(made.segments()) < 4096);
    }
  }
}

}  // namespace test_geometry
