// SPDX-License-Identifier: Apache-2.0
#include <unitee/verify/claims.hpp>

#include "support/td_appraisal.hpp"
#include "support/verdicts.hpp"

#include <unitee/transcript.hpp>
#include <unitee/verify/appraise.hpp>

#include <type_traits>

namespace test_claims {

using namespace unitee;
using namespace unitee::test;

static_assert(!std::is_default_constructible_v<claims>);
static_assert(std::is_nothrow_constructible_v<claims, tdx::claims> && !std::is_convertible_v<tdx::claims, claims>);

namespace {

snp::claims genuine_snp(const simulated_launch& with = {}) {
  snp::report_data data;
  data.value = run<64>(1);
  const auto report = need(simulated_guest(simulated_platform(), with).attest(data));
  return *need(judged(simulated_platform(), report));
}

}  // namespace

TEST_CASE("claims about an SEV-SNP guest are in words that both vendors have", "[verify][claims]") {
  simulated_launch launch;
  launch.measurement.value.fill(0x4D);
  const claims of(genuine_snp(launch));
  CHECK(of.kind() == evidence_kind::snp_report);
  REQUIRE(of.snp() != nullptr);
  CHECK(of.tdx() == nullptr);
  CHECK(of.report_data().value == run<64>(1));
  CHECK(of.measurement().value().value == launch.measurement.value);
  CHECK_FALSE(of.debug());
  CHECK(of.anchor() == anchor_origin::given_by_caller);
  launch.policy.value |= snp::guest_policy::debug.mask();
  CHECK(claims(genuine_snp(launch)).debug());
}

TEST_CASE("claims about a TD are in words that both vendors have", "[verify][claims]") {
  const claims of(*genuine_td({}, simulated_td_launch_full()));
  CHECK(of.kind() == evidence_kind::quote);
  REQUIRE(of.tdx() != nullptr);
  CHECK(of.snp() == nullptr);
  CHECK(of.report_data().value == run<64>(0));
  CHECK(of.measurement().value().value == simulated_td_launch_full().mrtd.value);
  CHECK_FALSE(of.debug());
  CHECK(of.anchor() == anchor_origin::given_by_caller);
  // Any bit of the group TUD.
  for (unsigned bit = 0; bit < 64; ++bit) {
    CHECK(claims(td_with_attributes(std::uint64_t{1} << bit)).debug() == (bit < 4));
  }
}

TEST_CASE("an enclave has no launch measurement", "[verify][claims]") {
  const claims of(sample_enclave());
  CHECK(of.kind() == evidence_kind::quote);
  CHECK_FALSE(of.measurement());
  CHECK(of.report_data().value == run<64>(0x50 + 30));
  CHECK_FALSE(of.debug());
  const std::size_t attributes = v3_shape.body_offset() + tdx::enclave_row::attributes::offset;
  CHECK(claims(claims_about(sample_quote(v3_shape).with(attributes, 0x17, 8))).debug());
}

TEST_CASE("attester and verifier compute the same report data, for guests of both vendors", "[verify][claims]") {
  const auto data_for = [](const std::array<std::uint8_t, 32>& nonce) {
    auto all = report_data_transcript::begin("unitee test v1");
    return need(all.nonce(nonce).public_key(run<91>(3)).model_digest(run<48>(4)).finish());
  };
  const auto policies_for = [](const report_data& data) {
    return policies{
        snp::appraisal_policy{}.require_report_data({data.value}).waive_measurement().waive_tcb().forbid_debug(),
        tdx::appraisal_policy{}
            .require_report_data({data.value})
            .waive_measurement()
            .require_up_to_date()
            .forbid_debug()};
  };
  const report_data data = data_for(run<32>(1));
  const auto wanted = policies_for(data);
  const auto replayed = policies_for(data_for(run<32>(2)));

  const auto report = need(simulated_guest(simulated_platform()).attest({data.value}));
  const auto guest = need(verify(need(evidence::parse(report.bytes())), endorsements_of(simulated_platform()),
                                 simulated_now, anchors_of(simulated_platform())));
  CHECK(guest->report_data() == data);
  CHECK(appraise(guest, wanted).verdict());
  CHECK(appraise(guest, replayed).check("report_data")->answer == outcome::not_met);

  const auto quote = need(simulated_td().attest({data.value}));
  const auto td = need(verify(need(evidence::parse(quote)), endorsements_of(simulated_tdx_collateral()),
                              simulated_tdx_now, anchors_of(simulated_tdx_platform())));
  CHECK(td->report_data() == data);
  CHECK(appraise(td, wanted).verdict());
  CHECK(appraise(td, replayed).check("report_data")->answer == outcome::not_met);
}

}  // namespace test_claims
