// SPDX-License-Identifier: Apache-2.0
#include <unitee/verify/tdx_appraise.hpp>

#include "support/evidence.hpp"
#include "support/td_appraisal.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace test_tdx_appraise_platform {

using namespace unitee;
using namespace unitee::test;
using tdx::appraisal_policy;
using tdx::tcb_status;

namespace {

constexpr std::int64_t day = 86400;

// levels is those of platform, module and quoting enclave, and rated is a TD that has them.
struct levels {
  tdx::tcb_level platform;
  tdx::svn_level module_level;
  tdx::svn_level enclave;
};
tdx::claims rated(const levels& by, tcb_status status) {
  auto out = sample_td();
  out.tcb = {status, {status, tdx::tcb_gap::none, {}, &by.platform, nullptr, &by.module_level, &by.enclave}, {}};
  out.tcb.launch.date = std::min({by.platform.rating.date, by.module_level.rating.date, by.enclave.rating.date});
  return out;
}

levels some_levels() {
  return {{{}, 0, {}, {time("2024-03-13T00:00:00Z"), tcb_status::out_of_date, {"INTEL-SA-00002", "INTEL-SA-00001"}}},
          {1, {time("2024-11-13T00:00:00Z"), tcb_status::out_of_date, {"INTEL-SA-00003"}}},
          {1, {time("2025-01-01T00:00:00Z"), tcb_status::configuration_needed, {"INTEL-SA-00001"}}}};
}

// recorded_claims is a recorded quote with a recorded set of collateral.
td_claims recorded_claims(const std::string& quote, const std::string& collateral, utc_time at) {
  endorsements given;
  const auto manifest = evidence_manifest("tdx");
  for (const auto& set : manifest.at("collateral_sets")) {
    if (set.at("id") != collateral) continue;
    for (const auto& file : set.at("files")) {
      need(add_endorsements(given, evidence_file("tdx/" + file.get<std::string>())));
    }
  }
  const auto bytes = evidence_file("tdx/" + quote);
  return need(tdx::verify(need(tdx::quote::parse(bytes)), given, at));
}

}  // namespace

TEST_CASE("PCESVN is at least the minimum", "[verify][appraise]") {
  const auto td = sample_td();
  expect(asked(td, lax_td().require_pce_svn(13)), "pce_svn", outcome::met, "#13", "#13");
  expect(asked(td, lax_td().require_pce_svn(14)), "pce_svn", outcome::not_met, "#13", "#14");
}

TEST_CASE("the evaluation data number is the lower of both documents'", "[verify][appraise]") {
  for (const auto& [info, identity] : {std::pair{20u, 20u}, std::pair{20u, 19u}, std::pair{18u, 19u}}) {
    auto files = simulated_tdx_collateral({.tcb_evaluation_data_number = info});
    files.qe_identity = simulated_tdx_collateral({.tcb_evaluation_data_number = identity}).qe_identity;
    const auto bytes = need(simulated_td().attest({}));
    const auto td = need(tdx::verify(need(tdx::quote::parse(bytes)), endorsements_of(files), simulated_tdx_now,
                                     anchors_of(simulated_tdx_platform())));
    const auto lower = std::min(info, identity);
    const std::string found = "#" + std::to_string(lower);
    const auto asking = [&](std::uint32_t least) {
      return asked(*td, lax_td().require_tcb_evaluation_data_number(least));
    };
    expect(asking(lower), "tcb_evaluation_data_number", outcome::met, found, found);
    expect(asking(lower + 1), "tcb_evaluation_data_number", outcome::not_met, found, "#" + std::to_string(lower + 1));
  }
}

TEST_CASE("the TCB's date is the earliest of its levels, and none where nothing is said", "[verify][appraise]") {
  const auto by = some_levels();
  auto td = rated(by, tcb_status::out_of_date);
  const auto asking = [&](std::string_view least) { return asked(td, lax_td().require_tcb_date(time(least))); };
  expect(asking("2024-03-13T00:00:00Z"), "tcb_date", outcome::met, "'2024-03-13T00:00:00Z'", "'2024-03-13T00:00:00Z'");
  expect(asking("2024-03-13T00:00:01Z"), "tcb_date", outcome::not_met, "'2024-03-13T00:00:00Z'",
         "'2024-03-13T00:00:01Z'");
  td.tcb.launch.gap = tdx::tcb_gap::platform;
  expect(asking("1970-01-01T00:00:00Z"), "tcb_date", outcome::not_met, "-", "'1970-01-01T00:00:00Z'");
}

TEST_CASE("what has fallen behind counts for so long after its date, and the rest for ever", "[verify][appraise]") {
  const auto by = some_levels();
  for (const tcb_status status : tdx::tcb_statuses) {
    if (status == tcb_status::revoked || status == tcb_status::not_supported) continue;
    CAPTURE(tdx::name(status));
    auto td = rated(by, status);
    const bool behind = status >= tcb_status::out_of_date;
    CHECK(tdx::has_fallen_behind(status) == behind);
    const auto after = [&](std::int64_t seconds) {
      td.at = {by.platform.rating.date.seconds + seconds};
      td.current_until = td.at;
      return asked(td, lax_td().accept_out_of_date_for(day));
    };
    const std::string day_text = "#86400";
    expect(after(day), "out_of_date_grace", outcome::met, behind ? day_text : "-", day_text);
    expect(after(day + 1), "out_of_date_grace", behind ? outcome::not_met : outcome::met, behind ? "#86401" : "-",
           day_text);
    expect(after(-5), "out_of_date_grace", outcome::met, behind ? "#0" : "-", day_text);
    expect(asked(td, lax_td()), "out_of_date_grace", outcome::not_asked, behind ? "#0" : "-", "-", 0);
  }
}

TEST_CASE("advisories are rejected by name, or all but those allowed", "[verify][appraise]") {
  const auto by = some_levels();
  const auto td = rated(by, tcb_status::out_of_date);
  const std::string all = "'INTEL-SA-00001 INTEL-SA-00002 INTEL-SA-00003'";
  const auto rejecting = [&](const std::vector<std::string_view>& ids) {
    return asked(td, lax_td().reject_advisories(ids));
  };
  expect(rejecting({}), "rejected_advisories", outcome::met, all, "-", 0);
  expect(rejecting({"INTEL-SA-00004", "INTEL-SA-0000"}), "rejected_advisories", outcome::met, all, "'INTEL-SA-00004'",
         2);
  expect(rejecting({"INTEL-SA-00004", "INTEL-SA-00003"}), "rejected_advisories", outcome::not_met,
         "'INTEL-SA-00003 INTEL-SA-00001 INTEL-SA-00002'", "'INTEL-SA-00004'", 2);
  const auto allowing = [&](const std::vector<std::string_view>& ids) {
    return asked(td, lax_td().allow_advisories(ids));
  };
  expect(allowing({"INTEL-SA-00003", "INTEL-SA-00001", "INTEL-SA-00002"}), "allowed_advisories", outcome::met, all,
         "'INTEL-SA-00003'", 3);
  expect(allowing({"INTEL-SA-00003", "INTEL-SA-00001"}), "allowed_advisories", outcome::not_met,
         "'INTEL-SA-00002 INTEL-SA-00001 INTEL-SA-00003'", "'INTEL-SA-00003'", 2);
  expect(allowing({}), "allowed_advisories", outcome::not_met, all, "-", 0);

  auto silent = some_levels();
  silent.platform.rating.advisories.clear();
  silent.module_level.rating.advisories.clear();
  silent.enclave.rating.advisories.clear();
  expect(asked(rated(silent, tcb_status::out_of_date), lax_td().allow_advisories({})), "allowed_advisories",
         outcome::met, "-", "-", 0);

  // A value has room for whole identifiers only; the ones that matter come first.
  auto long_list = some_levels();
  for (int i = 10; i < 40; ++i) long_list.platform.rating.advisories.push_back("INTEL-SA-000" + std::to_string(i));
  const std::vector<std::string_view> last{"INTEL-SA-00039"};
  const auto answer = asked(rated(long_list, tcb_status::out_of_date), lax_td().reject_advisories(last));
  const std::string_view text = answer.check("rejected_advisories")->found.text();
  CHECK(text.starts_with("INTEL-SA-00039 INTEL-SA-00001 "));
  CHECK(text.size() == 8 * 15 - 1);
  CHECK_FALSE(answer.verdict());
}

TEST_CASE("the status of the quoting enclave can be asked for by itself", "[verify][appraise]") {
  const auto by = some_levels();
  auto td = rated(by, tcb_status::out_of_date);
  const std::vector only{tcb_status::up_to_date};
  const std::vector two{tcb_status::configuration_needed, tcb_status::up_to_date};
  expect(asked(td, lax_td().accept_qe(only)), "qe_status", outcome::not_met, "'ConfigurationNeeded'", "'UpToDate'");
  expect(asked(td, lax_td().accept_qe(two)), "qe_status", outcome::met, "'ConfigurationNeeded'",
         "'ConfigurationNeeded'", 2);
  td.tcb.launch.enclave = nullptr;
  expect(asked(td, lax_td().accept_qe(two)), "qe_status", outcome::not_met, "'NotSupported'", "'ConfigurationNeeded'",
         2);
}

TEST_CASE("collateral past its next update is refused, unless accepted for so long", "[verify][appraise]") {
  auto td = sample_td();
  const auto after = [&](std::int64_t seconds) -> const tdx::claims& {
    td.at = {td.current_until.seconds + seconds};
    return td;
  };
  const auto is = [](const td_answer& answer, outcome wanted, const std::string& found, const std::string& least) {
    expect_check(answer, "collateral_current", wanted, found, least, 1, always_asked);
  };
  is(asked(after(-1), lax_td()), outcome::met, "#0", "#0");
  is(asked(after(0), lax_td()), outcome::met, "#0", "#0");
  is(asked(after(1), lax_td()), outcome::not_met, "#1", "#0");
  is(asked(after(day), lax_td().accept_stale_collateral(day)), outcome::met, "#86400", "#86400");
  is(asked(after(day + 1), lax_td().accept_stale_collateral(day)), outcome::not_met, "#86401", "#86400");
}

TEST_CASE("a grace for the verifier is not yet one for the policy", "[verify][appraise]") {
  const utc_time late{simulated_tdx_issued.seconds + 30 * day + 7};
  const auto td = genuine_td({}, {}, late, day);
  CHECK(td->collateral_is_stale());
  const auto deciding = [] {
    return appraisal_policy{}.waive_report_data().waive_measurement().require_up_to_date().forbid_debug();
  };
  const auto refused = tdx::appraise(td, deciding());
  CHECK_FALSE(refused.verdict());
  CHECK(shown(refused.check("collateral_current")->found) == "#7");
  CHECK(tdx::appraise(td, deciding().accept_stale_collateral(7)).verdict());
  CHECK_FALSE(tdx::appraise(td, deciding().accept_stale_collateral(6)).verdict());
}

TEST_CASE("a platform is one of those wanted, and what its certificate does not tell is not met",
          "[verify][appraise]") {
  const auto known = sample_td();
  auto untold = known;  // a certificate of the Processor CA
  untold.pck.platform_instance_id.reset();
  untold.pck.configuration.reset();

  const auto id = *known.pck.platform_instance_id;
  const std::vector ids{tdx::platform_instance_id{}, id};
  const std::vector other_ids{tdx::platform_instance_id{}};
  const std::string zero = repeat("00", 16);
  expect(asked(known, lax_td().require_platform_instance_id(ids)), "platform_instance_id", outcome::met,
         hex_of(id.value), zero, 2);
  expect(asked(known, lax_td().require_platform_instance_id(other_ids)), "platform_instance_id", outcome::not_met,
         hex_of(id.value), zero);
  expect(asked(untold, lax_td().require_platform_instance_id(ids)), "platform_instance_id", outcome::not_met, "-", zero,
         2);

  const std::vector ppids{known.pck.ppid};
  const std::vector other_ppids{tdx::ppid{}};
  const std::string ppid = hex_of(known.pck.ppid.value);
  expect(asked(untold, lax_td().require_ppid(ppids)), "ppid", outcome::met, ppid, ppid);
  expect(asked(untold, lax_td().require_ppid(other_ppids)), "ppid", outcome::not_met, ppid, zero);

  const std::vector families{known.pck.fmspc};
  const std::vector other_families{tdx::fmspc{{1, 2, 3, 4, 5, 6}}};
  expect(asked(known, lax_td().require_fmspc(families)), "fmspc", outcome::met, "99906f000000", "99906f000000");
  expect(asked(known, lax_td().require_fmspc(other_families)), "fmspc", outcome::not_met, "99906f000000",
         "010203040506");

  const std::vector types{tdx::sgx_type::scalable_with_integrity, tdx::sgx_type::scalable};
  const std::vector other_types{tdx::sgx_type::standard};
  expect(asked(known, lax_td().require_sgx_type(types)), "sgx_type", outcome::met, "'Scalable'",
         "'ScalableWithIntegrity'", 2);
  expect(asked(known, lax_td().require_sgx_type(other_types)), "sgx_type", outcome::not_met, "'Scalable'",
         "'Standard'");
}

TEST_CASE("each setting of a platform can be forbidden, and one that is not told is not met", "[verify][appraise]") {
  for (unsigned set = 0; set < 8; ++set) {
    auto td = sample_td();
    td.pck.configuration = {(set & 1) != 0, (set & 2) != 0, (set & 4) != 0};
    const auto is = [&](const td_answer& answer, const char* name, bool found) {
      expect(answer, name, found ? outcome::not_met : outcome::met, found ? "yes" : "no", "no");
    };
    is(asked(td, lax_td().forbid_dynamic_platform()), "dynamic_platform", (set & 1) != 0);
    is(asked(td, lax_td().forbid_cached_keys()), "cached_keys", (set & 2) != 0);
    is(asked(td, lax_td().forbid_smt()), "smt", (set & 4) != 0);
  }
  auto untold = sample_td();
  untold.pck.configuration.reset();
  expect(asked(untold, lax_td().forbid_dynamic_platform()), "dynamic_platform", outcome::not_met, "-", "no");
  expect(asked(untold, lax_td().forbid_cached_keys()), "cached_keys", outcome::not_met, "-", "no");
  expect(asked(untold, lax_td().forbid_smt()), "smt", outcome::not_met, "-", "no");
  expect(asked(untold, lax_td()), "smt", outcome::not_asked, "-", "-", 0);
}

TEST_CASE("recorded TDs and enclaves are appraised as the manifest describes them", "[verify][appraise]") {
  UNITEE_REQUIRE_EVIDENCE();
  const auto strict = appraisal_policy{}.waive_report_data().waive_measurement().require_up_to_date().forbid_debug();
  std::size_t judged = 0;
  const auto manifest = evidence_manifest("tdx");
  for (const auto& one : manifest.at("cases")) {
    for (const auto& by : one.value("evaluations", nlohmann::json::array())) {
      ++judged;
      const std::string file = one.at("file");
      const std::string status = by.at("tcb_status");
      CAPTURE(file, status);
      if (by.at("revoked") == true) continue;
      const auto claims = recorded_claims(file, by.at("collateral"), time(by.at("verify_at").get<std::string>()));
      const auto flags = one.value("flags", nlohmann::json::object());
      std::string expected;
      const auto refused = [&](bool why, const char* check) {
        if (why) expected += check;
      };
      refused(status != "UpToDate", " tcb_status");
      refused(flags.value("debug", false), " debug");
      refused(status == "NotSupported" || status == "Revoked", " tcb_supported");
      refused(one.at("quote_version") == 3, " quote_body");
      refused(flags.value("mr_service_td_nonzero", false), " mrservicetd");
      const auto answer = tdx::appraise(claims, strict);
      std::string found;
      for (const appraisal_check& each : answer.checks()) {
        if (each.answer == outcome::not_met) found += std::string(" ") + each.name;
      }
      CHECK(found == expected);
      CHECK(answer.verdict().has_value() == expected.empty());
      CHECK(answer.check("tcb_status")->found.text() == status);
      CHECK(answer.check("tcb_date")->found.text() == by.value("tcb_date", ""));
      if (status == "NotSupported") continue;  // some of its levels may have advisories
      std::string advisories;
      for (const auto& id : by.value("advisory_ids", nlohmann::json::array())) {
        if (advisories.size() + 15 <= 128) advisories += (advisories.empty() ? "" : " ") + id.get<std::string>();
      }
      CHECK(answer.check("allowed_advisories")->found.text() == advisories);
    }
  }
  CHECK(judged == 11);
}

}  // namespace test_tdx_appraise_platform
