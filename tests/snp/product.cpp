// SPDX-License-Identifier: Apache-2.0
#include <unitee/snp/product.hpp>

#include "support/catch.hpp"

#include <cstdint>
#include <optional>

using unitee::snp::cpuid;
using unitee::snp::generation;
using unitee::snp::generation_named;
using unitee::snp::generation_of;
using unitee::snp::product_of;
using unitee::snp::tcb_layout;

// What was seen on real machines.
static_assert(generation_of({0x19, 0x01, 1}) == generation::milan);
static_assert(generation_of({0x19, 0x11, 1}) == generation::genoa);
static_assert(generation_of({0x19, 0xA0, 2}) == generation::genoa);
static_assert(generation_of({0x1A, 0x02, 1}) == generation::turin);

static_assert(product_of(generation::milan).name == "Milan" && product_of(generation::milan).id == generation::milan);
static_assert(product_of(generation::genoa).name == "Genoa" && product_of(generation::genoa).id == generation::genoa);
static_assert(product_of(generation::turin).name == "Turin" && product_of(generation::turin).id == generation::turin);
static_assert(product_of(generation::milan).layout == tcb_layout::milan_genoa);
static_assert(product_of(generation::genoa).layout == tcb_layout::milan_genoa);
static_assert(product_of(generation::turin).layout == tcb_layout::turin);
static_assert(product_of(generation::milan).chip_id_size == 64 && product_of(generation::milan).struct_version == 0);
static_assert(product_of(generation::genoa).chip_id_size == 64 && product_of(generation::genoa).struct_version == 0);
static_assert(product_of(generation::turin).chip_id_size == 8 && product_of(generation::turin).struct_version == 1);

namespace {

struct cpuid_range {
  unsigned family, first, last;
  generation is;
};

constexpr cpuid_range known[] = {
    {0x19, 0x00, 0x0F, generation::milan},
    {0x19, 0x10, 0x1F, generation::genoa},
    {0x19, 0xA0, 0xAF, generation::genoa},
    {0x1A, 0x00, 0x11, generation::turin},
};

}  // namespace

TEST_CASE("family and model decide the generation, and an unknown pair decides nothing", "[snp][product]") {
  unsigned found = 0;
  for (unsigned family = 0; family < 256; ++family) {
    for (unsigned model = 0; model < 256; ++model) {
      std::optional<generation> expected;
      for (const cpuid_range& range : known) {
        if (family == range.family && model >= range.first && model <= range.last) expected = range.is;
      }
      for (const unsigned stepping : {0u, 1u, 2u, 255u}) {
        const cpuid id{static_cast<std::uint8_t>(family), static_cast<std::uint8_t>(model),
                       static_cast<std::uint8_t>(stepping)};
        if (generation_of(id) != expected) FAIL("family " << family << " model " << model);
      }
      found += expected.has_value();
    }
  }
  CHECK(found == 16 + 16 + 16 + 18);
}

TEST_CASE("a generation is found by its exact name only", "[snp][product]") {
  CHECK(generation_named("Milan") == generation::milan);
  CHECK(generation_named("Genoa") == generation::genoa);
  CHECK(generation_named("Turin") == generation::turin);
  for (const char* other :
       {"", "milan", "MILAN", "Milan-B0", "Mila", "Milan ", "Bergamo", "Siena", "Venice", "VLEK-Milan"}) {
    CAPTURE(other);
    CHECK(generation_named(other) == std::nullopt);
  }
}
