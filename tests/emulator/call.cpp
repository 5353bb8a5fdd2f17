// SPDX-License-Identifier: Apache-2.0

#include "call.hpp"

#include <cerrno>
#include <chrono>
#include <thread>

namespace emulator {

call::call(kernel& in, const caller& by, std::string operation) : failing(in.plan.next(operation)), in_(in) {
  what.operation = std::move(operation);
  what.fault = failing.text;
  if (failing.provider) in.set_provider(*failing.provider);
  if (failing.wipe) in.wiped = true;
  const auto until = std::chrono::steady_clock::now() + std::chrono::milliseconds(failing.delay);
  while (failing.hang || std::chrono::steady_clock::now() < until) {
    if (by.interrupted()) {
      interrupted_ = true;
      return;
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
  }
}

}  // namespace emulator
