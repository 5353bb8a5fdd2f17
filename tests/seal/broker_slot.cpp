// SPDX-License-Identifier: Apache-2.0
#include <unitee/seal/broker_slot.hpp>

#include "support/sealed.hpp"

namespace test_broker_slot {

using namespace unitee;
using test::octets;
using test::secret_of;

namespace {

const octets plaintext = test::sealed_plaintext(100);
const octets address{'b', '/', '1'};

octets file_for(std::uint8_t key) {
  const auto slots = test::slots_of(*broker_slot(address, secret_of(key)));
  return *test::sealed_bytes(plaintext, slots, {.segment_size = 4096});
}

}  // namespace

TEST_CASE("a broker is asked with the slot's parameters, and its key opens", "[seal][broker_slot]") {
  octets asked;
  broker_key keys([&](byte_view params) -> result<secret<32>> {
    asked.assign(params.begin(), params.end());
    return secret_of(3);
  });
  CHECK(*test::read_all(file_for(3), keys) == plaintext);
  CHECK(asked == address);
  CHECK(test::read_all(file_for(4), keys).error() == failure{errc::no_matching_slot, 0, part::sealed_header});
}

TEST_CASE("what a broker answers instead of a key is passed on", "[seal][broker_slot]") {
  const octets file = file_for(3);
  for (const failure& why : {failure{errc::timed_out, 1000}, failure{errc::policy_not_met, 2, part::policy}}) {
    broker_key keys([&](byte_view) -> result<secret<32>> { return why; });
    CHECK(test::read_all(file, keys).error() == why);
  }
  broker_key stranger([](byte_view) -> result<secret<32>> { return errc::no_matching_slot; });
  CHECK(test::read_all(file, stranger).error() == failure{errc::no_matching_slot, 0, part::sealed_header});
}

TEST_CASE("a broker is not asked about slots of another kind", "[seal][broker_slot]") {
  int asked = 0;
  broker_key keys([&](byte_view) -> result<secret<32>> {
    ++asked;
    return secret_of(1);
  });
  const octets file = test::sealed_with(plaintext, secret_of(1));
  CHECK(test::read_all(file, keys).error() == failure{errc::no_matching_slot, 0, part::sealed_header});
  CHECK(asked == 0);
}

TEST_CASE("what a broker needs is 1 to 400 bytes", "[seal][broker_slot]") {
  for (std::size_t n = 0; n <= 500; ++n) {
    const auto slot = broker_slot(octets(n, 7), secret_of(1));
    REQUIRE(slot.has_value() == (n >= 1 && n <= 400));
    if (slot) REQUIRE((slot->kind() == slot_kind::broker_key && equal(slot->params(), octets(n, 7))));
    if (!slot) REQUIRE(slot.error() == failure{errc::bad_length, 4, part::sealed_header});
  }
}

}  // namespace test_broker_slot
