// SPDX-License-Identifier: Apache-2.0
#include <unitee/eventlog/replay_pcrs.hpp>

#include "support/catch.hpp"
#include "support/edits.hpp"
#include "support/vectors.hpp"

#include <cstddef>
#include <cstdint>
#include <string>

namespace test_replay_pcrs {

using namespace unitee;
using namespace unitee::eventlog;

namespace {

// check_bank compares one bank of a vector, 24 values or [kind of failure, offset], and says whether it is values.
template <class Digest>
bool check_bank(const event_log& log, const nlohmann::json& expected) {
  const auto pcrs = replay_pcrs<Digest>(log);
  REQUIRE(pcrs.has_value() == (expected.size() == pcr_count));
  if (pcrs) {
    for (std::size_t i = 0; i < pcr_count; ++i) {
      CAPTURE(i);
      CHECK(test::hex_of((*pcrs)[i].value) == expected[i].get<std::string>());
    }
  } else {
    CHECK(name(pcrs.error().code) == expected[0].get<std::string>());
    CHECK(pcrs.error().offset == expected[1].get<std::uint64_t>());
    CHECK(pcrs.error().in == part::event_log);
  }
  return pcrs.has_value();
}

}  // namespace

TEST_CASE("a log adds up to the PCRs that an independent script has computed", "[eventlog][replay_pcrs]") {
  std::size_t good = 0;
  std::size_t refused = 0;
  for (const auto& vector : test::vectors("eventlog")) {
    if (!vector.contains("pcrs")) continue;
    const std::string vector_name = vector.at("name");
    const auto bytes = test::bytes_of_hex(vector.at("hex"));
    const auto log = event_log::parse(bytes);
    REQUIRE(log);
    for (const auto& [bank, expected] : vector.at("pcrs").items()) {
      CAPTURE(vector_name, bank);
      const bool values = bank == "sha256"   ? check_bank<sha256_digest>(*log, expected)
                          : bank == "sha384" ? check_bank<sha384_digest>(*log, expected)
                                             : check_bank<sha512_digest>(*log, expected);
      ++(values ? good : refused);
    }
  }
  CHECK(good > 15);
  CHECK(refused > 15);
}

TEST_CASE("a PCR with the separator alone is the one that every PC knows", "[eventlog][replay_pcrs]") {
  for (const auto& vector : test::vectors("eventlog")) {
    if (vector.at("name") != "tpm") continue;
    const auto bytes = test::bytes_of_hex(vector.at("hex"));
    const auto pcrs = replay_pcrs<sha256_digest>(*event_log::parse(bytes));
    REQUIRE(pcrs);
    for (const std::size_t pcr : {2U, 3U, 6U}) {
      CHECK(test::hex_of((*pcrs)[pcr].value) == "3d458cfe55cc03ea1f443f1562beec8df51c75e14a9fcf9a7234a13f198e7969");
    }
  }
}

}  // namespace test_replay_pcrs
