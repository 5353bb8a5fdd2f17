// SPDX-License-Identifier: Apache-2.0
#include <unitee/eventlog/facts.hpp>

#include "support/catch.hpp"
#include "support/edits.hpp"
#include "support/evidence.hpp"
#include "support/vectors.hpp"

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace test_facts {

using namespace unitee;
using namespace unitee::eventlog;

TEST_CASE("facts are the events with proven bytes, in order, and no others", "[eventlog][facts]") {
  std::size_t seen = 0;
  for (const auto& vector : test::vectors("eventlog")) {
    if (!vector.contains("facts")) continue;
    const std::string vector_name = vector.at("name");
    CAPTURE(vector_name);
    std::vector<std::string> expected;
    for (const auto& each : vector.at("facts")) {
      if (!each[2].is_null()) expected.push_back(each[1].get<std::string>() + " " + each[2].get<std::string>());
    }
    const auto bytes = test::bytes_of_hex(vector.at("hex"));
    const auto log = event_log::parse(bytes);
    REQUIRE(log);
    std::vector<std::string> found;
    std::size_t at = 0;
    REQUIRE(for_each_fact(*log, [&](const fact& each) {
      CHECK(each.from.offset > at);
      at = each.from.offset;
      found.push_back(std::string(name(each.rule)) + " " + test::hex_of(each.proven));
    }));
    CHECK(found == expected);
    ++seen;
  }
  CHECK(seen > 20);
}

TEST_CASE("data that are not what their digest is over are refused at the first such event", "[eventlog][facts]") {
  std::size_t good = 0;
  std::size_t refused = 0;
  for (const auto& vector : test::vectors("eventlog")) {
    if (!vector.contains("check")) continue;
    const std::string vector_name = vector.at("name");
    CAPTURE(vector_name);
    const auto bytes = test::bytes_of_hex(vector.at("hex"));
    const auto checked = check_event_data(*event_log::parse(bytes));
    REQUIRE(checked.has_value() == vector.at("check").is_null());
    if (checked) {
      ++good;
      continue;
    }
    ++refused;
    CHECK(name(checked.error().code) == vector.at("check")[0].get<std::string>());
    CHECK(checked.error().offset == vector.at("check")[1].get<std::uint64_t>());
    CHECK(checked.error().in == part::event_log);
  }
  CHECK(good == 5);
  CHECK(refused == 20);
}

TEST_CASE("the recorded event logs have data as their digests say", "[eventlog][facts][evidence]") {
  UNITEE_REQUIRE_EVIDENCE();
  // How many events of which rule are proven, counted apart by a script that tries every part of every event's data.
  using counts = std::map<std::string, std::size_t>;
  const std::map<std::string, counts> expected{
      {"ccel/gcp-cos113.bin", {{"whole", 13}, {"efi_variable", 3}, {"text_after_colon", 15}}},
      {"ccel/live.bin", {{"whole", 10}, {"efi_variable", 2}}},
      {"ccel/ovmf.bin", {{"whole", 10}, {"efi_variable", 2}}},
      {"ccel/grub.bin", {{"whole", 16}, {"efi_variable", 3}}},
      {"ccel/aael.bin", {{"whole", 14}, {"efi_variable", 7}}},
  };
  std::size_t seen = 0;
  const auto manifest = test::evidence_manifest("tdx");
  for (const auto& each : manifest.at("cases")) {
    if (each.at("kind") != "ccel") continue;
    const std::string file = each.at("file");
    CAPTURE(file);
    const auto bytes = test::evidence_file("tdx/" + file);
    const auto log = event_log::parse(bytes);
    REQUIRE(log);
    CHECK(check_event_data(*log));
    counts found;
    REQUIRE(for_each_fact(*log, [&](const fact& proven) { ++found[name(proven.rule)]; }));
    CHECK(found == expected.at(file));
    ++seen;
  }
  CHECK(seen == expected.size());
}

}  // namespace test_facts
