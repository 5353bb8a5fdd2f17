// SPDX-License-Identifier: Apache-2.0
#include <unitee/seal/slot.hpp>

#include "support/sealed.hpp"

#include <algorithm>
#include <set>
#include <string>
#include <type_traits>

namespace test_slot {

using namespace unitee;
using test::octets;
using test::secret_of;

namespace {

const gcm_nonce nonce = *gcm_nonce::from(octets(12, 0x52));

detail::file_binding file_of(std::uint8_t invariant) {
  const octets bytes(128, invariant);
  return *detail::file_binding::of(std::span(bytes).first<128>(), {});
}
const detail::file_binding file = file_of(0x51);

slot_bytes wrapped(const octets& params = {1, 2, 3}) {
  return *new_slot::create(slot_kind::caller_key, params, secret_of(7))
              ->wrap_insecurely_with(nonce, file, secret_of(9));
}

result<secret<32>> unwrapped(const slot_bytes& slot, const detail::file_binding& in = file, std::uint8_t key = 7) {
  return detail::unwrap(*slot_view::parse(slot, 512), in, secret_of(key));
}

}  // namespace

static_assert(!std::is_copy_constructible_v<new_slot> && std::is_nothrow_move_constructible_v<new_slot>);

// Expected: AES-256-GCM with what FORMAT.md says is the additional data.
TEST_CASE("a slot is the data key under the slot's key, bound to the file and to the slot", "[seal][slot]") {
  const slot_bytes slot = wrapped();
  octets bound(file.invariants.value.begin(), file.invariants.value.end());
  CHECK(bound.size() == 48);
  bound.insert(bound.end(), slot.begin(), slot.begin() + 452);
  auto cipher = *aes_256_gcm::create(secret_of(7));
  octets expected(32);
  const auto tag = cipher.seal(nonce, bound, secret_of(9).expose(), expected);
  REQUIRE(tag);
  CHECK(std::equal(expected.begin(), expected.end(), slot.begin() + 464));
  CHECK(std::equal(tag->value.begin(), tag->value.end(), slot.begin() + 496));
  CHECK(std::equal(nonce.value.begin(), nonce.value.end(), slot.begin() + 452));
}

TEST_CASE("a slot gives the data key to its own key", "[seal][slot]") {
  const auto data_key = unwrapped(wrapped());
  REQUIRE(data_key);
  CHECK(*data_key == secret_of(9));
}

TEST_CASE("a slot opens with no other key and in no other file", "[seal][slot]") {
  CHECK(unwrapped(wrapped(), file, 8).error() == failure{errc::not_authentic});
  CHECK(unwrapped(wrapped(), file_of(0x50)).error() == failure{errc::not_authentic});
}

TEST_CASE("a slot of which any bit was changed does not open", "[seal][slot]") {
  const slot_bytes good = wrapped(octets(64, 1));
  for (std::size_t bit = 0; bit < 8 * good.size(); ++bit) {
    slot_bytes bad = good;
    bad[bit / 8] = static_cast<std::uint8_t>(bad[bit / 8] ^ 1u << bit % 8);
    const auto slot = slot_view::parse(bad, 512);
    REQUIRE((!slot || detail::unwrap(*slot, file, secret_of(7)).error() == failure{errc::not_authentic}));
  }
}

TEST_CASE("a nonce is drawn for each wrapping", "[seal][slot]") {
  const auto slot = *new_slot::create(slot_kind::caller_key, {}, secret_of(7));
  std::set<std::string> nonces;
  for (int i = 0; i < 20; ++i) {
    const auto made = slot.wrap(file, secret_of(9));
    REQUIRE(made);
    CHECK(*unwrapped(*made) == secret_of(9));
    nonces.insert(test::hex_of(slot_view::parse(*made, 0)->nonce().value));
  }
  CHECK(nonces.size() == 20);
}

TEST_CASE("a new slot says what it is for", "[seal][slot]") {
  const octets params{1, 2, 3};
  const auto slot = new_slot::create(slot_kind::broker_key, params, secret_of(7));
  REQUIRE(slot);
  CHECK(slot->kind() == slot_kind::broker_key);
  CHECK(equal(slot->params(), params));
}

TEST_CASE("a slot that the format does not have is not made", "[seal][slot]") {
  const octets params(65);
  CHECK(new_slot::create(slot_kind::caller_key, params, secret_of(7)).error() ==
        failure{errc::bad_length, 4, part::sealed_header});
  CHECK(new_slot::create(slot_kind{6}, {}, secret_of(7)).error() ==
        failure{errc::unsupported_format, 0, part::sealed_header});
}

}  // namespace test_slot
