// SPDX-License-Identifier: Apache-2.0
#include <unitee/kdf/derive.hpp>

#include "support/openssl.hpp"
#include "support/simulated.hpp"

#include <set>
#include <string>

namespace test_derive_snp {

using namespace unitee;
using namespace unitee::test;

namespace {

constexpr auto enough = bound_to::measurement_and_policy();

// The guest has an owner and an SVN, as with an ID block, and runs at VMPL 1.
simulated_launch usual_launch() {
  return {.measurement = {{1}}, .vmpl = 1, .guest_svn = 7, .family_id = {{2}}, .image_id = {{3}}};
}

const insecure_simulated_platform& milan() { return simulated_platform(); }

std::string key_of(const insecure_simulated_snp& guest, const key_binding& wanted, const snp::key_floor& least = {}) {
  return hex_of(need(derive_key(guest, wanted, least)).key.expose());
}

// reopened is the key of a record in a guest.
secret<32> reopened(const insecure_simulated_snp& guest, const key_record<snp::key_request>& record) {
  return need(derive_key(guest, record));
}

// updated is the platform's chip with another TCB, as firmware before or after an update.
insecure_simulated_platform updated(const insecure_simulated_platform& from, const snp::tcb_version& tcb) {
  const auto& own = from.get();
  return insecure_simulated_platform::restore({own.product, tcb, own.chip_id, secret<32>::made_by([&](byte_span out) {
                                                 std::ranges::copy(own.chip_secret.expose(), out.begin());
                                               }),
                                               own.ark_key, own.ask_key, own.vcek_key, own.ark, own.ask, own.vcek});
}

}  // namespace

TEST_CASE("the same binding gives the same key, after a restart too", "[kdf][snp]") {
  const auto before = simulated_guest(milan(), usual_launch());
  const auto first = need(derive_key(before, {.purpose = "p"}));
  const auto guest = simulated_guest(milan(), usual_launch());
  CHECK(first.key == need(derive_key(guest, {.purpose = "p"})).key);
  const auto parsed = need(key_record<snp::key_request>::parse(first.record.encode()));
  CHECK(first.key == need(derive_key(guest, parsed)));
  CHECK_FALSE(first.key == need(guest.derive_key(parsed.request())));
}

TEST_CASE("another guest, chip, purpose, context, binding or floor has another key", "[kdf][snp]") {
  const auto full = enough.and_owner().and_guest_svn().and_chip();
  const auto usual = simulated_guest(milan(), usual_launch());
  std::set<std::string> keys{key_of(usual, {full, "p"})};
  std::size_t tried = 1;
  const auto differs = [&](const std::string& key) {
    keys.insert(key);
    CHECK(keys.size() == ++tried);
  };
  using change = void (*)(simulated_launch&);
  for (const change& make :
       {change([](simulated_launch& to) { to.measurement.value[47] ^= 1; }),
        change([](simulated_launch& to) { to.policy.value |= snp::guest_policy::debug.mask(); }),
        change([](simulated_launch& to) { to.vmpl = 2; }), change([](simulated_launch& to) { to.guest_svn = 8; }),
        change([](simulated_launch& to) { to.family_id.value[0] ^= 1; }),
        change([](simulated_launch& to) { to.image_id.value[15] ^= 1; })}) {
    auto launch = usual_launch();
    make(launch);
    differs(key_of(simulated_guest(milan(), launch), {full, "p"}));
  }
  const auto elsewhere = need(milan().another_chip(simulated_tcb(), simulated_now));
  differs(key_of(simulated_guest(elsewhere, usual_launch()), {full, "p"}));
  for (const char* purpose : {"q", "P", "p ", "pp"}) differs(key_of(usual, {full, purpose}));
  differs(key_of(usual, {full, std::string_view("p\0", 2)}));
  for (const std::size_t n : {std::size_t{1}, std::size_t{2}, std::size_t{512}}) {
    differs(key_of(usual, {full, "p", pattern(n)}));
  }
  for (const auto& to :
       {enough, enough.and_owner(), enough.and_guest_svn(), enough.and_chip(),
        bound_to::measurement_even_where_the_host_may_debug(), bound_to::shared_by_every_guest_the_host_allows()}) {
    differs(key_of(usual, {to, "p"}));
  }
  differs(key_of(usual, {full, "p"}, {{}, 7}));
  differs(key_of(usual, {full, "p"}, {{{1}}, 0}));
}

TEST_CASE("a guest that shows a record of another guest gets another key", "[kdf][snp]") {
  const auto its_guest = simulated_guest(milan(), usual_launch());
  const auto owner = need(derive_key(its_guest, {.purpose = "p"}));
  auto launch = usual_launch();
  launch.measurement.value[0] ^= 1;
  CHECK_FALSE(reopened(simulated_guest(milan(), launch), owner.record) == owner.key);
  launch = usual_launch();
  launch.policy.value |= snp::guest_policy::debug.mask();
  CHECK_FALSE(reopened(simulated_guest(milan(), launch), owner.record) == owner.key);
  const auto elsewhere = need(milan().another_chip(simulated_tcb(), simulated_now));
  CHECK_FALSE(reopened(simulated_guest(elsewhere, usual_launch()), owner.record) == owner.key);
}

TEST_CASE("the host that may debug has the key that was not bound to the policy", "[kdf][snp]") {
  const key_binding weak{bound_to::measurement_even_where_the_host_may_debug(), "p"};
  auto under_debug = usual_launch();
  under_debug.policy.value |= snp::guest_policy::debug.mask();
  CHECK(key_of(simulated_guest(milan(), usual_launch()), weak) == key_of(simulated_guest(milan(), under_debug), weak));
  const key_binding shared{bound_to::shared_by_every_guest_the_host_allows(), "p"};
  auto hosts_own = under_debug;
  hosts_own.measurement.value[0] ^= 1;
  CHECK(key_of(simulated_guest(milan(), usual_launch()), shared) ==
        key_of(simulated_guest(milan(), hosts_own), shared));
}

TEST_CASE("a record outlives an update of the TCB, and an older platform does not get its key", "[kdf][snp]") {
  auto newer = milan().get().tcb;
  ++newer.value[6];
  const auto platform = updated(milan(), newer);
  const auto old_guest = simulated_guest(milan(), usual_launch());
  const auto new_guest = simulated_guest(platform, usual_launch());
  const auto before = need(derive_key(old_guest, {.purpose = "p"}));
  CHECK(need(derive_key(new_guest, before.record)) == before.key);
  const auto after = need(derive_key(new_guest, {.purpose = "p"}));
  CHECK_FALSE(after.key == before.key);
  CHECK(after.record.request().tcb_version() == newer);
  CHECK(derive_key(old_guest, after.record).error() == failure{errc::key_denied, 0x16, part::key_request});
  // The caller moves its floor, and the old record is history.
  CHECK(derive_key(new_guest, before.record, {newer, 0}).error() == failure{errc::below_floor, 34, part::key_record});
  CHECK(need(derive_key(new_guest, after.record, {newer, 0})) == after.key);
  CHECK(derive_key(old_guest, {.purpose = "p"}, {newer, 0}).error() ==
        failure{errc::below_floor, 34, part::key_record});
}

TEST_CASE("a request of message version 2 is written down, and refused by today's guests", "[kdf][snp]") {
  const auto guest = simulated_guest(milan(), usual_launch());
  const auto request = snp::key_request::bound_to_measurement(milan().get().tcb, 1).with_launch_mit_vector(3);
  const auto record = need(key_record<snp::key_request>::create(request, {}, "p", {}));
  CHECK(need(key_record<snp::key_request>::parse(record.encode())) == record);
  CHECK(derive_key(guest, record).error() == failure{errc::unsupported_version, 32, part::key_request});
}

}  // namespace test_derive_snp
