// expect: choose one backend: more than one UNITEE_BACKEND_ macro is defined
// SPDX-License-Identifier: Apache-2.0
#define UNITEE_BACKEND_SEV_GUEST
#ifndef UNITEE_CORRECTED
#define UNITEE_BACKEND_TDX_GUEST
#endif
#include <unitee/this_guest.hpp>

using backend = unitee::this_guest;
