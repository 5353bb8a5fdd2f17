// SPDX-License-Identifier: Apache-2.0

#include "process.hpp"

#include <cstddef>
#include <iterator>

#include <fcntl.h>
#include <unistd.h>

namespace command {

namespace {

std::atomic<bool> is_cancelled{false};
std::atomic<int> came{0};
static_assert(std::atomic<bool>::is_always_lock_free && std::atomic<int>::is_always_lock_free);

void cancel(int signal) {
  came.store(signal, std::memory_order_relaxed);
  is_cancelled.store(true, std::memory_order_relaxed);
}

}  // namespace

void prepare_process() noexcept {
  for (const int fd : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
    if (::fcntl(fd, F_GETFD) != -1) continue;
    // The lowest number that is free is this one. Output that was asked for must not be lost without a word.
    if (::open("/dev/null", fd == STDERR_FILENO ? O_WRONLY : O_RDONLY) != fd) ::_exit(2);
  }
  ::signal(SIGXFSZ, SIG_IGN);
}

interruptible::interruptible() noexcept {
  struct ::sigaction ours {};
  ours.sa_handler = cancel;
  ours.sa_flags = SA_RESTART;
  for (std::size_t i = 0; i < std::size(signals); ++i) {
    ::sigaction(signals[i], nullptr, &before_[i]);
    if (before_[i].sa_handler != SIG_IGN) ::sigaction(signals[i], &ours, nullptr);
  }
}

interruptible::~interruptible() {
  for (std::size_t i = 0; i < std::size(signals); ++i) ::sigaction(signals[i], &before_[i], nullptr);
  is_cancelled.store(false, std::memory_order_relaxed);
  if (const int signal = came.exchange(0, std::memory_order_relaxed); signal != 0) ::raise(signal);
}

const std::atomic<bool>& interruptible::cancelled() noexcept { return is_cancelled; }

}  // namespace command
