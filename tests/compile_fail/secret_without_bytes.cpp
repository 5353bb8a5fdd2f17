// expect: secret
// SPDX-License-Identifier: Apache-2.0
#include <unitee/crypto/secret.hpp>

#include <algorithm>
#include <cstdint>
#include <span>

#ifdef UNITEE_CORRECTED
unitee::secret<32> use(std::span<const std::uint8_t, 32> bytes) {
  return unitee::secret<32>::made_by([&](std::span<std::uint8_t, 32> out) { std::ranges::copy(bytes, out.begin()); });
}
#else
unitee::secret<32> use() { return unitee::secret<32>(); }
#endif
