// expect: no matching function
// SPDX-License-Identifier: Apache-2.0
#include <unitee/kdf/derive.hpp>

using namespace unitee;

#ifdef UNITEE_CORRECTED
auto use(const secret<32>& root, const key_record<snp::key_request>& record) {
  return detail::derive_from_root(root, record);
}
#else
auto use(const snp::report& root, const key_record<snp::key_request>& record) {
  return detail::derive_from_root(root.bytes().first<32>(), record);
}
#endif
