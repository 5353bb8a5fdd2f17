// SPDX-License-Identifier: Apache-2.0
#include <unitee/eventlog/ccel.hpp>

#include "support/catch.hpp"
#include "support/edits.hpp"
#include "support/evidence.hpp"
#include "support/fields.hpp"
#include "support/refusals.hpp"

#include <unitee/eventlog/ccel_table.hpp>

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace test_ccel {

using namespace unitee;
using namespace unitee::eventlog;

namespace {

static_assert(event_log::parse({}).error() == failure{errc::truncated, 0, part::event_log});
static_assert(first_event_row::all::size == 60);

std::vector<event> events_of(const event_log& log) {
  std::vector<event> out;
  log.for_each_event([&](const event& each) { out.push_back(each); });
  return out;
}

}  // namespace

TEST_CASE("every vector of an event log parses or is refused for its reason", "[eventlog][ccel]") {
  const std::size_t refused =
      test::check_refusals("eventlog", [](const std::string& kind, const auto& bytes) -> std::optional<failure> {
        if (kind == "eventlog_ccel_table") {
          const auto table = ccel_table::parse(bytes);
          return table ? std::nullopt : std::optional(table.error());
        }
        REQUIRE(kind == "eventlog_ccel");
        const auto log = event_log::parse(bytes);
        if (log) return std::nullopt;
        CHECK(log.error().in == part::event_log);
        return failure{log.error().code, log.error().offset};
      });
  CHECK(refused > 40);
}

TEST_CASE("an event log hands out its events in order, each with its parts", "[eventlog][ccel]") {
  const auto bytes = test::vector_bases("eventlog").at("six_events_and_ones");
  const auto log = event_log::parse(bytes);
  REQUIRE(log);
  CHECK(log->bytes().data() == bytes.data());
  CHECK(log->size() == 6);
  CHECK(log->end() == log_end::ones);
  CHECK(log->end_offset() == bytes.size() - 58);
  CHECK(log->lists(digest_algorithm::sha384));
  CHECK(!log->lists(digest_algorithm::sha256));
  CHECK(log->vendor_info().empty());
  const auto events = events_of(*log);
  REQUIRE(events.size() == 6);
  std::size_t at = 65;
  for (const event& each : events) {
    CHECK(each.offset == at);
    CHECK(each.size == 12 + 50 + 4 + each.data.size());
    CHECK(bytes.data() + each.data_offset() == each.data.data());
    CHECK(each.digest_count == 1);
    CHECK(each.digest(digest_algorithm::sha384)->size() == 48);
    at += each.size;
  }
  CHECK(at == log->end_offset());
  CHECK((events[0].register_index == 1 && events[0].type == event_type{0x8000000B} && events[0].data.size() == 42));
  CHECK((events[3].register_index == 3 && events[3].type == event_type{0xD} && events[3].data.empty()));
  CHECK((events[4].register_index == 4 && events[4].type == event_type::event_tag && events[4].data[0] == 't'));
  const auto fields = test::fields(*log);
  CHECK(test::field_hex(fields, "register_index") == "01000000");
  CHECK(test::field_hex(fields, "event_size") == "21000000");
  CHECK(test::field_hex(fields, "spec_version_major") == "02");
}

TEST_CASE("an event log ends at ones, at zeros or with its buffer", "[eventlog][ccel]") {
  const auto bases = test::vector_bases("eventlog");
  CHECK(event_log::parse(bases.at("six_events_and_ones"))->end() == log_end::ones);
  CHECK(event_log::parse(bases.at("eight_ones_and_nothing"))->end() == log_end::ones);
  CHECK(event_log::parse(bases.at("six_events_and_zeros"))->end() == log_end::zeros);
  CHECK(event_log::parse(bases.at("six_events_and_the_end"))->end() == log_end::buffer);
}

TEST_CASE("an event log lists its algorithms and its vendor's bytes", "[eventlog][ccel]") {
  const auto bases = test::vector_bases("eventlog");
  std::string listed;
  const auto log = event_log::parse(bases.at("every_algorithm"));
  REQUIRE(log);
  log->for_each_algorithm([&](digest_algorithm algorithm, std::size_t size) {
    listed += std::to_string(static_cast<unsigned>(algorithm)) + ":" + std::to_string(size) + " ";
  });
  CHECK(listed == "4:20 11:32 12:48 13:64 ");
  for (const char* name : {"every_algorithm", "digests_in_another_order"}) {
    const auto each = events_of(*event_log::parse(bases.at(name))).at(0);
    CHECK(each.digest_count == 4);
    CHECK((*each.digest(digest_algorithm::sha1))[0] == 0x04);
    CHECK((*each.digest(digest_algorithm::sha256))[0] == 0x0B);
    CHECK((*each.digest(digest_algorithm::sha512))[0] == 0x0D);
  }
  const auto vendor = event_log::parse(bases.at("vendor_info"));
  REQUIRE(vendor);
  CHECK(test::hex_of(vendor->vendor_info()) == "76656e646f7273");
}

TEST_CASE("a log cut anywhere but between two events is refused where it ends", "[eventlog][ccel]") {
  const auto bytes = test::vector_bases("eventlog").at("six_events_and_the_end");
  std::map<std::size_t, std::size_t> between{{65, 0}};  // offset, events before it
  for (const event& each : events_of(*event_log::parse(bytes)))
    between.emplace(each.offset + each.size, between.size());
  for (std::size_t n = 0; n <= bytes.size(); ++n) {
    const auto log = event_log::parse(byte_view(bytes).first(n));
    CAPTURE(n);
    REQUIRE(log.has_value() == between.contains(n));
    if (log) CHECK(log->size() == between.at(n));
    // In the first event, its own size contradicts the bytes first.
    if (!log) CHECK(log.error() == failure{errc::truncated, n, part::event_log});
  }
}

TEST_CASE("the recorded event logs have as many events as their manifest says", "[eventlog][ccel][evidence]") {
  UNITEE_REQUIRE_EVIDENCE();
  std::size_t seen = 0;
  const auto manifest = test::evidence_manifest("tdx");
  for (const auto& each : manifest.at("cases")) {
    if (each.at("kind") != "ccel") continue;
    const auto bytes = test::evidence_file("tdx/" + each.at("file").get<std::string>());
    const auto log = event_log::parse(bytes);
    REQUIRE(log);
    CHECK(log->size() == each.at("fields").at("event_count_after_header").get<std::size_t>());
    CHECK(log->end_offset() == each.at("fields").at("end_offset").get<std::size_t>());
    ++seen;
  }
  CHECK(seen >= 5);
}

}  // namespace test_ccel
