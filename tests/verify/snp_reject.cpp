// SPDX-License-Identifier: Apache-2.0
//
// tests/verify/snp_reject.cpp: what the verifier must refuse, one failure per vector, and the same material without it.
#include <unitee/verify/snp.hpp>

#include "support/catch.hpp"
#include "support/forge.hpp"
#include "support/reject_set.hpp"
#include "support/snp_options.hpp"

#include <unitee/verify/snp_appraise.hpp>
#include <unitee/verify/snp_steps.hpp>

#include <cstddef>
#include <cstdio>
#include <set>
#include <string>

namespace test_snp_reject {

using namespace unitee;
using namespace unitee::test;

namespace {

using nlohmann::json;

// spelling is a part as failure.hpp spells it; only those that verification speaks of.
const char* spelling(part in) {
  switch (in) {
    case part::input: return "input";
    case part::report: return "report";
    case part::certificate_table: return "certificate_table";
    case part::vek: return "vek";
    case part::intermediate: return "intermediate";
    case part::root: return "root";
    case part::crl: return "crl";
    case part::certificate: return "certificate";
    case part::policy: return "policy";
    default: return "another part";
  }
}

// outcome_and_step is the verdict on one vector in the form of its "expect", and the step at which verification
// stopped, if any.
struct outcome_and_step {
  json outcome;
  std::string step;
};

outcome_and_step told(const failure& why) {
  const auto step = snp::step_of(why);
  return {{{"errc", name(why.code)}, {"part", spelling(why.in)}, {"offset", why.offset}},
          step ? snp::info_of(*step).name : ""};
}

outcome_and_step outcome_of(const reject_set& set, const json& vector) {
  const auto bytes = set.bytes_of(vector.at("report"));
  const auto report = snp::report::parse(bytes);
  if (!report) return told(report.error());
  endorsements given;
  for (const std::string name : vector.at("endorsements")) {
    const auto added = given.add(set.material(name));
    if (!added) return told(added.error());
  }
  trust_anchors anchors;
  for (const std::string name : vector.at("anchors")) anchors.add(need(certificate::from_der(set.material(name))));
  const given_options options = options_in(vector.at("options"));
  const utc_time at = time(vector.at("at").get<std::string>());
  const auto genuine = snp::verify(*report, given, at, anchors, stale_crls_in(options));
  if (!genuine) return told(genuine.error());
  const auto result = snp::appraise(*genuine, policy_of(options));
  if (result.verdict()) return {"ok", ""};
  const failure why = result.verdict().error();
  if (why.in != part::policy) return told(why);
  return {{{"errc", name(why.code)}, {"check", result.checks()[why.offset].name}}, ""};
}

}  // namespace

TEST_CASE("every forgery is refused for the reason that it is named after, and its material without it is accepted",
          "[verify][snp]") {
  const reject_set set;
  CHECK(set.distinct_names() == set.all().size());
  std::size_t accepted = 0;
  std::size_t refused = 0;
  std::set<std::string> steps;
  for (const json& vector : set.all()) {
    if (vector.at("kind") != "reject") continue;
    const std::string vector_name = vector.at("name");
    CAPTURE(vector_name);
    outcome_and_step got{"nothing", ""};
    CHECK_NOTHROW(got = outcome_of(set, vector));
    CHECK(got.outcome.dump() == vector.at("expect").dump());
    CHECK(got.step == vector.value("step", ""));
    steps.insert(got.step);
    ++(vector.at("expect") == "ok" ? accepted : refused);
  }
  CHECK(refused >= 60);
  CHECK(accepted >= 10);
  for (const snp::step_info& each : snp::steps) {
    CAPTURE(each.name);
    CHECK(steps.contains(each.name));
  }
  std::printf("%zu forgeries refused, %zu genuine counterparts accepted\n", refused, accepted);
}

}  // namespace test_snp_reject
