// SPDX-License-Identifier: Apache-2.0
#include <unitee/seal/hardware_slot.hpp>

#include "support/firmware.hpp"
#include "support/forge.hpp"
#include "support/key_sources.hpp"
#include "support/observer.hpp"

#include <unitee/guest/seal_keys.hpp>
#include <unitee/guest/simulated_td_guest.hpp>

#include <concepts>
#include <string_view>
#include <utility>
#include <vector>

namespace test_hardware_slot {

using namespace unitee;
using namespace unitee::test::firmware_slots;
using test::need;
using test::octets;
using test::secret_of;
using snp_record = key_record<snp::key_request>;
using tdx_record = key_record<tdx::key_request>;

namespace {

struct simulated_firmware : firmware {
  static constexpr bool is_simulated = true;
};

// told_firmware says of itself whether it is a simulation, like tdx::seal_keys.
struct told_firmware : firmware {
  bool is = false;
  [[nodiscard]] bool simulated() const noexcept { return is; }
};

struct simulated_td : test::module_td {
  static constexpr bool is_simulated = true;
};

new_slot slot_of(const snp_record& record, secret<32>&& key, slot_kind kind = slot_kind::snp_derived_key) {
  return *new_slot::create(kind, record.encode(), std::move(key));
}

// any_slot is a slot for a binding that hardware_slot would refuse.
new_slot any_slot(firmware& by, const bound_to& to, slot_kind kind = slot_kind::snp_derived_key) {
  auto made = need(derive_key(by, {to, sealed_slot_purpose}));
  return slot_of(made.record, std::move(made.key), kind);
}

constexpr failure no_match{errc::no_matching_slot, 0, part::sealed_header};

const auto enough = bound_to::measurement_and_policy();
const auto shared = bound_to::shared_by_every_guest_the_host_allows();
const auto bound = snp::key_request::bound_to_measurement(tcb, 0);

}  // namespace

static_assert(slot_keys<hardware_key<firmware>> && slot_keys<hardware_key<const test::module_td>>);

TEST_CASE("a slot made for a guest opens for it, and for no other", "[seal][hardware_slot]") {
  firmware here;
  auto slot = hardware_slot(here, enough.and_guest_svn(), {{{3}}, 5});
  REQUIRE(slot);
  const octets file = file_of(std::move(*slot));
  CHECK(first_slot(file).kind() == slot_kind::snp_derived_key);
  CHECK(first_slot(file).params().size() == 71);
  const auto record = snp_record::parse(first_slot(file).params());
  REQUIRE(record);
  CHECK(record->is_for("unitee sealed slot"));
  CHECK(record->context().empty());
  CHECK(record->floor() == snp::key_floor{{{3}}, 5});
  CHECK(record->request().fields().value == 0b111001);
  CHECK(record->request().guest_svn() == 7);
  CHECK(*opened(file, hardware_key(here)) == plaintext);

  firmware elsewhere{.root = 2};
  CHECK(opened(file, hardware_key(elsewhere)).error() == no_match);
}

TEST_CASE("an observer hears of each key that a slot is made of or opened with", "[seal][hardware_slot][observer]") {
  firmware here;
  test::told_events heard;
  const octets file = file_of(need(hardware_slot(here, enough, {}, heard)));
  REQUIRE(heard.keys.size() == 1);
  CHECK(heard.keys[0].wish == key_wish::fresh);
  CHECK(heard.keys[0].outcome);

  hardware_key keys(here, {}, heard);
  REQUIRE(keys.slot_key(first_slot(file)));
  REQUIRE(keys.renewed(first_slot(file)));
  REQUIRE(heard.keys.size() == 3);
  CHECK(heard.keys[1].wish == key_wish::recorded);
  CHECK(heard.keys[2].wish == key_wish::moved_on);
  for (const key_event& each : heard.keys) CHECK(each.vendor == tee_vendor::snp);

  firmware less_privileged{.basis = {tcb, 2, 7}};
  const octets elsewhere = file_of(need(hardware_slot(less_privileged)));
  const auto refusal = keys.slot_key(first_slot(elsewhere));
  CHECK(refusal.error().code == errc::weak_binding);
  REQUIRE(heard.keys.size() == 4);
  CHECK(heard.keys[3].outcome.error() == refusal.error());

  // No key is asked for by a slot that is none of its own, or whose record is refused.
  const octets other = file_of(any_slot(here, enough, slot_kind::simulated_snp_derived_key));
  CHECK(!keys.slot_key(first_slot(other)));
  const octets weak = file_of(any_slot(here, shared));
  CHECK(!keys.slot_key(first_slot(weak)));
  CHECK(heard.keys.size() == 4);
}
static_assert(sizeof(hardware_key<firmware>) < sizeof(hardware_key<firmware, test::told_events>));
static_assert(std::constructible_from<hardware_key<firmware>, firmware&, const key_floor_of<firmware>&, no_observer&>);

TEST_CASE("a TD's slot opens for it, and for no other", "[seal][hardware_slot]") {
  const test::module_td here;
  const octets file = file_of(need(hardware_slot(here)));
  CHECK(first_slot(file).kind() == slot_kind::tdx_derived_key);
  CHECK(first_slot(file).params().size() == 177);
  CHECK(*opened(file, hardware_key(here)) == plaintext);
  test::module_td other = here;
  other.mrtd.value[47] ^= 1;
  CHECK(opened(file, hardware_key(other)).error() == no_match);
}

TEST_CASE("slots of both vendors and a caller's stand in one file, and each is a way in", "[seal][hardware_slot]") {
  firmware amd;
  const test::module_td intel;
  const auto key = secret_of(5);
  const octets file = file_of(need(hardware_slot(amd)), need(hardware_slot(intel)), need(caller_slot(key)));
  hardware_key on_amd(amd);
  hardware_key on_intel(intel);
  const caller_key owner(key);
  CHECK(*opened(file, on_amd) == plaintext);
  CHECK(*opened(file, on_intel) == plaintext);
  CHECK(*opened(file, owner) == plaintext);
  CHECK(*opened(file, any_key(on_intel, on_amd, owner)) == plaintext);
}

TEST_CASE("what is not bound to the measurement and the policy is neither sealed to nor asked",
          "[seal][hardware_slot]") {
  firmware here;
  for (const auto& weak : {shared, bound_to::measurement_even_where_the_host_may_debug()}) {
    CHECK(hardware_slot(here, weak).error() == refused(errc::weak_binding, 12));
    const octets file = file_of(any_slot(here, weak));
    here.asked = 0;
    CHECK(opened(file, hardware_key(here)).error() == refused(errc::weak_binding, 12));
    CHECK(hardware_key(here).renewed(first_slot(file)).error() == refused(errc::weak_binding, 12));
    CHECK(here.asked == 0);
  }
  const test::module_td td;
  CHECK(hardware_slot(td, shared).error() == refused(errc::weak_binding, 12));
}

TEST_CASE("a slot made at another VMPL of the guest is not asked for", "[seal][hardware_slot]") {
  firmware less_privileged{.basis = {tcb, 2, 7}};
  const octets file = file_of(need(hardware_slot(less_privileged)));
  CHECK(opened(file, hardware_key(less_privileged)));
  for (const std::uint32_t vmpl : {0u, 1u, 3u}) {
    firmware here{.basis = {tcb, vmpl, 7}};
    CHECK(opened(file, hardware_key(here)).error() == refused(errc::weak_binding, 4 + 16));
    CHECK(hardware_key(here).renewed(first_slot(file)).error() == refused(errc::weak_binding, 4 + 16));
    CHECK(here.asked == 0);
  }
}

TEST_CASE("a key for another purpose is not asked for at a file's wish", "[seal][hardware_slot]") {
  firmware here;
  for (const auto& [purpose, size] : {std::pair<std::string_view, std::size_t>{"unitee sealed slo!", 0},
                                      std::pair<std::string_view, std::size_t>{"unitee sealed s", 3}}) {
    const auto record = need(snp_record::create(bound, {}, purpose, octets(size)));
    const octets file = file_of(slot_of(record, secret_of(3)));  // both records have 71 bytes
    CHECK(opened(file, hardware_key(here)).error() == refused(errc::bad_value, 50));
    CHECK(hardware_key(here).renewed(first_slot(file)).error() == refused(errc::bad_value, 50));
  }
  CHECK(here.asked == 0);
}

TEST_CASE("a slot whose TCB is below a floor is not asked for", "[seal][hardware_slot]") {
  firmware here;
  const octets file = file_of(need(hardware_slot(here)));
  CHECK(opened(file, hardware_key(here, {tcb, 0})));
  here.asked = 0;
  for (std::size_t i = 0; i < 8; ++i) {
    snp::key_floor above{tcb, 0};
    ++above.tcb.value[i];
    CHECK(opened(file, hardware_key(here, above)).error() == refused(errc::below_floor, 28 + i));
    const auto record = need(snp_record::create(bound, above, sealed_slot_purpose, {}));
    CHECK(opened(file_of(slot_of(record, secret_of(3))), hardware_key(here)).error() ==
          refused(errc::below_floor, 28 + i));
    CHECK(hardware_slot(here, enough, above).error() == refused(errc::below_floor, 28 + i));
  }
  CHECK(here.asked == 0);
  const test::module_td td;
  const octets of_td = file_of(need(hardware_slot(td)));
  CHECK(opened(of_td, hardware_key(td, {{{8}}, 0, 0, 0})).error() == refused(errc::below_floor, 4 + 48));
}

TEST_CASE("a record that does not parse is why its slot does not open", "[seal][hardware_slot]") {
  firmware here;
  const octets file = file_of(*new_slot::create(slot_kind::snp_derived_key, octets(71), secret_of(3)));
  CHECK(opened(file, hardware_key(here)).error() == refused(errc::unsupported_version, 0));
  CHECK(hardware_key(here).renewed(first_slot(file)).error() == refused(errc::unsupported_version, 0));
  const auto of_intel = need(tdx_record::create(
      tdx::key_request::bound_to_measurement(need(test::module_td{}.key_basis())), {}, sealed_slot_purpose, {}));
  octets swapped(71);
  std::copy_n(of_intel.encode().begin(), 4, swapped.begin());
  const octets other = file_of(*new_slot::create(slot_kind::snp_derived_key, swapped, secret_of(3)));
  CHECK(opened(other, hardware_key(here)).error() == refused(errc::platform_mismatch, 1));
  CHECK(here.asked == 0);
}

TEST_CASE("what the firmware answers instead of a key is passed on when there is no other slot",
          "[seal][hardware_slot]") {
  firmware newer{.basis = {{{5, 2, 0, 0, 0, 0, 24, 219}}, 0, 7}};
  firmware here;
  const failure denied{errc::key_denied, 0x16, part::key_request};
  CHECK(opened(file_of(need(hardware_slot(newer))), hardware_key(here)).error() == denied);
  CHECK(opened(file_of(need(hardware_slot(newer)), need(hardware_slot(newer))), hardware_key(here)).error() ==
        no_match);
  here.no_basis = failure{errc::no_answer, 5, part::sev_guest};
  CHECK(hardware_slot(here).error() == *here.no_basis);
  CHECK(opened(file_of(need(hardware_slot(newer))), hardware_key(here)).error() == *here.no_basis);
}

TEST_CASE("every slot of the kind is tried", "[seal][hardware_slot]") {
  firmware here;
  firmware elsewhere{.root = 2};
  const octets file = file_of(need(caller_slot(secret_of(4))), need(hardware_slot(elsewhere)), any_slot(here, shared),
                              need(hardware_slot(here)));
  CHECK(*opened(file, hardware_key(here)) == plaintext);
}

TEST_CASE("simulated slots open with simulated keys only, and real ones with real keys only", "[seal][hardware_slot]") {
  firmware real;
  simulated_firmware simulated;
  const octets of_real = file_of(need(hardware_slot(real)));
  const octets of_simulated = file_of(need(hardware_slot(simulated)));
  CHECK(first_slot(of_simulated).kind() == slot_kind::simulated_snp_derived_key);
  CHECK(opened(of_real, hardware_key(real)));
  CHECK(opened(of_simulated, hardware_key(simulated)));
  CHECK(opened(of_real, hardware_key(simulated)).error() == no_match);
  CHECK(opened(of_simulated, hardware_key(real)).error() == no_match);
  CHECK(hardware_key(real).renewed(first_slot(of_simulated)).error() == failure{errc::no_matching_slot});
  CHECK(hardware_key(simulated).renewed(first_slot(of_real)).error() == failure{errc::no_matching_slot});

  const simulated_td td;
  CHECK(need(hardware_slot(td)).kind() == slot_kind::simulated_tdx_derived_key);
  for (const bool is : {false, true}) {
    told_firmware told;
    told.is = is;
    CHECK(need(hardware_slot(told)).kind() == (is ? slot_kind::simulated_snp_derived_key : slot_kind::snp_derived_key));
    CHECK(opened(of_simulated, hardware_key(told)).has_value() == is);
    CHECK(opened(of_real, hardware_key(told)).has_value() != is);
  }
}

TEST_CASE("the seal keys of a simulated TD make slots that say so", "[seal][hardware_slot]") {
  auto td = need(guest::insecure_simulated_td_guest::open());
  const auto keys = need(tdx::seal_keys::open(td));
  const octets file = file_of(need(hardware_slot(keys)));
  CHECK(first_slot(file).kind() == slot_kind::simulated_tdx_derived_key);
  CHECK(*opened(file, hardware_key(keys)) == plaintext);
}

}  // namespace test_hardware_slot
