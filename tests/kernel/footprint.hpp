// SPDX-License-Identifier: Apache-2.0
//
// tests/kernel/footprint.hpp: what this process holds of the kernel's: descriptors, entries of configfs-tsm, threads.
#pragma once

#include <chrono>
#include <cstddef>
#include <filesystem>
#include <iterator>
#include <system_error>
#include <thread>

namespace client {

// footprint is three counts. Listing /proc/self/fd is a descriptor of its own, in each count, and so in no difference.
struct footprint {
  std::ptrdiff_t descriptors = 0;
  std::ptrdiff_t entries = 0;
  std::ptrdiff_t threads = 0;

  static footprint now() {
    return {count("/proc/self/fd"), count("/sys/kernel/config/tsm/report"), count("/proc/self/task")};
  }

  // beyond is what came since another one.
  [[nodiscard]] footprint beyond(const footprint& other) const {
    return {descriptors - other.descriptors, entries - other.entries, threads - other.threads};
  }

  // settled is the footprint once nothing is left beyond another one, or when so many milliseconds have passed.
  static footprint settled(const footprint& before, unsigned milliseconds) {
    const auto until = std::chrono::steady_clock::now() + std::chrono::milliseconds(milliseconds);
    for (;;) {
      const footprint left = now().beyond(before);
      if (left.is_nothing() || std::chrono::steady_clock::now() >= until) return left;
      std::this_thread::sleep_for(std::chrono::milliseconds(2));
    }
  }

  [[nodiscard]] bool is_nothing() const { return descriptors <= 0 && entries <= 0 && threads <= 0; }

 private:
  static std::ptrdiff_t count(const char* directory) {
    std::error_code error;
    const std::filesystem::directory_iterator all(directory, error);
    return error ? 0 : std::distance(begin(all), end(all));
  }
};

}  // namespace client
