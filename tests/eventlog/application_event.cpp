// SPDX-License-Identifier: Apache-2.0
#include <unitee/eventlog/application_event.hpp>

#include "support/catch.hpp"
#include "support/edits.hpp"
#include "support/evidence.hpp"
#include "support/vectors.hpp"

#include <unitee/eventlog/ccel.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace test_application_event {

using namespace unitee;
using namespace unitee::eventlog;

namespace {

std::string text(byte_view bytes) { return {bytes.begin(), bytes.end()}; }

std::vector<fact> facts_of(const event_log& log) {
  std::vector<fact> out;
  REQUIRE(for_each_fact(log, [&](const fact& each) { out.push_back(each); }));
  return out;
}

}  // namespace

TEST_CASE("an application's event has three parts, or is refused for its reason", "[eventlog][application_event]") {
  std::size_t good = 0;
  std::size_t refused = 0;
  for (const auto& vector : test::vectors("eventlog")) {
    if (!vector.contains("application")) continue;
    const std::string vector_name = vector.at("name");
    CAPTURE(vector_name);
    const auto& expected = vector.at("application");
    const auto bytes = test::bytes_of_hex(vector.at("hex"));
    const auto facts = facts_of(*event_log::parse(bytes));
    REQUIRE(facts.size() == 2);
    const auto found = read_application_event(facts.back());
    REQUIRE(found.has_value() == (expected.size() == 3));
    if (found) {
      CHECK(text(found->domain) == expected[0].get<std::string>());
      CHECK(text(found->operation) == expected[1].get<std::string>());
      CHECK(text(found->content) == expected[2].get<std::string>());
      ++good;
    } else {
      CHECK(name(found.error().code) == expected[0].get<std::string>());
      CHECK(found.error().offset == expected[1].get<std::uint64_t>());
      CHECK(found.error().in == part::event_log);
      ++refused;
    }
  }
  CHECK(good == 3);
  CHECK(refused == 15);
}

TEST_CASE("the recorded application events are read", "[eventlog][application_event][evidence]") {
  UNITEE_REQUIRE_EVIDENCE();
  const auto bytes = test::evidence_file("tdx/ccel/aael.bin");
  std::vector<std::string> found;
  for (const fact& each : facts_of(*event_log::parse(bytes))) {
    if (const auto read = read_application_event(each)) {
      found.push_back(text(read->domain) + "|" + text(read->operation) + "|" + text(read->content));
    } else {
      CHECK(each.from.register_index != 4);
    }
  }
  REQUIRE(found.size() == 2);
  CHECK(found[0] == "coco.com|some-operation|some-content");
  CHECK(found[1].starts_with("coco.com|some-operation|{\"key\": \"value\", \"nested-key\": {"));
}

}  // namespace test_application_event
