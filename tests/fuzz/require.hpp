// SPDX-License-Identifier: Apache-2.0
//
// tests/fuzz/require.hpp: what has to hold for every input.
#pragma once

namespace unitee::fuzz {

inline void require(bool good) {
  if (!good) __builtin_trap();
}

}  // namespace unitee::fuzz
