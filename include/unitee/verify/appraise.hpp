// SPDX-License-Identifier: Apache-2.0
//
// unitee/verify/appraise.hpp: are these the claims that one wants, whichever vendor's they are?
#pragma once

#include <unitee/result.hpp>
#include <unitee/verify/attestation_result.hpp>
#include <unitee/verify/claims.hpp>
#include <unitee/verify/snp_appraise.hpp>
#include <unitee/verify/snp_policy.hpp>
#include <unitee/verify/tdx_appraise.hpp>
#include <unitee/verify/tdx_policy.hpp>
#include <unitee/verify/verified.hpp>
#include <unitee/verify/verify.hpp>

namespace unitee::inline v0 {

// policies is what one wants of a guest of either vendor. Each vendor's policy takes all mandatory decisions by itself:
// a measurement or a TCB of the one means nothing to the other.
//
//   const unitee::policies wanted{snp::appraisal_policy{}.require_report_data(...)..., tdx::appraisal_policy{}...};
template <unsigned Snp, unsigned Tdx>
struct policies {
  snp::appraisal_policy<Snp> snp;
  tdx::appraisal_policy<Tdx> tdx;
};
template <unsigned Snp, unsigned Tdx>
policies(snp::appraisal_policy<Snp>, tdx::appraisal_policy<Tdx>) -> policies<Snp, Tdx>;

namespace detail {

template <>
class appraiser<claims> {
 public:
  using answer = attestation_result<claims>;

  template <class Claims>
  static answer either(const attestation_result<Claims>& of) noexcept {
    const auto& verdict = of.verdict();
    if (!verdict) return answer(of.checks(), verdict.error());
    return answer(of.checks(), accepted<claims>(claims(**verdict)));
  }
};

}  // namespace detail

// appraise asks the questions of the policy of the vendor whose evidence it was. A policy that leaves a mandatory point
// undecided does not compile. The checks are those of snp::appraise
// or tdx::appraise, under the same names.
template <unsigned Snp, unsigned Tdx>
requires snp::complete_policy<snp::appraisal_policy<Snp>> && tdx::complete_policy<tdx::appraisal_policy<Tdx>>
[[nodiscard]] attestation_result<claims> appraise(const verified<claims>& genuine, const policies<Snp, Tdx>& wanted) {
  using either = detail::appraiser<claims>;
  if (const auto* report = genuine->snp()) {
    return either::either(detail::appraiser<snp::claims>::appraise(*report, wanted.snp.wanted()));
  }
  return either::either(detail::appraiser<tdx::claims>::appraise(*genuine->tdx(), wanted.tdx.wanted()));
}

}  // namespace unitee::inline v0
