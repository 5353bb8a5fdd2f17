// expect: private
// SPDX-License-Identifier: Apache-2.0
#include <unitee/seal/attested_recipient.hpp>

using namespace unitee;

#ifdef UNITEE_CORRECTED
auto use(const ec_point<p384>& key) { return sealing_recipient::unattested(spki_of<p384>(key).value); }
#else
auto use(const ec_point<p384>& key) { return sealing_recipient(key); }
#endif
