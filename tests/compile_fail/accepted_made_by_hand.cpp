// expect: private
// SPDX-License-Identifier: Apache-2.0
#include <unitee/verify/snp_appraise.hpp>

using namespace unitee;

#ifdef UNITEE_CORRECTED
accepted<snp::claims> use(const attestation_result<snp::claims>& of) { return *of.verdict(); }
#else
accepted<snp::claims> use(const verified<snp::claims>& of) { return accepted<snp::claims>(*of); }
#endif
