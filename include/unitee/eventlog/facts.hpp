// SPDX-License-Identifier: Apache-2.0
//
// unitee/eventlog/facts.hpp: what a log says that its digests bear out.
#pragma once

#include <unitee/bytes/view.hpp>
#include <unitee/crypto/hash.hpp>
#include <unitee/eventlog/ccel.hpp>
#include <unitee/eventlog/event.hpp>
#include <unitee/eventlog/event_data.hpp>
#include <unitee/eventlog/register_index.hpp>
#include <unitee/result.hpp>

#include <cstdint>

namespace unitee::inline v0::eventlog {

// fact is bytes that an event's digest is over. proven_data says what follows from that, and what does not.
struct fact {
  event from;
  byte_view proven;  // in the log
  data_rule rule;
};

// for_each_fact calls f(fact) for the events whose data hash to their digest, in order. They are facts about a guest
// once the log has been replayed: replayed_log has the same function, and calls it for no others. A failure is
// proven_data's, and ends the calls.
template <class Digest = sha384_digest, class F>
result<void> for_each_fact(const event_log& log, F&& f, index_kind kind = index_kind::cc_register) {
  result<void> done;
  log.for_each_event([&](const event& each) {
    if (!done) return;
    const auto proven = proven_data<Digest>(each, kind);
    if (!proven) {
      done = proven.error();
    } else if (*proven) {
      f(fact{each, **proven, rule_of(each, kind)});
    }
  });
  return done;
}

// check_event_data says that the data of every event whose rule is `whole`, `efi_variable` or `text_after_colon` hash
// to its SHA-384 digest: errc::binding_mismatch at the first event where they do not. A log that replays need not pass:
// the registers do not cover the data. Events of other rules cannot offend, among them text of GRUB without a colon and
// EV_EVENT_TAG outside of RTMR3; they are facts where they hash, and nothing where they do not.
// errc::unsupported_algorithm is at an event without the digest; failures are in part::event_log.
inline result<void> check_event_data(const event_log& log, index_kind kind = index_kind::cc_register) noexcept {
  result<void> done;
  log.for_each_event([&](const event& each) noexcept {
    const data_rule rule = rule_of(each, kind);
    if (!done || rule == data_rule::blob_not_in_log || rule == data_rule::not_measured || rule == data_rule::unknown) {
      return;
    }
    const auto proven = proven_data(each, kind);
    if (!each.digest(digest_algorithm::sha384)) {
      done = failure{errc::unsupported_algorithm, each.offset, part::event_log};
    } else if (!proven) {
      done = proven.error();
    } else if (!*proven) {
      done = failure{errc::binding_mismatch, each.offset, part::event_log};
    }
  });
  return done;
}

}  // namespace unitee::inline v0::eventlog
