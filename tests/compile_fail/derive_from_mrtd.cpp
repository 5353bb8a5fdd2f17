// expect: no matching function
// SPDX-License-Identifier: Apache-2.0
#include <unitee/crypto/hkdf.hpp>
#include <unitee/tdx/fields.hpp>

using namespace unitee;

#ifdef UNITEE_CORRECTED
auto use(const secret<48>& root) { return hkdf_sha384<32>(root, {}, {}); }
#else
auto use(const tdx::measurement& root) { return hkdf_sha384<32>(root, {}, {}); }
#endif
