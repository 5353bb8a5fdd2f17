// expect: deleted
// SPDX-License-Identifier: Apache-2.0
#include <unitee/crypto/secret.hpp>

#include <utility>

#ifdef UNITEE_CORRECTED
void use(unitee::secret<32>& key, unitee::secret<32>& other) { key = std::move(other); }
#else
void use(unitee::secret<32>& key, unitee::secret<32>& other) { key = other; }
#endif
