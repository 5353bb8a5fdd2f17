// SPDX-License-Identifier: Apache-2.0
//
// unitee/posix/parallel.hpp: the same work on several threads.
#pragma once

#include <unitee/bytes/function_ref.hpp>

#include <algorithm>
#include <cstddef>

#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <unistd.h>

namespace unitee::inline v0::posix {

// processors is how many processors this process may run on, at least 1.
inline std::size_t processors() noexcept {
  cpu_set_t set;
  if (::sched_getaffinity(0, sizeof set, &set) == 0) return static_cast<std::size_t>(std::max(1, CPU_COUNT(&set)));
  return static_cast<std::size_t>(std::max(1L, ::sysconf(_SC_NPROCESSORS_ONLN)));
}

// threads_max is how many threads run_on_threads starts at most, the caller's included.
inline constexpr std::size_t threads_max = 256;

// run_on_threads calls body(0) to body(n - 1), the last of them on this thread and each other on one of its own, and
// returns when all have returned. Where the system has no more threads, the rest is called on this one, in turn: a body
// must not wait for another. Signals are left to the program's own threads. The body must not throw.
inline void run_on_threads(std::size_t n, function_ref<void(std::size_t)> body) noexcept {
  struct task {
    function_ref<void(std::size_t)> body;
    std::size_t number;
    pthread_t thread;

    static void* run(void* self) noexcept {
      const auto* const mine = static_cast<const task*>(self);
      mine->body(mine->number);
      return nullptr;
    }
  };
  if (n == 0) return;
  task tasks[threads_max];
  const std::size_t others = std::min(n, threads_max) - 1;
  sigset_t all;
  sigset_t before;
  ::sigfillset(&all);
  ::pthread_sigmask(SIG_SETMASK, &all, &before);
  std::size_t started = 0;
  while (started < others) {
    tasks[started] = {body, started, {}};
    if (::pthread_create(&tasks[started].thread, nullptr, &task::run, &tasks[started]) != 0) break;
    ++started;
  }
  ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
  for (std::size_t i = started; i < n; ++i) body(i);
  for (std::size_t i = 0; i < started; ++i) ::pthread_join(tasks[i].thread, nullptr);
}

}  // namespace unitee::inline v0::posix
