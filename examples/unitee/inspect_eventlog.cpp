// SPDX-License-Identifier: Apache-2.0
//
// inspect_eventlog.cpp: the event log of a confidential guest, and the ACPI table that points to it.

#include "inspect.hpp"

#include <unitee/crypto/hash.hpp>
#include <unitee/eventlog/ccel.hpp>
#include <unitee/eventlog/ccel_table.hpp>
#include <unitee/eventlog/event_data.hpp>
#include <unitee/eventlog/replay.hpp>
#include <unitee/eventlog/replay_pcrs.hpp>

#include <fmt/format.h>

namespace command::inspection {

namespace eventlog = unitee::eventlog;

namespace {

const char* name_of(eventlog::digest_algorithm algorithm) {
  switch (algorithm) {
    case eventlog::digest_algorithm::sha1: return "sha1";
    case eventlog::digest_algorithm::sha256: return "sha256";
    case eventlog::digest_algorithm::sha384: return "sha384";
    case eventlog::digest_algorithm::sha512: return "sha512";
  }
  return "unknown";
}

const char* name_of(eventlog::log_end end) {
  switch (end) {
    case eventlog::log_end::ones: return "ones";
    case eventlog::log_end::zeros: return "zeros";
    case eventlog::log_end::buffer: return "buffer";
  }
  return "unknown";
}

// glimpse is what reads as text in the bytes (also in UTF-16, whose zero bytes are left out), or their number.
std::string glimpse(unitee::byte_view data) {
  constexpr std::size_t shortest = 4;
  constexpr std::size_t longest = 72;
  std::string out;
  std::string word;
  const auto end_word = [&] {
    if (word.size() >= shortest) out += (out.empty() ? "" : " ") + word;
    word.clear();
  };
  for (const std::uint8_t byte : data) {
    if (byte >= ' ' && byte <= '~') {
      word += static_cast<char>(byte);
    } else if (byte != 0) {
      end_word();
    }
  }
  end_word();
  if (out.empty()) return fmt::format("({} bytes)", data.size());
  return out.substr(0, longest) + (out.size() > longest ? "..." : "");
}

// event_line marks proven data with "="; what else the log says is in parentheses.
sheet::line event_line(const eventlog::event& each, const eventlog::event_log& log) {
  std::string digests;
  log.for_each_algorithm([&](eventlog::digest_algorithm algorithm, std::size_t) {
    if (const auto digest = each.digest(algorithm)) {
      digests += fmt::format("{}\"{}\":\"{}\"", digests.empty() ? "" : ",", name_of(algorithm), hex(*digest));
    }
  });
  const auto sha384 = each.digest(eventlog::digest_algorithm::sha384);
  const auto data = unitee::sha384(each.data);
  const bool matches = sha384 && data && unitee::equal(*sha384, data->value);
  const auto part = log.lists(eventlog::digest_algorithm::sha384) ? eventlog::proven_data(each)
                                                                  : eventlog::proven_data<unitee::sha256_digest>(each);
  const auto proven = part ? *part : std::nullopt;
  const char* const known = eventlog::name_of(each.type);
  const auto type = static_cast<std::uint32_t>(each.type);
  const std::string shown = known != nullptr ? known : fmt::format("{:#x}", type);
  return {{{"offset", std::uint64_t{each.offset}},
           {"register_index", std::uint64_t{each.register_index}},
           {"type", std::uint64_t{type}},
           {"type_name", known != nullptr ? cell(std::string(known)) : cell()},
           {"digests", json_text{"{" + digests + "}"}},
           {"data_size", std::uint64_t{each.data.size()}},
           {"data", bytes_of(each.data)},
           {"digest_is_of_data", matches},
           {"rule", std::string(eventlog::name(eventlog::rule_of(each)))},
           {"proven", proven ? bytes_of(*proven) : cell()}},
          fmt::format("{:#07x}  {}  {:<32}  {}  {}", each.offset, each.register_index, shown,
                      sha384 ? hex(sha384->first(8)) + ".." : "-",
                      proven ? "=  " + glimpse(*proven) : "   (unproven: " + glimpse(each.data) + ")")};
}

// put_pcrs adds what the log adds up to where its indexes are PCRs: a TPM's log has a bank of SHA-256.
void put_pcrs(sheet& out, const eventlog::event_log& log) {
  const auto pcrs = eventlog::replay_pcrs<unitee::sha256_digest>(log);
  sheet replayed("if it is a TPM's, what the events add up to in the bank of SHA-256");
  for (std::size_t i = 0; i < eventlog::pcr_count; ++i) {
    replayed.put(fmt::format("pcr{}", i), pcrs ? bytes_of((*pcrs)[i].value) : cell());
  }
  if (!pcrs) put_error(replayed, pcrs.error());
  out.put_section("replayed_pcrs", std::move(replayed));
}

}  // namespace

unitee::result<sheet> describe_event_log(unitee::byte_view octets) {
  const auto log = eventlog::event_log::parse(octets);
  if (!log) return log.error();
  sheet out(fmt::format("event log, {} events; = is where the data hash to the digest", log->size()), "event-log");
  log->for_each_field([&]<class Row>(Row row, const auto& value) {
    if constexpr (std::is_same_v<Row, eventlog::first_event_row::signature>) {
      out.put(Row::name, std::string(text_of(value.view().first(15))), Row::offset);
    } else {
      out.put_field(row, value);
    }
  });
  std::vector<sheet::line> algorithms;
  log->for_each_algorithm([&](eventlog::digest_algorithm algorithm, std::size_t size) {
    const auto id = static_cast<std::uint16_t>(algorithm);
    algorithms.push_back(
        {{{"id", std::uint64_t{id}}, {"name", std::string(name_of(algorithm))}, {"size", std::uint64_t{size}}},
         fmt::format("{:#06x}  {}, {} bytes", id, name_of(algorithm), size)});
  });
  out.put("vendor_info", bytes_of(log->vendor_info()));
  out.put("event_count", std::uint64_t{log->size()});
  out.put("end", std::string(name_of(log->end())));
  out.put("end_offset", std::uint64_t{log->end_offset()});
  out.put_lines("algorithms", std::move(algorithms));

  sheet replayed("what the events add up to, to be compared with a verified quote");
  const auto registers = eventlog::replay(*log);
  for (std::size_t i = 0; i < 4; ++i) {
    replayed.put(fmt::format("rtmr{}", i), registers ? bytes_of((*registers)[i].value) : cell());
  }
  if (!registers) put_error(replayed, registers.error());
  out.put_section("replayed", std::move(replayed));
  if (log->lists(eventlog::digest_algorithm::sha256)) put_pcrs(out, *log);

  std::vector<sheet::line> events;
  log->for_each_event([&](const eventlog::event& each) { events.push_back(event_line(each, *log)); });
  out.put_lines("events", std::move(events));
  return out;
}

unitee::result<sheet> describe_ccel_table(unitee::byte_view octets) {
  const auto table = eventlog::ccel_table::parse(octets);
  if (!table) return table.error();
  sheet out("ACPI table CCEL", "ccel-table");
  table->for_each_field([&]<class Row>(Row row, const auto& value) {
    using namespace eventlog::ccel_row;
    if constexpr (std::is_same_v<Row, signature> || std::is_same_v<Row, oem_id> || std::is_same_v<Row, oem_table_id> ||
                  std::is_same_v<Row, creator_id>) {
      out.put(Row::name, std::string(text_of(value.view())), Row::offset);
    } else if constexpr (std::is_same_v<Row, cc_type>) {
      out.put(Row::name, std::uint64_t{value}, Row::offset, value == 1 ? "1 (SEV)" : "2 (TDX)");
    } else {
      out.put_field(row, value);
    }
  });
  return out;
}

}  // namespace command::inspection
