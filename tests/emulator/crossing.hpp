// SPDX-License-Identifier: Apache-2.0
//
// tests/emulator/crossing.hpp: one crossing of the boundary between client and kernel, and the log of all of them.
#pragma once

#include "fault.hpp"

#include <unitee/bytes/view.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <map>
#include <mutex>
#include <optional>
#include <string>

namespace emulator {

// crossing is what a line of the log says (stage.hpp has its form).
struct crossing {
  std::string operation;
  std::string name;
  octets wrapper;
  octets request;
  std::size_t size = 0;
  int error = 0;
  std::optional<std::uint64_t> exitinfo2;
  std::optional<std::uint32_t> status;
  std::optional<std::uint64_t> err_code;
  std::string fault;
  std::string violation;

  // violate notes what the client should not have done; the first thing counts.
  void violate(const std::string& what) {
    if (violation.empty()) violation = what;
  }
};

// left_behind is what the last line says.
struct left_behind {
  struct files {
    std::size_t opened = 0;
    std::size_t left_open = 0;
  };

  std::size_t entries = 0;
  std::map<std::string, files> by_kind;
  bool left_open_is_known = false;
  std::size_t connections = 0;
};

// crossing_log writes a line for each crossing, in the order of its calls, and a violation to stderr as well.
class crossing_log {
 public:
  // open begins a log file; without one, violations are all that is written. False when the file cannot be written.
  bool open(const std::string& path);

  void write(const crossing& what);
  void end(const left_behind& what);

  [[nodiscard]] std::size_t violations();

 private:
  std::mutex mutex_;
  std::chrono::steady_clock::time_point begin_ = std::chrono::steady_clock::now();
  int file_ = -1;
  std::size_t count_ = 0;
  std::size_t violations_ = 0;
};

}  // namespace emulator
