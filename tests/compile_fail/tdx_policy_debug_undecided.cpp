// expect: this appraisal policy does not decide debug: call forbid_debug() or allow_debug()
// SPDX-License-Identifier: Apache-2.0
#include <unitee/verify/tdx_appraise.hpp>

using namespace unitee::tdx;

auto use(const unitee::verified<claims>& genuine) {
#ifdef UNITEE_CORRECTED
  return appraise(genuine, appraisal_policy{}.waive_report_data().waive_measurement().waive_tcb().forbid_debug());
#else
  return appraise(genuine, appraisal_policy{}.waive_report_data().waive_measurement().waive_tcb());
#endif
}
