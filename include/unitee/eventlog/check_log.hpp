// SPDX-License-Identifier: Apache-2.0
//
// unitee/eventlog/check_log.hpp: is this event log the one behind a quote's registers?
#pragma once

#include <unitee/bytes/view.hpp>
#include <unitee/crypto/hash.hpp>
#include <unitee/eventlog/ccel.hpp>
#include <unitee/eventlog/event.hpp>
#include <unitee/eventlog/facts.hpp>
#include <unitee/eventlog/register_index.hpp>
#include <unitee/eventlog/replay.hpp>
#include <unitee/result.hpp>
#include <unitee/tdx/fields.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>

namespace unitee::inline v0::eventlog {

// register_comparison is what a log adds up to, and which registers that is the value of.
struct register_comparison {
  std::array<tdx::measurement, rtmr_count> replayed;
  std::array<bool, rtmr_count> same{};

  // first_difference is the number of the first RTMR with another value, or nothing.
  [[nodiscard]] constexpr std::optional<std::size_t> first_difference() const noexcept {
    for (std::size_t i = 0; i < rtmr_count; ++i) {
      if (!same[i]) return i;
    }
    return std::nullopt;
  }
};

// compare_registers replays the log and compares all four registers, also those without events, which must be zero. Its
// failures are replay's; a difference is none.
inline result<register_comparison> compare_registers(const event_log& log,
                                                     const std::array<tdx::measurement, rtmr_count>& rtmrs,
                                                     index_kind kind = index_kind::cc_register) noexcept {
  const auto replayed = replay(log, kind);
  if (!replayed) return replayed.error();
  register_comparison out{*replayed, {}};
  for (std::size_t i = 0; i < rtmr_count; ++i) out.same[i] = (*replayed)[i] == rtmrs[i];
  return out;
}

// replayed_log is a log whose events are exactly those that extended a TD's RTMRs, in the order of each register; it
// refers to the log's bytes. Only check_registers makes it, and it is as good as the registers given there: let them be
// those of verified evidence.
class replayed_log {
 public:
  [[nodiscard]] const event_log& log() const noexcept { return log_; }

  // measured is the number of events that extended a register; at least 1.
  [[nodiscard]] std::size_t measured() const noexcept {
    std::size_t n = 0;
    for_each_event([&n](std::size_t, const event&) { ++n; });
    return n;
  }

  // for_each_event calls f(rtmr, event) for every event that extended RTMR number `rtmr`, in order. Of the event, that
  // number and the SHA-384 digest are proven.
  template <class F>
  void for_each_event(F&& f) const {
    log_.for_each_event([&](const event& each) {
      if (const auto rtmr = rtmr_extended_by(each)) f(*rtmr, each);
    });
  }

  // for_each_fact calls f(rtmr, fact) for those of them whose data hash to the digest. errc::crypto_error is the only
  // failure, and ends the calls.
  template <class F>
  result<void> for_each_fact(F&& f) const {
    return eventlog::for_each_fact(
        log_,
        [&](const fact& each) {
          if (const auto rtmr = rtmr_extended_by(each.from)) f(*rtmr, each);
        },
        kind_);
  }

  // has_digest says whether RTMR number `rtmr`, 0 to 3, was extended by this digest.
  [[nodiscard]] bool has_digest(std::size_t rtmr, const sha384_digest& wanted) const noexcept {
    bool found = false;
    for_each_event([&](std::size_t extended, const event& each) {
      found = found || (extended == rtmr && equal(*each.digest(digest_algorithm::sha384), wanted.value));
    });
    return found;
  }

  // check_event_data is the free function on this log.
  [[nodiscard]] result<void> check_event_data() const noexcept { return eventlog::check_event_data(log_, kind_); }

 private:
  friend result<replayed_log> check_registers(const event_log& log,
                                              const std::array<tdx::measurement, rtmr_count>& rtmrs,
                                              index_kind kind) noexcept;

  replayed_log(const event_log& log, index_kind kind) noexcept : log_(log), kind_(kind) {}

  [[nodiscard]] std::optional<std::size_t> rtmr_extended_by(const event& each) const noexcept {
    if (each.type == event_type::no_action) return std::nullopt;
    return rtmr_of(each.register_index, kind_);
  }

  event_log log_;
  index_kind kind_;
};

// check_registers replays the log and compares all four registers. A difference is errc::binding_mismatch in
// part::event_log, and its offset is the number, 0 to 3, of the first RTMR that differs; compare_registers names all.
// A log that cannot be replayed is replay's failure. One that measured nothing is errc::missing in part::event_log, also
// beside four registers of zero, as every paravisor of Azure leaves them: nothing is known about the TD's software then.
inline result<replayed_log> check_registers(const event_log& log, const std::array<tdx::measurement, rtmr_count>& rtmrs,
                                            index_kind kind = index_kind::cc_register) noexcept {
  const auto compared = compare_registers(log, rtmrs, kind);
  if (!compared) return compared.error();
  if (const auto rtmr = compared->first_difference()) return failure{errc::binding_mismatch, *rtmr, part::event_log};
  const replayed_log out(log, kind);
  if (out.measured() == 0) return failure{errc::missing, 0, part::event_log};
  return out;
}

}  // namespace unitee::inline v0::eventlog
