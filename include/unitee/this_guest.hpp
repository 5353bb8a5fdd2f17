// SPDX-License-Identifier: Apache-2.0
//
// unitee/this_guest.hpp: the backend that was chosen when the program was configured.
//
// CMake's UNITEE_BACKEND chooses it and defines one of the macros below; without one, it is found at run time among the
// real ones. All files of a program must be compiled with the same choice. The simulated guests protect nothing, and
// are there only where somebody names them.
#pragma once

#if defined(UNITEE_BACKEND_SEV_GUEST) + defined(UNITEE_BACKEND_TDX_GUEST) +                              \
        defined(UNITEE_BACKEND_CONFIGFS_SEV_GUEST) + defined(UNITEE_BACKEND_CONFIGFS_TDX_GUEST) +        \
        defined(UNITEE_BACKEND_INSECURE_SIMULATED_SNP) + defined(UNITEE_BACKEND_INSECURE_SIMULATED_TD) > \
    1
#error "choose one backend: more than one UNITEE_BACKEND_ macro is defined"
#endif

#if defined(UNITEE_BACKEND_SEV_GUEST)
#include <unitee/guest/sev_guest.hpp>
namespace unitee::inline v0 {
using this_guest = guest::sev_guest;
}
#elif defined(UNITEE_BACKEND_TDX_GUEST)
#include <unitee/guest/tdx_guest.hpp>
namespace unitee::inline v0 {
using this_guest = guest::tdx_guest;
}
#elif defined(UNITEE_BACKEND_CONFIGFS_SEV_GUEST)
#include <unitee/guest/configfs_sev_guest.hpp>
namespace unitee::inline v0 {
using this_guest = guest::configfs_sev_guest;
}
#elif defined(UNITEE_BACKEND_CONFIGFS_TDX_GUEST)
#include <unitee/guest/configfs_tdx_guest.hpp>
namespace unitee::inline v0 {
using this_guest = guest::configfs_tdx_guest;
}
#elif defined(UNITEE_BACKEND_INSECURE_SIMULATED_SNP)
#include <unitee/guest/simulated_snp_guest.hpp>
namespace unitee::inline v0 {
using this_guest = guest::insecure_simulated_snp_guest;
}
#elif defined(UNITEE_BACKEND_INSECURE_SIMULATED_TD)
#include <unitee/guest/simulated_td_guest.hpp>
namespace unitee::inline v0 {
using this_guest = guest::insecure_simulated_td_guest;
}
#else
#include <unitee/any_guest.hpp>
#include <unitee/guest/configfs_sev_guest.hpp>
#include <unitee/guest/configfs_tdx_guest.hpp>
#include <unitee/guest/sev_guest.hpp>
#include <unitee/guest/tdx_guest.hpp>
namespace unitee::inline v0 {

// this_guest is the guest that this program runs in. The devices come first: they have keys, which configfs-tsm lacks.
using this_guest = any_guest<guest::sev_guest, guest::tdx_guest, guest::configfs_sev_guest, guest::configfs_tdx_guest>;

}  // namespace unitee::inline v0
#endif
