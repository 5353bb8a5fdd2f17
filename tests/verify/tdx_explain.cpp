// SPDX-License-Identifier: Apache-2.0
#include <unitee/verify/tdx_explain.hpp>

#include "support/catch.hpp"
#include "support/tcb_example.hpp"
#include "support/tdx_evidence.hpp"

#include <unitee/verify/tdx_tcb_2024.hpp>

#include <algorithm>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace test_tdx_explain {

using namespace unitee::tdx;
using unitee::part;
using unitee::utc_time;
using unitee::test::midnight;
using unitee::test::rated;
using remedies = std::vector<remedy>;
using strings = std::vector<std::string>;

namespace {

struct example {
  tcb_info info = unitee::test::example_tcb_info();
  enclave_identity qe = unitee::test::example_enclave_identity();
  tcb_subject of = unitee::test::example_subject();

  [[nodiscard]] explanation get() const {
    const auto verdict = evaluate_tcb(of, info, qe);
    REQUIRE(verdict);
    return explain(*verdict, of, info, qe);
  }
  [[nodiscard]] explanation get_2024() const {
    const auto verdict = evaluate_tcb_2024(of, info, qe);
    REQUIRE(verdict);
    return explain(*verdict, of, info, qe);
  }
};

}  // namespace

TEST_CASE("nothing is to be done about what is up to date", "[verify][tdx_explain]") {
  const explanation got = example().get();
  CHECK(got.status == tcb_status::up_to_date);
  CHECK(got.launch.platform.number == 1);
  CHECK(!got.current);
  CHECK(got.remedies.empty());
  CHECK(got.policy.exists);
  CHECK(got.policy.adds.empty());
  CHECK(got.policy.words().empty());
  CHECK(got.ends.empty());
}

TEST_CASE("each cause has its remedy", "[verify][tdx_explain]") {
  example e;
  SECTION("firmware that is out of date") {
    e.of.sgx[0] = 3;
    CHECK(e.get().remedies == remedies{remedy::update_platform});
  }
  SECTION("microcode of TDX that is out of date") {
    e.of.tee_tcb_svn.value[2] = 2;
    CHECK(e.get().remedies == remedies{remedy::update_platform});
  }
  SECTION("a module of major version 0 that is out of date") {
    e.of.tee_tcb_svn.value = {5, 0, 4};
    CHECK(e.get().remedies == remedies{remedy::update_module});
    e.of.pcesvn = 12;
    CHECK(e.get().remedies == remedies{remedy::update_platform, remedy::update_module});
  }
  SECTION("an identified module that is out of date") {
    e.of.tee_tcb_svn.value[0] = 6;
    CHECK(e.get().remedies == remedies{remedy::update_module});
  }
  SECTION("a quoting enclave that is out of date") {
    e.of.qe_isvsvn = 4;
    CHECK(e.get().remedies == remedies{remedy::update_enclave});
  }
  SECTION("a configuration") {
    e.of.sgx[7] = 3;
    CHECK(e.get().remedies == remedies{remedy::change_configuration});
    CHECK(e.get().policy.words() == "--accept-status ConfigurationNeeded");
    e.of.tee_tcb_svn.value[0] = 6;
    CHECK(e.get().remedies == remedies{remedy::update_module, remedy::change_configuration});
    CHECK(e.get().policy.words() == "--accept-status OutOfDateConfigurationNeeded");
  }
  SECTION("what software must mitigate") {
    e.of.tee_tcb_svn.value[2] = 3;
    CHECK(e.get().remedies == remedies{remedy::mitigate_in_software});
    e.info.levels[2].rating.status = tcb_status::configuration_and_sw_hardening_needed;
    CHECK(e.get().remedies == remedies{remedy::change_configuration, remedy::mitigate_in_software});
  }
  SECTION("a platform that is revoked") {
    e.of.sgx[0] = 2;
    CHECK(e.get().remedies == remedies{remedy::replace_machine});
  }
  SECTION("a module that is revoked") {
    e.of.tee_tcb_svn.value[0] = 3;
    CHECK(e.get().remedies == remedies{remedy::update_module});
  }
  SECTION("a quoting enclave that is revoked") {
    e.of.qe_isvsvn = 3;
    CHECK(e.get().remedies == remedies{remedy::update_enclave});
  }
  SECTION("SVNs that nobody describes") {
    e.of.sgx[0] = 0;
    CHECK(e.get().remedies == remedies{remedy::nothing_known});
    e = {};
    e.of.tee_tcb_svn.value[1] = 2;
    CHECK(e.get().remedies == remedies{remedy::nothing_known});
  }
  SECTION("a newest level that is out of date itself") {
    e.info.levels = {e.info.levels[3]};
    CHECK(e.get().remedies == remedies{remedy::update_platform});
    CHECK(e.get().launch.obstacles.empty());
  }
}

TEST_CASE("a TD that was launched under older SVNs is to be relaunched", "[verify][tdx_explain]") {
  example e;
  e.of.tee_tcb_svn_2 = e.of.tee_tcb_svn;
  SECTION("the module was updated since") {
    e.of.tee_tcb_svn.value[0] = 6;
    const explanation got = e.get();
    CHECK(got.status == tcb_status::td_relaunch_advised);
    CHECK(got.launch.status == tcb_status::out_of_date);
    CHECK(got.launch.obstacles.size() == 1);
    CHECK(got.launch.behind_since == midnight("2025-05-14"));
    REQUIRE(got.current);
    CHECK(got.current->status == tcb_status::up_to_date);
    CHECK(got.current->module->number == 1);
    CHECK(got.current->obstacles.empty());
    CHECK(!got.current->behind_since);
    CHECK(got.remedies == remedies{remedy::relaunch});
    CHECK(got.policy.adds == std::vector{tcb_status::td_relaunch_advised});
    CHECK(got.policy.words() == "--accept-status TDRelaunchAdvised");
    CHECK(e.get_2024().remedies == remedies{remedy::relaunch});
  }
  SECTION("and the configuration is still to be changed") {
    e.of.tee_tcb_svn.value[0] = 6;
    e.of.sgx[7] = 3;
    const explanation got = e.get();
    CHECK(got.status == tcb_status::td_relaunch_advised_configuration_needed);
    CHECK(got.remedies == remedies{remedy::change_configuration, remedy::relaunch});
    CHECK(got.policy.words() == "--accept-status TDRelaunchAdvisedConfigurationNeeded");
  }
  SECTION("what it was launched under is revoked, and the module of now is not") {
    e.of.tee_tcb_svn.value[0] = 3;
    const explanation got = e.get();
    CHECK(got.status == tcb_status::revoked);
    CHECK(got.remedies == remedies{remedy::relaunch});
    CHECK(!got.policy.exists);
  }
  SECTION("the module was updated, but not enough") {
    e.of.tee_tcb_svn.value[0] = 6;
    e.of.tee_tcb_svn_2->value[0] = 7;
    const explanation got = e.get();
    CHECK(got.status == tcb_status::out_of_date);
    CHECK(got.launch.obstacles.at(0).found == 6);
    CHECK(got.current->obstacles.at(0).found == 7);
    CHECK(got.remedies == remedies{remedy::update_module});
  }
  SECTION("the module of now is worse, which changes nothing") {
    e.of.tee_tcb_svn_2->value[0] = 7;
    const explanation got = e.get();
    CHECK(got.status == tcb_status::up_to_date);
    CHECK(got.current->status == tcb_status::out_of_date);
    CHECK(got.remedies.empty());
  }
  SECTION("nobody describes the module of now") {
    e.of.tee_tcb_svn_2->value[1] = 2;
    const explanation got = e.get();
    CHECK(got.status == tcb_status::not_supported);
    CHECK(got.current->gap == tcb_gap::module);
    CHECK(got.remedies == remedies{remedy::nothing_known});
    CHECK(!got.policy.exists);
  }
  SECTION("the older procedure advises it although other components of now are old") {
    e.of.tee_tcb_svn.value[0] = 6;
    e.info.levels[0].tdx[3] = e.info.levels[1].tdx[3] = e.info.levels[2].tdx[3] = 1;
    e.of.tee_tcb_svn.value[3] = 1;
    const explanation got = e.get_2024();
    CHECK(got.status == tcb_status::td_relaunch_advised);
    CHECK(got.current->status == tcb_status::out_of_date);
    CHECK(got.remedies == remedies{remedy::update_platform, remedy::relaunch});
  }
  SECTION("the older procedure finds it revoked without a word about the quoting enclave") {
    e.of.tee_tcb_svn.value[0] = 3;
    e.of.qe_isvsvn = 1;
    const explanation got = e.get_2024();
    CHECK(got.status == tcb_status::revoked);
    CHECK(got.launch.gap == tcb_gap::enclave);
    CHECK(got.remedies == remedies{remedy::update_module});
  }
}

TEST_CASE("a policy accepts every status but Revoked and NotSupported by one more word", "[verify][tdx_explain]") {
  for (const tcb_status each : tcb_statuses) {
    CAPTURE(name(each));
    const policy_change got = policy_change_for(each);
    CHECK(got.exists == (each != tcb_status::revoked && each != tcb_status::not_supported));
    if (!got.exists || each == tcb_status::up_to_date) {
      CHECK(got.adds.empty());
      CHECK(got.words().empty());
    } else {
      CHECK(got.adds == std::vector{each});
      CHECK(got.words() == std::string("--accept-status ") + name(each));
    }
  }
  const policy_change two{true, {tcb_status::out_of_date, tcb_status::td_relaunch_advised}};
  CHECK(two.words() == "--accept-status OutOfDate --accept-status TDRelaunchAdvised");
}

TEST_CASE("remedies and SVNs have names of their own", "[verify][tdx_explain]") {
  std::set<std::string> names;
  for (int i = 0; i <= static_cast<int>(remedy::nothing_known); ++i) names.insert(name(static_cast<remedy>(i)));
  for (int i = 0; i <= static_cast<int>(svn_kind::quoting_enclave); ++i) names.insert(name(static_cast<svn_kind>(i)));
  CHECK(names.size() == 8 + 5);
}

TEST_CASE("a recorded quote is explained with the collateral of its time", "[verify][tdx_explain]") {
  UNITEE_REQUIRE_EVIDENCE();
  const auto genuine = unitee::test::recorded_tdx("azure-2023").judged();
  REQUIRE(genuine);
  const explanation got = explain(**genuine);
  CHECK(got.status == tcb_status::out_of_date);
  CHECK(got.launch.platform.number == 2);
  CHECK(got.launch.platform.count == 4);
  REQUIRE(got.launch.module);
  CHECK(got.launch.module->number == 2);
  CHECK(got.launch.enclave.number == 1);
  CHECK(got.launch.advisories == strings{"INTEL-SA-00960", "INTEL-SA-00982", "INTEL-SA-00986"});
  CHECK(got.launch.behind_since == midnight("2024-03-13"));
  CHECK(got.remedies == remedies{remedy::update_platform, remedy::update_module});
  CHECK(got.policy.words() == "--accept-status OutOfDate");
  strings told;
  for (const obstacle& each : got.launch.obstacles) {
    told.push_back(std::string(name(each.kind)) + " " + std::to_string(each.index) + ": " + std::to_string(each.found) +
                   " < " + std::to_string(each.wanted) + " " + each.label.category + " " + each.label.type);
  }
  CHECK(told == strings{"SGX component 0: 6 < 7 BIOS Early Microcode Update",
                        "SGX component 1: 6 < 7 OS/VMM SGX Late Microcode Update",
                        "TDX component 2: 6 < 7 OS/VMM TDX Late Microcode Update", "TDX module 0: 2 < 4  "});
  const auto at = [](const char* text) { return *unitee::parse_time(text); };
  const std::vector<collateral_item> ends{
      {part::qe_identity, at("2025-06-04T09:40:18Z"), at("2025-07-04T09:40:18Z")},
      {part::tcb_info, at("2025-06-04T09:51:38Z"), at("2025-07-04T09:51:38Z")},
      {part::pck_crl, at("2025-06-19T10:00:35Z"), at("2025-07-19T10:00:35Z")},
      {part::root_crl, at("2025-03-20T11:21:57Z"), at("2026-04-03T11:21:57Z")},
      {part::pck, at("2023-09-13T21:00:51Z"), at("2030-09-13T21:00:51Z")},
      {part::tcb_signing, at("2025-05-06T09:25:00Z"), at("2032-05-06T09:25:00Z")},
      {part::root, at("2018-05-21T10:45:10Z"), at("2049-12-31T23:59:59Z")},
  };
  CHECK((got.ends == ends));
  CHECK(got.ends.front().next_update == (*genuine)->current_until);
}

TEST_CASE("every recorded quote is explained, and the first end is where its collateral ceases to be current",
          "[verify][tdx_explain]") {
  UNITEE_REQUIRE_EVIDENCE();
  std::size_t explained = 0;
  for (const auto& entry : unitee::test::tdx_manifest().at("cases")) {
    if (!entry.contains("evaluations")) continue;
    for (std::size_t i = 0; i < entry.at("evaluations").size(); ++i) {
      CAPTURE(entry.at("id").get<std::string>(), i);
      const auto genuine = unitee::test::recorded_tdx(entry.at("id").get<std::string>(), i).judged();
      if (!genuine) continue;
      ++explained;
      const explanation got = explain(**genuine);
      CHECK(got.ends.front().next_update == (*genuine)->current_until);
      CHECK(std::ranges::is_sorted(got.ends, {}, &collateral_item::next_update));
      CHECK(got.remedies.empty() == (got.status == tcb_status::up_to_date));
      CHECK(got.launch.obstacles.empty() == (got.launch.status == tcb_status::up_to_date));
      const auto td = (*genuine)->quote.td();
      CHECK(got.current.has_value() == (td && td->tee_tcb_svn_2()));
    }
  }
  CHECK(explained >= 8);
}

}  // namespace test_tdx_explain
