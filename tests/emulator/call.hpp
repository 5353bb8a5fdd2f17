// SPDX-License-Identifier: Apache-2.0
//
// tests/emulator/call.hpp: one call of the client's, and what all of them share.
#pragma once

#include "crossing.hpp"
#include "fault.hpp"

#include <atomic>
#include <functional>
#include <mutex>
#include <string>
#include <utility>

#include <cerrno>

#include <sys/types.h>

namespace emulator {

// kernel is the state that every part of the emulated kernel sees.
class kernel {
 public:
  kernel(std::vector<fault_line> faults, std::string provider, bool is_wiped)
      : plan(std::move(faults)), wiped(is_wiped), provider_(std::move(provider)) {}

  // provider is the name of configfs-tsm's provider, "none" where there is none.
  std::string provider() {
    const std::lock_guard lock(mutex_);
    return provider_;
  }
  void set_provider(const std::string& to) {
    const std::lock_guard lock(mutex_);
    provider_ = to;
  }

  fault_plan plan;
  crossing_log log;
  std::atomic<bool> wiped;  // the VMPCK

 private:
  std::mutex mutex_;
  std::string provider_;
};

// caller is the client's thread that waits for an answer.
struct caller {
  ::pid_t thread = 0;
  std::function<bool()> interrupted;  // by a signal, or gone
};

// call is an operation in work. It draws the fault that meets it, waits as that says, and is logged when it ends.
class call {
 public:
  call(kernel& in, const caller& by, std::string operation);
  call(const call&) = delete;
  call& operator=(const call&) = delete;
  ~call() { in_.log.write(what); }

  // staged is the errno with which the call is to fail before anything else, or 0. An operation with error words of its
  // own asks for `failing` in its place.
  [[nodiscard]] int staged() const { return interrupted_ ? EINTR : failing.error.value_or(0); }
  [[nodiscard]] bool interrupted() const { return interrupted_; }

  // answer notes the errno, and gives it back.
  int answer(int error) { return what.error = error; }

  crossing what;
  const fault& failing;

 private:
  kernel& in_;
  bool interrupted_ = false;
};

}  // namespace emulator
