// SPDX-License-Identifier: Apache-2.0
//
// The events of a log that parses stand one behind the other up to its end, and the part up to there is a log, too.
#include <unitee/bytes/view.hpp>
#include <unitee/eventlog/ccel_table.hpp>
#include <unitee/eventlog/replay.hpp>

#include <cstddef>
#include <cstdint>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace unitee;
  const byte_view input(data, size);
  if (const auto table = eventlog::ccel_table::parse(input); !table && table.error().offset > size && size >= 56)
    __builtin_trap();
  const auto log = eventlog::event_log::parse(input);
  if (!log) return log.error().offset > size || log.error().in != part::input ? (__builtin_trap(), 0) : 0;
  std::size_t at = 0;
  std::size_t count = 0;
  log->for_each_event([&](const eventlog::event& each) {
    if (each.offset < at || (count != 0 && each.offset != at)) __builtin_trap();
    at = each.offset + each.size;
    ++count;
    log->for_each_algorithm([&](eventlog::digest_algorithm algorithm, std::size_t digest_size) {
      const auto digest = each.digest(algorithm);
      if (digest && digest->size() != digest_size) __builtin_trap();
    });
  });
  if (count != log->size() || (count != 0 && at != log->end_offset())) __builtin_trap();
  const auto again = eventlog::event_log::parse(input.first(log->end_offset()));
  if (!again || again->size() != count || again->end() != eventlog::log_end::buffer) __builtin_trap();
  const auto registers = eventlog::replay(*log);
  if (!registers && registers.error().offset > size) __builtin_trap();
  return 0;
}
