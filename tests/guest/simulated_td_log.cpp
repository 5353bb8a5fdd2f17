// SPDX-License-Identifier: Apache-2.0
#include <unitee/guest/simulated_td_log.hpp>

#include "support/catch.hpp"
#include "support/edits.hpp"

#include <unitee/eventlog/ccel.hpp>

#include <algorithm>
#include <array>

namespace test_simulated_td_log {

using namespace unitee;
using namespace unitee::test;

TEST_CASE("a log begins as firmware's do and ends in ones", "[guest][log]") {
  const auto area = guest::simulated_td_log().bytes();
  REQUIRE(area.size() == 4096);
  CHECK(hex_of(std::span(area).first(65)) == "0100000003000000" + std::string(40, '0') + "21000000" +
                                                 "53706563204944204576656e74303300" + "00000000" + "00020002" +
                                                 "01000000" + "0c003000" + "00");
  CHECK(std::ranges::all_of(std::span(area).subspan(65), [](std::uint8_t each) { return each == 0xFF; }));
  const auto log = eventlog::event_log::parse(area);
  REQUIRE(log);
  CHECK(log->size() == 0);
  CHECK(log->end() == eventlog::log_end::ones);
}

TEST_CASE("an event stands where its register's index is one more", "[guest][log]") {
  guest::simulated_td_log log;
  std::array<std::uint8_t, 48> digest{};
  digest.fill(0xAB);
  const std::array<std::uint8_t, 3> data{1, 2, 3};
  log.append(3, 6, digest, data);
  const auto area = log.bytes();
  std::string expected =
      "04000000"
      "06000000"
      "01000000"
      "0c00";
  for (int i = 0; i < 48; ++i) expected += "ab";
  expected +=
      "03000000"
      "010203"
      "ffffffff"
      "ffffffff";
  CHECK(hex_of(std::span(area).subspan(65, expected.size() / 2)) == expected);
}

TEST_CASE("an area grows by whole pages, and always has room for its end", "[guest][log]") {
  const std::array<std::uint8_t, 48> digest{};
  for (const std::size_t size : {0U, 3900U, 3957U, 3964U, 3965U, 3966U, 5000U, 60000U}) {
    CAPTURE(size);
    guest::simulated_td_log log;
    log.append(0, 4, digest, std::vector<std::uint8_t>(size, 0x33));
    const auto area = log.bytes();
    CHECK(area.size() % guest::simulated_td_log::page == 0);
    const auto parsed = eventlog::event_log::parse(area);
    REQUIRE(parsed);
    CHECK(parsed->size() == 1);
    CHECK(parsed->end() == eventlog::log_end::ones);
  }
}

}  // namespace test_simulated_td_log
