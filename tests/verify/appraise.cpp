// SPDX-License-Identifier: Apache-2.0
#include <unitee/verify/appraise.hpp>

#include "support/td_appraisal.hpp"
#include "support/verdicts.hpp"

#include <algorithm>
#include <string_view>

namespace test_appraise {

using namespace unitee;
using namespace unitee::test;

namespace {

constexpr snp::report_data nonce{run<64>(1)};

auto snp_policy(const snp::report_data& data) {
  return snp::appraisal_policy{}.require_report_data(data).waive_measurement().waive_tcb().forbid_debug();
}
auto tdx_policy(const tdx::report_data& data) {
  return tdx::appraisal_policy{}.require_report_data(data).waive_measurement().require_up_to_date().forbid_debug();
}

verified<claims> verified_guest() {
  const auto report = need(simulated_guest(simulated_platform()).attest(nonce));
  return need(verify(need(evidence::parse(report.bytes())), endorsements_of(simulated_platform()), simulated_tdx_now,
                     anchors_of(simulated_platform())));
}

verified<claims> verified_td() {
  const auto bytes = need(simulated_td().attest({nonce.value}));
  endorsements given;
  given.add(endorsements_of(simulated_tdx_collateral()));
  trust_anchors anchors;
  anchors.add(simulated_tdx_platform().root());
  return need(verify(need(evidence::parse(bytes)), given, simulated_tdx_now, anchors));
}

template <class A, class B>
concept policies_of = requires(A a, B b) {
  policies{a, b};
};

using open_snp = decltype(snp::appraisal_policy{}.waive_tcb());
static_assert(policies_of<decltype(snp_policy(nonce)), decltype(tdx_policy({}))>);

}  // namespace

TEST_CASE("evidence of either vendor is judged by its vendor's policy", "[verify][appraise]") {
  const policies wanted{snp_policy(nonce), tdx_policy({nonce.value})};
  const auto guest = appraise(verified_guest(), wanted);
  REQUIRE(guest.verdict());
  CHECK((*guest.verdict())->snp() != nullptr);
  CHECK(guest.checks().size() == snp::check_table.size());
  const auto td = appraise(verified_td(), wanted);
  REQUIRE(td.verdict());
  CHECK((*td.verdict())->tdx() != nullptr);
  CHECK(td.checks().size() == tdx::check_table.size());
  CHECK((*td.verdict())->report_data().value == nonce.value);
}

TEST_CASE("what one vendor's policy asks does not concern the other's evidence", "[verify][appraise]") {
  const policies no_guest{snp_policy({}), tdx_policy({nonce.value})};
  CHECK(appraise(verified_td(), no_guest).verdict());
  const auto guest = appraise(verified_guest(), no_guest);
  CHECK(guest.verdict().error() == failure{errc::policy_not_met, 0, part::policy});
  CHECK(guest.check("report_data")->answer == outcome::not_met);
  const policies no_td{snp_policy(nonce), tdx_policy({})};
  CHECK(appraise(verified_guest(), no_td).verdict());
  CHECK(appraise(verified_td(), no_td).verdict().error() == failure{errc::policy_not_met, 0, part::policy});
}

TEST_CASE("the answers are those of the vendor's own call", "[verify][appraise]") {
  const auto td = verified_td();
  const policies wanted{snp_policy(nonce), tdx_policy({})};
  const auto both = appraise(td, wanted);
  for (const appraisal_check& each : both.checks()) CHECK(both.check(each.name) == &each);
  CHECK(std::ranges::count(both.checks(), outcome::not_met, &appraisal_check::answer) == 1);
  CHECK(both.check("tcb_status")->found.text() == std::string_view("UpToDate"));
}

}  // namespace test_appraise
