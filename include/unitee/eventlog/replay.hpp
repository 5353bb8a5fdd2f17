// SPDX-License-Identifier: Apache-2.0
//
// unitee/eventlog/replay.hpp: what the registers hold after an event log.
#pragma once

#include <unitee/crypto/hash.hpp>
#include <unitee/eventlog/ccel.hpp>
#include <unitee/eventlog/digest.hpp>
#include <unitee/eventlog/event.hpp>
#include <unitee/eventlog/register_index.hpp>
#include <unitee/result.hpp>
#include <unitee/tdx/fields.hpp>

#include <array>

namespace unitee::inline v0::eventlog {

// replay is RTMR0 to RTMR3 after all events: each SHA-384 digest extends the register of its index (rtmr_of), from
// zero. EV_NO_ACTION extends nothing, and in a log of PCRs neither does an event of PCR 0, which stands for MRTD. An
// index of no register is errc::bad_value, and an event without a SHA-384 digest errc::unsupported_algorithm, both at
// the event in part::event_log. check_log.hpp compares with a quote.
inline result<std::array<tdx::measurement, rtmr_count>> replay(const event_log& log,
                                                               index_kind kind = index_kind::cc_register) noexcept {
  std::array<tdx::measurement, rtmr_count> registers;
  result<void> done;
  log.for_each_event([&](const event& each) noexcept {
    if (!done || each.type == event_type::no_action) return;
    if (kind == index_kind::pcr && each.register_index == 0) return;
    const auto extended = rtmr_of(each.register_index, kind);
    done = extended ? detail::extend<sha384_digest>(registers[*extended], each)
                    : result<void>(failure{errc::bad_value, each.offset, part::event_log});
  });
  if (!done) return done.error();
  return registers;
}

}  // namespace unitee::inline v0::eventlog
