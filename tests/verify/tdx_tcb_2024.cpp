// SPDX-License-Identifier: Apache-2.0
#include <unitee/verify/tdx_tcb_2024.hpp>

#include "support/catch.hpp"
#include "support/evidence.hpp"
#include "support/tcb_documents.hpp"
#include "support/tcb_random.hpp"

#include <cstddef>
#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <vector>

namespace test_tdx_tcb_2024 {

using namespace unitee::tdx;
using unitee::errc;
using unitee::failure;
using unitee::part;
using unitee::test::tcb_random;

namespace {

// outcome is a status by name, or "TDX_MODULE_MISMATCH".
std::string outcome(const unitee::result<tcb_verdict>& got) {
  if (got) return name(got->status);
  CHECK(got.error() == failure{errc::module_mismatch, 0, part::tcb_info});
  return "TDX_MODULE_MISMATCH";
}

// merged is the older library's table: a component's status into the one so far.
std::string merged(const std::string& so_far, const std::string& component) {
  if (component == "Revoked") return component;
  if (component != "OutOfDate") return so_far;
  if (so_far == "UpToDate" || so_far == "SWHardeningNeeded") return "OutOfDate";
  if (so_far.starts_with("Configuration")) return "OutOfDateConfigurationNeeded";
  return so_far;
}

const svn_level* highest(const std::vector<svn_level>& levels, unsigned svn) {
  for (const svn_level& each : levels) {
    if (svn >= each.isvsvn) return &each;
  }
  return nullptr;
}

// by_2024 is the older procedure, step after step, without the library. Documents are sorted.
std::string by_2024(const tcb_subject& of, const tcb_info& info, const enclave_identity& qe) {
  const bool td = of.tee == tee_type::tdx;
  const auto& svn = of.tee_tcb_svn.value;
  std::map<int, const module_identity*> modules;
  for (const module_identity& each : info.module_identities) modules[each.major] = &each;
  if (td && svn[1] > 0 && !modules.contains(svn[1])) return "TDX_MODULE_MISMATCH";

  std::string sgx_status;
  std::string status;
  for (const tcb_level& level : info.levels) {
    bool sgx = of.pcesvn >= level.pcesvn;
    for (std::size_t i = 0; i < 16; ++i) sgx = sgx && of.sgx[i] >= level.sgx[i];
    if (!sgx) continue;
    if (sgx_status.empty()) sgx_status = name(level.rating.status);
    bool all = true;
    for (std::size_t i = svn[1] > 0 ? 2 : 0; td && i < 16; ++i) all = all && svn[i] >= level.tdx[i];
    if (!all) continue;
    status = name(level.rating.status);
    break;
  }
  if (status.empty()) return "NotSupported";

  std::string module = "UpToDate";
  if (td && svn[1] > 0) {
    const svn_level* level = highest(modules.at(svn[1])->levels, svn[0]);
    if (level == nullptr) return "NotSupported";
    module = name(level->rating.status);
  }
  status = merged(status, module);
  if (td && status == "Revoked") return status;
  const svn_level* enclave = highest(qe.levels, of.qe_isvsvn);
  const std::string qe_status = enclave == nullptr ? "NotSupported" : name(enclave->rating.status);

  const std::set<std::string> bad_enclave{"OutOfDate", "Revoked", "NotSupported"};
  const std::set<std::string> old{"OutOfDate", "OutOfDateConfigurationNeeded"};
  const bool sgx_is_old = old.contains(sgx_status) || sgx_status == "Revoked";
  if (td && of.tee_tcb_svn_2 && !bad_enclave.contains(qe_status) && !sgx_is_old && old.contains(status) &&
      module == "OutOfDate") {
    const auto& now = of.tee_tcb_svn_2->value;
    unsigned wanted = info.levels[0].tdx[0];
    if (now[1] > 0) {
      if (!modules.contains(now[1])) return "TDX_MODULE_MISMATCH";
      wanted = modules.at(now[1])->levels[0].isvsvn;
    }
    if (now[0] >= wanted && now[2] >= info.levels[0].tdx[2]) {
      const bool configuration = (sgx_status + status).find("Configuration") != std::string::npos;
      status = configuration ? "TDRelaunchAdvisedConfigurationNeeded" : "TDRelaunchAdvised";
    }
  }
  return enclave == nullptr ? "NotSupported" : merged(status, qe_status);
}

level_rating rated(tcb_status status) { return {{100}, status, {}}; }

// staged is a TD whose module was out of date at launch and is the newest now, on a machine that is up to date.
struct staged {
  tcb_info info;
  enclave_identity qe;
  tcb_subject of;

  staged() {
    tcb_level top{{}, 2, {}, rated(tcb_status::up_to_date)};
    top.tdx[0] = 9;
    top.tdx[2] = 4;
    info.levels = {top, {{}, 0, {}, rated(tcb_status::sw_hardening_needed)}};
    info.module_identities = {{1, {}, {{8, rated(tcb_status::up_to_date)}, {6, rated(tcb_status::out_of_date)}}}};
    qe.levels = {{5, rated(tcb_status::up_to_date)}, {3, rated(tcb_status::out_of_date)}};
    of.pcesvn = 2;
    of.tee_tcb_svn.value = {6, 1, 4};
    of.tee_tcb_svn_2 = tcb_svn{{8, 1, 4}};
    of.qe_isvsvn = 5;
  }

  [[nodiscard]] std::string answer() const { return outcome(evaluate_tcb_2024(of, info, qe)); }
};

}  // namespace

TEST_CASE("every TCB vector gets the answer of 2024", "[verify][tdx_tcb_2024]") {
  UNITEE_REQUIRE_EVIDENCE();
  const auto text = unitee::test::evidence_file("tdx/tcb-vectors.json");
  const auto all = nlohmann::json::parse(text.begin(), text.end());
  const tcb_info info = unitee::test::tcb_info_of(all.at("tcb_info"));
  const enclave_identity qe = unitee::test::enclave_identity_of(all.at("qe_identity"));
  std::size_t different = 0;
  for (const auto& vector : all.at("vectors")) {
    CAPTURE(vector.at("id").get<std::string>());
    const std::string now = vector.at("expected").at("status");
    const std::string expected = vector.value("expected_2024_procedure", now);
    if (expected != now) ++different;
    CHECK(outcome(evaluate_tcb_2024(unitee::test::tcb_subject_of(vector), info, qe)) == expected);
  }
  CHECK(different == 2);
}

TEST_CASE("evaluation of 2024 agrees with its rules as a person applies them", "[verify][tdx_tcb_2024]") {
  tcb_random random(3);
  std::map<std::string, int> seen;
  for (int i = 0; i < 10'000; ++i) {
    CAPTURE(i);
    const tcb_info info = random.info();
    const enclave_identity qe = random.identity();
    const tcb_subject of = random.subject();
    const std::string expected = by_2024(of, info, qe);
    CHECK(outcome(evaluate_tcb_2024(of, info, qe)) == expected);
    ++seen[expected];
  }
  CHECK(seen.size() == tcb_statuses.size() + 1);
}

TEST_CASE("without SVNs of now and gaps both procedures agree", "[verify][tdx_tcb_2024]") {
  tcb_random random(4);
  for (int i = 0; i < 2'000; ++i) {
    CAPTURE(i);
    const tcb_info info = random.info();
    const enclave_identity qe = random.identity();
    tcb_subject of = random.subject();
    of.tee_tcb_svn_2.reset();
    const auto now = evaluate_tcb(of, info, qe);
    REQUIRE(now);
    if (now->launch.gap != tcb_gap::none) continue;
    const auto then = evaluate_tcb_2024(of, info, qe);
    REQUIRE(then);
    CHECK(then->status == now->status);
    CHECK(then->date() == now->date());
    CHECK(then->advisories() == now->advisories());
    CHECK(!then->current);
  }
}

TEST_CASE("a relaunch is advised only when all conditions of 2024 are met", "[verify][tdx_tcb_2024]") {
  staged s;
  CHECK(s.answer() == "TDRelaunchAdvised");
  SECTION("the quoting enclave is out of date") {
    s.of.qe_isvsvn = 4;
    CHECK(s.answer() == "OutOfDate");
  }
  SECTION("nothing is said about the quoting enclave") {
    s.of.qe_isvsvn = 2;
    CHECK(s.answer() == "NotSupported");
  }
  SECTION("the level of the PCK certificate's SVNs is out of date") {
    s.info.levels[0].rating.status = tcb_status::out_of_date;
    CHECK(s.answer() == "OutOfDate");
  }
  SECTION("that level alone asks for another configuration") {
    s.info.levels[0].rating.status = tcb_status::configuration_needed;
    s.of.tee_tcb_svn.value[2] = 0;
    CHECK(s.answer() == "TDRelaunchAdvisedConfigurationNeeded");
  }
  SECTION("the platform asks for another configuration") {
    s.info.levels[0].rating.status = tcb_status::configuration_and_sw_hardening_needed;
    CHECK(s.answer() == "TDRelaunchAdvisedConfigurationNeeded");
  }
  SECTION("the platform of launch is out of date as well") {
    s.of.tee_tcb_svn.value[2] = 0;
    s.info.levels[1].rating.status = tcb_status::out_of_date_configuration_needed;
    CHECK(s.answer() == "TDRelaunchAdvisedConfigurationNeeded");
  }
  SECTION("only the platform of launch is out of date, not the module") {
    s.of.tee_tcb_svn.value = {8, 1, 0};
    s.info.levels[1].rating.status = tcb_status::out_of_date;
    CHECK(s.answer() == "OutOfDate");
  }
  SECTION("the module of launch is revoked") {
    s.info.module_identities[0].levels[1].rating.status = tcb_status::revoked;
    CHECK(s.answer() == "Revoked");
  }
  SECTION("the module of now is not the newest") {
    s.of.tee_tcb_svn_2->value[0] = 7;
    CHECK(s.answer() == "OutOfDate");
  }
  SECTION("the microcode of now is not the newest") {
    s.of.tee_tcb_svn_2->value[2] = 3;
    CHECK(s.answer() == "OutOfDate");
  }
  SECTION("the other components of now do not count") {
    s.info.levels[0].tdx[3] = 1;
    s.of.tee_tcb_svn.value[3] = 1;
    CHECK(s.answer() == "TDRelaunchAdvised");
  }
  SECTION("the module of now has major version 0, where the newest level counts") {
    s.of.tee_tcb_svn_2->value = {9, 0, 4};
    CHECK(s.answer() == "TDRelaunchAdvised");
    s.of.tee_tcb_svn_2->value[0] = 8;
    CHECK(s.answer() == "OutOfDate");
  }
  SECTION("the module of now is not described") {
    s.of.tee_tcb_svn_2->value[1] = 2;
    CHECK(s.answer() == "TDX_MODULE_MISMATCH");
    s.of.qe_isvsvn = 4;  // where nobody looks at it, it does no harm
    CHECK(s.answer() == "OutOfDate");
  }
  SECTION("the quote is about an enclave") {
    s.of.tee = tee_type::sgx;
    CHECK(s.answer() == "UpToDate");
  }
  SECTION("the quote does not say what is now") {
    s.of.tee_tcb_svn_2.reset();
    CHECK(s.answer() == "OutOfDate");
  }
}

TEST_CASE("what is now is told where it was looked at, and only there", "[verify][tdx_tcb_2024]") {
  staged s;
  auto got = evaluate_tcb_2024(s.of, s.info, s.qe);
  REQUIRE(got);
  REQUIRE(got->current);
  CHECK(got->launch.status == tcb_status::out_of_date);
  CHECK(got->current->status == tcb_status::up_to_date);
  CHECK(got->current->module_level == s.info.module_identities[0].levels.data());

  s.of.tee_tcb_svn_2->value[0] = 1;  // below every level of the module: no advice, and no harm
  got = evaluate_tcb_2024(s.of, s.info, s.qe);
  REQUIRE(got);
  CHECK(got->current->gap == tcb_gap::module_level);
  CHECK(got->status == tcb_status::out_of_date);

  s.of.tee_tcb_svn.value[0] = 8;  // nothing is out of date
  got = evaluate_tcb_2024(s.of, s.info, s.qe);
  REQUIRE(got);
  CHECK(!got->current);
  CHECK(got->status == tcb_status::up_to_date);
}

TEST_CASE("a TD's revoked platform or module ends the procedure of 2024", "[verify][tdx_tcb_2024]") {
  staged s;
  s.of.qe_isvsvn = 0;
  CHECK(s.answer() == "NotSupported");
  s.info.module_identities[0].levels[1].rating.status = tcb_status::revoked;
  CHECK(s.answer() == "Revoked");
  CHECK(outcome(evaluate_tcb(s.of, s.info, s.qe)) == "NotSupported");
  s.of.tee_tcb_svn.value[0] = 8;
  CHECK(s.answer() == "NotSupported");
  s.info.levels[0].rating.status = tcb_status::revoked;
  CHECK(s.answer() == "Revoked");
  s.of.tee = tee_type::sgx;
  CHECK(s.answer() == "NotSupported");
}

TEST_CASE("the failures of the current procedure are those of 2024 too", "[verify][tdx_tcb_2024]") {
  staged s;
  s.info.module_identities[0].levels[1].rating.status = tcb_status::sw_hardening_needed;
  auto got = evaluate_tcb_2024(s.of, s.info, s.qe);
  REQUIRE(!got);
  CHECK(got.error() == failure{errc::bad_value, 0, part::tcb_info});

  s = {};
  s.info.module_identities[0].levels[0].rating.status = tcb_status::sw_hardening_needed;  // of now
  got = evaluate_tcb_2024(s.of, s.info, s.qe);
  REQUIRE(!got);
  CHECK(got.error() == failure{errc::bad_value, 0, part::tcb_info});

  s = {};
  s.qe.levels[0].rating.status = tcb_status::sw_hardening_needed;
  got = evaluate_tcb_2024(s.of, s.info, s.qe);
  REQUIRE(!got);
  CHECK(got.error() == failure{errc::bad_value, 0, part::qe_identity});
}

}  // namespace test_tdx_tcb_2024
