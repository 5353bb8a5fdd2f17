// SPDX-License-Identifier: Apache-2.0

#include "fault.hpp"

#include <algorithm>
#include <utility>

namespace emulator {

void fault::spoil(octets& payload) const {
  if (nonsense) payload = *nonsense;
  if (zero) std::ranges::fill(payload, std::uint8_t{0});
  for (const std::size_t at : flips) {
    if (at < payload.size()) payload[at] ^= 1;
  }
  if (cut && *cut < payload.size()) payload.resize(*cut);
  if (empty) payload.clear();
}

fault_plan::fault_plan(std::vector<fault_line> lines) : lines_(std::move(lines)), seen_(lines_.size()) {}

const fault& fault_plan::next(std::string_view operation) {
  static const fault none;
  const fault* found = &none;
  const std::lock_guard lock(mutex_);
  for (std::size_t i = 0; i < lines_.size(); ++i) {
    const fault_line& line = lines_[i];
    const bool whole = operation == line.operation;
    const bool below =
        operation.starts_with(line.operation) && operation.substr(line.operation.size()).starts_with('.');
    if (!whole && !below) continue;
    const std::uint64_t before = seen_[i]++;
    if (found == &none && before >= line.after && before - line.after < line.times) found = &line.what;
  }
  return *found;
}

}  // namespace emulator
