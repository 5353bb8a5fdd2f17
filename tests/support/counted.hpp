// SPDX-License-Identifier: Apache-2.0
//
// tests/support/counted.hpp: something of which a test can tell whether it is still there.
#pragma once

#include <atomic>
#include <utility>

namespace unitee::test {

// counted adds one to a counter as long as it exists, and hands that over when it is moved.
class counted {
 public:
  explicit counted(std::atomic<int>& live) noexcept : live_(&live) { ++*live_; }
  counted(counted&& other) noexcept : live_(std::exchange(other.live_, nullptr)) {}
  counted(const counted&) = delete;
  counted& operator=(const counted&) = delete;
  ~counted() {
    if (live_ != nullptr) --*live_;
  }

 private:
  std::atomic<int>* live_;
};

}  // namespace unitee::test
