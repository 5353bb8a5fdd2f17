// SPDX-License-Identifier: Apache-2.0
//
// unitee/seal/first_failure.hpp: why a reader that cannot say so stopped.
#pragma once

#include <unitee/failure.hpp>
#include <unitee/posix/lock.hpp>
#include <unitee/result.hpp>

namespace unitee::inline v0 {

// first_failure keeps the first of the failures that it is told, for those who read through an interface that knows
// only "it failed" (a FILE*, a std::istream, a callback). Any number of threads may use it.
class first_failure {
 public:
  first_failure() noexcept = default;

  void note(const failure& why) noexcept {
    const posix::locked alone(lock_);
    if (status_) status_ = why;
  }
  // status is a failure once there was one.
  [[nodiscard]] result<void> status() const noexcept {
    const posix::locked alone(lock_);
    return status_;
  }

 private:
  mutable posix::mutex lock_;
  result<void> status_;
};

}  // namespace unitee::inline v0
