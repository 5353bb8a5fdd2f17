// SPDX-License-Identifier: Apache-2.0
#include <unitee/seal/slot.hpp>

#include "support/sealed.hpp"

namespace test_slot {

using namespace unitee;
using test::octets;
using test::secret_of;

namespace {

const sealed_salt salt = *sealed_salt::from(octets(32, 0x51));
const gcm_nonce nonce = *gcm_nonce::from(octets(12, 0x52));

slot_bytes wrapped(const octets& params = {1, 2, 3}) {
  return *detail::wrap({slot_kind::caller_key, params, secret_of(7)}, salt, nonce, secret_of(9));
}

result<secret<32>> unwrapped(const slot_bytes& slot, const sealed_salt& with = salt, std::uint8_t key = 7) {
  return detail::unwrap(*slot_view::parse(slot, 144), with, secret_of(key));
}

}  // namespace

TEST_CASE("a slot gives the data key to its own key", "[seal][slot]") {
  const auto data_key = unwrapped(wrapped());
  REQUIRE(data_key);
  CHECK(*data_key == secret_of(9));
}

TEST_CASE("a slot opens with no other key and in no other file", "[seal][slot]") {
  CHECK(unwrapped(wrapped(), salt, 8).error().code == errc::not_authentic);
  CHECK(unwrapped(wrapped(), *sealed_salt::from(octets(32, 0x50))).error().code == errc::not_authentic);
}

TEST_CASE("a slot of which any bit was changed does not open", "[seal][slot]") {
  const slot_bytes good = wrapped(octets(64, 1));
  for (std::size_t bit = 0; bit < 8 * good.size(); ++bit) {
    slot_bytes bad = good;
    bad[bit / 8] = static_cast<std::uint8_t>(bad[bit / 8] ^ 1u << bit % 8);
    const auto slot = slot_view::parse(bad, 144);
    REQUIRE((!slot || detail::unwrap(*slot, salt, secret_of(7)).error() == failure{errc::not_authentic}));
  }
}

TEST_CASE("a slot that the format does not have is not wrapped", "[seal][slot]") {
  const octets params(65);
  CHECK(detail::wrap({slot_kind::caller_key, params, secret_of(7)}, salt, nonce, secret_of(9)).error() ==
        failure{errc::bad_length, 4, part::sealed_header});
  CHECK(detail::wrap({slot_kind{3}, {}, secret_of(7)}, salt, nonce, secret_of(9)).error() ==
        failure{errc::unsupported_format, 0, part::sealed_header});
}

}  // namespace test_slot
