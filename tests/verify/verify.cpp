// SPDX-License-Identifier: Apache-2.0
#include <unitee/verify/verify.hpp>

#include "support/td_appraisal.hpp"
#include "support/verdicts.hpp"

#include <unitee/guest/simulated_authority.hpp>

#include <algorithm>
#include <cstdint>
#include <vector>

namespace test_verify {

using namespace unitee;
using namespace unitee::test;

namespace {

evidence snp_evidence() {
  const auto report = need(simulated_guest(simulated_platform()).attest({}));
  return need(evidence::parse(report.bytes()));
}

const std::vector<std::uint8_t>& quote_bytes() {
  static const auto made = need(simulated_td().attest(counted_report_data()));
  return made;
}
evidence td_evidence() { return need(evidence::parse(quote_bytes())); }

// both_given and both_anchors are for the simulated platforms of both vendors.
endorsements both_given() {
  endorsements out = endorsements_of(simulated_platform());
  out.add(endorsements_of(simulated_tdx_collateral()));
  return out;
}
trust_anchors both_anchors() {
  trust_anchors out = anchors_of(simulated_platform());
  out.add(simulated_tdx_platform().root());
  return out;
}

const utc_time now = simulated_tdx_now;

}  // namespace

TEST_CASE("one call verifies the evidence of either vendor", "[verify]") {
  const auto about_guest = need(verify(snp_evidence(), both_given(), now, both_anchors()));
  REQUIRE(about_guest->snp() != nullptr);
  CHECK(about_guest->anchor() == anchor_origin::given_by_caller);
  const auto about_td = need(verify(td_evidence(), both_given(), now, both_anchors()));
  REQUIRE(about_td->tdx() != nullptr);
  CHECK(about_td->tdx()->tcb.status == tdx::tcb_status::up_to_date);
  CHECK(about_td->report_data().value == run<64>(0));
}

TEST_CASE("its failures are those of each vendor's call", "[verify]") {
  for (const evidence& each : {snp_evidence(), td_evidence()}) {
    for (const bool trusted : {false, true}) {
      for (const bool given : {false, true}) {
        for (const utc_time at : {now, utc_time{simulated_tdx_begin.seconds - 1}, time("2060-01-01T00:00:00Z")}) {
          const trust_anchors anchors = trusted ? both_anchors() : trust_anchors();
          const endorsements known = given ? both_given() : endorsements();
          const auto unified = refusal(verify(each, known, at, anchors));
          CHECK(unified.has_value() == !(trusted && given && at == now));
          CHECK(unified == (each.snp() != nullptr ? refusal(snp::verify(*each.snp(), known, at, anchors))
                                                  : refusal(tdx::verify(*each.quote(), known, at, anchors))));
        }
      }
    }
  }
}

TEST_CASE("the options of each vendor reach its call", "[verify]") {
  const utc_time late{simulated_tdx_issued.seconds + 30 * 86400 + 60};
  CHECK(refusal(verify(td_evidence(), both_given(), late, both_anchors())) ==
        failure{errc::expired, 0, part::tcb_info});
  verify_options options;
  options.tdx.collateral_grace = 60;
  options.tdx.procedure = tdx::tcb_procedure::qvl_2024;
  const auto about_td = need(verify(td_evidence(), both_given(), late, both_anchors(), options));
  CHECK(about_td->tdx()->collateral_is_stale());
  CHECK(about_td->tdx()->procedure == tdx::tcb_procedure::qvl_2024);

  const guest::detail::simulated_name root("ARK-Milan");
  const auto name = root.parts();
  endorsements stale = both_given();
  stale.add(need(issue_crl({.this_update = simulated_begin, .next_update = utc_time{now.seconds - 1}, .number = 1},
                           {.name = name, .key = simulated_platform().get().ark_key})));
  CHECK(refusal(verify(snp_evidence(), stale, now, both_anchors())) == failure{errc::expired, 0, part::crl});
  options.stale_crls = snp::stale_crls::accept;
  const auto about_guest = need(verify(snp_evidence(), stale, now, both_anchors(), options));
  CHECK(about_guest->snp()->revocation == snp::revocation::stale_list);
}

TEST_CASE("recorded evidence of both vendors rests on their pinned roots", "[verify]") {
  UNITEE_REQUIRE_EVIDENCE();
  endorsements given;
  const auto manifest = evidence_manifest("tdx");
  for (const auto& set : manifest.at("collateral_sets")) {
    if (set.at("id") != "b0c06f-2025-06") continue;
    for (const auto& [role, file] : set.at("files").items()) {
      need(add_endorsements(given, evidence_file("tdx/" + file.get<std::string>())));
    }
  }
  for (const char* file : {"reports/genoa-v3-vcek/vcek.pem", "roots/genoa/vcek_cert_chain.pem"}) {
    add_recorded(given, file);
  }
  const auto td = need(verify(need(evidence::parse(evidence_file("tdx/quotes/b0c06f-uptodate.bin"))), given,
                              time("2025-07-01T00:00:00Z")));
  CHECK(td->anchor() == anchor_origin::pinned);
  CHECK(td->measurement());
  const auto guest = need(verify(need(evidence::parse(evidence_file("snp/reports/genoa-v3-vcek/report.bin"))), given,
                                 time("2026-03-01T00:00:00Z")));
  CHECK(guest->anchor() == anchor_origin::pinned);
}

}  // namespace test_verify
