// SPDX-License-Identifier: Apache-2.0
#include <unitee/kdf/derive.hpp>

#include "support/catch.hpp"
#include "support/forge.hpp"
#include "support/key_sources.hpp"

#include <set>
#include <string>

namespace test_derive_tdx {

using namespace unitee;
using namespace unitee::test;

namespace {

constexpr auto enough = bound_to::measurement_and_policy();
constexpr failure denied{errc::key_denied, 0xC000010000000000, part::seal_key};

std::string key_of(const module_td& td, const key_binding& wanted, const tdx::key_floor& least = {}) {
  return hex_of(need(derive_key(td, wanted, least)).key.expose());
}

}  // namespace

TEST_CASE("the same binding gives the same key in a TD, after a restart too", "[kdf][tdx]") {
  const module_td before;
  const auto first = need(derive_key(before, {.purpose = "p"}));
  const module_td td;
  CHECK(first.key == need(derive_key(td, {.purpose = "p"})).key);
  const auto parsed = need(key_record<tdx::key_request>::parse(first.record.encode()));
  CHECK(first.key == need(derive_key(td, parsed)));
  CHECK_FALSE(first.key == need(td.derive_key(parsed.request())));
}

TEST_CASE("another TD, platform, purpose, context, binding or floor has another key", "[kdf][tdx]") {
  const auto full = enough.and_owner().and_configuration().and_runtime_measurements({0, 1, 2, 3, 4});
  std::set<std::string> keys{key_of({}, {full, "p"})};
  std::size_t tried = 1;
  const auto differs = [&](const std::string& key) {
    keys.insert(key);
    CHECK(keys.size() == ++tried);
  };
  using change = void (*)(module_td&);
  for (const change& make :
       {change([](module_td& td) { td.mrtd.value[47] ^= 1; }), change([](module_td& td) { td.attributes |= 1; }),
        change([](module_td& td) { td.xfam ^= 1 << 17; }), change([](module_td& td) { td.mrowner.value[0] ^= 1; }),
        change([](module_td& td) { td.mrownerconfig.value[0] ^= 1; }),
        change([](module_td& td) { td.mrconfigid.value[0] ^= 1; }), change([](module_td& td) { td.isvsvn = 4; }),
        change([](module_td& td) { td.platform = 2; }), change([](module_td& td) { td.cpusvn.value[0] ^= 1; }),
        change([](module_td& td) { ++td.tee_tcb_svn.value[0]; })}) {
    module_td td;
    make(td);
    differs(key_of(td, {full, "p"}));
  }
  for (std::size_t i = 0; i < 5; ++i) {
    module_td td;
    td.rtmrs[i].value[0] ^= 1;
    differs(key_of(td, {full, "p"}));
  }
  for (const char* purpose : {"q", "P", "p ", "pp"}) differs(key_of({}, {full, purpose}));
  for (const std::size_t n : {std::size_t{1}, std::size_t{2}, std::size_t{512}}) {
    differs(key_of({}, {full, "p", pattern(n)}));
  }
  for (const auto& to : {enough, enough.and_owner(), enough.and_configuration(), enough.and_runtime_measurements({0}),
                         enough.and_runtime_measurements({1}), bound_to::measurement_even_where_the_host_may_debug(),
                         bound_to::shared_by_every_guest_the_host_allows()}) {
    differs(key_of({}, {to, "p"}));
  }
  differs(key_of({}, {full, "p"}, {{}, 3, 0, 0}));
  differs(key_of({}, {full, "p"}, {{{1}}, 0, 0, 0}));
}

TEST_CASE("a register that is not mixed in does not change the key", "[kdf][tdx]") {
  module_td td;
  td.rtmrs[2].value[0] ^= 1;
  td.mrowner.value[0] ^= 1;
  CHECK(key_of(td, {.purpose = "p"}) == key_of({}, {.purpose = "p"}));
  CHECK(key_of(td, {enough.and_runtime_measurements({2}), "p"}) !=
        key_of({}, {enough.and_runtime_measurements({2}), "p"}));
}

TEST_CASE("the host that may debug has a TD's key that was not bound to the attributes", "[kdf][tdx]") {
  module_td under_debug;
  under_debug.attributes |= 1;
  const key_binding weak{bound_to::measurement_even_where_the_host_may_debug(), "p"};
  CHECK(key_of(under_debug, weak) == key_of({}, weak));
  CHECK(key_of(under_debug, {.purpose = "p"}) != key_of({}, {.purpose = "p"}));
}

TEST_CASE("a TD's record outlives an update of the TCB, and an older platform does not get its key", "[kdf][tdx]") {
  const module_td old_td;
  module_td new_td;
  new_td.cpusvn = {{0xB0}};
  new_td.older_cpusvn = old_td.cpusvn;
  ++new_td.tee_tcb_svn.value[0];
  const auto before = need(derive_key(old_td, {.purpose = "p"}));
  CHECK(need(derive_key(new_td, before.record)) == before.key);
  const auto after = need(derive_key(new_td, {.purpose = "p"}));
  CHECK_FALSE(after.key == before.key);
  CHECK(derive_key(old_td, after.record).error() == denied);
  const tdx::key_floor now{new_td.tee_tcb_svn, 3, 0, 0};
  CHECK(derive_key(new_td, before.record, now).error() == failure{errc::below_floor, 52, part::key_record});
  CHECK(need(derive_key(new_td, after.record, now)) == after.key);
  CHECK(derive_key(old_td, {.purpose = "p"}, now).error() == failure{errc::below_floor, 52, part::key_record});
}

}  // namespace test_derive_tdx
