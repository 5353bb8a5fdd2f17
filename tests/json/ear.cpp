// SPDX-License-Identifier: Apache-2.0
#include <unitee/json/ear.hpp>

#include "support/spoiled.hpp"
#include "support/td_ear.hpp"

#include <unitee/json/strict.hpp>
#include <unitee/verify/appraise.hpp>
#include <unitee/verify/verify.hpp>

#include <cstdint>
#include <string>
#include <vector>

namespace test_ear {

using namespace unitee;
using namespace unitee::test;

namespace {

using json = nlohmann::json;

// both is a guest of one vendor, judged as that vendor's and as anyone's.
template <class Claims>
struct both {
  std::vector<std::uint8_t> bytes;
  verified<Claims> own;
  verified<claims> any;
};

both<snp::claims> snp_guest() {
  const auto report = good_report();
  const auto& platform = simulated_platform();
  const std::vector<std::uint8_t> bytes(report.bytes().begin(), report.bytes().end());
  return {bytes, need(judged(platform, report)),
          need(verify(need(evidence::parse(bytes)), endorsements_of(platform), simulated_now, anchors_of(platform)))};
}

both<tdx::claims> td_guest() {
  const auto bytes = need(simulated_td().attest(counted_report_data()));
  const auto given = endorsements_of(simulated_tdx_collateral());
  const auto anchors = anchors_of(simulated_tdx_platform());
  return {bytes, need(tdx::verify(need(tdx::quote::parse(bytes)), given, simulated_tdx_now, anchors)),
          need(verify(need(evidence::parse(bytes)), given, simulated_tdx_now, anchors))};
}

auto lax_snp() { return snp::appraisal_policy{}.waive_report_data().waive_measurement().waive_tcb().forbid_debug(); }

auto strict_snp() {
  return snp::appraisal_policy{}
      .require_report_data(filled<snp::report_data>(1))
      .waive_measurement()
      .waive_tcb()
      .forbid_debug();
}
auto strict_td() {
  return tdx::appraisal_policy{}.require_report_data({}).waive_measurement().waive_tcb().forbid_debug();
}

}  // namespace

TEST_CASE("an EAR is the same whichever way its evidence was judged", "[json][ear]") {
  const auto guest = snp_guest();
  const auto td = td_guest();
  const policies lax{lax_snp(), lax_td()};
  const policies strict{strict_snp(), strict_td()};
  for (const bool is_strict : {false, true}) {
    const auto any_snp = is_strict ? appraise(guest.any, strict) : appraise(guest.any, lax);
    const auto own_snp = is_strict ? snp::appraise(guest.own, strict_snp()) : snp::appraise(guest.own, lax_snp());
    CHECK(any_snp.verdict().has_value() != is_strict);
    const json snp_ear = need(ear(any_snp, guest.any, full_ear(guest.bytes)));
    CHECK(snp_ear == need(snp::ear(own_snp, guest.own, full_ear(guest.bytes))));

    const auto any_td = is_strict ? appraise(td.any, strict) : appraise(td.any, lax);
    const auto own_td = is_strict ? tdx::appraise(td.own, strict_td()) : tdx::appraise(td.own, lax_td());
    CHECK(any_td.verdict().has_value() != is_strict);
    const json td_ear = need(ear(any_td, td.any, full_ear(td.bytes)));
    CHECK(td_ear == need(tdx::ear(own_td, td.own, full_ear(td.bytes))));
  }
}

TEST_CASE("a result or raw evidence of the other vendor's is refused", "[json][ear]") {
  const auto guest = snp_guest();
  const auto td = td_guest();
  const policies lax{lax_snp(), lax_td()};
  const failure mismatch{errc::binding_mismatch};
  CHECK(refusal(ear(appraise(guest.any, lax), td.any, plain_ear())) == mismatch);
  CHECK(refusal(ear(appraise(td.any, lax), guest.any, plain_ear())) == mismatch);
  CHECK(refusal(ear(appraise(guest.any, lax), guest.any, full_ear(td.bytes))) == mismatch);
  CHECK(refusal(ear(appraise(td.any, lax), td.any, full_ear(guest.bytes))) == mismatch);
}

TEST_CASE("a failure is told with the steps of the evidence that it is about", "[json][ear]") {
  const failure why{errc::missing, 0, part::root};
  const auto as = [&](evidence_kind kind) { return need(ear_of_failure(why, kind, plain_ear())); };
  CHECK(as(evidence_kind::snp_report) == need(snp::ear_of_failure(why, plain_ear())));
  CHECK(as(evidence_kind::quote) == need(tdx::ear_of_failure(why, plain_ear())));
  CHECK(as(evidence_kind::snp_report) != as(evidence_kind::quote));  // they name their own sources
}

namespace {

// check_same_types says that what both have under one name has one type. The name of the submodule is anyone's.
void check_same_types(const json& sample, const json& ours) {
  for (const auto& [name, value] : sample.items()) {
    CAPTURE(name);
    if (name == "ear.veraison.key-attestation") continue;
    REQUIRE(ours.contains(name));
    CHECK((ours.at(name).is_number_integer() ? value.is_number_integer() : ours.at(name).type() == value.type()));
    if (name != "submods" && value.is_object()) check_same_types(value, ours.at(name));
  }
}

}  // namespace

TEST_CASE("recorded EARs have the members and types of ours, and the status of their worst claim", "[json][ear]") {
  UNITEE_REQUIRE_EVIDENCE();
  const auto guest = snp_guest();
  const auto td = td_guest();
  const json all[] = {need(snp::ear(snp::appraise(guest.own, lax_snp()), guest.own, full_ear(guest.bytes))),
                      need(tdx::ear(tdx::appraise(td.own, lax_td()), td.own, full_ear(td.bytes)))};
  for (const char* file :
       {"ear-claims", "ear-claims-tv-ok", "ear-claims-key-attestation-ok", "ear-claims-key-attestation-ko"}) {
    CAPTURE(file);
    const auto text = evidence_file(std::string("rats/ear/") + file + ".json");
    const json sample = need(parse_json(text, {std::size_t{1} << 16, 8}));
    for (const json& ours : all) {
      check_same_types(sample, ours);
      CHECK(sample.at("eat_profile") == ours.at("eat_profile"));
      for (const json& submodule : sample.at("submods")) {
        check_same_types(submodule, ours.at("submods").at("guest"));
      }
    }
    for (const json& submodule : sample.at("submods")) {
      if (!submodule.contains("ear.trustworthiness-vector")) continue;
      trustworthiness_vector vector;
      for (const trust_claim each : trust_claims) {
        vector.add(each, submodule.at("ear.trustworthiness-vector").value(name(each), std::int8_t{0}));
      }
      CHECK(name(vector.worst()) == submodule.at("ear.status"));
    }
  }
}

}  // namespace test_ear
