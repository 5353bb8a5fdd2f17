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
static_assert(sealed_geometry::of(8197, 4096)->place_of(2) == 20480 + 8192);
static_assert(sealed_geometry::of(8197, 4096, 16)->tag_offset(2) == 20480 + 32);
static_assert(sealed_geometry::of(8197, 4096, 4096)->payload_offset() == 24576);
static_assert(sealed_geometry::of(8197, 4096, 4097)->payload_offset() == 28672);
static_assert(sealed_geometry::of(0, 4096, 4097)->file_size() == 24576);
static_assert(sealed_geometry::of(max_payload_size, 4096)->segments() == std::uint64_t{1} << 36);
static_assert(sealed_geometry::of(max_payload_size, 4096)->file_size() == 282574488354816);  // 16384 + 2^40 + 2^48

TEST_CASE("a segment is a power of two from 4096 bytes to 16 MiB", "[seal][geometry]") {
  const failure refused{errc::bad_value, 20, part::sealed_header};
  for (std::uint64_t bit = 1; bit < std::uint64_t{1} << 32; bit *= 2) {
    const auto size = static_cast<std::uint32_t>(bit);
    const auto made = sealed_geometry::of(10, size);
    CHECK(made.has_value() == (size >= 4096 && size <= 16777216));
    if (!made) CHECK(made.error() == refused);
    CHECK(sealed_geometry::of(10, size + 1).has_value() == false);
    if (size > 2) CHECK(sealed_geometry::of(10, size - 1).error() == refused);
  }
  CHECK(sealed_geometry::of(10, 0).error() == refused);
}

TEST_CASE("a payload has at most 2^48 bytes", "[seal][geometry]") {
  CHECK(sealed_geometry::of(max_payload_size, 4096));
  for (const std::uint64_t size : {max_payload_size + 1, ~std::uint64_t{0}}) {
    CHECK(sealed_geometry::of(size, 4096).error() == failure{errc::bad_value, 24, part::sealed_header});
  }
}

TEST_CASE("metadata has at most 2 MiB", "[seal][geometry]") {
  CHECK(sealed_geometry::of(10, 4096, max_metadata_size));
  for (const std::uint32_t size : {max_metadata_size + 1, ~std::uint32_t{0}}) {
    CHECK(sealed_geometry::of(10, 4096, size).error() == failure{errc::bad_length, 44, part::sealed_header});
  }
}

TEST_CASE("everything stands behind what is before it, at a whole block", "[seal][geometry]") {
  for (const std::uint32_t metadata : {0u, 16u, 4095u, 4096u, 4097u, max_metadata_size}) {
    for (std::uint64_t payload = 0; payload < 4'000'000; payload += 65533) {
      const auto made = *sealed_geometry::of(payload, 4096, metadata);
      const std::uint64_t metadata_end = sealed_geometry::metadata_offset + metadata;
      const std::uint64_t tags_end = made.tag_offset(made.segments());
      bool fits = made.tag_table_offset() % 4096 == 0 && made.payload_offset() % 4096 == 0;
      fits = fits && made.tag_table_offset() - metadata_end < 4096 && made.payload_offset() - tags_end < 4096;
      fits = fits && made.tag_table_size() == made.payload_offset() - made.tag_table_offset();
      CHECK((fits && made.file_size() == made.payload_offset() + payload));
    }
  }
}

TEST_CASE("the segments cover the payload exactly", "[seal][geometry]") {
  for (const std::uint32_t segment_size : {4096u, 8192u, 262144u}) {
    for (std::uint64_t payload = 0; payload < 3 * 262144; payload += 4095) {
      const auto made = *sealed_geometry::of(payload, segment_size);
      std::uint64_t covered = 0;
      bool in_order = true;
      for (std::uint64_t i = 0; i < made.segments(); ++i) {
        in_order = in_order && made.begin_of(i) == covered && made.size_of(i) > 0;
        in_order = in_order && made.place_of(i) == made.payload_offset() + covered;
        covered += made.size_of(i);
      }
      CHECK((in_order && covered == payload));
    }
  }
}

}  // namespace test_geometry
