// expect: private
// SPDX-License-Identifier: Apache-2.0
#include <unitee/verify/snp.hpp>

using namespace unitee;

#ifdef UNITEE_CORRECTED
const snp::claims& use(const verified<snp::claims>& of) { return *of; }
#else
verified<snp::claims> use(const snp::claims& of) { return verified<snp::claims>(of); }
#endif
