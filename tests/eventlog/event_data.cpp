// SPDX-License-Identifier: Apache-2.0
#include <unitee/eventlog/event_data.hpp>

#include "support/catch.hpp"
#include "support/edits.hpp"
#include "support/evidence.hpp"
#include "support/vectors.hpp"

#include <unitee/eventlog/ccel.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace test_event_data {

using namespace unitee;
using namespace unitee::eventlog;

namespace {

constexpr event of_type(std::uint32_t type, std::uint32_t index, byte_view data = {}) {
  return {0, index, event_type{type}, 0, {}, data, 0};
}
static_assert(rule_of(of_type(3, 1)) == data_rule::not_measured);
static_assert(rule_of(of_type(4, 1)) == data_rule::whole);
static_assert(rule_of(of_type(6, 4)) == data_rule::whole);
static_assert(rule_of(of_type(6, 3)) == data_rule::unknown);
static_assert(rule_of(of_type(0x80000002, 1)) == data_rule::efi_variable);

}  // namespace

TEST_CASE("every event of the vectors has the rule and the proven bytes that its script gave it",
          "[eventlog][event_data]") {
  std::size_t proven = 0;
  std::size_t not_proven = 0;
  for (const auto& vector : test::vectors("eventlog")) {
    if (!vector.contains("facts")) continue;
    const std::string vector_name = vector.at("name");
    const auto bytes = test::bytes_of_hex(vector.at("hex"));
    const auto log = event_log::parse(bytes);
    REQUIRE(log);
    REQUIRE(log->size() == vector.at("facts").size());
    std::size_t n = 0;
    log->for_each_event([&](const event& each) {
      CAPTURE(vector_name, n);
      const auto& expected = vector.at("facts")[n++];
      CHECK(name(rule_of(each)) == expected[1].get<std::string>());
      const auto found = proven_data(each);
      REQUIRE(found);
      REQUIRE(found->has_value() == !expected[2].is_null());
      if (!*found) {
        ++not_proven;
        return;
      }
      ++proven;
      CHECK(test::hex_of(**found) == expected[2].get<std::string>());
      CHECK((*found)->data() >= bytes.data() + each.data_offset());
      CHECK((*found)->data() + (*found)->size() <= bytes.data() + each.offset + each.size);
    });
  }
  CHECK(proven > 50);
  CHECK(not_proven > 50);
}

TEST_CASE("the tag of an application is of RTMR3, and PCR 4 is not that", "[eventlog][event_data]") {
  CHECK(rule_of(of_type(6, 4), index_kind::cc_register) == data_rule::whole);
  for (std::uint32_t pcr = 0; pcr < 30; ++pcr) {
    CHECK(rule_of(of_type(6, pcr), index_kind::pcr) == data_rule::unknown);
    if (pcr != 4) CHECK(rule_of(of_type(6, pcr), index_kind::cc_register) == data_rule::unknown);
  }
}

TEST_CASE("data are proven in the bank that is asked for", "[eventlog][event_data]") {
  const auto log_bytes = [] {
    for (const auto& vector : test::vectors("eventlog")) {
      if (vector.at("name") == "facts_without_sha384") return test::bytes_of_hex(vector.at("hex"));
    }
    return std::vector<std::uint8_t>();
  }();
  const auto log = event_log::parse(log_bytes);
  REQUIRE(log);
  std::string found;
  log->for_each_event([&](const event& each) {
    found += proven_data<sha384_digest>(each)->has_value() ? '1' : '0';
    found += proven_data<sha256_digest>(each)->has_value() ? '1' : '0';
    found += proven_data<sha512_digest>(each)->has_value() ? '1' : '0';
  });
  CHECK(found == "100010");
}

TEST_CASE("names of rules are their spelling", "[eventlog][event_data]") {
  CHECK(name(data_rule::whole) == std::string("whole"));
  CHECK(name(data_rule::efi_variable) == std::string("efi_variable"));
  CHECK(name(data_rule::text_after_colon) == std::string("text_after_colon"));
  CHECK(name(data_rule::blob_not_in_log) == std::string("blob_not_in_log"));
  CHECK(name(data_rule::not_measured) == std::string("not_measured"));
  CHECK(name(data_rule::unknown) == std::string("unknown"));
}

TEST_CASE("proven bytes change with no bit that leaves the digest alone", "[eventlog][event_data]") {
  std::size_t proven = 0;
  for (const auto& vector : test::vectors("eventlog")) {
    if (vector.at("name") != "facts_good") continue;
    auto bytes = test::bytes_of_hex(vector.at("hex"));
    const auto log = event_log::parse(bytes);
    REQUIRE(log);
    log->for_each_event([&](const event& each) {
      const auto before = proven_data(each);
      REQUIRE(before);
      REQUIRE(*before);
      const std::vector<std::uint8_t> was((*before)->begin(), (*before)->end());
      for (std::size_t bit = 0; bit < 8 * each.data.size(); ++bit) {
        std::uint8_t& byte = bytes[each.data_offset() + bit / 8];
        byte ^= static_cast<std::uint8_t>(1U << bit % 8);
        const auto after = proven_data(each);
        REQUIRE(after);
        if (*after) {
          ++proven;
          REQUIRE(equal(**after, was));
        }
        byte ^= static_cast<std::uint8_t>(1U << bit % 8);
      }
    });
  }
  // The name of a boot variable may change, and its vendor.
  CHECK(proven > 0);
}

}  // namespace test_event_data
