// SPDX-License-Identifier: Apache-2.0
//
// The bridge's verdicts: nothing is one that was not decided, and evidence of either vendor is judged as the library
// judges it.
#include "unitee_bridge.h"

#include "support/bridge_hearing.hpp"
#include "support/evidence.hpp"

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <string>

namespace test_bridge_verdicts {

using namespace unitee;
using namespace unitee::test;

TEST_CASE("a policy that leaves a point open, or decides it both ways, is no policy", "[bridge][verdict]") {
  const hearing about = td_hearing();
  unsigned decided = 0;
  for (std::uint32_t decisions = 0; decisions < 256; ++decisions) {
    CAPTURE(decisions);
    std::uint64_t open = 0;
    for (const std::uint32_t first : {1U, 4U, 16U, 64U}) {
      const bool one_way = (decisions & first) != 0;
      const bool other_way = (decisions & (2 * first)) != 0;
      if (one_way == other_way) open += first;
    }
    const unitee_policy wanted = about.policy(decisions);
    const unitee_error why = unitee_verify(nullptr, &wanted, nullptr);  // a policy is read before anything else
    CHECK(said(why) == (open == 0 ? "bad_argument 1" : "undecided " + std::to_string(open)));
    if (open == 0) {
      ++decided;
      CHECK(about.verdict(decisions) == "ok");
    }
  }
  CHECK(decided == 16);
  char message[128];
  const unitee_error nothing = about.judge(unitee_policy{});
  unitee_message(&nothing, message, sizeof message);
  CHECK(message == std::string("the policy does not decide everything: report data, measurement, TCB, debug"));
}

TEST_CASE("what a policy requires has to be given, and what it does not must not be", "[bridge][verdict]") {
  const hearing about = td_hearing();
  const auto refused = [&](std::uint32_t decisions, auto edit) {
    unitee_policy wanted = about.policy(decisions);
    edit(wanted);
    return said(about.judge(wanted)) == "bad_argument 2";
  };
  CHECK(refused(all_required | 0x100, [](unitee_policy&) {}));
  CHECK(refused(all_required, [](unitee_policy& p) { p.report_data = nullptr; }));
  CHECK(refused(all_waived, [&](unitee_policy& p) { p.report_data = about.report_data.data(); }));
  CHECK(refused(all_required, [](unitee_policy& p) { p.measurements = nullptr; }));
  CHECK(refused(all_waived, [&](unitee_policy& p) { p.measurements = about.measurement.data(); }));
  CHECK(refused(all_waived, [](unitee_policy& p) { p.measurement_count = 1; }));
  CHECK(refused(all_required, [](unitee_policy& p) { p.minimum_tcb = nullptr; }));
  CHECK(refused(all_waived, [&](unitee_policy& p) { p.minimum_tcb = &about.least; }));
  CHECK(refused(all_waived, [](unitee_policy& p) { p.minimum_tcb_count = 1; }));
  CHECK(refused(all_required, [](unitee_policy& p) { p.accepted_status_count = 1; }));
  CHECK(refused(all_waived, [](unitee_policy& p) { p.accepted_status_count = 1; }));

  const auto takes = [&](std::int32_t product, std::uint8_t fmc) {
    const unitee_minimum_tcb least{product, fmc, 1, 1, 1, 1};
    return !refused(all_required, [&](unitee_policy& p) { p.minimum_tcb = &least; });
  };
  for (std::int32_t product = -1; product <= 5; ++product) CHECK(takes(product, 0) == (product >= 1 && product <= 3));
  for (std::int32_t product = 1; product <= 3; ++product) CHECK(takes(product, 1) == (product == UNITEE_TURIN));
  const auto accepts = [&](const char* status) {
    return !refused(all_required,
                    [&](unitee_policy& p) { p.accepted_statuses = &status, p.accepted_status_count = 1; });
  };
  for (const char* each : {"UpToDate", "SWHardeningNeeded", "ConfigurationNeeded", "OutOfDate"}) CHECK(accepts(each));
  for (const char* each : {"Revoked", "NotSupported", "upToDate", ""}) CHECK_FALSE(accepts(each));
  CHECK_FALSE(accepts(nullptr));
}

TEST_CASE("views that are NULL and not empty are bad arguments", "[bridge][verdict]") {
  const hearing about = td_hearing();
  const unitee_policy wanted = about.policy(all_waived);
  const unitee_view none{nullptr, 1};
  const auto said_of = [&](const unitee_case& given) { return said(unitee_verify(&given, &wanted, nullptr)); };
  CHECK(said_of({none, nullptr, 0, nullptr, 0, 0}) == "bad_argument 1");
  CHECK(said_of({view_of(about.evidence), nullptr, 1, nullptr, 0, 0}) == "bad_argument 1");
  CHECK(said_of({view_of(about.evidence), &none, 1, nullptr, 0, 0}) == "bad_argument 1");
  CHECK(said_of({view_of(about.evidence), nullptr, 0, nullptr, 1, 0}) == "bad_argument 1");
  CHECK(said_of({view_of(about.evidence), nullptr, 0, &none, 1, 0}) == "bad_argument 1");
  CHECK(said_of({{nullptr, 0}, nullptr, 0, nullptr, 0, 0}) == "unrecognized 0 input");
}

TEST_CASE("genuine evidence of either vendor that is what the policy wants is accepted", "[bridge][verdict]") {
  for (const hearing& about : both_hearings()) {
    unitee_claims says;
    std::memset(&says, 0xAA, sizeof says);
    REQUIRE(said(about.judge(about.policy(all_required), &says)) == "ok");
    CHECK(says.vendor == about.vendor);
    CHECK(says.is_pinned == 0);
    CHECK(says.is_debug == 0);
    CHECK(says.has_measurement == 1);
    CHECK(std::equal(about.report_data.begin(), about.report_data.end(), says.report_data, says.report_data + 64));
    CHECK(std::equal(about.measurement.begin(), about.measurement.end(), says.measurement, says.measurement + 48));
    CHECK(says.unmet == std::string());
    for (unsigned choice = 0; choice < 16; ++choice) {
      std::uint32_t decisions = 0;
      for (unsigned point = 0; point < 4; ++point) decisions |= (1U + (choice >> point & 1)) << (2 * point);
      CHECK(about.verdict(decisions) == "ok");
    }
  }
}

TEST_CASE("the first point that is not met is named, and a waived one is not asked", "[bridge][verdict]") {
  struct point {
    std::uint32_t required;
    std::uint32_t waived;
    std::string snp;
    std::string tdx;
    void (*spoil)(hearing&);
  };
  const point points[] = {
      {UNITEE_REQUIRE_REPORT_DATA, UNITEE_WAIVE_REPORT_DATA, "report_data", "report_data",
       [](hearing& h) { h.report_data[63] ^= 1; }},
      {UNITEE_REQUIRE_MEASUREMENT, UNITEE_WAIVE_MEASUREMENT, "measurement", "measurement",
       [](hearing& h) { h.measurement[47] ^= 1; }},
      {UNITEE_REQUIRE_MEASUREMENT, UNITEE_WAIVE_MEASUREMENT, "measurement", "measurement",
       [](hearing& h) { h.measurement.clear(); }},
      {UNITEE_REQUIRE_TCB, UNITEE_WAIVE_TCB, "minimum_tcb", "", [](hearing& h) { h.least.microcode = 220; }},
      {UNITEE_REQUIRE_TCB, UNITEE_WAIVE_TCB, "minimum_tcb", "", [](hearing& h) { h.least.product = UNITEE_GENOA; }},
  };
  for (const hearing& about : both_hearings()) {
    for (const point& each : points) {
      hearing spoiled = about;
      each.spoil(spoiled);
      const std::string unmet = about.vendor == UNITEE_AMD_SEV_SNP ? each.snp : each.tdx;
      unitee_claims says;
      std::memset(&says, 0xAA, sizeof says);
      const unitee_error why = spoiled.judge(spoiled.policy(all_required), &says);
      CHECK(std::string(unitee_kind_name(&why)) == (unmet.empty() ? "ok" : "policy_not_met"));
      CHECK(says.unmet == unmet);
      if (!unmet.empty()) {
        unitee_claims zero{};
        std::memcpy(zero.unmet, says.unmet, sizeof zero.unmet);
        CHECK(std::memcmp(&says, &zero, sizeof says) == 0);
      }
      CHECK(spoiled.verdict(all_required - each.required + each.waived) == "ok");
    }
  }
}

TEST_CASE("a TD's status counts where it is named, and debug where it is allowed", "[bridge][verdict]") {
  guest::simulated_stage stage;
  stage.status = tdx::tcb_status::sw_hardening_needed;
  hearing about = td_hearing({}, stage);
  unitee_claims says{};
  CHECK(said(about.judge(about.policy(all_required), &says)) == "policy_not_met 2 appraisal policy");
  CHECK(says.unmet == std::string("tcb_status"));
  about.statuses = {"OutOfDate"};
  CHECK(about.verdict(all_required) == "policy_not_met 2 appraisal policy");
  about.statuses = {"OutOfDate", "SWHardeningNeeded"};
  CHECK(about.verdict(all_required) == "ok");

  guest::simulated_td_launch launch;
  launch.attributes = {launch.attributes.value | 1};
  const hearing debugged = td_hearing(launch);
  CHECK(said(debugged.judge(debugged.policy(all_required), &says)) == "policy_not_met 3 appraisal policy");
  CHECK(says.unmet == std::string("debug"));
  CHECK(said(debugged.judge(debugged.policy(all_required - UNITEE_FORBID_DEBUG + UNITEE_ALLOW_DEBUG), &says)) == "ok");
  CHECK(says.is_debug == 1);
}

TEST_CASE("evidence that is not genuine is refused, whatever is waived", "[bridge][verdict]") {
  for (const hearing& about : both_hearings()) {
    CAPTURE(about.vendor);
    const bool snp = about.vendor == UNITEE_AMD_SEV_SNP;
    hearing other = about;
    other.root.clear();
    CHECK(other.verdict(all_waived) == "untrusted_root 0 root certificate");
    other = about;
    other.endorsements.clear();
    CHECK(other.verdict(all_waived) == (snp ? "missing 0 VEK certificate" : "missing 0 root CA CRL"));
    other = about;
    other.at = 0;
    CHECK(other.verdict(all_waived).rfind("not_yet_valid 0 ", 0) == 0);
    for (const std::size_t offset : {std::size_t{0x60}, std::size_t{0x1A0}}) {
      other = about;
      other.evidence[offset] ^= 1;
      unitee_claims says;
      const unitee_error why = other.judge(about.policy(all_waived), &says);
      CHECK(why.code == UNITEE_REFUSED);
      const unitee_claims zero{};
      CHECK(std::memcmp(&says, &zero, sizeof says) == 0);
    }
    for (std::size_t size = 0; size < about.evidence.size(); size += 37) {
      other = about;
      other.evidence.resize(size);
      if (other.judge(about.policy(all_waived)).code == UNITEE_OK) FAIL("accepted after " << size << " bytes");
    }
    other = about;
    other.endorsements.push_back({1, 2, 3});
    CHECK(other.verdict(all_waived) == "unrecognized 0 input");
    other = about;
    other.root = {1, 2, 3};
    CHECK(other.verdict(all_waived) == "unrecognized 0 input");
  }
}

TEST_CASE("recorded evidence is judged by the vendors' pinned roots", "[bridge][verdict]") {
  UNITEE_REQUIRE_EVIDENCE();
  std::size_t judged = 0;
  const auto accepted = [&](const hearing& about) {
    unitee_claims says;
    CHECK(said(about.judge(about.policy(all_waived), &says)) == "ok");
    CHECK(says.vendor == about.vendor);
    CHECK(says.is_pinned == 1);
    ++judged;
  };
  const auto snp = evidence_manifest("snp");
  for (const auto& each : snp.at("cases")) {
    const auto& files = each.at("files");
    if (each.at("expected").value("cryptographic", "") != "valid" || !files.contains("report")) continue;
    CAPTURE(each.at("id").get<std::string>());
    hearing about{{}, {}, {}, time(each.at("verify_time").get<std::string>()).seconds, UNITEE_AMD_SEV_SNP};
    for (const auto& [role, path] : files.items()) {
      const octets bytes = evidence_file("snp/" + path.get<std::string>());
      if (role == "report") about.evidence = bytes;
      if (role == "vek" || role == "intermediate" || role == "root") about.endorsements.push_back(bytes);
    }
    accepted(about);
  }
  CHECK(judged >= 5);

  hearing td{{}, {}, {}, time("2025-06-25T00:00:00Z").seconds, UNITEE_INTEL_TDX};
  const auto tdx = evidence_manifest("tdx");
  for (const auto& each : tdx.at("cases")) {
    if (each.at("id") == "b0c06f-uptodate") td.evidence = evidence_file("tdx/" + each.at("file").get<std::string>());
  }
  for (const auto& each : tdx.at("collateral_sets")) {
    if (each.at("id") != "b0c06f-2025-06") continue;
    for (const auto& file : each.at("files")) {
      td.endorsements.push_back(evidence_file("tdx/" + file.get<std::string>()));
    }
  }
  accepted(td);
  td.at = time("2026-06-25T00:00:00Z").seconds;
  CHECK(td.verdict(all_waived).rfind("expired 0 ", 0) == 0);
}

}  // namespace test_bridge_verdicts
