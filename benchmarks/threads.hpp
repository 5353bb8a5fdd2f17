// SPDX-License-Identifier: Apache-2.0
//
// threads.hpp: what a second thread adds.
#pragma once

#include "measure.hpp"
#include "table.hpp"

#include <atomic>
#include <chrono>
#include <cstddef>
#include <functional>
#include <thread>
#include <vector>

namespace benchmarks {

// rate is how often a second `threads` threads together do the task, which says that it succeeded.
inline double rate(const std::function<bool()>& task, int threads) {
  using clock = std::chrono::steady_clock;
  constexpr auto length = std::chrono::milliseconds(300);
  std::atomic<std::size_t> done = 0;
  const auto from = clock::now();
  const auto work = [&] {
    std::size_t own = 0;
    for (; clock::now() - from < length; ++own) require(task(), "genuine evidence was refused");
    done += own;
  };
  std::vector<std::thread> others;
  for (int i = 1; i < threads; ++i) others.emplace_back(work);
  work();
  for (std::thread& each : others) each.join();
  return static_cast<double>(done) / std::chrono::duration<double>(clock::now() - from).count();
}

// scaling is the median of two threads' rate over one's, each time measured one after the other.
inline double scaling(const std::function<bool()>& task) {
  std::vector<double> ratios;
  for (int round = 0; round < 7; ++round) {
    const double one = rate(task, 1);
    ratios.push_back(rate(task, 2) / one);
  }
  return median(ratios);
}

}  // namespace benchmarks
