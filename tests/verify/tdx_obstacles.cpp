// SPDX-License-Identifier: Apache-2.0
#include <unitee/verify/tdx_obstacles.hpp>

#include "support/catch.hpp"
#include "support/tcb_example.hpp"
#include "support/tcb_random.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace test_tdx_obstacles {

using namespace unitee::tdx;
using unitee::test::example_level;
using unitee::test::midnight;
using unitee::test::rated;
using strings = std::vector<std::string>;

namespace {

struct example {
  tcb_info info = unitee::test::example_tcb_info();
  enclave_identity qe = unitee::test::example_enclave_identity();
  tcb_subject of = unitee::test::example_subject();

  [[nodiscard]] shortfall get() const {
    const auto verdict = evaluate_tcb(of, info, qe);
    REQUIRE(verdict);
    return shortfall_of(verdict->launch, of, of.tee_tcb_svn, info, qe);
  }
};

// told is each obstacle as "kind[index] found < wanted (category: type)".
strings told(const shortfall& of) {
  strings out;
  for (const obstacle& each : of.obstacles) {
    CHECK(each.behind() == each.wanted - each.found);
    CHECK(each.behind() > 0);
    out.push_back(std::string(name(each.kind)) + "[" + std::to_string(each.index) + "] " + std::to_string(each.found) +
                  " < " + std::to_string(each.wanted) + " (" + each.label.category + ": " + each.label.type + ")");
  }
  return out;
}

}  // namespace

TEST_CASE("nothing holds back what is up to date", "[verify][tdx_obstacles]") {
  const shortfall got = example().get();
  CHECK(got.status == tcb_status::up_to_date);
  CHECK(got.gap == tcb_gap::none);
  CHECK(got.platform.number == 1);
  CHECK(got.platform.count == 5);
  CHECK(got.platform.status == tcb_status::up_to_date);
  CHECK(got.platform.date == midnight("2025-05-14"));
  CHECK(got.platform.newest_status == tcb_status::up_to_date);
  CHECK(got.platform.newest_date == midnight("2025-05-14"));
  REQUIRE(got.module);
  CHECK(got.module->number == 1);
  CHECK(got.module->count == 3);
  CHECK(got.enclave.number == 1);
  CHECK(got.enclave.count == 3);
  CHECK(got.obstacles.empty());
  CHECK(got.advisories.empty());
  CHECK(!got.behind_since);
}

TEST_CASE("a platform is compared with the newest better level", "[verify][tdx_obstacles]") {
  example e;
  e.of.sgx[0] = 3;
  e.of.pcesvn = 12;
  shortfall got = e.get();
  CHECK(got.status == tcb_status::out_of_date);
  CHECK(got.platform.number == 4);
  CHECK(got.platform.status == tcb_status::out_of_date);
  CHECK(got.platform.date == midnight("2024-03-13"));
  CHECK(got.platform.newest_date == midnight("2025-05-14"));
  CHECK(told(got) == strings{"SGX component[0] 3 < 5 (BIOS: Early Microcode Update)", "PCESVN[0] 12 < 13 (: )"});
  CHECK(got.advisories == strings{"SA-5"});
  CHECK(got.behind_since == midnight("2024-11-13"));  // when software hardening was enough

  e.of.tee_tcb_svn.value = {5, 0, 2};  // the module's own SVN is one of the components
  got = e.get();
  CHECK(told(got) == strings{"SGX component[0] 3 < 5 (BIOS: Early Microcode Update)", "PCESVN[0] 12 < 13 (: )",
                             "TDX component[0] 5 < 6 (OS/VMM: TDX Module)",
                             "TDX component[2] 2 < 4 (OS/VMM: TDX Late Microcode Update)"});
  CHECK(!got.module);

  e.of.tee = tee_type::sgx;
  got = e.get();
  CHECK(told(got).size() == 2);
}

TEST_CASE("another configuration is an obstacle and no matter of age", "[verify][tdx_obstacles]") {
  example e;
  e.of.sgx[7] = 3;
  const shortfall got = e.get();
  CHECK(got.status == tcb_status::configuration_needed);
  CHECK(got.platform.number == 2);
  CHECK(told(got) == strings{"SGX component[7] 3 < 5 (: )"});
  CHECK(got.advisories == strings{"SA-3"});
  CHECK(!got.behind_since);
}

TEST_CASE("module and quoting enclave have levels of their own", "[verify][tdx_obstacles]") {
  example e;
  e.of.tee_tcb_svn.value[0] = 7;
  shortfall got = e.get();
  CHECK(got.status == tcb_status::out_of_date);
  CHECK(got.platform.number == 1);
  CHECK(got.module->number == 2);
  CHECK(got.module->status == tcb_status::out_of_date);
  CHECK(got.module->date == midnight("2024-11-13"));
  CHECK(got.module->newest_status == tcb_status::up_to_date);
  CHECK(told(got) == strings{"TDX module[0] 7 < 8 (: )"});
  CHECK(got.advisories == strings{"SA-1"});
  CHECK(got.behind_since == midnight("2025-05-14"));

  e.of.tee_tcb_svn.value[0] = 2;  // revoked: behind since the level in between
  e.of.qe_isvsvn = 5;
  got = e.get();
  CHECK(got.status == tcb_status::revoked);
  CHECK(got.enclave.number == 2);
  CHECK(told(got) == strings{"TDX module[0] 2 < 8 (: )", "quoting enclave[0] 5 < 6 (: )"});
  CHECK(got.advisories == strings{"SA-1", "SA-2", "SA-7"});
  CHECK(got.behind_since == midnight("2024-11-13"));
}

TEST_CASE("what is below every level is compared with the lowest", "[verify][tdx_obstacles]") {
  example e;
  e.of.sgx[0] = 0;
  e.of.tee_tcb_svn.value[0] = 1;
  e.of.qe_isvsvn = 1;
  shortfall got = e.get();
  CHECK(got.status == tcb_status::not_supported);
  CHECK(got.gap == tcb_gap::platform);
  CHECK(got.platform.number == 0);
  CHECK(got.platform.count == 5);
  CHECK(got.module->number == 0);
  CHECK(got.enclave.number == 0);
  CHECK(told(got) == strings{"SGX component[0] 0 < 1 (BIOS: Early Microcode Update)", "TDX module[0] 1 < 2 (: )",
                             "quoting enclave[0] 1 < 2 (: )"});
  CHECK(got.advisories.empty());
  CHECK(got.behind_since == midnight("2018-01-04"));

  e = {};
  e.of.tee_tcb_svn.value[1] = 2;  // nobody describes such a module
  got = e.get();
  CHECK(got.gap == tcb_gap::module);
  CHECK(got.platform.number == 1);
  CHECK(!got.module);
  CHECK(got.obstacles.empty());
}

TEST_CASE("the newest level is not always the best", "[verify][tdx_obstacles]") {
  example e;
  e.info.levels = {example_level(5, 0, 0, 0, 0, rated(tcb_status::sw_hardening_needed, "2025-05-14")),
                   example_level(4, 0, 0, 0, 0, rated(tcb_status::configuration_needed, "2024-11-13")),
                   example_level(3, 0, 0, 0, 0, rated(tcb_status::up_to_date, "2024-03-13"))};
  CHECK(e.get().platform.number == 1);
  CHECK(e.get().obstacles.empty());  // no SVN is better than this one
  CHECK(!e.get().behind_since);
  e.of.sgx[0] = 4;
  CHECK(told(e.get()) == strings{"SGX component[0] 4 < 5 (BIOS: Early Microcode Update)"});
  CHECK(e.get().behind_since == midnight("2025-05-14"));
  e.of.sgx[0] = 3;
  CHECK(e.get().obstacles.empty());
  CHECK(!e.get().behind_since);
}

TEST_CASE("whoever removes all obstacles reaches a better level", "[verify][tdx_obstacles]") {
  unitee::test::tcb_random random(5);
  std::set<int> kinds;
  for (int i = 0; i < 3'000; ++i) {
    CAPTURE(i);
    example e{random.info(), random.identity(), random.subject()};
    e.of.tee_tcb_svn_2.reset();
    const shortfall before = e.get();
    // What is not held back says so, and only that.
    if (before.obstacles.empty() && before.gap != tcb_gap::none) CHECK(before.gap == tcb_gap::module);
    for (const obstacle& each : before.obstacles) {
      kinds.insert(static_cast<int>(each.kind));
      switch (each.kind) {
        case svn_kind::sgx_component: e.of.sgx[each.index] = static_cast<std::uint8_t>(each.wanted); break;
        case svn_kind::pcesvn: e.of.pcesvn = each.wanted; break;
        case svn_kind::tdx_component:
          e.of.tee_tcb_svn.value[each.index] = static_cast<std::uint8_t>(each.wanted);
          break;
        case svn_kind::tdx_module: e.of.tee_tcb_svn.value[0] = static_cast<std::uint8_t>(each.wanted); break;
        case svn_kind::quoting_enclave: e.of.qe_isvsvn = each.wanted; break;
      }
    }
    if (e.of.tee_tcb_svn.value[1] > 0 && !before.module) continue;  // the module was of major version 0
    const shortfall after = e.get();
    const auto held_back = [&](std::initializer_list<svn_kind> by) {
      return std::ranges::any_of(before.obstacles,
                                 [&](const obstacle& each) { return std::ranges::find(by, each.kind) != by.end(); });
    };
    const auto is_better = [](const level_place& now, const level_place& then) {
      return then.number == 0 ? now.number != 0 : now.number < then.number;
    };
    if (held_back({svn_kind::sgx_component, svn_kind::pcesvn, svn_kind::tdx_component})) {
      CHECK(is_better(after.platform, before.platform));
    }
    if (held_back({svn_kind::tdx_module})) CHECK(is_better(*after.module, *before.module));
    if (held_back({svn_kind::quoting_enclave})) CHECK(is_better(after.enclave, before.enclave));
  }
  CHECK(kinds.size() == 5);
}

TEST_CASE("documents without levels explain nothing", "[verify][tdx_obstacles]") {
  example e;
  e.info.levels.clear();
  e.qe.levels.clear();
  const shortfall got = e.get();
  CHECK(got.gap == tcb_gap::platform);
  CHECK(got.platform.number == 0);
  CHECK(got.platform.count == 0);
  CHECK(got.obstacles.empty());
  CHECK(!got.behind_since);
}

}  // namespace test_tdx_obstacles
