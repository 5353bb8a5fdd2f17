// SPDX-License-Identifier: Apache-2.0
//
// tests/support/ways.hpp: every way of dividing work.
#pragma once

#include <unitee/seal/work.hpp>

#include <cstddef>
#include <thread>
#include <vector>

namespace unitee::test {

inline constexpr work alone{.workers = 1};

// for_each_way calls f(name, work) for every way of dividing the work. `of` is the rest of it.
template <class F>
void for_each_way(F&& f, work of = {}) {
  using body = function_ref<void(std::size_t)>;
  const auto in_turn = [](std::size_t n, body each) {
    for (std::size_t i = n; i-- > 0;) each(i);
  };
  const auto at_once = [](std::size_t n, body each) {
    std::vector<std::thread> threads;
    for (std::size_t i = 0; i < n; ++i) threads.emplace_back([=] { each(i); });
    for (auto& thread : threads) thread.join();
  };
  for (const std::size_t workers : {1u, 2u, 5u, 0u}) {
    of.workers = workers;
    of.parallel_for = {};
    f("our threads", of);
  }
  of.workers = 3;
  of.parallel_for = in_turn;
  f("the caller's parallel_for, in turn", of);
  of.parallel_for = at_once;
  f("the caller's parallel_for, at once", of);
}

}  // namespace unitee::test
