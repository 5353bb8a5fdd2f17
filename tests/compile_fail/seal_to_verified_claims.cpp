// expect: nobody has appraised these claims: seal to the key in claims that a policy has accepted
// SPDX-License-Identifier: Apache-2.0
#include <unitee/seal/attested_recipient.hpp>

using namespace unitee;

#ifdef UNITEE_CORRECTED
auto use(const accepted<claims>& of, const recipient_binding& binding, byte_view spki) {
#else
auto use(const verified<claims>& of, const recipient_binding& binding, byte_view spki) {
#endif
  return sealing_recipient::bound_in(of, binding, spki);
}
