// expect: this backend has no hardware-derived key; derive from a released secret instead
// SPDX-License-Identifier: Apache-2.0
#include <unitee/kdf/derive.hpp>

using namespace unitee;

struct backend {
#ifdef UNITEE_CORRECTED
  result<secret<32>> derive_key(const snp::key_request& request);
#endif
};

result<secret<32>> use(backend& from, const snp::key_request& request) { return derive_key(from, request, "a purpose"); }
