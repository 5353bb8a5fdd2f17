// SPDX-License-Identifier: Apache-2.0
//
// measure.hpp: how long something takes, alone or beside a peer.
#pragma once

#include <algorithm>
#include <cstddef>
#include <vector>

#include <time.h>

namespace benchmarks {

// keep makes the compiler believe that the object is read and written here: nothing before it is optimised away.
template <class T>
void keep(T& object) {
  asm volatile("" : : "r"(&object) : "memory");
}

// cpu_seconds is the processor time of this program, which has one thread and does not wait: what else runs on the
// machine is not counted.
inline double cpu_seconds() {
  timespec now{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}

template <class F>
double seconds_of(F& task, std::size_t calls) {
  const double from = cpu_seconds();
  for (std::size_t i = 0; i < calls; ++i) task();
  return cpu_seconds() - from;
}

// calls_of is how many calls a round needs to take 20 ms. Finding it out is the warm-up.
template <class F>
std::size_t calls_of(F& task) {
  std::size_t calls = 1;
  while (seconds_of(task, calls) < 0.02) calls *= 2;
  return calls;
}

inline double median(std::vector<double> values) {
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

// comparison is the medians of all rounds, in seconds per call. The ratio is the median of the rounds' ratios, and not
// the ratio of the medians: what disturbs one round disturbs both of its halves.
struct comparison {
  double ours;
  double peer;
  double ratio;
};

inline constexpr int rounds = 31;

// compare times both in turns, and changes who comes first.
template <class Ours, class Peer>
comparison compare(Ours ours, Peer peer) {
  const std::size_t ours_calls = calls_of(ours);
  const std::size_t peer_calls = calls_of(peer);
  std::vector<double> a, b, ratios;
  for (int round = 0; round < rounds; ++round) {
    if (round % 2 == 0) a.push_back(seconds_of(ours, ours_calls) / static_cast<double>(ours_calls));
    b.push_back(seconds_of(peer, peer_calls) / static_cast<double>(peer_calls));
    if (round % 2 != 0) a.push_back(seconds_of(ours, ours_calls) / static_cast<double>(ours_calls));
    ratios.push_back(a.back() / b.back());
  }
  return {median(a), median(b), median(ratios)};
}

// alone is the median of all rounds, in seconds per call.
template <class F>
double alone(F task) {
  const std::size_t calls = calls_of(task);
  std::vector<double> all;
  for (int round = 0; round < rounds; ++round) all.push_back(seconds_of(task, calls) / static_cast<double>(calls));
  return median(all);
}

}  // namespace benchmarks
