// expect: this backend cannot ask a TDX module for seal keys; only the TDX guest device can
// SPDX-License-Identifier: Apache-2.0
#include <unitee/guest/seal_keys.hpp>
#include <unitee/guest/sev_guest.hpp>
#include <unitee/guest/tdx_guest.hpp>

using namespace unitee;

#ifdef UNITEE_CORRECTED
auto use(guest::tdx_guest& on) { return tdx::seal_keys::open(on); }
#else
auto use(guest::sev_guest& on) { return tdx::seal_keys::open(on); }
#endif
