// SPDX-License-Identifier: Apache-2.0
#include <unitee/seal/snp_slot.hpp>

#include "support/sealed.hpp"

#include <unitee/bytes/hex.hpp>
#include <unitee/seal/seal.hpp>

#include <vector>

namespace test_snp_slot {

using namespace unitee;
using test::octets;
using test::secret_of;

namespace {

// firmware answers every request with the same root secret and counts the questions; a VMPL of 3 is denied.
struct firmware {
  std::uint8_t root = 1;
  int asked = 0;

  result<secret<32>> derive_key(const snp::key_request& request) {
    ++asked;
    if (request.vmpl() == 3) return failure{errc::key_denied, 0x16, part::key_request};
    return secret_of(root);
  }
};

struct simulated_firmware : firmware {
  static constexpr bool is_simulated = true;
};

const octets plaintext = test::sealed_plaintext(5000);

// header_of is a header with these slots; its data key is nines and its salt zeros.
template <class... Slots>
sealed_header header_of(const Slots&... slots) {
  const auto geometry = sealed_geometry::of(0, default_segment_size);
  const std::vector<slot_bytes> all{slots...};
  return *sealed_header::encode({*geometry, {}, {}, {}, all});
}

slot_bytes slot_for(firmware& by, const snp::key_request& request, slot_kind kind = slot_kind::snp_derived_key) {
  const auto key = derive_key(by, request, sealed_slot_purpose);
  return *detail::wrap({kind, request.encode(), *key}, {}, {}, secret_of(9));
}

const auto bound = snp::key_request::bound_to_measurement({}, 0);

}  // namespace

static_assert(snp_slot_kind<firmware> == slot_kind::snp_derived_key);
static_assert(snp_slot_kind<simulated_firmware> == slot_kind::simulated_snp_derived_key);

TEST_CASE("a slot made for a guest opens for it, and for no other", "[seal][snp_slot]") {
  firmware here;
  const auto slot = snp_slot::create(here, bound);
  REQUIRE(slot);
  octets file(static_cast<std::size_t>(sealed_geometry::of(plaintext.size(), default_segment_size)->file_size()));
  memory_sink sink(file);
  REQUIRE(seal(memory_source(plaintext), sink, slot->request()));

  const memory_source sealed(file);
  const auto header = read_header(sealed);
  REQUIRE(header);
  CHECK(header->slot(0).kind() == slot_kind::snp_derived_key);
  const auto request = bound.encode();
  CHECK(equal(header->slot(0).params(), request));
  const auto key = snp_slot_key(*header, here);
  REQUIRE(key);
  octets back(plaintext.size());
  memory_sink out(back);
  REQUIRE(unseal(sealed, out, *key));
  CHECK(back == plaintext);

  firmware elsewhere{.root = 2};
  CHECK(snp_slot_key(*header, elsewhere).error() == failure{errc::no_matching_slot, 0, part::sealed_header});
}

TEST_CASE("the slot's key is HKDF of the firmware's answer, the request and the purpose", "[seal][snp_slot]") {
  // FORMAT.md, in python: hmac/hashlib HKDF-SHA-256 of 32 bytes 01, salt "unitee derive v1",
  // info 01 2000 <32 bytes> 12 "unitee sealed slot", with the request of tcb 0, vmpl 0.
  firmware here;
  const auto slot = snp_slot::create(here, bound);
  REQUIRE(slot);
  const auto expected = from_hex<fixed_bytes<32>>("cfcbc3e9926933f69676c1b4e366d6340894dd4edfb18b60640d9bcbf2b040a3");
  CHECK(equal(slot->request().key.expose(), expected->value));
}

TEST_CASE("a request that is not bound to the measurement is not even asked", "[seal][snp_slot]") {
  firmware here;
  const auto shared = snp::key_request::shared_by_every_guest_the_host_allows({}, 0, 0, {});
  const auto header = header_of(slot_for(here, shared));
  here.asked = 0;
  CHECK(snp_slot_key(header, here).error() == failure{errc::weak_binding, 8, part::key_request});
  CHECK(here.asked == 0);
}

TEST_CASE("a denied request is passed on when there is no other slot", "[seal][snp_slot]") {
  firmware here;
  const auto denied = snp::key_request::bound_to_measurement({}, 3);
  CHECK(snp_slot::create(here, denied).error() == failure{errc::key_denied, 0x16, part::key_request});
  slot_bytes slot = *detail::wrap({slot_kind::snp_derived_key, denied.encode(), secret_of(3)}, {}, {}, secret_of(9));
  CHECK(snp_slot_key(header_of(slot), here).error() == failure{errc::key_denied, 0x16, part::key_request});
  CHECK(snp_slot_key(header_of(slot, slot), here).error().code == errc::no_matching_slot);
}

TEST_CASE("every slot of the kind is tried", "[seal][snp_slot]") {
  firmware here;
  firmware elsewhere{.root = 2};
  const auto caller = *detail::wrap({slot_kind::caller_key, {}, secret_of(4)}, {}, {}, secret_of(9));
  const auto shared = snp::key_request::shared_by_every_guest_the_host_allows({}, 0, 0, {});
  const auto header = header_of(caller, slot_for(elsewhere, bound), slot_for(here, shared), slot_for(here, bound));
  const auto key = snp_slot_key(header, here);
  REQUIRE(key);
  CHECK(*key == *derive_key(here, bound, sealed_slot_purpose));
}

TEST_CASE("simulated slots open with simulated keys only, and real ones with real keys only", "[seal][snp_slot]") {
  firmware real;
  simulated_firmware simulated;
  const auto of_real = header_of(slot_for(real, bound));
  const auto of_simulated = header_of(slot_for(simulated, bound, slot_kind::simulated_snp_derived_key));
  CHECK(snp_slot_key(of_real, real));
  CHECK(snp_slot_key(of_simulated, simulated));
  CHECK(snp_slot_key(of_real, simulated).error().code == errc::no_matching_slot);
  CHECK(snp_slot_key(of_simulated, real).error().code == errc::no_matching_slot);
}

}  // namespace test_snp_slot
