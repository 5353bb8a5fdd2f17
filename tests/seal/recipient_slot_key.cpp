// SPDX-License-Identifier: Apache-2.0
#include <unitee/seal/recipient_slot_key.hpp>

#include "support/edits.hpp"
#include "support/forge.hpp"
#include "support/openssl.hpp"
#include "support/vectors.hpp"

#include <set>
#include <string>
#include <vector>

namespace test_recipient_slot_key {

using namespace unitee;
using unitee::test::bytes_of;
using unitee::test::bytes_of_hex;
using unitee::test::hex_of;
using unitee::test::need;

namespace {

using octets = std::vector<std::uint8_t>;

// known is a slot of tests/vectors/ecdh.json.
template <class Curve>
struct known {
  std::string name;
  ecdh_private_key<Curve> key;
  octets params;
  std::string slot_key;
};

template <class Curve>
std::vector<known<Curve>> known_slots() {
  std::vector<known<Curve>> out;
  for (const auto& vector : test::vectors("ecdh")) {
    if (vector.at("kind") != "slot" || vector.at("curve") != Curve::name) continue;
    const std::string pem = vector.at("pem");
    out.push_back({vector.at("name"), need(ecdh_private_key<Curve>::from_pem(bytes_of(pem))),
                   bytes_of_hex(vector.at("params")), vector.at("key")});
  }
  REQUIRE(out.size() == 5);
  return out;
}

// answer is the slot's key for what a file says, like a reader does.
template <class Curve>
result<secret<32>> answer(const ecdh_private_key<Curve>& key, const octets& params) {
  const auto parsed = recipient_params::parse(params);
  if (!parsed) return parsed.error();
  return recipient_slot_key(key, *parsed);
}

template <class Curve>
void check_known() {
  std::set<std::string> distinct;
  for (const auto& each : known_slots<Curve>()) {
    INFO(each.name);
    CHECK(hex_of(need(answer(each.key, each.params)).expose()) == each.slot_key);
    distinct.insert(each.slot_key);
  }
  CHECK(distinct.size() == 5);
}

// Every bit: the curve's lead to no parameters, the ephemeral point's off the curve, the recipient's to another key.
template <class Curve>
void check_every_bit() {
  const auto slot = known_slots<Curve>();
  using row = recipient_row<Curve>;
  for (std::size_t bit = 0; bit < 8 * slot[0].params.size(); ++bit) {
    octets other = slot[0].params;
    other[bit / 8] ^= static_cast<std::uint8_t>(1u << (bit % 8));
    const auto key = answer(slot[0].key, other);
    REQUIRE_FALSE(key);
    if (bit < 8 * row::ephemeral::offset) {
      CHECK(key.error() == failure{errc::unsupported_algorithm, 0, part::sealed_slot});
    } else if (bit < 8 * row::recipient::offset) {
      CHECK(key.error() == failure{errc::bad_value, 1, part::sealed_slot});
    } else {
      CHECK(key.error() == failure{errc::no_matching_slot, row::recipient::offset, part::sealed_slot});
    }
  }
}

// Points of zeros, or with one coordinate that is zero or all ones, in place of the ephemeral one.
template <class Curve>
void check_bad_ephemeral() {
  const auto slot = known_slots<Curve>();
  constexpr std::size_t field = Curve::field;
  for (const std::uint8_t fill : {std::uint8_t{0}, std::uint8_t{0xFF}}) {
    for (unsigned which = 1; which < 4; ++which) {
      octets other = slot[0].params;
      const auto at = [&](std::size_t n) { return other.begin() + static_cast<std::ptrdiff_t>(1 + n * field); };
      if ((which & 1) != 0) std::fill(at(0), at(1), fill);
      if ((which & 2) != 0) std::fill(at(1), at(2), fill);
      CHECK(answer(slot[0].key, other).error() == failure{errc::bad_value, 1, part::sealed_slot});
    }
  }
}

template <class Curve, class Other>
void check_other_keys() {
  const auto slot = known_slots<Curve>();
  const auto params = need(recipient_params::parse(slot[0].params));
  const auto stranger = need(ecdh_private_key<Curve>::generate());
  CHECK(recipient_slot_key(stranger, params).error() ==
        failure{errc::no_matching_slot, recipient_row<Curve>::recipient::offset, part::sealed_slot});
  CHECK(recipient_slot_key(need(ecdh_private_key<Other>::generate()), params).error() ==
        failure{errc::no_matching_slot, 0, part::sealed_slot});
  // A point off the curve is not looked at when the slot is somebody else's.
  octets spoiled = slot[0].params;
  spoiled[1] ^= 1;
  CHECK(answer(stranger, spoiled).error().code == errc::no_matching_slot);
}

}  // namespace

TEST_CASE("a slot's key is that of the vectors, on both curves", "[seal][recipient]") {
  check_known<p256>();
  check_known<p384>();
}

TEST_CASE("with any bit of its parameters changed, a slot has no key for its recipient", "[seal][recipient]") {
  check_every_bit<p256>();
  check_every_bit<p384>();
}

TEST_CASE("an ephemeral point with a coordinate of zeros or ones is refused where it stands", "[seal][recipient]") {
  check_bad_ephemeral<p256>();
  check_bad_ephemeral<p384>();
}

TEST_CASE("a slot is no other key's, on its curve or on another", "[seal][recipient]") {
  check_other_keys<p256, p384>();
  check_other_keys<p384, p256>();
}

TEST_CASE("slots' keys and refusals leave the error queue as it was", "[seal][recipient]") {
  const auto slot = known_slots<p256>();
  CHECK(test::keeps_error_queue([&] {
    octets params = slot[0].params;
    (void)answer(slot[0].key, params);
    params[1] ^= 1;
    (void)answer(slot[0].key, params);
    params[128] ^= 1;
    (void)answer(slot[0].key, params);
  }));
}

}  // namespace test_recipient_slot_key
