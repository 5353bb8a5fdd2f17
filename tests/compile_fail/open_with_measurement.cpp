// expect: secret<32>
// SPDX-License-Identifier: Apache-2.0
#include <unitee/seal/caller_slot.hpp>
#include <unitee/seal/sealed_reader.hpp>
#include <unitee/tdx/fields.hpp>

using namespace unitee;

#ifdef UNITEE_CORRECTED
auto use(memory_source sealed, const secret<32>& key) {
  return sealed_reader<memory_source>::open(sealed, caller_key(key));
}
#else
auto use(memory_source sealed, const tdx::measurement& key) {
  return sealed_reader<memory_source>::open(sealed, caller_key(key));
}
#endif
