// expect: decides
// SPDX-License-Identifier: Apache-2.0
#include <unitee/verify/snp_policy.hpp>

using namespace unitee::snp;

auto use(const measurement& image) {
#ifdef UNITEE_CORRECTED
  return appraisal_policy{}.require_measurement(image).waive_tcb();
#else
  return appraisal_policy{}.require_measurement(image).waive_measurement();
#endif
}
