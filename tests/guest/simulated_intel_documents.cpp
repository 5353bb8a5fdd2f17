// SPDX-License-Identifier: Apache-2.0
#include <unitee/guest/simulated_intel_documents.hpp>

#include "support/evidence.hpp"
#include "support/simulated_tdx.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <string>

namespace test_simulated_intel_documents {

using namespace unitee;
using namespace unitee::test;
using guest::simulated_stage;
using nlohmann::ordered_json;
using tdx::tcb_status;

namespace {

using svns = std::array<std::uint8_t, 16>;

ordered_json tcb_info(const simulated_stage& as) {
  return members(simulated_tdx_collateral(as).tcb_info).at("tcbInfo");
}
ordered_json qe_identity(const simulated_stage& as) {
  return members(simulated_tdx_collateral(as).qe_identity).at("enclaveIdentity");
}

bool reaches(const svns& own, const ordered_json& components, std::size_t from) {
  bool all = components.size() == 16;
  for (std::size_t i = from; i < 16; ++i) all = all && own[i] >= components.at(i).at("svn").get<int>();
  return all;
}

std::optional<std::string> svn_status(int own, const ordered_json& levels) {
  for (const auto& level : levels) {
    if (own >= level.at("tcb").at("isvsvn").get<int>()) return level.at("tcbStatus").get<std::string>();
  }
  return std::nullopt;
}

// evaluated is one run of Intel's current procedure (evaluation of TCB levels) over the documents' JSON.
std::string evaluated(const svns& tee, const ordered_json& info, const ordered_json& identity) {
  std::optional<std::string> status;
  const std::size_t from = tee[1] > 0 ? 2 : 0;
  for (const auto& level : info.at("tcbLevels")) {
    const auto& tcb = level.at("tcb");
    if (!reaches(guest::simulated_components, tcb.at("sgxtcbcomponents"), 0) ||
        guest::simulated_pcesvn < tcb.at("pcesvn").get<int>() || !reaches(tee, tcb.at("tdxtcbcomponents"), from)) {
      continue;
    }
    status = level.at("tcbStatus").get<std::string>();
    break;
  }
  std::vector<std::optional<std::string>> parts{svn_status(guest::simulated_qe_isvsvn, identity.at("tcbLevels"))};
  if (tee[1] > 0) {
    for (const auto& each : info.at("tdxModuleIdentities")) {
      if (each.at("id") == "TDX_0" + std::to_string(tee[1])) parts.push_back(svn_status(tee[0], each.at("tcbLevels")));
    }
    if (parts.size() != 2) return "NotSupported";
  }
  for (const auto& each : parts) {
    if (!each || !status) return "NotSupported";
    if (*each == "OutOfDate" && (*status == "UpToDate" || *status == "SWHardeningNeeded")) status = "OutOfDate";
    if (*each == "OutOfDate" && status->starts_with("Configuration")) status = "OutOfDateConfigurationNeeded";
    if (*each != "OutOfDate" && *each != "UpToDate") return "unexpected " + *each;
  }
  return *status;
}

// verdict is what a quote comes to that was launched under `launched` and has body 1.5.
std::string verdict(const svns& launched, const simulated_stage& as) {
  const ordered_json info = tcb_info(as);
  const ordered_json identity = qe_identity(as);
  const std::string then = evaluated(launched, info, identity);
  const std::string now = evaluated(guest::simulated_tee_tcb_svn.value, info, identity);
  if (!then.starts_with("OutOfDate") || now.starts_with("OutOfDate") || now == "Revoked" || now == "NotSupported") {
    return then;
  }
  const bool configuration = then.find("Configuration") != then.npos || now.find("Configuration") != now.npos;
  return configuration ? "TDRelaunchAdvisedConfigurationNeeded" : "TDRelaunchAdvised";
}

// shape is the names of all members in their order, and the kinds of all values; of an array, those of its first.
std::string shape(const ordered_json& of) {
  if (of.is_object()) {
    std::string out = "{";
    for (const auto& [key, value] : of.items()) out += key + ":" + shape(value) + ",";
    return out + "}";
  }
  if (of.is_array()) return "[" + (of.empty() ? std::string() : shape(of.at(0))) + "]";
  return of.type_name();
}

}  // namespace

TEST_CASE("a staged status is what the procedure comes to", "[guest][documents]") {
  for (const tcb_status status : tdx::tcb_statuses) {
    CAPTURE(name(status));
    CHECK(verdict(guest::simulated_launch_svn(status).value, {.status = status}) == name(status));
  }
}

TEST_CASE("a module of TDX 1.0 is rated by the levels alone, with the same result", "[guest][documents]") {
  for (const tcb_status status : tdx::tcb_statuses) {
    if (guest::simulated_launch_svn(status) != guest::simulated_tee_tcb_svn) continue;
    const simulated_stage as{.status = status};
    CHECK(evaluated({5, 0, 6}, tcb_info(as), qe_identity(as)) == name(status));
  }
}

TEST_CASE("without its launch SVN a relaunch stage is what the platform is, and without body 1.5 what the TD was",
          "[guest][documents]") {
  const simulated_stage relaunch{.status = tcb_status::td_relaunch_advised};
  const simulated_stage configure{.status = tcb_status::td_relaunch_advised_configuration_needed};
  CHECK(verdict(guest::simulated_tee_tcb_svn.value, relaunch) == "UpToDate");
  CHECK(verdict(guest::simulated_tee_tcb_svn.value, configure) == "ConfigurationNeeded");
  for (const simulated_stage& as : {relaunch, configure}) {
    CHECK(evaluated(guest::simulated_earlier_tee_tcb_svn.value, tcb_info(as), qe_identity(as)) == "OutOfDate");
  }
}

TEST_CASE("an old module or quoting enclave makes a good platform out of date, and no bad one better",
          "[guest][documents]") {
  for (const tcb_status status : tdx::tcb_statuses) {
    if (guest::simulated_launch_svn(status) != guest::simulated_tee_tcb_svn) continue;
    std::string expected = name(status);
    if (status <= tcb_status::sw_hardening_needed) expected = "OutOfDate";
    if (status == tcb_status::configuration_needed || status == tcb_status::configuration_and_sw_hardening_needed) {
      expected = "OutOfDateConfigurationNeeded";
    }
    CAPTURE(name(status));
    CHECK(verdict(guest::simulated_tee_tcb_svn.value, {.status = status, .module_out_of_date = true}) == expected);
    CHECK(verdict(guest::simulated_tee_tcb_svn.value, {.status = status, .enclave_out_of_date = true}) == expected);
  }
}

TEST_CASE("levels are at least three, descend, and have dates and advisories that fit", "[guest][documents]") {
  for (const tcb_status status : tdx::tcb_statuses) {
    const ordered_json info = tcb_info({.status = status, .module_out_of_date = true});
    const auto& levels = info.at("tcbLevels");
    REQUIRE(levels.size() >= 3);
    const auto key = [](const ordered_json& level) {
      std::vector<int> out;
      for (const auto& each : level.at("tcb").at("sgxtcbcomponents")) out.push_back(each.at("svn").get<int>());
      out.push_back(level.at("tcb").at("pcesvn").get<int>());
      for (const auto& each : level.at("tcb").at("tdxtcbcomponents")) out.push_back(each.at("svn").get<int>());
      return out;
    };
    for (std::size_t i = 0; i < levels.size(); ++i) {
      const std::string date = levels[i].at("tcbDate");
      CHECK(parse_time(date));
      CHECK(date < info.at("issueDate").get<std::string>());
      CHECK(date.ends_with("T00:00:00Z"));
      CHECK(levels[i].contains("advisoryIDs") == (levels[i].at("tcbStatus") != "UpToDate"));
      CHECK(is_level_status(need(tdx::tcb_status_of(levels[i].at("tcbStatus").get<std::string>()))));
      if (i == 0) continue;
      CHECK(key(levels[i - 1]) > key(levels[i]));
      CHECK(levels[i - 1].at("tcbDate").get<std::string>() > date);
      for (const auto& advisory : levels[i].at("advisoryIDs"))
        CHECK(advisory.get<std::string>().starts_with("INTEL-SA-990"));
    }
  }
}

TEST_CASE("what a document says beside its levels", "[guest][documents]") {
  const ordered_json info = tcb_info({.tcb_evaluation_data_number = 77});
  CHECK(info.at("id") == "TDX");
  CHECK(info.at("version") == 3);
  CHECK(info.at("issueDate") == "2025-02-01T12:34:56Z");
  CHECK(info.at("nextUpdate") == "2025-03-03T12:34:56Z");
  CHECK(info.at("fmspc") == "99906f000000");
  CHECK(info.at("pceId") == "0000");
  CHECK(info.at("tcbType") == 0);
  CHECK(info.at("tcbEvaluationDataNumber") == 77);
  CHECK(info.at("tdxModule").at("mrsigner") == std::string(96, '0'));
  CHECK(info.at("tdxModuleIdentities").at(0).at("id") == "TDX_03");
  CHECK(info.at("tdxModuleIdentities").at(1).at("id") == "TDX_01");
  const ordered_json identity = qe_identity({.tcb_evaluation_data_number = 78});
  CHECK(identity.at("id") == "TD_QE");
  CHECK(identity.at("version") == 2);
  CHECK(identity.at("tcbEvaluationDataNumber") == 78);
  CHECK(identity.at("issueDate") == "2025-02-01T12:34:56Z");
  CHECK(identity.at("nextUpdate") == "2025-03-03T12:34:56Z");
  CHECK(identity.at("isvprodid") == 2);
  CHECK(bytes_of_hex(identity.at("mrsigner")) ==
        std::vector<std::uint8_t>(guest::simulated_qe_signer.value.begin(), guest::simulated_qe_signer.value.end()));
}

TEST_CASE("documents have the members of Intel's in the same order, and no spaces", "[guest][documents][evidence]") {
  UNITEE_REQUIRE_EVIDENCE();
  const std::string set = "tdx/collateral/00806f05-2025-06/";
  const auto ours = simulated_tdx_collateral();
  const auto real_info = members(evidence_file(set + "tcb_info.json"));
  CHECK(shape(members(ours.tcb_info)) == shape(real_info));
  CHECK(shape(members(ours.tcb_info).at("tcbInfo").at("tcbLevels").at(1)) ==
        shape(real_info.at("tcbInfo").at("tcbLevels").at(1)));
  CHECK(shape(members(ours.qe_identity)) == shape(members(evidence_file(set + "qe_identity.json"))));
  for (const auto* text : {&ours.tcb_info, &ours.qe_identity}) {
    CHECK(members(*text).dump() == std::string(text->begin(), text->end()));
  }
  const auto& component = real_info.at("tcbInfo").at("tcbLevels").at(0).at("tcb").at("sgxtcbcomponents");
  const auto own = tcb_info({}).at("tcbLevels").at(0).at("tcb").at("sgxtcbcomponents");
  for (std::size_t i = 0; i < 16; ++i) CHECK(shape(own.at(i)) == shape(component.at(i)));
}

TEST_CASE("a time without room for the dates around it is refused", "[guest][documents]") {
  const auto& says = simulated_tdx_platform().get().pck_extension;
  for (const std::int64_t seconds : {std::int64_t{-1}, std::int64_t{0}, std::int64_t{500 * 86400 - 1},
                                     std::int64_t{253402300799}, std::int64_t{253402300800}}) {
    CHECK(guest::detail::simulated_tcb_info(says, {}, {seconds}).error() == failure{errc::bad_value});
    CHECK(guest::detail::simulated_qe_identity({}, {seconds}).error() == failure{errc::bad_value});
  }
  CHECK(guest::detail::simulated_tcb_info(says, {}, {500 * 86400}));
  CHECK(guest::detail::simulated_tcb_info(says, {}, {253402300799 - 30 * 86400}));
}

}  // namespace test_simulated_intel_documents
