// expect: no matching function for call to
// SPDX-License-Identifier: Apache-2.0
#include <unitee/verify/snp.hpp>

using namespace unitee;

#ifdef UNITEE_CORRECTED
auto use(const snp::report& report, const snp::verified_vek& signer, utc_time at) {
#else
auto use(const snp::report& report, const snp::vek& signer, utc_time at) {
#endif
  return snp::verify(report, signer, at);
}
