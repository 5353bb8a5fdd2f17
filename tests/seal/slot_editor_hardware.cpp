// SPDX-License-Identifier: Apache-2.0
#include <unitee/seal/slot_editor.hpp>

#include "support/power_cut.hpp"
#include "support/simulated.hpp"
#include "support/simulated_tdx.hpp"
#include "support/slot_changes.hpp"

#include <unitee/guest/seal_keys.hpp>
#include <unitee/guest/simulated_snp_guest.hpp>
#include <unitee/guest/simulated_td_guest.hpp>
#include <unitee/seal/attested_recipient.hpp>
#include <unitee/seal/hardware_slot.hpp>
#include <unitee/seal/recipient_key.hpp>
#include <unitee/seal/recipient_slot.hpp>

#include <utility>
#include <vector>

namespace test_slot_editor_hardware {

using namespace unitee;
using namespace unitee::test::slot_changes;
using guest::insecure_simulated_platform;
using guest::insecure_simulated_snp;
using guest::insecure_simulated_td;
using test::need;
using test::remembered_store;
using test::simulated_guest;
using test::simulated_td;
using editor = slot_editor<remembered_store>;
using ids = std::vector<int>;

namespace {

constexpr snp::tcb_parts old_parts{.boot_loader = 4, .tee = 2, .snp = 24, .microcode = 219};
constexpr snp::tcb_parts new_parts{.boot_loader = 4, .tee = 2, .snp = 25, .microcode = 222};
const snp::tcb_version old_tcb = make_tcb(old_parts, snp::tcb_layout::milan_genoa);
const snp::tcb_version new_tcb = make_tcb(new_parts, snp::tcb_layout::milan_genoa);

// chip_at is the one chip with firmware of this TCB, before an update or after it.
insecure_simulated_platform chip_at(const snp::tcb_version& tcb) {
  const auto& own = test::simulated_platform().get();
  return insecure_simulated_platform::restore({own.product, tcb, own.chip_id,
                                               test::secret_of<32>(own.chip_secret.expose()), own.ark_key, own.ask_key,
                                               own.vcek_key, own.ark, own.ask, own.vcek});
}

const insecure_simulated_platform& old_chip() {
  static const auto made = chip_at(old_tcb);
  return made;
}
const insecure_simulated_platform& new_chip() {
  static const auto made = chip_at(new_tcb);
  return made;
}

const guest::simulated_launch image{.measurement = {{1}}};

// td_at is a TD with seal keys that was launched under this TEE_TCB_SVN.
insecure_simulated_td td_at(const tdx::tcb_svn& svn, std::uint8_t mrtd = 1) {
  guest::simulated_td_launch with;
  with.mrtd = {{mrtd}};
  with.tee_tcb_svn = svn;
  with.sealing = true;
  return simulated_td(with);
}
constexpr auto old_svn = guest::simulated_earlier_tee_tcb_svn;
constexpr auto new_svn = guest::simulated_tee_tcb_svn;

template <class... Slots>
octets file_of(Slots&&... slots) {
  return *test::sealed_bytes(plaintext, test::slots_of(std::forward<Slots>(slots)...));
}

// changed is the file after change(editor), by someone with these keys.
template <class Keys, class F>
octets changed(const octets& file, Keys&& keys, F change) {
  remembered_store store(file);
  auto by = need(editor::open(store, keys));
  change(by);
  need(by.commit());
  return store.now();
}

// renewed is the file whose first slot is for the TCB of now, with a floor for it.
template <class Source>
octets renewed(const octets& file, Source& source, const key_floor_of<Source>& least = {}) {
  const auto make = [&](editor& by) { need(by.replace(0, need(hardware_key(source, least).renewed(by.slot(0))))); };
  return changed(file, hardware_key(source), make);
}

template <class Keys>
bool opens(const octets& file, Keys&& keys) {
  return seen_with(file, keys).has_value();
}
template <class Keys>
failure refusal_of(const octets& file, Keys&& keys) {
  return seen_with(file, keys).error();
}

failure in_record(errc code, std::uint64_t at) { return {code, at, part::key_record}; }

template <class Request>
key_record<Request> record_in(const octets& file, std::size_t slot = 0) {
  const auto header = need(sealed_header::parse(byte_view(file).first(sealed_header::size)));
  return need(key_record<Request>::parse(header.slot(slot).params()));
}

// four is a file with a slot of each kind, and the keys to them.
struct four {
  insecure_simulated_snp snp_guest = simulated_guest(new_chip(), image);
  insecure_simulated_td td = td_at(new_svn);
  tdx::seal_keys td_keys = need(tdx::seal_keys::open(td));
  secret<32> own = secret_of(7);
  ecdh_private_key<p384> private_key = need(ecdh_private_key<p384>::generate());

  hardware_key<insecure_simulated_snp> by_snp{snp_guest};
  hardware_key<tdx::seal_keys> by_tdx{td_keys};
  caller_key by_own{own};
  recipient_key<p384> by_private{private_key};

  octets file = file_of(need(hardware_slot(snp_guest)), need(hardware_slot(td_keys)), slot_for(7),
                        need(recipient_slot(need(sealing_recipient::unattested(private_key.spki().value)))));

  // ways is which of the four open a file, which need not be this one.
  ids ways(const octets& of) {
    return {opens(of, by_snp), opens(of, by_tdx), opens(of, by_own), opens(of, by_private)};
  }
};

}  // namespace

TEST_CASE("a file opens after the SEV-SNP firmware moves up, is re-sealed, and does not open when it goes back",
          "[seal][slot_editor][hardware]") {
  auto before = simulated_guest(old_chip(), image);
  auto after = simulated_guest(new_chip(), image);
  const octets file = file_of(need(hardware_slot(before)));
  CHECK(opens(file, hardware_key(before)));
  CHECK(opens(file, hardware_key(after)));

  const octets again = renewed(file, after);
  CHECK(record_in<snp::key_request>(again).request().tcb_version() == new_tcb);
  CHECK(opens(again, hardware_key(after)));
  const failure denied{errc::key_denied, 0x16, part::key_request};
  CHECK(refusal_of(again, hardware_key(before)) == denied);
  // Another image, and the same image on another chip, never had a way in.
  auto other = simulated_guest(new_chip(), {.measurement = {{2}}});
  CHECK(refusal_of(again, hardware_key(other)) == no_way_in);
  const auto other_chip = need(new_chip().another_chip(new_parts, test::simulated_begin));
  auto elsewhere = simulated_guest(other_chip, image);
  CHECK(refusal_of(file, hardware_key(elsewhere)) == no_way_in);

  // Who insists on a floor, or on the generation, is not taken in by the file of before.
  CHECK(refusal_of(file, hardware_key(after, {new_tcb, 0})) == in_record(errc::below_floor, 4 + 24 + 6));
  CHECK(opens(again, hardware_key(after, {new_tcb, 0})));
  CHECK(seen_with(file, hardware_key(after), {.min_generation = 2}).error() ==
        failure{errc::below_floor, 192, part::sealed_header});
  CHECK(seen_with(again, hardware_key(after), {.min_generation = 2}).has_value());
}

TEST_CASE("a file opens after a TD's TCB moves up, is re-sealed, and does not open when it goes back",
          "[seal][slot_editor][hardware]") {
  auto before_td = td_at(old_svn);
  auto after_td = td_at(new_svn);
  auto before = need(tdx::seal_keys::open(before_td));
  auto after = need(tdx::seal_keys::open(after_td));
  const octets file = file_of(need(hardware_slot(before)));
  CHECK(opens(file, hardware_key(before)));
  CHECK(opens(file, hardware_key(after)));

  const octets again = renewed(file, after);
  CHECK(record_in<tdx::key_request>(again).request().versions().tee_tcb_svn == new_svn);
  CHECK(opens(again, hardware_key(after)));
  const auto status = static_cast<std::uint64_t>(guest::tdcall_status::invalid_svn);
  CHECK(refusal_of(again, hardware_key(before)) == failure{errc::key_denied, status, part::seal_key});
  auto other_td = td_at(new_svn, 2);
  auto other = need(tdx::seal_keys::open(other_td));
  CHECK(refusal_of(again, hardware_key(other)) == no_way_in);

  CHECK(refusal_of(file, hardware_key(after, {.tee_tcb_svn = new_svn})) == in_record(errc::below_floor, 4 + 48));
  CHECK(opens(again, hardware_key(after, {.tee_tcb_svn = new_svn})));
}

TEST_CASE("a slot is not renewed, and not opened, below its floor", "[seal][slot_editor][hardware]") {
  auto before = simulated_guest(old_chip(), image);
  auto after = simulated_guest(new_chip(), image);
  CHECK(hardware_slot(before, bound_to::measurement_and_policy(), {new_tcb, 0}).error() ==
        in_record(errc::below_floor, 4 + 24 + 6));
  const octets file = file_of(need(hardware_slot(before, bound_to::measurement_and_policy(), {old_tcb, 0})));
  // The floor moves up with the renewal, and stands in the file, where nobody without a key of it lowers it.
  const octets again = renewed(file, after, {new_tcb, 0});
  CHECK(record_in<snp::key_request>(again).floor() == snp::key_floor{new_tcb, 0});
  CHECK(opens(again, hardware_key(after)));
  const auto header = need(sealed_header::parse(byte_view(again).first(sealed_header::size)));
  CHECK(hardware_key(before).renewed(header.slot(0)).error() == in_record(errc::below_floor, 4 + 24 + 6));
  CHECK(hardware_key(after).renewed(header.slot(0)).has_value());
  for (std::size_t at = 512 + 8 + 4; at < 512 + 8 + 4 + 32 + 2 + 12; ++at) {
    octets lowered = again;
    if (lowered[at] == 0) continue;
    lowered[at] = lowered[8192 + at] = 0;
    CHECK_FALSE(opens(lowered, hardware_key(after)));
  }
}

TEST_CASE("a key of a simulation makes slots that say so, and opens no others", "[seal][slot_editor][hardware]") {
  auto snp_guest = simulated_guest(new_chip(), image);
  auto td = td_at(new_svn);
  auto keys = need(tdx::seal_keys::open(td));
  CHECK(keys.simulated());
  const octets file = file_of(need(hardware_slot(snp_guest)), need(hardware_slot(keys)));
  const auto header = need(sealed_header::parse(byte_view(file).first(sealed_header::size)));
  CHECK(header.slot(0).kind() == slot_kind::simulated_snp_derived_key);
  CHECK(header.slot(1).kind() == slot_kind::simulated_tdx_derived_key);
  octets disguised = file;
  for (const std::size_t at : {512u, 1024u, 8192u + 512u, 8192u + 1024u}) {
    CHECK(load_le<std::uint32_t>(byte_view(file).subspan(at).first<4>()) ==
          (at % 1024 == 512 ? 0x80000001 : 0x80000003));
    disguised[at + 3] = 0;  // as if it were hardware's
  }
  CHECK(refusal_of(disguised, hardware_key(snp_guest)) == no_way_in);
  CHECK(refusal_of(disguised, hardware_key(keys)) == no_way_in);
}

TEST_CASE("slots of SEV-SNP, of TDX, of a caller and of a public key open one file", "[seal][slot_editor][hardware]") {
  four all;
  CHECK(all.ways(all.file) == ids{1, 1, 1, 1});
  any_key together(all.by_snp, all.by_tdx, all.by_own, all.by_private);
  CHECK(opens(all.file, together));
  four strangers;  // on the same machines, but with keys of their own
  CHECK(strangers.ways(all.file) == ids{1, 1, 1, 0});
}

TEST_CASE("removing a slot closes that way in, whichever it is, and no other", "[seal][slot_editor][hardware]") {
  four all;
  for (std::size_t removed = 0; removed < 4; ++removed) {
    CAPTURE(removed);
    const auto without = [&](auto& keys) {
      return changed(all.file, keys, [&](editor& by) { need(by.remove(removed)); });
    };
    ids wanted{1, 1, 1, 1};
    wanted[removed] = 0;
    CHECK(all.ways(without(all.by_snp)) == wanted);
    CHECK(all.ways(without(all.by_tdx)) == wanted);
    CHECK(all.ways(without(all.by_own)) == wanted);
    CHECK(all.ways(without(all.by_private)) == wanted);
    any_key together(all.by_snp, all.by_tdx, all.by_own, all.by_private);
    CHECK(opens(without(all.by_own), together));
  }
}

TEST_CASE("any way in adds any other", "[seal][slot_editor][hardware]") {
  four all;
  octets file = file_of(need(recipient_slot(need(sealing_recipient::unattested(all.private_key.spki().value)))));
  CHECK(all.ways(file) == ids{0, 0, 0, 1});
  file = changed(file, all.by_private, [&](editor& by) { need(by.add(need(hardware_slot(all.snp_guest)))); });
  CHECK(all.ways(file) == ids{1, 0, 0, 1});
  file = changed(file, all.by_snp, [&](editor& by) {
    need(by.remove(0));
    need(by.add(need(hardware_slot(all.td_keys))));
  });
  CHECK(all.ways(file) == ids{1, 1, 0, 0});
  file = changed(file, all.by_tdx, [&](editor& by) { need(by.add(slot_for(7))); });
  CHECK(all.ways(file) == ids{1, 1, 1, 0});
}

TEST_CASE("whenever power is lost during a renewal, the guest opens the file", "[seal][slot_editor][hardware]") {
  auto before = simulated_guest(old_chip(), image);
  auto after = simulated_guest(new_chip(), image);
  remembered_store store(file_of(need(hardware_slot(before))));
  hardware_key keys(after);
  auto by = need(editor::open(store, keys));
  need(by.replace(0, need(keys.renewed(by.slot(0)))));
  need(by.commit());
  std::size_t cuts = 0;
  std::size_t refused = 0;
  std::size_t by_old = 0;
  test::each_power_cut(store, [&](const octets& file, std::size_t) {
    ++cuts;
    if (!opens(file, keys)) ++refused;
    if (opens(file, hardware_key(before))) ++by_old;
  });
  CHECK(cuts > 20);
  CHECK(refused == 0);
  CHECK((by_old > 0 && by_old < cuts));
}

TEST_CASE("the backends of the command renew their slots", "[seal][slot_editor][hardware]") {
  auto td = need(guest::insecure_simulated_td_guest::open());
  auto keys = need(tdx::seal_keys::open(td));
  CHECK(keys.simulated());
  const octets file = file_of(need(hardware_slot(keys)));
  const octets again = renewed(file, keys);
  CHECK(opens(again, hardware_key(keys)));
  CHECK(record_in<tdx::key_request>(again) == record_in<tdx::key_request>(file));
  static_assert(hardware_key_source<guest::insecure_simulated_snp_guest>);
}

}  // namespace test_slot_editor_hardware
