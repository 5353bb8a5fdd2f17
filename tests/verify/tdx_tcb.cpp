// SPDX-License-Identifier: Apache-2.0
#include <unitee/verify/tdx_tcb.hpp>

#include "support/catch.hpp"
#include "support/evidence.hpp"
#include "support/sample_quote.hpp"
#include "support/tcb_documents.hpp"
#include "support/tcb_random.hpp"

#include <unitee/tdx/quote.hpp>
#include <unitee/verify/quoted.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <tuple>
#include <vector>

namespace test_tdx_tcb {

using namespace unitee::tdx;
using unitee::errc;
using unitee::failure;
using unitee::part;
using unitee::utc_time;
using unitee::test::tcb_random;

namespace {

nlohmann::json vectors() {
  const auto text = unitee::test::evidence_file("tdx/tcb-vectors.json");
  return nlohmann::json::parse(text.begin(), text.end());
}

std::vector<std::string> texts(const std::vector<std::string_view>& views) { return {views.begin(), views.end()}; }

// rule_answer is what the procedure says about one set of SVNs, found without the library: levels are sorted here, and
// statuses are their names.
struct rule_answer {
  std::string status = "NotSupported";
  utc_time date{};
  std::set<std::string> advisories;
};

std::string converged_by_rule(std::string status, const std::vector<std::string>& components) {
  static const std::map<std::string, std::string> when_out_of_date{
      {"UpToDate", "OutOfDate"},
      {"SWHardeningNeeded", "OutOfDate"},
      {"ConfigurationNeeded", "OutOfDateConfigurationNeeded"},
      {"ConfigurationAndSWHardeningNeeded", "OutOfDateConfigurationNeeded"}};
  const auto any = [&](const char* what) { return std::ranges::find(components, what) != components.end(); };
  if (any("OutOfDate") && when_out_of_date.contains(status)) status = when_out_of_date.at(status);
  return any("Revoked") ? "Revoked" : status;
}

template <class Level, class Key>
std::vector<Level> descending(std::vector<Level> levels, Key key) {
  std::ranges::stable_sort(levels, [&](const Level& a, const Level& b) { return key(a) > key(b); });
  return levels;
}

const level_rating* svn_rule(const std::vector<svn_level>& sorted, int svn) {
  for (const svn_level& each : sorted) {
    if (each.isvsvn <= svn) return &each.rating;
  }
  return nullptr;
}

rule_answer by_rule(const tcb_subject& of, const tcb_svn& svn, const tcb_info& info, const enclave_identity& qe) {
  const bool td = of.tee == tee_type::tdx;
  const auto levels =
      descending(info.levels, [](const tcb_level& each) { return std::tuple(each.sgx, each.pcesvn, each.tdx); });
  const auto isvsvn = [](const svn_level& each) { return each.isvsvn; };
  const level_rating* platform = nullptr;
  for (const tcb_level& each : levels) {
    bool low = of.pcesvn < each.pcesvn;
    for (std::size_t i = 0; i < 16; ++i) {
      low |= of.sgx[i] < each.sgx[i];
      low |= td && (svn.value[1] == 0 || i >= 2) && svn.value[i] < each.tdx[i];
    }
    if (!low) {
      platform = &each.rating;
      break;
    }
  }
  if (platform == nullptr) return {};
  std::vector<level_rating> matched{*platform};
  if (td && svn.value[1] > 0) {
    std::map<int, std::vector<svn_level>> modules;
    for (const module_identity& each : info.module_identities) modules[each.major] = descending(each.levels, isvsvn);
    if (!modules.contains(svn.value[1])) return {};
    const level_rating* module = svn_rule(modules.at(svn.value[1]), svn.value[0]);
    if (module == nullptr) return {};
    matched.push_back(*module);
  }
  const auto enclaves = descending(qe.levels, isvsvn);
  const level_rating* enclave = svn_rule(enclaves, of.qe_isvsvn);
  if (enclave == nullptr) return {};
  matched.push_back(*enclave);

  rule_answer out{name(platform->status), platform->date, {}};
  std::vector<std::string> components;
  for (std::size_t i = 0; i < matched.size(); ++i) {
    if (i != 0) components.emplace_back(name(matched[i].status));
    if (matched[i].date < out.date) out.date = matched[i].date;
    out.advisories.insert(matched[i].advisories.begin(), matched[i].advisories.end());
  }
  out.status = converged_by_rule(out.status, components);
  return out;
}

std::string whole_by_rule(const rule_answer& launch, const rule_answer& current) {
  if (current.status == "NotSupported") return "NotSupported";
  const std::set<std::string> old{"OutOfDate", "OutOfDateConfigurationNeeded"};
  const std::set<std::string> good{"UpToDate", "SWHardeningNeeded", "ConfigurationNeeded",
                                   "ConfigurationAndSWHardeningNeeded"};
  if (!old.contains(launch.status) || !good.contains(current.status)) return launch.status;
  const bool configuration = (launch.status + current.status).find("Configuration") != std::string::npos;
  return configuration ? "TDRelaunchAdvisedConfigurationNeeded" : "TDRelaunchAdvised";
}

void check_match(const tcb_match& got, const rule_answer& wanted) {
  CHECK(name(got.status) == wanted.status);
  CHECK((got.gap == tcb_gap::none) == (wanted.status != "NotSupported"));
  if (got.gap != tcb_gap::none) return;
  CHECK(got.date == wanted.date);
  CHECK(texts(got.advisories()) == std::vector(wanted.advisories.begin(), wanted.advisories.end()));
}

const level_rating good{{100}, tcb_status::up_to_date, {}};

level_rating rated(tcb_status status) { return {{100}, status, {}}; }

// one_level is documents whose levels everything reaches.
tcb_info one_level(tcb_status platform, tcb_status module) {
  tcb_info out;
  out.levels = {{{}, 0, {}, rated(platform)}};
  out.module_identities = {{1, {}, {{0, rated(module)}}}};
  return out;
}

enclave_identity one_enclave(tcb_status status, std::uint16_t isvsvn = 0) {
  enclave_identity out;
  out.levels = {{isvsvn, rated(status)}};
  return out;
}

tcb_subject module_1() {
  tcb_subject out;
  out.tee_tcb_svn.value[1] = 1;
  return out;
}

}  // namespace

TEST_CASE("every TCB vector gets its expected answer", "[verify][tdx_tcb]") {
  UNITEE_REQUIRE_EVIDENCE();
  const nlohmann::json all = vectors();
  const tcb_info info = unitee::test::tcb_info_of(all.at("tcb_info"));
  const enclave_identity qe = unitee::test::enclave_identity_of(all.at("qe_identity"));
  std::size_t seen = 0;
  for (const auto& vector : all.at("vectors")) {
    CAPTURE(vector.at("id").get<std::string>());
    ++seen;
    const auto& expected = vector.at("expected");
    const auto got = evaluate_tcb(unitee::test::tcb_subject_of(vector), info, qe);
    REQUIRE(got);
    CHECK(name(got->status) == expected.at("status").get<std::string>());
    CHECK(got->current.has_value() == vector.contains("tee_tcb_svn_2"));
    if (expected.contains("launch_status")) {
      CHECK(name(got->launch.status) == expected.at("launch_status").get<std::string>());
      CHECK(name(got->current->status) == expected.at("current_status").get<std::string>());
    }
    if (expected.contains("tcb_date")) {
      CHECK(got->launch.gap == tcb_gap::none);
      CHECK(got->date() == *unitee::parse_time(expected.at("tcb_date").get<std::string>()));
      CHECK(texts(got->advisories()) == expected.at("advisory_ids").get<std::vector<std::string>>());
    } else {
      const bool module = expected.at("why").get<std::string>().starts_with("no TDX module");
      CHECK(got->launch.gap == (module ? tcb_gap::module : tcb_gap::platform));
    }
  }
  CHECK(seen == 26);
}

TEST_CASE("evaluation agrees with the rules as a person applies them", "[verify][tdx_tcb]") {
  tcb_random random(1);
  std::map<std::string, int> seen;
  for (int i = 0; i < 10'000; ++i) {
    CAPTURE(i);
    const tcb_info info = random.info();
    const enclave_identity qe = random.identity();
    const tcb_subject of = random.subject();
    const auto got = evaluate_tcb(of, info, qe);
    REQUIRE(got);
    const rule_answer launch = by_rule(of, of.tee_tcb_svn, info, qe);
    check_match(got->launch, launch);
    std::string whole = launch.status;
    if (of.tee == tee_type::tdx && of.tee_tcb_svn_2) {
      const rule_answer current = by_rule(of, *of.tee_tcb_svn_2, info, qe);
      REQUIRE(got->current);
      check_match(*got->current, current);
      whole = whole_by_rule(launch, current);
    } else {
      CHECK(!got->current);
    }
    CHECK(name(got->status) == whole);
    ++seen[whole];
  }
  CHECK(seen.size() == tcb_statuses.size());  // the random ones come to everything
}

TEST_CASE("statuses converge as the rule says, all of them", "[verify][tdx_tcb]") {
  const tcb_status modules[] = {tcb_status::up_to_date, tcb_status::out_of_date, tcb_status::revoked};
  const tcb_status enclaves[] = {tcb_status::up_to_date, tcb_status::out_of_date, tcb_status::configuration_needed,
                                 tcb_status::out_of_date_configuration_needed, tcb_status::revoked};
  for (const tcb_status platform : tcb_statuses) {
    if (!is_level_status(platform)) continue;
    for (const tcb_status module : modules) {
      for (const tcb_status enclave : enclaves) {
        CAPTURE(name(platform), name(module), name(enclave));
        const tcb_info info = one_level(platform, module);
        const enclave_identity qe = one_enclave(enclave);
        const auto versioned = evaluate_tcb(module_1(), info, qe);
        REQUIRE(versioned);
        CHECK(name(versioned->status) == converged_by_rule(name(platform), {name(module), name(enclave)}));
        const auto plain = evaluate_tcb({}, info, qe);
        REQUIRE(plain);
        CHECK(name(plain->status) == converged_by_rule(name(platform), {name(enclave)}));
      }
    }
  }
}

TEST_CASE("a higher SVN never reaches a lower level", "[verify][tdx_tcb]") {
  tcb_random random(2);
  for (int i = 0; i < 400; ++i) {
    CAPTURE(i);
    const tcb_info info = random.info();
    const enclave_identity qe = random.identity();
    const tcb_subject of = random.subject();
    const auto place = [&](const tcb_subject& each) {
      const auto got = evaluate_tcb(each, info, qe);
      REQUIRE(got);
      const tcb_level* level = got->launch.platform;
      return level == nullptr ? info.levels.size() : static_cast<std::size_t>(level - info.levels.data());
    };
    const std::size_t before = place(of);
    for (std::size_t at = 0; at < 33; ++at) {
      tcb_subject raised = of;
      if (at < 16) ++raised.sgx[at];
      if (at >= 16 && at < 32) ++raised.tee_tcb_svn.value[at - 16];
      if (at == 32) ++raised.pcesvn;
      CAPTURE(at);
      REQUIRE(place(raised) <= before);
    }
  }
}

TEST_CASE("a level is reached only by what reaches all of it", "[verify][tdx_tcb]") {
  tcb_info info;
  tcb_level top{{}, 9, {}, good};
  top.sgx.fill(5);
  top.tdx.fill(5);
  info.levels = {top, {{}, 0, {}, rated(tcb_status::out_of_date)}};
  const enclave_identity qe = one_enclave(tcb_status::up_to_date);
  tcb_subject of;
  of.sgx.fill(5);
  of.pcesvn = 9;
  of.tee_tcb_svn.value.fill(5);
  const auto level = [&](tcb_subject each) {
    const auto got = evaluate_tcb(each, info, qe);
    REQUIRE(got);
    return got->launch.platform - info.levels.data();
  };
  info.module_identities = {{5, {}, {{0, good}}}, {4, {}, {{0, good}}}};
  CHECK(level(of) == 0);
  for (std::size_t i = 0; i < 16; ++i) {
    CAPTURE(i);
    tcb_subject low = of;
    --low.sgx[i];
    CHECK(level(low) == 1);
    low = of;
    --low.tee_tcb_svn.value[i];
    CHECK(level(low) == (i < 2 ? 0 : 1));  // the module's identity rates the first two
    low.tee = tee_type::sgx;
    CHECK(level(low) == 0);  // nothing of a TD counts for an enclave
  }
  of.pcesvn = 8;
  CHECK(level(of) == 1);
  of.pcesvn = 9;
  of.tee_tcb_svn.value[1] = 0;
  CHECK(level(of) == 1);  // there is no identity for a module of major version 0
}

TEST_CASE("SVNs about which nothing is said are not supported, and the gap is named", "[verify][tdx_tcb]") {
  tcb_info info = one_level(tcb_status::up_to_date, tcb_status::up_to_date);
  info.levels[0].pcesvn = 3;
  info.module_identities[0].levels[0].isvsvn = 2;
  const enclave_identity qe = one_enclave(tcb_status::up_to_date, 4);
  tcb_subject of = module_1();
  of.pcesvn = 3;
  of.tee_tcb_svn.value[0] = 2;
  of.qe_isvsvn = 4;
  const auto gap = [&](const tcb_subject& each) {
    const auto got = evaluate_tcb(each, info, qe);
    REQUIRE(got);
    CHECK((got->status == tcb_status::not_supported) == (got->launch.gap != tcb_gap::none));
    return got->launch.gap;
  };
  CHECK(gap(of) == tcb_gap::none);
  tcb_subject low = of;
  low.qe_isvsvn = 3;
  CHECK(gap(low) == tcb_gap::enclave);
  low.tee_tcb_svn.value[0] = 1;
  CHECK(gap(low) == tcb_gap::module_level);
  low.tee_tcb_svn.value[1] = 2;
  CHECK(gap(low) == tcb_gap::module);
  low.pcesvn = 2;
  CHECK(gap(low) == tcb_gap::platform);
  // A module that nothing is known about makes no difference to an enclave.
  low = of;
  low.tee_tcb_svn.value[1] = 2;
  low.tee = tee_type::sgx;
  CHECK(gap(low) == tcb_gap::none);

  of.tee_tcb_svn_2 = of.tee_tcb_svn;
  of.tee_tcb_svn_2->value[1] = 2;
  const auto now = evaluate_tcb(of, info, qe);
  REQUIRE(now);
  CHECK(now->launch.status == tcb_status::up_to_date);
  CHECK(now->current->gap == tcb_gap::module);
  CHECK(now->status == tcb_status::not_supported);
}

TEST_CASE("a status that such a level cannot have is a failure", "[verify][tdx_tcb]") {
  for (const tcb_status each : tcb_statuses) {
    CAPTURE(name(each));
    const bool in_module =
        each == tcb_status::up_to_date || each == tcb_status::out_of_date || each == tcb_status::revoked;
    const bool in_enclave =
        in_module || each == tcb_status::configuration_needed || each == tcb_status::out_of_date_configuration_needed;
    const auto of_platform =
        evaluate_tcb(module_1(), one_level(each, tcb_status::up_to_date), one_enclave(tcb_status::up_to_date));
    CHECK(of_platform.has_value() == is_level_status(each));
    if (!of_platform) CHECK(of_platform.error() == failure{errc::bad_value, 0, part::tcb_info});
    const auto of_module =
        evaluate_tcb(module_1(), one_level(tcb_status::up_to_date, each), one_enclave(tcb_status::up_to_date));
    CHECK(of_module.has_value() == in_module);
    if (!of_module) CHECK(of_module.error() == failure{errc::bad_value, 0, part::tcb_info});
    const auto of_enclave = evaluate_tcb({}, one_level(tcb_status::up_to_date, each), one_enclave(each));
    CHECK(of_enclave.has_value() == in_enclave);
    if (!of_enclave) CHECK(of_enclave.error() == failure{errc::bad_value, 0, part::qe_identity});

    tcb_subject later;  // of the SVNs of now, only those of the module are bad
    later.tee_tcb_svn_2 = module_1().tee_tcb_svn;
    const auto of_now =
        evaluate_tcb(later, one_level(tcb_status::up_to_date, each), one_enclave(tcb_status::up_to_date));
    CHECK(of_now.has_value() == in_module);
    if (!of_now) CHECK(of_now.error() == failure{errc::bad_value, 0, part::tcb_info});
  }
}

TEST_CASE("a match refers to the levels of the documents", "[verify][tdx_tcb]") {
  const tcb_info info = one_level(tcb_status::up_to_date, tcb_status::up_to_date);
  const enclave_identity qe = one_enclave(tcb_status::up_to_date);
  const auto got = evaluate_tcb(module_1(), info, qe);
  REQUIRE(got);
  CHECK(got->launch.platform == info.levels.data());
  CHECK(got->launch.identity == info.module_identities.data());
  CHECK(got->launch.module_level == info.module_identities[0].levels.data());
  CHECK(got->launch.enclave == qe.levels.data());
  CHECK(got->advisories().empty());
}

TEST_CASE("the subject is the SVNs of certificate, TD and quoting enclave", "[verify][tdx_tcb]") {
  pck_extension pck;
  pck.tcb_components = {1, 2, 3};
  pck.pcesvn = 4;
  for (const unitee::test::quote_shape& shape : unitee::test::quote_shapes) {
    CAPTURE(shape.version, shape.body_type);
    const auto sample = unitee::test::sample_quote(shape);
    const auto q = quote::parse(sample.bytes());
    REQUIRE(q);
    const quoted copy(*q);
    const auto check = [&](const tcb_subject& got) {
      CHECK((got.tee == tee_type::tdx) == (shape.body_type != 1));
      CHECK(got.sgx == pck.tcb_components);
      CHECK(got.pcesvn == 4);
      CHECK(got.qe_isvsvn == 0x2002 + 0x90);
      const auto svn = shape.body_type == 1 ? tcb_svn{} : tcb_svn{unitee::test::run<16>(0x40)};
      CHECK(got.tee_tcb_svn == svn);
      REQUIRE(got.tee_tcb_svn_2.has_value() == (shape.body_type > 2));
      if (got.tee_tcb_svn_2) CHECK(got.tee_tcb_svn_2->value == unitee::test::run<16>(0x4c));
    };
    check(subject_of(*q, pck));
    check(subject_of(copy, pck));
  }
}

TEST_CASE("procedures have names", "[verify][tdx_tcb]") {
  CHECK(std::string(name(tcb_procedure::current)) == "current");
  CHECK(std::string(name(tcb_procedure::qvl_2024)) == "qvl-2024");
}

}  // namespace test_tdx_tcb
