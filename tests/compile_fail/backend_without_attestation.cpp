// expect: this backend gives no SEV-SNP attestation report
// SPDX-License-Identifier: Apache-2.0
#include <unitee/guest/attester.hpp>

using namespace unitee;

struct backend {
#ifdef UNITEE_CORRECTED
  result<snp::report> attest(const snp::report_data& data);
#endif
};

template <guest::snp_attester Backend>
result<snp::report> fresh(Backend& from) { return from.attest({}); }

result<snp::report> use(backend& from) { return fresh(from); }
