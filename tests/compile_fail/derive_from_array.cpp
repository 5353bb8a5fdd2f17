// expect: no matching function
// SPDX-License-Identifier: Apache-2.0
#include <unitee/crypto/hkdf.hpp>

#include <array>
#include <cstdint>

using namespace unitee;

#ifdef UNITEE_CORRECTED
auto use(const secret<32>& root) { return hkdf_sha384<32>(root, {}, {}); }
#else
auto use(const std::array<std::uint8_t, 32>& root) { return hkdf_sha384<32>(root, {}, {}); }
#endif
