// SPDX-License-Identifier: Apache-2.0
#include <unitee/seal/caller_slot.hpp>

#include "support/sealed.hpp"

#include <type_traits>

namespace test_caller_slot {

using namespace unitee;
using test::octets;
using test::secret_of;

namespace {

const octets plaintext = test::sealed_plaintext(100);
const octets id{'k', '1'};

octets file_for(const secret<32>& key, byte_view with) {
  const auto slots = test::slots_of(*caller_slot(key, with));
  return *test::sealed_bytes(plaintext, slots, {.segment_size = 4096});
}

constexpr failure no_match{errc::no_matching_slot, 0, part::sealed_header};

}  // namespace

// A key that ends with the statement is not referred to.
static_assert(!std::is_constructible_v<caller_key, secret<32>>);
static_assert(!std::is_constructible_v<caller_key, secret<32>, byte_view>);

TEST_CASE("a caller's key opens its slot, whatever the id, or by its id", "[seal][caller_slot]") {
  const auto key = secret_of(1);
  const octets file = file_for(key, id);
  CHECK(*test::read_all(file, caller_key(key)) == plaintext);
  CHECK(*test::read_all(file, caller_key(key, id)) == plaintext);
  CHECK(*test::read_all(file_for(key, {}), caller_key(key, {})) == plaintext);
}

TEST_CASE("another key, or another id, opens nothing", "[seal][caller_slot]") {
  const auto key = secret_of(1);
  const auto other = secret_of(2);
  const octets file = file_for(key, id);
  CHECK(test::read_all(file, caller_key(other)).error() == no_match);
  for (const octets& wrong : {octets{}, octets{'k'}, octets{'k', '2'}, octets{'k', '1', 0}}) {
    CHECK(test::read_all(file, caller_key(key, wrong)).error() == no_match);
  }
}

TEST_CASE("a caller's id is 0 to 64 bytes", "[seal][caller_slot]") {
  for (std::size_t n = 0; n <= 400; ++n) {
    const auto slot = caller_slot(secret_of(1), octets(n, 7));
    REQUIRE(slot.has_value() == (n <= 64));
    if (slot) REQUIRE((slot->kind() == slot_kind::caller_key && equal(slot->params(), octets(n, 7))));
    if (!slot) REQUIRE(slot.error() == failure{errc::bad_length, 4, part::sealed_header});
  }
}

TEST_CASE("a caller's key is given for slots of its kind only", "[seal][caller_slot]") {
  const auto key = secret_of(1);
  const caller_key keys(key);
  for (const auto& [kind, size] : {std::pair{slot_kind::broker_key, 1}, std::pair{slot_kind::snp_derived_key, 71},
                                   std::pair{slot_kind::tdx_derived_key, 177}, std::pair{slot_kind::public_key, 129},
                                   std::pair{slot_kind::simulated_snp_derived_key, 79}}) {
    const slot_bytes bytes = *slot_view::encode(kind, octets(static_cast<std::size_t>(size)));
    CHECK(keys.slot_key(*slot_view::parse(bytes, 512)).error() == failure{errc::no_matching_slot});
  }
  const slot_bytes own = *slot_view::encode(slot_kind::caller_key, id);
  CHECK(*keys.slot_key(*slot_view::parse(own, 512)) == key);
}

}  // namespace test_caller_slot
