// expect: this backend has no hardware-derived key; derive from a released secret instead
// SPDX-License-Identifier: Apache-2.0
#include <unitee/kdf/derive.hpp>

using namespace unitee;

struct backend {
  using key_request = snp::key_request;
#ifdef UNITEE_CORRECTED
  result<secret<32>> derive_key(const snp::key_request& request);
  result<snp::key_basis> key_basis();
#endif
};

void use(backend& from) { (void)derive_key(from, {.purpose = "a purpose"}); }
