// expect: deleted
// SPDX-License-Identifier: Apache-2.0
#include <unitee/crypto/secret.hpp>

#include <utility>

#ifdef UNITEE_CORRECTED
unitee::secret<32> use(unitee::secret<32>& key) { return unitee::secret<32>(std::move(key)); }
#else
unitee::secret<32> use(unitee::secret<32>& key) { return unitee::secret<32>(key); }
#endif
