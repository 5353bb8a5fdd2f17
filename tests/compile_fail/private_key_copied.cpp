// expect: deleted
// SPDX-License-Identifier: Apache-2.0
#include <unitee/crypto/ecdh.hpp>

#include <utility>

using namespace unitee;

#ifdef UNITEE_CORRECTED
ecdh_private_key<p256> use(ecdh_private_key<p256>& key) { return std::move(key); }
#else
ecdh_private_key<p256> use(ecdh_private_key<p256>& key) { return key; }
#endif
