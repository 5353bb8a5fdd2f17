// SPDX-License-Identifier: Apache-2.0
#include <unitee/seal/recipient_key.hpp>

#include "support/slot_changes.hpp"

#include <unitee/seal/attested_recipient.hpp>
#include <unitee/seal/caller_slot.hpp>
#include <unitee/seal/recipient_slot.hpp>

#include <cstddef>
#include <type_traits>
#include <utility>
#include <vector>

namespace test_recipient_key {

using namespace unitee;
using namespace unitee::test::slot_changes;
using test::need;

namespace {

// It refers to a key that must outlive it.
static_assert(!std::is_constructible_v<recipient_key<p256>, ecdh_private_key<p256>>);
static_assert(!std::is_convertible_v<const ecdh_private_key<p256>&, recipient_key<p256>>);
static_assert(slot_keys<const recipient_key<p256>> && slot_keys<const recipient_key<p384>>);

template <class Curve>
new_slot slot_to(const ecdh_private_key<Curve>& key) {
  return need(recipient_slot(need(sealing_recipient::unattested(key.spki().value))));
}

octets file_of(std::vector<new_slot> slots) { return *test::sealed_bytes(plaintext, slots); }

// asked is the answer for a slot with these parameters, of this kind.
template <class Curve>
result<secret<32>> asked(const ecdh_private_key<Curve>& key, byte_view params, slot_kind kind = slot_kind::public_key) {
  const slot_bytes slot = need(slot_view::encode(kind, params));
  return recipient_key<Curve>(key).slot_key(need(slot_view::parse(slot, 0)));
}

failure in_slot(errc code, std::uint64_t at) { return {code, at, part::sealed_slot}; }

}  // namespace

TEST_CASE("each recipient of a file opens its own slot, whatever curve the others are on", "[seal][recipient]") {
  const auto small = need(ecdh_private_key<p256>::generate());
  const auto other_small = need(ecdh_private_key<p256>::generate());
  const auto large = need(ecdh_private_key<p384>::generate());
  const auto other_large = need(ecdh_private_key<p384>::generate());
  const octets file = file_of(test::slots_of(slot_to(large), slot_for(1), slot_to(small), slot_to(other_small)));
  CHECK(seen_with(file, recipient_key<p256>(small)).has_value());
  CHECK(seen_with(file, recipient_key<p256>(other_small)).has_value());
  CHECK(seen_with(file, recipient_key<p384>(large)).has_value());
  CHECK(seen_by(file, 1).has_value());
  CHECK(seen_with(file, recipient_key<p384>(other_large)).error() == no_way_in);
  const recipient_key<p256> first(small);
  const recipient_key<p384> second(other_large);
  any_key both(second, first);
  CHECK(seen_with(file, both).has_value());
}

TEST_CASE("a recipient's key has no answer for slots that are not for it", "[seal][recipient]") {
  const auto small = need(ecdh_private_key<p256>::generate());
  const auto large = need(ecdh_private_key<p384>::generate());
  const new_slot to_small = slot_to(small);
  const new_slot to_large = slot_to(large);
  CHECK(asked(small, to_small.params()).has_value());
  CHECK(asked(large, to_large.params()).has_value());
  // Whose slot it is stands behind the curve and the ephemeral point.
  CHECK(asked(small, to_large.params()).error() == in_slot(errc::no_matching_slot, 0));
  CHECK(asked(large, to_small.params()).error() == in_slot(errc::no_matching_slot, 0));
  const auto stranger = need(ecdh_private_key<p256>::generate());
  CHECK(asked(stranger, to_small.params()).error() == in_slot(errc::no_matching_slot, 65));
  CHECK(asked(small, {}, slot_kind::caller_key).error() == failure{errc::no_matching_slot});
  CHECK(asked(small, to_small.params(), slot_kind::broker_key).error() == failure{errc::no_matching_slot});
}

TEST_CASE("parameters that are none are why a slot for a public key does not open", "[seal][recipient]") {
  const auto small = need(ecdh_private_key<p256>::generate());
  const new_slot slot = slot_to(small);
  octets params(slot.params().begin(), slot.params().end());
  params[0] = 3;
  CHECK(asked(small, params).error() == in_slot(errc::unsupported_algorithm, 0));
  params[0] = 2;  // P-384, of which this is not all
  CHECK(asked(small, params).error() == in_slot(errc::truncated, 129));
  params[0] = 1;
  params.resize(193);
  CHECK(asked(small, params).error() == in_slot(errc::trailing_data, 129));
  params.resize(129);
  params[1] ^= 1;  // an ephemeral point that is not on the curve
  CHECK(asked(small, params).error() == in_slot(errc::bad_value, 1));
  // A file with that slot alone says so, too.
  octets file = file_of(test::slots_of(slot_to(small)));
  file[512 + 8 + 1] ^= 1;
  file[8192 + 512 + 8 + 1] ^= 1;
  CHECK(seen_with(file, recipient_key<p256>(small)).error() == in_slot(errc::bad_value, 1));
}

TEST_CASE("any bit of a slot for a public key that is changed closes it", "[seal][recipient]") {
  const auto key = need(ecdh_private_key<p256>::generate());
  const octets file = file_of(test::slots_of(slot_to(key)));
  const recipient_key<p256> own(key);
  CHECK(seen_with(file, own).has_value());
  std::size_t opened = 0;
  for (std::size_t bit = 0; bit < 8 * 512; bit += 7) {
    octets other = file;
    const auto mask = static_cast<std::uint8_t>(1u << (bit % 8));
    other[512 + bit / 8] ^= mask;
    other[8192 + 512 + bit / 8] ^= mask;
    if (seen_with(other, own).has_value()) ++opened;
  }
  CHECK(opened == 0);
}

}  // namespace test_recipient_key
