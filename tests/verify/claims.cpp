// SPDX-License-Identifier: Apache-2.0
#include <unitee/verify/claims.hpp>

#include "support/td_appraisal.hpp"
#include "support/verdicts.hpp"

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

}  // namespace test_claims
