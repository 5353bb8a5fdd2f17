// SPDX-License-Identifier: Apache-2.0
//
// unitee/observer.hpp: who is told what the library does, for metrics and logs.
//
// An observer is an argument: the last one of verify for evidence, a VEK's or a platform's certificates and collateral, of
// derive_key, guest::derive, hardware_slot and hardware_key; and the second of observed_reader. Without one nothing is
// noted and no clock is read. What an observer is told is numbers, names of this library's and failures: never bytes of
// anybody's.
#pragma once

#include <unitee/bytes/time.hpp>
#include <unitee/result.hpp>
#include <unitee/unavailable.hpp>

#include <concepts>
#include <cstdint>
#include <type_traits>

namespace unitee::inline v0 {

// tee_vendor is whose hardware something was about.
enum class tee_vendor : std::uint8_t {
  unknown,  // it was over before anybody knew
  snp,
  tdx,
};

constexpr const char* name(tee_vendor of) noexcept {
  constexpr const char* names[] = {"unknown", "snp", "tdx"};
  return names[static_cast<std::uint8_t>(of)];
}

// step_event is a step of a verification that is over. What is looked at together is told together, as told_as of
// snp_steps.hpp and tdx_steps.hpp says; a failure is told as the very step that it stopped at.
struct step_event {
  tee_vendor vendor;
  const char* step;  // as in snp::steps or tdx::steps: stable
  result<void> outcome;
  std::uint64_t nanoseconds;  // by the observer's clock, over everything that was tried
};

// key_wish is what was asked of the hardware.
enum class key_wish : std::uint8_t {
  fresh,          // derive_key with a binding: a new key
  recorded,       // derive_key with a record: a key that was made before
  recorded_weak,  // derive_key_that_other_guests_may_have
  moved_on,       // derive_key_again: a new key, bound as the record says
};

constexpr const char* name(key_wish of) noexcept {
  constexpr const char* names[] = {"fresh", "recorded", "recorded_weak", "moved_on"};
  return names[static_cast<std::uint8_t>(of)];
}

// key_event is that a key was derived, or refused. Nothing in it depends on the key, but that it was zero.
struct key_event {
  tee_vendor vendor;
  key_wish wish;
  result<void> outcome;
  std::uint64_t nanoseconds;
};

// segment_event is a segment of a sealed file that could not be read.
struct segment_event {
  std::uint64_t offset;  // of the plaintext: where the segment begins, or where the read began if `why` says no segment
  failure why;
};

// expiry_event is when something that a good verdict rests on ends: its next update, or the end of its validity. It is
// told at each verification, however far the end is: what is near is the observer's to say.
struct expiry_event {
  tee_vendor vendor;
  part what;  // part::vek is AMD's chain with its revocation lists, part::pck Intel's chain: the first end of any
  utc_time ends;
  std::int64_t seconds_left;  // at the time of judgement; negative within a grace
};

// clang-format off

// observer is told of events as they happen, by the thread in which they do, before the call returns. An observer that
// several threads use must allow that. Its now() is any clock that counts nanoseconds and does not go back.
template <class O>
concept observer =
    requires(std::remove_reference_t<O>& o, const step_event& step, const key_event& key, const segment_event& segment,
             const expiry_event& expiry) {
      { o.now() } noexcept -> std::same_as<std::uint64_t>;
      { o.step(step) } noexcept;
      { o.key(key) } noexcept;
      { o.segment(segment) } noexcept;
      { o.expiry(expiry) } noexcept;
    } ||
    unavailable<"an observer has now, step, key, segment and expiry, all noexcept; inherit the others from no_observer">;

// clang-format on

// no_observer listens to nothing. An observer that cares for some events only inherits the rest from it.
struct no_observer {
  static constexpr std::uint64_t now() noexcept { return 0; }
  static constexpr void step(const step_event&) noexcept {}
  static constexpr void key(const key_event&) noexcept {}
  static constexpr void segment(const segment_event&) noexcept {}
  static constexpr void expiry(const expiry_event&) noexcept {}
};

namespace detail {

// is_watching is false where nobody listens: then nothing is noted, and no clock is read.
template <class Watch>
inline constexpr bool is_watching = !std::same_as<std::remove_cvref_t<Watch>, no_observer>;

// outcome_of is a result without its value.
template <class T>
constexpr result<void> outcome_of(const result<T>& of) noexcept {
  if (!of) return of.error();
  return {};
}

}  // namespace detail

}  // namespace unitee::inline v0
