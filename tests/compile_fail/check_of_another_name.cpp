// expect: stop
// SPDX-License-Identifier: Apache-2.0
#include <unitee/verify/snp_checks.hpp>

using namespace unitee::snp;

constexpr check_id use() {
#ifdef UNITEE_CORRECTED
  return "minimum_tcb";
#else
  return "minimal_tcb";
#endif
}
