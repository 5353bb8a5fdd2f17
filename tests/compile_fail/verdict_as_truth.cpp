// expect: bool
// SPDX-License-Identifier: Apache-2.0
#include <unitee/verify/attestation_result.hpp>

using namespace unitee;

struct claims {};

bool use(const attestation_result<claims>& answer) {
#ifdef UNITEE_CORRECTED
  return answer.verdict().has_value();
#else
  return answer;
#endif
}
