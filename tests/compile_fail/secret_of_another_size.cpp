// expect: secret<16>
// SPDX-License-Identifier: Apache-2.0
#include <unitee/crypto/secret.hpp>

#include <cstddef>

std::size_t encrypt_with(const unitee::secret<32>& key) { return key.expose().size(); }

#ifdef UNITEE_CORRECTED
std::size_t use(const unitee::secret<32>& key) { return encrypt_with(key); }
#else
std::size_t use(const unitee::secret<16>& key) { return encrypt_with(key); }
#endif
