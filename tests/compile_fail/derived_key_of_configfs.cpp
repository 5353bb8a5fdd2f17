// expect: this backend has no hardware-derived key; derive from a released secret instead
// SPDX-License-Identifier: Apache-2.0
#include <unitee/guest/configfs_sev_guest.hpp>
#include <unitee/guest/sev_guest.hpp>
#include <unitee/kdf/derive.hpp>

using namespace unitee;

#ifdef UNITEE_CORRECTED
void use(guest::sev_guest& from) { (void)derive_key(from, {.purpose = "a purpose"}); }
#else
void use(guest::configfs_sev_guest& from) { (void)derive_key(from, {.purpose = "a purpose"}); }
#endif
