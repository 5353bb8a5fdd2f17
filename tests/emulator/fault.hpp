// SPDX-License-Identifier: Apache-2.0
//
// tests/emulator/fault.hpp: what a stage makes go wrong, and which call it meets.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace emulator {

using octets = std::vector<std::uint8_t>;

// fault is the actions of one line, as stage.hpp has them. One that has none is no fault.
struct fault {
  std::string text;  // the actions as they were written
  std::optional<int> error;
  std::uint32_t delay = 0;
  bool hang = false;
  std::optional<std::string> provider;
  bool wipe = false;

  std::optional<std::uint64_t> exitinfo2;
  bool keep = false;
  bool keep_exitinfo2 = false;
  std::optional<std::uint32_t> status;
  std::optional<std::uint32_t> report_size;
  std::optional<std::uint32_t> size;
  std::optional<octets> certs;
  std::optional<std::uint64_t> err_code;

  bool bump = false;
  bool empty = false;

  bool close = false;
  std::optional<std::uint32_t> qgs_error;
  std::optional<std::uint32_t> type;

  bool zero = false;
  std::vector<std::size_t> flips;
  std::optional<std::size_t> cut;
  std::optional<std::size_t> at_most;  // `short`
  std::optional<octets> nonsense;

  // spoil does to a payload what the actions say. A cut takes the end away; callers of fixed size fill it with zeros.
  void spoil(octets& payload) const;
};

// fault_line is one line: the calls that it meets.
struct fault_line {
  std::string operation;
  std::uint64_t after = 0;
  std::uint64_t times = std::numeric_limits<std::uint64_t>::max();
  fault what;
};

// fault_plan counts calls. It may be asked by any thread.
class fault_plan {
 public:
  explicit fault_plan(std::vector<fault_line> lines);

  // next counts one call of the operation ("tsm.read.outblob") and is the fault that meets it, or one without actions.
  const fault& next(std::string_view operation);

 private:
  std::mutex mutex_;
  std::vector<fault_line> lines_;
  std::vector<std::uint64_t> seen_;
};

}  // namespace emulator
