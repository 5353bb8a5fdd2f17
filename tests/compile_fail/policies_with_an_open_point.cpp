// expect: this appraisal policy does not decide report data
// SPDX-License-Identifier: Apache-2.0
#include <unitee/verify/appraise.hpp>

using namespace unitee;

auto use(const verified<claims>& genuine) {
  auto snp = snp::appraisal_policy{}.waive_report_data().waive_measurement().waive_tcb().forbid_debug();
#ifdef UNITEE_CORRECTED
  auto tdx = tdx::appraisal_policy{}.waive_report_data().waive_measurement().waive_tcb().forbid_debug();
#else
  auto tdx = tdx::appraisal_policy{}.waive_measurement().waive_tcb().forbid_debug();
#endif
  return appraise(genuine, policies{snp, tdx});
}
