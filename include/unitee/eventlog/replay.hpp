// SPDX-License-Identifier: Apache-2.0
//
// unitee/eventlog/replay.hpp: what the registers hold after an event log.
#pragma once

#include <unitee/bytes/view.hpp>
#include <unitee/crypto/hash.hpp>
#include <unitee/eventlog/ccel.hpp>
#include <unitee/result.hpp>
#include <unitee/tdx/fields.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>

namespace unitee::inline v0::eventlog {

// replay is RTMR0 to RTMR3 after all events: each digest extends the register of its index, from zero, with SHA-384;
// EV_NO_ACTION extends nothing. A log is of a TD when these equal the four registers of its verified quote, those
// without events (zero) among them. An index other than 1 to 4 is errc::bad_value at the event, and an event without a
// SHA-384 digest errc::unsupported_algorithm; offsets count in the log, in part::input.
inline result<std::array<tdx::measurement, 4>> replay(const event_log& log) noexcept {
  std::array<tdx::measurement, 4> registers;
  result<void> done;
  log.for_each_event([&](const event& each) noexcept {
    if (!done || each.type == event_type::no_action) return;
    const auto digest = each.digest(digest_algorithm::sha384);
    if (each.register_index < 1 || each.register_index > registers.size()) {
      done = failure{errc::bad_value, each.offset};
    } else if (!digest) {
      done = failure{errc::unsupported_algorithm, each.offset};
    } else {
      tdx::measurement& extended = registers[each.register_index - 1];
      std::array<std::uint8_t, 96> input{};
      std::ranges::copy(extended.value, input.begin());
      std::ranges::copy(*digest, input.begin() + 48);
      const auto next = sha384(input);
      if (next) {
        extended.value = next->value;
      } else {
        done = next.error();
      }
    }
  });
  if (!done) return done.error();
  return registers;
}

}  // namespace unitee::inline v0::eventlog
