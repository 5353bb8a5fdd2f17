// SPDX-License-Identifier: Apache-2.0
#include <unitee/seal/snp_slot.hpp>

#include "support/key_sources.hpp"
#include "support/sealed.hpp"

#include <unitee/seal/seal.hpp>

#include <algorithm>
#include <string_view>
#include <utility>
#include <vector>

namespace test_snp_slot {

using namespace unitee;
using test::octets;
using test::secret_of;
using record_type = key_record<snp::key_request>;

namespace {

// firmware answers every request with the same root secret and counts the questions; a VMPL of 3 is denied.
struct firmware {
  using key_request = snp::key_request;

  std::uint8_t root = 1;
  std::uint32_t vmpl = 0;
  int asked = 0;

  result<snp::key_basis> key_basis() const { return snp::key_basis{{{4, 2, 0, 0, 0, 0, 24, 219}}, vmpl, 7}; }
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

slot_bytes slot_of(const record_type& record, const secret<32>& key, slot_kind kind = slot_kind::snp_derived_key) {
  return *detail::wrap({kind, record.encode(), key}, {}, {}, secret_of(9));
}

slot_bytes slot_for(firmware& by, const bound_to& to = bound_to::measurement_and_policy(),
                    slot_kind kind = slot_kind::snp_derived_key) {
  const auto made = derive_key(by, {to, sealed_slot_purpose});
  return slot_of(made->record, made->key, kind);
}

constexpr failure refused(errc code, std::size_t at) { return {code, at, part::key_record}; }

const auto shared = bound_to::shared_by_every_guest_the_host_allows();
const auto bound = snp::key_request::bound_to_measurement({{4, 2, 0, 0, 0, 0, 24, 219}}, 0);

}  // namespace

static_assert(snp_slot_kind<firmware> == slot_kind::snp_derived_key);
static_assert(snp_slot_kind<simulated_firmware> == slot_kind::simulated_snp_derived_key);
static_assert(snp_key_source<firmware> && !snp_key_source<test::module_td>);

TEST_CASE("a slot made for a guest opens for it, and for no other", "[seal][snp_slot]") {
  firmware here;
  const auto slot = snp_slot::create(here, bound_to::measurement_and_policy().and_guest_svn(), {{{3}}, 5});
  REQUIRE(slot);
  octets file(static_cast<std::size_t>(sealed_geometry::of(plaintext.size(), default_segment_size)->file_size()));
  memory_sink sink(file);
  REQUIRE(seal(memory_source(plaintext), sink, slot->request()));

  const memory_source sealed(file);
  const auto header = read_header(sealed);
  REQUIRE(header);
  CHECK(header->slot(0).kind() == slot_kind::snp_derived_key);
  const auto record = record_type::parse(header->slot(0).params());
  REQUIRE(record);
  CHECK(record->is_for("unitee sealed slot"));
  CHECK(record->context().empty());
  CHECK(record->floor() == snp::key_floor{{{3}}, 5});
  CHECK(record->request().fields().value == 0b111001);
  CHECK(record->request().guest_svn() == 7);
  const auto key = snp_slot_key(*header, here);
  REQUIRE(key);
  octets back(plaintext.size());
  memory_sink out(back);
  REQUIRE(unseal(sealed, out, *key));
  CHECK(back == plaintext);

  firmware elsewhere{.root = 2};
  CHECK(snp_slot_key(*header, elsewhere).error() == failure{errc::no_matching_slot, 0, part::sealed_header});
}

TEST_CASE("a slot's params are 71 bytes, and the key is that of the vector", "[seal][snp_slot]") {
  const auto all = test::vectors("sealed");
  const auto vector = std::ranges::find_if(all, [](const auto& v) { return v.at("name") == "snp_derived_key"; });
  const auto file = test::sealed_vector_file(all, *vector);
  test::fixed_source<snp::key_request> source;  // its root is the bytes 0 to 31
  const auto header = read_header(memory_source(file));
  REQUIRE(header);
  CHECK(header->slot(0).params().size() == 71);
  const auto key = snp_slot_key(*header, source);
  REQUIRE(key);
  CHECK(*key == secret_of(test::bytes_of_hex(vector->at("slot_key"))));
  CHECK(*test::read_all(file, *key) == test::sealed_plaintext(vector->at("plaintext_size").get<std::size_t>()));
}

TEST_CASE("what is not bound to the measurement and the policy is neither sealed to nor asked", "[seal][snp_slot]") {
  firmware here;
  for (const auto& weak : {shared, bound_to::measurement_even_where_the_host_may_debug()}) {
    CHECK(snp_slot::create(here, weak).error() == refused(errc::weak_binding, 12));
    const auto header = header_of(slot_for(here, weak));
    here.asked = 0;
    CHECK(snp_slot_key(header, here).error() == refused(errc::weak_binding, 12));
    CHECK(here.asked == 0);
  }
}

TEST_CASE("a slot made at another VMPL of the guest is not asked for", "[seal][snp_slot]") {
  firmware less_privileged{.vmpl = 2};
  const auto header = header_of(slot_for(less_privileged, bound_to::measurement_and_policy()));
  CHECK(snp_slot_key(header, less_privileged));
  firmware here{.vmpl = 1};
  CHECK(snp_slot_key(header, here).error() == refused(errc::weak_binding, 4 + 16));
  CHECK(here.asked == 0);
}

TEST_CASE("a key for another purpose is not asked for at a file's wish", "[seal][snp_slot]") {
  firmware here;
  const octets context(8);
  const auto key = secret_of(3);
  for (const auto& [purpose, with] : {std::pair<std::string_view, byte_view>{"unitee sealed slo!", {}},
                                      std::pair<std::string_view, byte_view>{"unitee sealed slot", context}}) {
    const auto record = record_type::create(bound, {}, purpose, with);
    CHECK(snp_slot_key(header_of(slot_of(*record, key)), here).error() == refused(errc::bad_value, 50));
  }
  CHECK(here.asked == 0);
}

TEST_CASE("a slot whose TCB is below a floor is not asked for", "[seal][snp_slot]") {
  firmware here;
  const auto header = header_of(slot_for(here));
  CHECK(snp_slot_key(header, here, {{{4, 2, 0, 0, 0, 0, 24, 219}}, 0}));
  here.asked = 0;
  CHECK(snp_slot_key(header, here, {{{5}}, 0}).error() == refused(errc::below_floor, 28));
  const auto record = record_type::create(bound, {{{5}}, 0}, sealed_slot_purpose, {});
  CHECK(snp_slot_key(header_of(slot_of(*record, secret_of(3))), here).error() == refused(errc::below_floor, 28));
  CHECK(here.asked == 0);
  CHECK(snp_slot::create(here, bound_to::measurement_and_policy(), {{{5}}, 0}).error() ==
        refused(errc::below_floor, 28));
}

TEST_CASE("a record that does not parse is why its slot does not open", "[seal][snp_slot]") {
  firmware here;
  octets params(71);
  const auto slot = *detail::wrap({slot_kind::snp_derived_key, params, secret_of(3)}, {}, {}, secret_of(9));
  CHECK(snp_slot_key(header_of(slot), here).error() == refused(errc::unsupported_version, 0));
  CHECK(here.asked == 0);
}

TEST_CASE("a denied request is passed on when there is no other slot", "[seal][snp_slot]") {
  firmware here{.vmpl = 3};
  const failure denied{errc::key_denied, 0x16, part::key_request};
  CHECK(snp_slot::create(here).error() == denied);
  const auto request = snp::key_request::bound_to_measurement({}, 3);
  const auto slot = slot_of(*record_type::create(request, {}, sealed_slot_purpose, {}), secret_of(3));
  CHECK(snp_slot_key(header_of(slot), here).error() == denied);
  CHECK(snp_slot_key(header_of(slot, slot), here).error().code == errc::no_matching_slot);
}

TEST_CASE("every slot of the kind is tried", "[seal][snp_slot]") {
  firmware here;
  firmware elsewhere{.root = 2};
  const auto caller = *detail::wrap({slot_kind::caller_key, {}, secret_of(4)}, {}, {}, secret_of(9));
  const auto header = header_of(caller, slot_for(elsewhere), slot_for(here, shared), slot_for(here));
  const auto key = snp_slot_key(header, here);
  REQUIRE(key);
  CHECK(*key == derive_key(here, {.purpose = sealed_slot_purpose})->key);
}

TEST_CASE("simulated slots open with simulated keys only, and real ones with real keys only", "[seal][snp_slot]") {
  firmware real;
  simulated_firmware simulated;
  const auto enough = bound_to::measurement_and_policy();
  const auto of_real = header_of(slot_for(real));
  const auto of_simulated = header_of(slot_for(simulated, enough, slot_kind::simulated_snp_derived_key));
  CHECK(snp_slot_key(of_real, real));
  CHECK(snp_slot_key(of_simulated, simulated));
  CHECK(snp_slot_key(of_real, simulated).error().code == errc::no_matching_slot);
  CHECK(snp_slot_key(of_simulated, real).error().code == errc::no_matching_slot);
}

}  // namespace test_snp_slot
