// expect: this backend has no runtime measurement registers to extend
// SPDX-License-Identifier: Apache-2.0
#include <unitee/guest/sev_guest.hpp>
#include <unitee/guest/tdx_guest.hpp>

using namespace unitee;

template <guest::rtmr_extender Backend>
auto extend(Backend& with, const tdx::measurement& digest) { return with.extend_rtmr(3, digest); }

#ifdef UNITEE_CORRECTED
auto use(guest::tdx_guest& with) { return extend(with, {}); }
#else
auto use(guest::sev_guest& with) { return extend(with, {}); }
#endif
