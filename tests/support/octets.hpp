// SPDX-License-Identifier: Apache-2.0
//
// tests/support/octets.hpp: bytes that a test owns.
#pragma once

#include <cstdint>
#include <vector>

namespace unitee::test {

using octets = std::vector<std::uint8_t>;

}  // namespace unitee::test
