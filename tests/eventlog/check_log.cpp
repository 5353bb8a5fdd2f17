// SPDX-License-Identifier: Apache-2.0
#include <unitee/eventlog/check_log.hpp>

#include "support/catch.hpp"
#include "support/edits.hpp"
#include "support/evidence.hpp"
#include "support/vectors.hpp"

#include <unitee/tdx/quote.hpp>
#include <unitee/tdx/td_report.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <type_traits>
#include <vector>

namespace test_check_log {

using namespace unitee;
using namespace unitee::eventlog;

namespace {

// Only check_registers makes one.
static_assert(!std::is_default_constructible_v<replayed_log>);
static_assert(!std::is_constructible_v<replayed_log, event_log>);
static_assert(!std::is_constructible_v<replayed_log, event_log, index_kind>);

using rtmr_values = std::array<tdx::measurement, 4>;

tdx::measurement measurement_of(const std::string& hex) { return *tdx::measurement::from(test::bytes_of_hex(hex)); }

// sample is a log, its registers as an independent script or a verified quote has them, and what its indexes are.
struct sample {
  std::string name;
  std::vector<std::uint8_t> bytes;
  rtmr_values registers;
  index_kind kind = index_kind::cc_register;
};

std::vector<sample> samples() {
  std::vector<sample> out;
  for (const auto& vector : test::vectors("eventlog")) {
    for (const auto& [field, kind] :
         {std::pair("replayed", index_kind::cc_register), {"pcr_replayed", index_kind::pcr}}) {
      const auto found = vector.find(field);
      if (found == vector.end() || found->size() != 4) continue;
      sample each{vector.at("name"), test::bytes_of_hex(vector.at("hex")), {}, kind};
      for (std::size_t i = 0; i < 4; ++i) each.registers[i] = measurement_of((*found)[i]);
      out.push_back(each);
    }
  }
  return out;
}

// measured_nothing is true of a log with registers of zero, which is what nobody extended.
bool measured_nothing(const sample& of) { return of.registers == rtmr_values{}; }

std::vector<sample> recorded() {
  std::vector<sample> out;
  const auto manifest = test::evidence_manifest("tdx");
  for (const auto& each : manifest.at("cases")) {
    if (each.at("kind") != "ccel") continue;
    sample log{each.at("id"), test::evidence_file("tdx/" + each.at("file").get<std::string>()), {}};
    for (std::size_t i = 0; i < 4; ++i) {
      log.registers[i] = measurement_of(each.at("replayed").at("rtmr" + std::to_string(i)));
    }
    out.push_back(log);
  }
  return out;
}

// rtmrs_of is the registers in the quote or TD report with this name in the manifest.
rtmr_values rtmrs_of(const nlohmann::json& manifest, const std::string& id) {
  for (const auto& each : manifest.at("cases")) {
    if (each.at("id") != id) continue;
    const auto bytes = test::evidence_file("tdx/" + each.at("file").get<std::string>());
    if (each.at("kind") == "tdreport") return tdx::td_report::parse(bytes)->rtmrs();
    return tdx::quote::parse(bytes)->td()->rtmrs();
  }
  FAIL("the manifest has no " << id);
  return {};
}

}  // namespace

TEST_CASE("a log goes with its registers and with no others", "[eventlog][check_log]") {
  const auto all = samples();
  CHECK(all.size() > 20);
  for (const sample& each : all) {
    CAPTURE(each.name);
    const auto log = event_log::parse(each.bytes);
    const auto good = check_registers(*log, each.registers, each.kind);
    REQUIRE(good.has_value() == !measured_nothing(each));
    if (!good) CHECK(good.error() == failure{errc::missing, 0, part::event_log});
    CHECK(!compare_registers(*log, each.registers, each.kind)->first_difference());
    for (std::size_t changed = 1; changed < 16; ++changed) {
      rtmr_values other = each.registers;
      std::size_t first = 4;
      for (std::size_t i = 4; i-- > 0;) {
        if ((changed >> i & 1) == 0) continue;
        other[i].value[11 * i] ^= 1;
        first = i;
      }
      const auto checked = check_registers(*log, other, each.kind);
      REQUIRE(!checked);
      CHECK(checked.error() == failure{errc::binding_mismatch, first, part::event_log});
      const auto compared = compare_registers(*log, other, each.kind);
      REQUIRE(compared);
      CHECK(compared->replayed == each.registers);
      CHECK(compared->first_difference() == std::optional(first));
      for (std::size_t i = 0; i < 4; ++i) CHECK(compared->same[i] == ((changed >> i & 1) == 0));
    }
  }
}

TEST_CASE("every bit of every register is compared", "[eventlog][check_log]") {
  const auto all = samples();
  const auto six = std::ranges::find(all, "six_events_and_ones", &sample::name);
  const auto log = event_log::parse(six->bytes);
  for (std::size_t bit = 0; bit < std::size_t{4} * 48 * 8; ++bit) {
    rtmr_values other = six->registers;
    other[bit / 384].value[bit % 384 / 8] ^= static_cast<std::uint8_t>(1U << bit % 8);
    const auto checked = check_registers(*log, other);
    REQUIRE(!checked);
    REQUIRE(checked.error() == failure{errc::binding_mismatch, bit / 384, part::event_log});
  }
}

TEST_CASE("a log that cannot be replayed keeps its reason", "[eventlog][check_log]") {
  std::size_t refused = 0;
  for (const auto& vector : test::vectors("eventlog")) {
    if (!vector.contains("replay")) continue;
    const auto bytes = test::bytes_of_hex(vector.at("hex"));
    const auto log = event_log::parse(bytes);
    const auto checked = check_registers(*log, {});
    REQUIRE(!checked);
    CHECK(checked.error() == replay(*log).error());
    CHECK(compare_registers(*log, {}).error() == checked.error());
    ++refused;
  }
  CHECK(refused == 5);
}

TEST_CASE("a replayed log has the events that extended its registers", "[eventlog][check_log]") {
  for (const sample& each : samples()) {
    CAPTURE(each.name);
    const auto log = event_log::parse(each.bytes);
    if (measured_nothing(each)) continue;
    const auto checked = check_registers(*log, each.registers, each.kind);
    REQUIRE(checked);
    CHECK(checked->measured() > 0);
    CHECK(checked->log().bytes().data() == each.bytes.data());
    std::array<std::set<std::string>, 4> digests;
    std::set<std::size_t> offsets;
    std::size_t measured = 0;
    checked->for_each_event([&](std::size_t rtmr, const event& of) {
      CHECK(of.type != event_type::no_action);
      CHECK(rtmr_of(of.register_index, each.kind) == std::optional(rtmr));
      digests[rtmr].insert(test::hex_of(*of.digest(digest_algorithm::sha384)));
      offsets.insert(of.offset);
      ++measured;
    });
    CHECK(checked->measured() == measured);
    std::size_t not_measured = 0;
    log->for_each_event([&](const event& of) {
      if (!offsets.contains(of.offset)) {
        ++not_measured;
        CHECK((of.type == event_type::no_action || (each.kind == index_kind::pcr && of.register_index == 0)));
      }
      const auto digest = of.digest(digest_algorithm::sha384);
      if (!digest) return;
      const auto wanted = *sha384_digest::from(*digest);
      for (std::size_t rtmr = 0; rtmr < 5; ++rtmr) {
        CHECK(checked->has_digest(rtmr, wanted) == (rtmr < 4 && digests[rtmr].contains(test::hex_of(*digest))));
      }
    });
    CHECK(measured + not_measured == log->size());
    CHECK(!checked->has_digest(0, sha384_digest{}));
    REQUIRE(checked->for_each_fact([&](std::size_t rtmr, const fact& proven) {
      CHECK(rtmr_of(proven.from.register_index, each.kind) == std::optional(rtmr));
      CHECK(offsets.contains(proven.from.offset));
    }));
  }
}

TEST_CASE("PCR 0 and events without action give no facts", "[eventlog][check_log]") {
  const auto all = samples();
  const auto tpm = std::ranges::find(all, "tpm", &sample::name);
  const auto log = event_log::parse(tpm->bytes);
  const auto checked = check_registers(*log, tpm->registers, index_kind::pcr);
  REQUIRE(checked);
  std::size_t in_log = 0;
  REQUIRE(for_each_fact(
      *log, [&](const fact&) { ++in_log; }, index_kind::pcr));
  std::size_t measured = 0;
  REQUIRE(checked->for_each_fact([&](std::size_t, const fact&) { ++measured; }));
  CHECK(in_log == measured + 2);  // the version and the separator of PCR 0
}

TEST_CASE("a log that measured nothing does not go with registers of zero", "[eventlog][check_log]") {
  std::set<std::string> names;
  for (const sample& each : samples()) {
    if (!measured_nothing(each)) continue;
    CAPTURE(each.name);
    names.insert(each.name);
    const auto log = event_log::parse(each.bytes);
    const auto checked = check_registers(*log, {}, each.kind);
    REQUIRE(!checked);
    CHECK(checked.error() == failure{errc::missing, 0, part::event_log});
    CHECK(!compare_registers(*log, {}, each.kind)->first_difference());
  }
  CHECK(names.contains("no_events"));
}

TEST_CASE("the recorded event logs go with their quotes and TD reports", "[eventlog][check_log][evidence]") {
  UNITEE_REQUIRE_EVIDENCE();
  const auto all = recorded();
  CHECK(all.size() == 5);
  for (const sample& each : all) {
    for (const sample& other : all) {
      CAPTURE(each.name, other.name);
      const auto log = event_log::parse(each.bytes);
      const auto checked = check_registers(*log, other.registers);
      REQUIRE(checked.has_value() == (each.name == other.name));
      if (checked) CHECK(checked->check_event_data());
    }
  }
  const auto manifest = test::evidence_manifest("tdx");
  const auto bytes_of = [&](const char* id) { return std::ranges::find(all, id, &sample::name)->bytes; };
  const auto gcp = bytes_of("ccel-gcp-cos113");
  const auto live = bytes_of("ccel-live");
  CHECK(check_registers(*event_log::parse(gcp), rtmrs_of(manifest, "gcp-cos113")));
  CHECK(check_registers(*event_log::parse(live), rtmrs_of(manifest, "tdreport-15")));
}

TEST_CASE("every negative of the manifest is refused for its reason", "[eventlog][check_log][evidence]") {
  UNITEE_REQUIRE_EVIDENCE();
  const auto manifest = test::evidence_manifest("tdx");
  // What the manifest says in words: which registers differ, or where the check of the data finds it.
  const std::map<std::string, std::array<bool, 4>> same{
      {"ccel-other-quote", {false, false, false, true}},
      {"ccel-digest-bit", {false, true, true, true}},
      {"ccel-event-data-bit", {true, true, true, true}},
  };
  std::size_t seen = 0;
  for (const auto& negative : manifest.at("event_log_negatives")) {
    const std::string id = negative.at("id");
    CAPTURE(id);
    const auto bytes = test::edited(test::evidence_file("tdx/" + negative.at("ccel").get<std::string>()),
                                    negative.value("edits", nlohmann::json::array()));
    const auto rtmrs = rtmrs_of(manifest, negative.at("quote"));
    const auto log = event_log::parse(bytes);
    ++seen;
    if (id == "ccel-truncated") {
      REQUIRE(!log);
      CHECK(log.error() == failure{errc::truncated, 3000, part::event_log});
      continue;
    }
    REQUIRE(log);
    CHECK(compare_registers(*log, rtmrs)->same == same.at(id));
    const auto checked = check_registers(*log, rtmrs);
    if (id != "ccel-event-data-bit") {
      REQUIRE(!checked);
      CHECK(checked.error() == failure{errc::binding_mismatch, 0, part::event_log});
      continue;
    }
    REQUIRE(checked);
    const auto data = checked->check_event_data();
    REQUIRE(!data);
    CHECK(data.error() == failure{errc::binding_mismatch, 0x129, part::event_log});
    REQUIRE(checked->for_each_fact([](std::size_t, const fact& each) { CHECK(each.from.offset != 0x129); }));
  }
  CHECK(seen == 4);
}

TEST_CASE("a recorded log that is cut goes with its registers only behind its last event",
          "[eventlog][check_log][evidence]") {
  UNITEE_REQUIRE_EVIDENCE();
  for (const sample& each : recorded()) {
    CAPTURE(each.name);
    const std::size_t end = event_log::parse(each.bytes)->end_offset();
    std::size_t between = 0;
    for (std::size_t n = 0; n <= std::min(end + 64, each.bytes.size()); ++n) {
      const auto log = event_log::parse(byte_view(each.bytes).first(n));
      CAPTURE(n);
      if (!log) {
        if (n > 65) REQUIRE(log.error() == failure{errc::truncated, n, part::event_log});
        continue;
      }
      const auto checked = check_registers(*log, each.registers);
      REQUIRE(checked.has_value() == (n >= end));
      if (!checked) {
        REQUIRE(checked.error().code == errc::binding_mismatch);
        ++between;
      }
    }
    CHECK(between == event_log::parse(each.bytes)->size());
  }
}

}  // namespace test_check_log
