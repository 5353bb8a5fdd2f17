// SPDX-License-Identifier: Apache-2.0
#include <unitee/eventlog/replay.hpp>

#include "support/catch.hpp"
#include "support/edits.hpp"
#include "support/evidence.hpp"
#include "support/refusals.hpp"

#include <cstddef>
#include <cstdint>
#include <string>

namespace test_replay {

using namespace unitee;
using namespace unitee::eventlog;

TEST_CASE("a log adds up to the registers that an independent script has computed", "[eventlog][replay]") {
  const auto bases = test::vector_bases("eventlog");
  std::size_t good = 0;
  std::size_t refused = 0;
  for (const auto& vector : test::vectors("eventlog")) {
    if (!vector.contains("replayed")) continue;
    const std::string vector_name = vector.at("name");
    CAPTURE(vector_name);
    const auto log = event_log::parse(bases.at(vector_name));
    REQUIRE(log);
    const auto registers = replay(*log);
    REQUIRE(registers.has_value() == !vector.at("replayed").is_null());
    if (registers) {
      for (std::size_t i = 0; i < 4; ++i) CHECK(test::hex_of((*registers)[i].value) == vector.at("replayed")[i]);
      ++good;
    } else {
      CHECK(name(registers.error().code) == vector.at("replay").get<std::string>());
      CHECK(registers.error().offset == vector.at("replay_offset").get<std::uint64_t>());
      CHECK(registers.error().in == part::event_log);
      ++refused;
    }
  }
  CHECK(good > 10);
  CHECK(refused == 5);
}

TEST_CASE("a log of PCRs adds up to the registers that its PCRs stand for", "[eventlog][replay]") {
  const auto bases = test::vector_bases("eventlog");
  std::size_t good = 0;
  std::size_t refused = 0;
  for (const auto& vector : test::vectors("eventlog")) {
    if (!vector.contains("pcr_replayed")) continue;
    const std::string vector_name = vector.at("name");
    CAPTURE(vector_name);
    const auto& expected = vector.at("pcr_replayed");
    const auto registers = replay(*event_log::parse(bases.at(vector_name)), index_kind::pcr);
    REQUIRE(registers.has_value() == (expected.size() == 4));
    if (registers) {
      for (std::size_t i = 0; i < 4; ++i) CHECK(test::hex_of((*registers)[i].value) == expected[i]);
      ++good;
    } else {
      CHECK(name(registers.error().code) == expected[0].get<std::string>());
      CHECK(registers.error().offset == expected[1].get<std::uint64_t>());
      CHECK(registers.error().in == part::event_log);
      ++refused;
    }
  }
  CHECK(good >= 10);
  CHECK(refused == 12);
}

TEST_CASE("the recorded event logs add up to what their quotes say", "[eventlog][replay][evidence]") {
  UNITEE_REQUIRE_EVIDENCE();
  std::size_t seen = 0;
  const auto manifest = test::evidence_manifest("tdx");
  for (const auto& each : manifest.at("cases")) {
    if (each.at("kind") != "ccel") continue;
    const auto bytes = test::evidence_file("tdx/" + each.at("file").get<std::string>());
    const auto log = event_log::parse(bytes);
    REQUIRE(log);
    const auto registers = replay(*log);
    REQUIRE(registers);
    for (std::size_t i = 0; i < 4; ++i) {
      CHECK(test::hex_of((*registers)[i].value) == each.at("replayed").at("rtmr" + std::to_string(i)));
    }
    ++seen;
  }
  CHECK(seen >= 5);
}

}  // namespace test_replay
