// expect: this backend gives no evidence: neither an SEV-SNP attestation report nor a TDX quote
// SPDX-License-Identifier: Apache-2.0
#include <unitee/guest/attest.hpp>

using namespace unitee;

struct backend {
#ifdef UNITEE_CORRECTED
  result<snp::report> attest(const snp::report_data& data);
#endif
};

auto use(backend& from) { return guest::attest(from, {}); }
