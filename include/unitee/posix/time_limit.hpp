// SPDX-License-Identifier: Apache-2.0
//
// unitee/posix/time_limit.hpp: how long a call may wait.
#pragma once

#include <algorithm>
#include <cstdint>

#include <time.h>

namespace unitee::inline v0 {

// time_limit is a number of milliseconds that a call may take, from when the call begins.
struct time_limit {
  std::uint32_t milliseconds = 0;

  friend constexpr bool operator==(const time_limit&, const time_limit&) = default;
};

namespace posix {

// deadline is a time limit that has begun to run, on a clock that nobody sets. A call in several steps passes it on.
class deadline {
 public:
  deadline(time_limit limit) noexcept  // implicit: it begins where a call that takes one is made
      : limit_(limit), end_(now() + limit.milliseconds) {}

  // left is the milliseconds that are left, 0 when there are none.
  [[nodiscard]] std::uint32_t left() const noexcept {
    const std::int64_t ms = end_ - now();
    return ms <= 0 ? 0 : static_cast<std::uint32_t>(ms);
  }
  [[nodiscard]] bool passed() const noexcept { return left() == 0; }
  [[nodiscard]] time_limit limit() const noexcept { return limit_; }

  // pause waits so many milliseconds, or until the deadline.
  void pause(std::uint32_t milliseconds) const noexcept {
    const std::uint32_t ms = std::min(milliseconds, left());
    timespec rest{static_cast<::time_t>(ms / 1000), static_cast<long>(ms % 1000) * 1'000'000};
    while (::nanosleep(&rest, &rest) != 0) {
    }
  }

 private:
  static std::int64_t now() noexcept {
    timespec at{};
    ::clock_gettime(CLOCK_MONOTONIC, &at);
    return std::int64_t{at.tv_sec} * 1000 + at.tv_nsec / 1'000'000;
  }

  time_limit limit_;
  std::int64_t end_;
};

}  // namespace posix

}  // namespace unitee::inline v0
