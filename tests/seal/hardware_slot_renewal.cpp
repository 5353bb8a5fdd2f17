// SPDX-License-Identifier: Apache-2.0
//
// A slot after an update of the TCB.
#include <unitee/seal/hardware_slot.hpp>

#include "support/firmware.hpp"
#include "support/forge.hpp"
#include "support/key_sources.hpp"

namespace test_hardware_slot_renewal {

using namespace unitee;
using namespace unitee::test::firmware_slots;
using test::need;
using test::octets;
using snp_record = key_record<snp::key_request>;

namespace {

const auto enough = bound_to::measurement_and_policy();

}  // namespace

TEST_CASE("after an update a slot still opens, and its renewal is for the TCB of now", "[seal][hardware_slot]") {
  const snp::tcb_version newer{{4, 2, 0, 0, 0, 0, 25, 219}};
  firmware before;
  const octets file = file_of(need(hardware_slot(before, enough.and_owner(), {{{3}}, 0})));
  firmware after{.basis = {newer, 0, 9}};
  CHECK(*opened(file, hardware_key(after)) == plaintext);

  auto renewed = hardware_key(after).renewed(first_slot(file));
  REQUIRE(renewed);
  CHECK(renewed->kind() == slot_kind::snp_derived_key);
  const auto record = need(snp_record::parse(renewed->params()));
  const auto old = need(snp_record::parse(first_slot(file).params()));
  CHECK(record.request() == old.request().moved_to(after.basis));
  CHECK(record.request().tcb_version() == newer);
  CHECK(record.request().fields() == old.request().fields());
  CHECK(record.floor() == old.floor());
  const octets moved = file_of(std::move(*renewed));
  CHECK(*opened(moved, hardware_key(after)) == plaintext);
  CHECK(opened(moved, hardware_key(before)).error() == failure{errc::key_denied, 0x16, part::key_request});
}

TEST_CASE("a renewal takes the greater floor along, and needs it to be met", "[seal][hardware_slot]") {
  const snp::tcb_version newer{{4, 2, 0, 0, 0, 0, 25, 219}};
  firmware here{.basis = {newer, 0, 7}};
  firmware before;
  const octets file = file_of(need(hardware_slot(before, enough, {{{4}}, 0})));
  CHECK(opened(file, hardware_key(here, {newer, 0})).error() == refused(errc::below_floor, 34));
  const auto raised = hardware_key(here, {newer, 0}).renewed(first_slot(file));
  REQUIRE(raised);
  CHECK(need(snp_record::parse(raised->params())).floor() == snp::key_floor{newer, 0});
  here.asked = 0;
  CHECK(hardware_key(before, {newer, 0}).renewed(first_slot(file)).error() == refused(errc::below_floor, 34));
  CHECK(hardware_key(here, {{{5}}, 0}).renewed(first_slot(file)).error() == refused(errc::below_floor, 28));
  CHECK(hardware_key(here, {{}, 1}).renewed(first_slot(file)).error() == refused(errc::below_floor, 24));
  CHECK(here.asked == 0);
}

TEST_CASE("a TD's slot is renewed likewise", "[seal][hardware_slot]") {
  const test::module_td old_td;
  const octets file = file_of(need(hardware_slot(old_td)));
  test::module_td new_td;
  new_td.cpusvn = {{0xB0}};
  new_td.older_cpusvn = old_td.cpusvn;
  ++new_td.tee_tcb_svn.value[0];
  CHECK(*opened(file, hardware_key(new_td)) == plaintext);
  const octets moved = file_of(need(hardware_key(new_td).renewed(first_slot(file))));
  CHECK(*opened(moved, hardware_key(new_td)) == plaintext);
  CHECK(opened(moved, hardware_key(old_td)).error().code == errc::key_denied);
}

}  // namespace test_hardware_slot_renewal
