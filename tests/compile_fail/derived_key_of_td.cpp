// expect: this backend has no hardware-derived key; derive from a released secret instead
// SPDX-License-Identifier: Apache-2.0
#include <unitee/guest/seal_keys.hpp>
#include <unitee/guest/tdx_guest.hpp>
#include <unitee/kdf/derive.hpp>

using namespace unitee;

#ifdef UNITEE_CORRECTED
void use(tdx::seal_keys& from) { (void)derive_key(from, {.purpose = "a purpose"}); }
#else
void use(guest::tdx_guest& from) { (void)derive_key(from, {.purpose = "a purpose"}); }
#endif
