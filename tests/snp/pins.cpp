// SPDX-License-Identifier: Apache-2.0
#include <unitee/snp/pins.hpp>

#include "support/catch.hpp"
#include "support/edits.hpp"
#include "support/evidence.hpp"

#include <algorithm>
#include <string>

namespace test_pins {

using unitee::snp::ark_pin;
using unitee::snp::generation;
using unitee::snp::product;
using unitee::snp::products;

static_assert(ark_pin(generation::milan) != ark_pin(generation::genoa));
static_assert(ark_pin(generation::genoa) != ark_pin(generation::turin));
static_assert(ark_pin(generation::turin) != ark_pin(generation::milan));
static_assert(!ark_pin(generation::venice));  // AMD has published no root

TEST_CASE("the pins are the digests of AMD's root keys", "[snp][pins]") {
  UNITEE_REQUIRE_EVIDENCE();
  long arks = 0;
  const auto anchors = unitee::test::evidence_manifest("snp").at("trust_anchors");
  for (const auto& anchor : anchors) {
    for (const product& p : products) {
      if (anchor.at("subject_cn") != "ARK-" + std::string(p.name)) continue;
      REQUIRE(ark_pin(p.id));
      CHECK(unitee::test::hex_of(ark_pin(p.id)->value) == anchor.at("spki_sha384"));
      ++arks;
    }
  }
  CHECK(arks == std::ranges::count(products, true, &product::verifiable));
}

}  // namespace test_pins
