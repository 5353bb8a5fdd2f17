// SPDX-License-Identifier: Apache-2.0
//
// unitee/eventlog/application_event.hpp: what an application has measured into RTMR3.
#pragma once

#include <unitee/bytes/reader.hpp>
#include <unitee/bytes/view.hpp>
#include <unitee/eventlog/event.hpp>
#include <unitee/eventlog/facts.hpp>
#include <unitee/result.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>

namespace unitee::inline v0::eventlog {

// application_event refers to an entry of the attestation agent's event log (Confidential Containers, "AAEL"): text of
// three parts with a space between them. Neither domain nor operation is empty or holds a space; the content may do
// both, and nobody has checked that any of them is printable.
struct application_event {
  byte_view domain;
  byte_view operation;
  byte_view content;
};

// application_tag is the tag of such an entry, which stands before its size and text (32 bits each, little-endian).
inline constexpr std::uint32_t application_tag = 0x4141454C;

// read_application_event reads a fact. errc::bad_value at the event when it is not an EV_EVENT_TAG of RTMR3, or at the
// tag when that is another; errc::truncated; errc::bad_length at a size that is not that of the text;
// errc::bad_encoding where a part is empty, or where the text ends without a third. Offsets count in the log, in
// part::event_log.
constexpr result<application_event> read_application_event(const fact& of) noexcept {
  if (of.from.type != event_type::event_tag || of.rule != data_rule::whole) {
    return failure{errc::bad_value, of.from.offset, part::event_log};
  }
  reader from(of.proven, part::event_log, of.from.data_offset());
  const failure not_the_tag = from.fail(errc::bad_value);
  const auto tag = from.le<std::uint32_t>();
  if (!tag) return tag.error();
  if (*tag != application_tag) return not_the_tag;
  const failure not_the_size = from.fail(errc::bad_length);
  const auto size = from.le<std::uint32_t>();
  if (!size) return size.error();
  if (*size != from.remaining()) return not_the_size;

  const auto word = [&from]() -> result<byte_view> {
    reader ahead = from;
    const byte_view rest = ahead.rest();
    const auto length = static_cast<std::size_t>(std::find(rest.begin(), rest.end(), std::uint8_t{' '}) - rest.begin());
    if (length == rest.size()) return ahead.fail(errc::bad_encoding);
    if (length == 0) return from.fail(errc::bad_encoding);
    (void)from.take(length + 1);
    return rest.first(length);
  };
  const auto domain = word();
  if (!domain) return domain.error();
  const auto operation = word();
  if (!operation) return operation.error();
  return application_event{*domain, *operation, from.rest()};
}

}  // namespace unitee::inline v0::eventlog
