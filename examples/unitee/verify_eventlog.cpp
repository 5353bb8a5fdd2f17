// SPDX-License-Identifier: Apache-2.0
//
// verify_eventlog.cpp: the event log of a TD: replayed, compared with the registers of a genuine quote.

#include "verify_eventlog.hpp"

#include "verify_words.hpp"

#include <unitee/format.hpp>

#include <algorithm>

namespace command::verification {

namespace {

using unitee::outcome;

constexpr unitee::check_info registers{
    "event_log", "the log's events add up to RTMR0 to RTMR3",
    "UEFI Specification, Confidential Computing; DCAP, TD quote body: RTMR0 to RTMR3"};
constexpr unitee::check_info wanted_event{"event", "an event with the digest wanted is in the register wanted",
                                          "UEFI Specification, Confidential Computing"};
constexpr unitee::check_info data{"event_data", "every digest that is over its event's data is theirs",
                                  "TCG PC Client Platform Firmware Profile, event types"};

// event_of reads RTMR2:DIGEST, or 2:DIGEST.
log_inputs::event event_of(std::string_view option, const std::string& text) {
  const std::size_t colon = std::min(text.find(':'), text.size());
  std::string_view name = std::string_view(text).substr(0, colon);
  if (name.size() > 4 && same_word(name.substr(0, 4), "rtmr")) name.remove_prefix(4);
  const auto rtmr = number_in<std::uint8_t>(name, 3);
  if (!rtmr || colon == text.size()) {
    throw usage_error{fmt::format("{} wants a register and a digest, RTMR2:00..., not {}", option, text)};
  }
  return {*rtmr, fixed_of<unitee::sha384_digest>(option, std::string_view(text).substr(colon + 1))};
}

eventlog::index_kind kind_of(const std::string& text) {
  if (text == "cc") return eventlog::index_kind::cc_register;
  if (text == "pcr") return eventlog::index_kind::pcr;
  throw usage_error{"--event-index is cc or pcr, not " + text};
}

std::string differences(const eventlog::register_comparison& of) {
  std::string out;
  for (std::size_t i = 0; i < of.same.size(); ++i) {
    if (!of.same[i]) out += fmt::format("{}RTMR{}", out.empty() ? "" : ", ", i);
  }
  return out;
}

std::string type_name(eventlog::event_type type) {
  const char* const known = eventlog::name_of(type);
  return known != nullptr ? known : fmt::format("{:#x}", static_cast<std::uint32_t>(type));
}

// text_of_fact is text where it is text, and digits otherwise; not more than a line.
std::string text_of_fact(const std::vector<std::uint8_t>& bytes) {
  constexpr std::size_t line = 80;
  std::string_view text = inspection::text_of(bytes);
  while (!text.empty() && text.back() == '\0') text.remove_suffix(1);
  const bool plain = !text.empty() && std::ranges::all_of(text, [](char c) { return c >= ' ' && c <= '~'; });
  const std::string all = plain ? '"' + std::string(text) + '"' : inspection::hex(bytes);
  if (all.size() <= line) return all;
  return fmt::format("{}... ({} bytes)", all.substr(0, line), bytes.size());
}

}  // namespace

log_inputs log_inputs_of(const question& asked) {
  const arguments& given = asked.given;
  const auto file = given.one("--event-log");
  if (!file) {
    for (const std::string_view name : {"--event", "--event-data", "--event-index"}) {
      if (given.has(name)) throw usage_error{fmt::format("{} is about an --event-log", name)};
    }
    return {};
  }
  log_inputs out;
  out.file = *file;
  out.log = require(eventlog::event_log::parse(asked.from.read(*file)), *file);
  if (const auto kind = given.one("--event-index")) out.kind = kind_of(*kind);
  for (const std::string& each : given.all("--event")) out.events.push_back(event_of("--event", each));
  out.check_data = given.has("--event-data");
  return out;
}

log_answer judge_log(const log_inputs& given, const unitee::tdx::td_report_body& td) {
  log_answer out;
  out.file = given.file;
  out.found = {td.rtmr0(), td.rtmr1(), td.rtmr2(), td.rtmr3()};
  const auto compared = eventlog::compare_registers(*given.log, out.found, given.kind);
  if (!compared) {
    out.why = compared.error();
    return out;
  }
  out.compared = *compared;
  const auto put = [&](const unitee::check_info& info, const unitee::result<void>& good, const std::string& found,
                       const unitee::check_value& wanted) {
    out.checks.push_back({info.name, info.rule, info.source, good ? outcome::met : outcome::not_met,
                          found.empty() ? unitee::check_value() : unitee::check_value::text(found), wanted, 1});
    if (!good && !out.why) out.why = good.error();
  };
  const auto log = eventlog::check_registers(*given.log, out.found, given.kind);
  const std::string differing = differences(*compared);
  put(registers, log ? unitee::result<void>() : unitee::result<void>(log.error()),
      !differing.empty() ? "other values of " + differing
      : log              ? "all four registers"
                         : "four registers of zero, and no event that extends one",
      unitee::check_value::text("all four registers"));
  if (!log) return out;

  out.events = log->measured();
  const unitee::failure absent{unitee::errc::missing, 0, unitee::part::event_log};
  for (const log_inputs::event& each : given.events) {
    const bool there = log->has_digest(each.rtmr, each.digest);
    put(wanted_event, there ? unitee::result<void>() : unitee::result<void>(absent),
        fmt::format("{} in RTMR{}", there ? "it" : "no such event", each.rtmr),
        unitee::check_value(each.digest.view()));
  }
  if (given.check_data) {
    const auto good = log->check_event_data();
    put(data, good, good ? "all of them" : fmt::format("another at {:#x}", good.error().offset),
        unitee::check_value::text("all of them"));
  }
  const auto told = log->for_each_fact([&](std::size_t rtmr, const eventlog::fact& each) {
    out.facts.push_back({rtmr, type_name(each.from.type), each.from.offset, {each.proven.begin(), each.proven.end()}});
  });
  if (!told && !out.why) out.why = told.error();
  return out;
}

std::string log_answer::reason() const {
  if (checks.empty()) return line_of(file, *why);
  const auto first = std::ranges::find(checks, outcome::not_met, &unitee::appraisal_check::answer);
  if (first == checks.end()) return line_of(file, *why);
  return fmt::format("{}: {} ({})", file, verification::reason(*first, check_words()), unitee::name(why->code));
}

json log_answer::as_json() const {
  json out{{"file", file}, {"events", events}, {"registers", json::array()}, {"checks", json_of(checks)}};
  for (std::size_t i = 0; compared && i < found.size(); ++i) {
    out["registers"].push_back({{"rtmr", i},
                                {"found", fmt::format("{}", found[i])},
                                {"replayed", fmt::format("{}", compared->replayed[i])},
                                {"same", static_cast<bool>(compared->same[i])}});
  }
  out["facts"] = json::array();
  for (const fact& each : facts) {
    out["facts"].push_back(
        {{"rtmr", each.rtmr}, {"offset", each.offset}, {"type", each.type}, {"proven", inspection::hex(each.proven)}});
  }
  return out;
}

void put_log(std::string& to, const log_answer& of, const check_words& words) {
  const bool same = of.compared && !of.compared->first_difference();
  put(to, "\nevent log   {}, {}\n", inspection::printable(of.file),
      !same            ? "NOT THE LOG OF THIS TD"
      : of.events == 0 ? "WHICH MEASURED NOTHING"
                       : fmt::format("{} measured events", of.events));
  for (std::size_t i = 0; of.compared && i < of.found.size(); ++i) {
    const bool replayed = of.compared->same[i];
    put(to, "  RTMR{}     {} {}\n", i, of.found[i], replayed ? "as replayed" : "in the quote");
    if (!replayed) put(to, "            {} replayed\n", of.compared->replayed[i]);
  }
  for (const unitee::appraisal_check& each : of.checks) put_check(to, each, words);
  if (of.facts.empty()) return;
  put(to, "proven by the registers, byte for byte (what the log calls it in brackets)\n");
  for (const log_answer::fact& each : of.facts) {
    put(to, "  RTMR{}     {} ({})\n", each.rtmr, text_of_fact(each.proven), each.type);
  }
}

}  // namespace command::verification
