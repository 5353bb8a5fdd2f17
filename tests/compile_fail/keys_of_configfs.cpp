// expect: this backend has no hardware key; ask a guest device, or derive from a released secret instead
// SPDX-License-Identifier: Apache-2.0
#include <unitee/guest/configfs_sev_guest.hpp>
#include <unitee/guest/derive.hpp>
#include <unitee/guest/sev_guest.hpp>

using namespace unitee;

#ifdef UNITEE_CORRECTED
using backend = guest::sev_guest;
#else
using backend = guest::configfs_sev_guest;
#endif

result<guest::recorded_key> use(backend& from) { return guest::derive(from, {.purpose = "a purpose"}); }
