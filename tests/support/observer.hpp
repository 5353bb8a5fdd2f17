// SPDX-License-Identifier: Apache-2.0
//
// tests/support/observer.hpp: an observer that writes down what it is told.
#pragma once

#include <unitee/observer.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace unitee::test {

// told_events is an observer whose clock goes on by one whenever it is asked.
struct told_events {
  std::vector<step_event> steps{};
  std::vector<key_event> keys{};
  std::vector<segment_event> segments{};
  std::vector<expiry_event> expiries{};
  std::uint64_t clock = 0;

  std::uint64_t now() noexcept { return clock++; }
  void step(const step_event& one) noexcept { steps.push_back(one); }
  void key(const key_event& one) noexcept { keys.push_back(one); }
  void segment(const segment_event& one) noexcept { segments.push_back(one); }
  void expiry(const expiry_event& one) noexcept { expiries.push_back(one); }

  // names is the steps by their names.
  [[nodiscard]] std::vector<std::string> names() const {
    std::vector<std::string> out;
    for (const step_event& each : steps) out.emplace_back(each.step);
    return out;
  }

  // only_failure is the failure that the last step was told with, where all before it passed; no step that failed is
  // nothing.
  [[nodiscard]] std::optional<failure> only_failure() const {
    for (std::size_t i = 0; i + 1 < steps.size(); ++i) {
      if (!steps[i].outcome) return failure{errc::duplicate, i};
    }
    if (steps.empty() || steps.back().outcome) return std::nullopt;
    return steps.back().outcome.error();
  }
};

static_assert(observer<told_events> && observer<told_events&>);

}  // namespace unitee::test
