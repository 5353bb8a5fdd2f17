// SPDX-License-Identifier: Apache-2.0
//
// allocations.hpp: how often this program allocates memory, counted beneath operator new and beneath OpenSSL.
#pragma once

#include <cstddef>

namespace benchmarks {

// allocation_count is calls of malloc and its kin, operator new included. OpenSSL's own are counted apart.
struct allocation_count {
  std::size_t own = 0;
  std::size_t openssl = 0;
};

allocation_count allocations() noexcept;

// count_allocations gives OpenSSL its own counter, before it allocates for the first time, and says whether both count.
bool count_allocations() noexcept;

// allocations_of calls the task twice and counts during the second time: what is made once and kept is not the task's.
template <class F>
allocation_count allocations_of(F task) {
  task();
  const allocation_count before = allocations();
  task();
  const allocation_count after = allocations();
  return {after.own - before.own, after.openssl - before.openssl};
}

}  // namespace benchmarks
