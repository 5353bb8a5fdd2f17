// SPDX-License-Identifier: Apache-2.0
#include <unitee/json/trustworthiness.hpp>

#include "support/catch.hpp"

#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace test_trustworthiness {

using namespace unitee;

namespace {

// every_value is -128 to 127.
std::vector<std::int8_t> every_value() {
  std::vector<std::int8_t> out;
  for (int value = -128; value < 128; ++value) out.push_back(static_cast<std::int8_t>(value));
  return out;
}

// known_tier is the table of tiers as it is printed.
std::string known_tier(int value) {
  const auto within = [&](int first, int last) { return first <= value && value <= last; };
  if (within(-1, 1)) return "none";
  if (within(2, 31) || within(-32, -2)) return "affirming";
  if (within(32, 95) || within(-96, -33)) return "warning";
  return "contraindicated";
}

static_assert(tier_of(cryptographic_validation_failed) == trust_tier::contraindicated);
static_assert(tier_of(verifier_malfunction) == trust_tier::none);
static_assert(trustworthiness_vector().worst() == trust_tier::none);
static_assert(std::string_view(name(trust_claim::instance_identity)) == "instance-identity");
static_assert(std::string_view(name(trust_claim::sourced_data)) == "sourced-data");

}  // namespace

TEST_CASE("every value has the tier of the table", "[json][trustworthiness]") {
  for (const std::int8_t value : every_value()) {
    CAPTURE(int{value});
    CHECK(name(tier_of(value)) == known_tier(value));
  }
}

TEST_CASE("claims have eight names, in the order of their CBOR keys", "[json][trustworthiness]") {
  std::string all;
  for (const trust_claim each : trust_claims) all += std::string(name(each)) + " ";
  CHECK(all ==
        "instance-identity configuration executables file-system hardware runtime-opaque storage-opaque "
        "sourced-data ");
}

TEST_CASE("a claim keeps the worse of two values, whichever comes first", "[json][trustworthiness]") {
  for (const std::int8_t a : every_value()) {
    for (const std::int8_t b : every_value()) {
      trustworthiness_vector one, other;
      one.add(trust_claim::hardware, a);
      one.add(trust_claim::hardware, b);
      other.add(trust_claim::hardware, b);
      other.add(trust_claim::hardware, a);
      REQUIRE(one == other);
      REQUIRE(one.worst() == std::max(tier_of(a), tier_of(b)));
      REQUIRE(one[trust_claim::configuration] == no_claim);
    }
  }
}

TEST_CASE("a vector is as bad as its worst claim, and claims that are not made do not count",
          "[json][trustworthiness]") {
  for (const trust_claim claim : trust_claims) {
    for (const std::int8_t value : every_value()) {
      trustworthiness_vector with;
      with.add(claim, value);
      REQUIRE(with.worst() == tier_of(value));
      with.add(trust_claim::hardware, 2);
      REQUIRE(with.worst() == std::max(tier_of(value), trust_tier::affirming));
      REQUIRE(status_of(with, true) == with.worst());
      REQUIRE(status_of(with, false) == trust_tier::contraindicated);
    }
  }
  CHECK(status_of({}, true) == trust_tier::affirming);
  CHECK(trustworthiness_vector(99)[trust_claim::storage_opaque] == 99);
}

}  // namespace test_trustworthiness
