// SPDX-License-Identifier: Apache-2.0
//
// unitee/eventlog/replay_pcrs.hpp: what the PCRs of a TPM hold after an event log.
#pragma once

#include <unitee/bytes/view.hpp>
#include <unitee/eventlog/ccel.hpp>
#include <unitee/eventlog/digest.hpp>
#include <unitee/eventlog/event.hpp>
#include <unitee/result.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>

namespace unitee::inline v0::eventlog {

// pcr_count is how many platform configuration registers the TPM of a PC has.
inline constexpr std::size_t pcr_count = 24;

namespace detail {

// read_startup_locality reads the data of an EV_NO_ACTION: the locality that the TPM was started from, 0, 3 or 4; or
// nothing when the event is of something else (PC Client Platform Firmware Profile, "Startup Locality Event").
constexpr result<std::optional<std::uint8_t>> read_startup_locality(const event& of) noexcept {
  constexpr std::array<std::uint8_t, 16> signature{'S', 't', 'a', 'r', 't', 'u', 'p', 'L',
                                                   'o', 'c', 'a', 'l', 'i', 't', 'y', 0};
  if (of.data.size() < signature.size() || !equal(of.data.first(signature.size()), signature)) {
    return std::optional<std::uint8_t>();
  }
  if (of.data.size() != signature.size() + 1) return failure{errc::bad_length, of.offset, part::event_log};
  const std::uint8_t locality = of.data[signature.size()];
  if (of.register_index != 0 || (locality != 0 && locality != 3 && locality != 4)) {
    return failure{errc::bad_value, of.offset, part::event_log};
  }
  return std::optional(locality);
}

}  // namespace detail

// replay_pcrs is PCR 0 to 23 of one bank after all events, to be compared with those that a TPM's quote covers:
// replay_pcrs<sha256_digest>(log). PCRs start as zero, 17 to 22 as ones; a StartupLocality event makes its locality the
// last byte of PCR 0; other EV_NO_ACTION events change nothing. What happens later and is in no log, such as a reset of
// PCR 16 or 23 or a dynamic launch, makes a difference that the comparison shows.
// At the event, in part::event_log: errc::bad_value for an index above 23 and for a StartupLocality of another locality
// than 0, 3 and 4, of another PCR than 0, or behind an event that extends PCR 0; errc::bad_length for one of another
// size; errc::duplicate for a second one; errc::unsupported_algorithm for an event without a digest of this bank.
template <class Digest>
result<std::array<Digest, pcr_count>> replay_pcrs(const event_log& log) noexcept {
  static_assert(algorithm_of<Digest> != digest_algorithm{0}, "a bank is of SHA-256, SHA-384 or SHA-512");
  std::array<Digest, pcr_count> pcrs;
  for (std::size_t i = 17; i <= 22; ++i) pcrs[i].value.fill(0xFF);
  bool extended_pcr_0 = false;
  bool has_locality = false;
  result<void> done;
  log.for_each_event([&](const event& each) noexcept {
    const auto refuse = [&](errc why) { done = failure{why, each.offset, part::event_log}; };
    if (!done) return;
    if (each.type == event_type::no_action) {
      const auto locality = detail::read_startup_locality(each);
      if (!locality) {
        done = locality.error();
      } else if (*locality) {
        if (has_locality) return refuse(errc::duplicate);
        if (extended_pcr_0) return refuse(errc::bad_value);
        has_locality = true;
        pcrs[0].value.back() = **locality;
      }
      return;
    }
    if (each.register_index >= pcr_count) return refuse(errc::bad_value);
    if (each.register_index == 0) extended_pcr_0 = true;
    done = detail::extend<Digest>(pcrs[each.register_index], each);
  });
  if (!done) return done.error();
  return pcrs;
}

}  // namespace unitee::inline v0::eventlog
