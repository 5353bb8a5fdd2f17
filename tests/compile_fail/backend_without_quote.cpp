// expect: this backend gives no TDX quote
// SPDX-License-Identifier: Apache-2.0
#include <unitee/guest/attester.hpp>

using namespace unitee;

struct backend {
#ifdef UNITEE_CORRECTED
  result<std::vector<std::uint8_t>> attest(const tdx::report_data& data);
#endif
};

template <guest::tdx_attester Backend>
result<std::vector<std::uint8_t>> fresh(Backend& from) { return from.attest({}); }

result<std::vector<std::uint8_t>> use(backend& from) { return fresh(from); }
