// expect: csp_id
// SPDX-License-Identifier: Apache-2.0
#include <unitee/verify/vcek.hpp>
#include <unitee/verify/vlek.hpp>

using namespace unitee::snp;

#ifdef UNITEE_CORRECTED
auto use(const vlek& signer) {
#else
auto use(const vcek& signer) {
#endif
  return signer.csp_id();
}
