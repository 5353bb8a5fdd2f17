// expect: this backend gives no certificates beside its evidence; the verifier fetches them from the vendor
// SPDX-License-Identifier: Apache-2.0
#include <unitee/guest/sev_guest.hpp>
#include <unitee/guest/tdx_guest.hpp>

using namespace unitee;

template <guest::certificate_bearer Backend>
auto certificates(Backend& from) { return from.attest_with_certificates({}); }

#ifdef UNITEE_CORRECTED
auto use(guest::sev_guest& from) { return certificates(from); }
#else
auto use(guest::tdx_guest& from) { return certificates(from); }
#endif
