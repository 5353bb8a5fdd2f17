// expect: this backend gives no TD report; only the TDX guest device does
// SPDX-License-Identifier: Apache-2.0
#include <unitee/guest/configfs_tdx_guest.hpp>
#include <unitee/guest/tdx_guest.hpp>

using namespace unitee;

template <guest::td_reporter Backend>
auto fresh(Backend& from) { return from.td_report({}); }

#ifdef UNITEE_CORRECTED
auto use(guest::tdx_guest& from) { return fresh(from); }
#else
auto use(guest::configfs_tdx_guest& from) { return fresh(from); }
#endif
