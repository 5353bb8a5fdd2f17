// SPDX-License-Identifier: Apache-2.0
//
// The events of a log that parses stand one behind the other up to its end, and the part up to there is a log, too. Its
// facts hash to their digests, and it goes with what it adds up to.
#include <unitee/bytes/view.hpp>
#include <unitee/crypto/hash.hpp>
#include <unitee/eventlog/application_event.hpp>
#include <unitee/eventlog/ccel_table.hpp>
#include <unitee/eventlog/check_log.hpp>
#include <unitee/eventlog/replay_pcrs.hpp>

#include "reached.hpp"
#include "require.hpp"

#include <cstddef>
#include <cstdint>

namespace {

using namespace unitee;
using fuzz::require;

template <class T>
void require_in_log(const result<T>& answer, std::size_t size) {
  require(answer || (answer.error().in == part::event_log && answer.error().offset <= size));
}

void check_facts(const eventlog::event_log& log, eventlog::index_kind kind) {
  const byte_view bytes = log.bytes();
  const auto checked = eventlog::check_event_data(log, kind);
  require_in_log(checked, bytes.size());
  bool passed = false;
  const auto done = eventlog::for_each_fact(
      log,
      [&](const eventlog::fact& each) {
        require(each.from.type != eventlog::event_type::no_action);
        require(equal(sha384(each.proven)->value, *each.from.digest(eventlog::digest_algorithm::sha384)));
        require(each.proven.data() >= bytes.data() + each.from.data_offset());
        require(each.proven.data() + each.proven.size() <= bytes.data() + each.from.offset + each.from.size);
        require_in_log(eventlog::read_application_event(each), bytes.size());
        passed = passed || (!checked && checked.error().offset == each.from.offset);
      },
      kind);
  require(done && !passed);  // no offence is a fact
}

void check_replay(const eventlog::event_log& log, eventlog::index_kind kind) {
  const auto registers = eventlog::replay(log, kind);
  require_in_log(registers, log.bytes().size());
  const auto none = eventlog::check_registers(log, {}, kind);
  if (!registers) return require(!none && none.error() == registers.error());
  require(!none);  // what is zero nothing has extended, and a log of nothing is none
  const auto replayed = eventlog::check_registers(log, *registers, kind);
  // What nothing has extended stays zero.
  if (!replayed) return require(replayed.error().code == errc::missing && none.error() == replayed.error());
  require(replayed->measured() > 0 && replayed->measured() <= log.size());
  require(none.error().code == errc::binding_mismatch);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const byte_view input(data, size);
  if (const auto table = eventlog::ccel_table::parse(input); !table && size >= 56)
    require(table.error().offset <= size);
  (void)eventlog::uefi_variable::parse(input);
  const auto log = eventlog::event_log::parse(input);
  require_in_log(log, size);
  if (!log) return 0;
  std::size_t at = 0;
  std::size_t count = 0;
  log->for_each_event([&](const eventlog::event& each) {
    require(count == 0 || each.offset == at);
    at = each.offset + each.size;
    ++count;
    log->for_each_algorithm([&](eventlog::digest_algorithm algorithm, std::size_t digest_size) {
      const auto digest = each.digest(algorithm);
      require(!digest || digest->size() == digest_size);
    });
  });
  require(count == log->size() && (count == 0 || at == log->end_offset()));
  const auto again = eventlog::event_log::parse(input.first(log->end_offset()));
  require(again && again->size() == count && again->end() == eventlog::log_end::buffer);
  for (const auto kind : {eventlog::index_kind::cc_register, eventlog::index_kind::pcr}) {
    check_facts(*log, kind);
    check_replay(*log, kind);
  }
  require_in_log(eventlog::replay_pcrs<sha256_digest>(*log), size);
  require_in_log(eventlog::replay_pcrs<sha384_digest>(*log), size);
  require_in_log(eventlog::replay_pcrs<sha512_digest>(*log), size);
  unitee::fuzz::reached();
  return 0;
}
