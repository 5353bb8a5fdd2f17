// expect: verified<
// SPDX-License-Identifier: Apache-2.0
#include <unitee/verify/snp_appraise.hpp>

using namespace unitee::snp;

#ifdef UNITEE_CORRECTED
auto use(const unitee::verified<claims>& of) {
#else
auto use(const report& of) {
#endif
  return appraise(of, appraisal_policy{}.waive_report_data().waive_measurement().waive_tcb().forbid_debug());
}
