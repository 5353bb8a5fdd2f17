// expect: secret
// SPDX-License-Identifier: Apache-2.0
#include <unitee/crypto/secret.hpp>
#include <unitee/format.hpp>

#include <string>

std::string use(const unitee::secret<32>& key) {
#ifdef UNITEE_CORRECTED
  return fmt::format("{} bytes", key.size());
#else
  return fmt::format("{}", key);
#endif
}
