// SPDX-License-Identifier: Apache-2.0
//
// tests/fuzz/reached.hpp: whether the seeds do what seeds are for. Every target says where it has accepted its input;
// with UNITEE_FUZZ_SEEDS in the environment its program fails when no input came so far.
#pragma once

#include <cstddef>
#include <cstdio>
#include <cstdlib>

namespace unitee::fuzz {

struct reached_counter {
  std::size_t inputs = 0;

  // libFuzzer leaves by exit.
  ~reached_counter() {
    if (std::getenv("UNITEE_FUZZ_SEEDS") == nullptr) return;
    std::fprintf(stderr, "%zu inputs were accepted\n", inputs);
    if (inputs == 0) std::_Exit(1);
  }
};
inline reached_counter reached_inputs;

inline void reached() { ++reached_inputs.inputs; }

}  // namespace unitee::fuzz
