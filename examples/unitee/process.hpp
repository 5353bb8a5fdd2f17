// SPDX-License-Identifier: Apache-2.0
//
// process.hpp: what the tool asks of the process it runs in: standard files, and signals.
#pragma once

#include <atomic>
#include <iterator>

#include <signal.h>

namespace command {

// prepare_process makes two accidents harmless. A standard file that is closed is taken, so that no other file gets its
// number and with it every warning: what is written to standard output still fails, and what is written to standard
// error is lost. A file that grows too large (`ulimit -f`) is a failure of the call that writes, and no signal.
void prepare_process() noexcept;

// interruptible is a piece of work that ends in good order at SIGINT, SIGTERM and SIGHUP: cancelled() becomes true, the
// work gives up and removes what it has begun, and the destructor then lets the signal do what it would have done. A
// signal that was ignored before (nohup) still is. One object at a time, outside of what it has to outlive.
class interruptible {
 public:
  interruptible() noexcept;
  interruptible(const interruptible&) = delete;
  interruptible& operator=(const interruptible&) = delete;
  ~interruptible();

  [[nodiscard]] static const std::atomic<bool>& cancelled() noexcept;

 private:
  static constexpr int signals[]{SIGINT, SIGTERM, SIGHUP};

  struct ::sigaction before_[std::size(signals)]{};
};

}  // namespace command
