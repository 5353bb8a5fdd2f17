// SPDX-License-Identifier: Apache-2.0
#include <unitee/snp/product.hpp>

#include "support/catch.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

namespace test_product {

using unitee::snp::cpuid;
using unitee::snp::generation;
using unitee::snp::generation_named;
using unitee::snp::generation_of;
using unitee::snp::product;
using unitee::snp::product_of;
using unitee::snp::products;
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

// Nobody has seen a certificate of Venice: its evidence is known, and cannot be verified.
static_assert(product_of(generation::venice).name == "Venice");
static_assert(product_of(generation::venice).layout == tcb_layout::venice);
static_assert(product_of(generation::milan).verifiable && product_of(generation::genoa).verifiable &&
              product_of(generation::turin).verifiable && !product_of(generation::venice).verifiable);

namespace {

struct cpuid_range {
  unsigned family, first, last;
  generation is;
};

constexpr cpuid_range known[] = {
    {0x19, 0x00, 0x0F, generation::milan},  {0x19, 0x10, 0x1F, generation::genoa},
    {0x19, 0xA0, 0xAF, generation::genoa},  {0x1A, 0x00, 0x11, generation::turin},
    {0x1A, 0x50, 0x57, generation::venice}, {0x1A, 0x90, 0x9F, generation::venice},
    {0x1A, 0xA0, 0xAF, generation::venice}, {0x1A, 0xC0, 0xC7, generation::venice},
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
  CHECK(found == 16 + 16 + 16 + 18 + 8 + 16 + 16 + 8);
}

TEST_CASE("a generation is found by its exact name only", "[snp][product]") {
  CHECK(generation_named("Milan") == generation::milan);
  CHECK(generation_named("Genoa") == generation::genoa);
  CHECK(generation_named("Turin") == generation::turin);
  CHECK(generation_named("Venice") == generation::venice);
  for (const char* other :
       {"", "milan", "MILAN", "Milan-B0", "Mila", "Milan ", "Bergamo", "Siena", "Genoa\n", "venice", "VLEK-Milan"}) {
    CAPTURE(other);
    CHECK(generation_named(other) == std::nullopt);
  }
}

TEST_CASE("the table is in the order of the generations, and its certificate names are made of the product's name",
          "[snp][product]") {
  for (std::size_t i = 0; i < products.size(); ++i) {
    const product& p = products[i];
    const std::string name(p.name);
    CAPTURE(name);
    CHECK(static_cast<std::size_t>(p.id) == i);
    CHECK(p.ark == "ARK-" + name);
    CHECK(p.ask == "SEV-" + name);
    CHECK(p.asvk == "SEV-VLEK-" + name);
  }
}

TEST_CASE("a range of models that was not filled in has no models", "[snp][product]") {
  constexpr unitee::snp::model_range none;
  for (unsigned model = 0; model < 256; ++model) CHECK_FALSE(none.has({0, static_cast<std::uint8_t>(model), 0}));
}

}  // namespace test_product
