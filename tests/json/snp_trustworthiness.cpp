// SPDX-License-Identifier: Apache-2.0
#include <unitee/json/snp_trustworthiness.hpp>

#include "support/ear.hpp"

#include <cstddef>
#include <vector>

namespace test_snp_trustworthiness {

using namespace unitee;
using namespace unitee::test;

namespace {

snp::report sample(bool debug) {
  auto bytes = bytes_of(need(simulated_guest(simulated_platform()).attest({})));
  bytes[0x0A] = static_cast<std::uint8_t>(bytes[0x0A] | (debug ? 0x08 : 0));
  return need(snp::report::parse(bytes));
}

}  // namespace

TEST_CASE("every check says what the table says, alone and beside every other", "[json][trustworthiness]") {
  const snp::report report = sample(false);
  REQUIRE(snp::check_table.size() == 36);
  std::size_t tried = 0;
  check_each_pair(snp::check_table, [&](const std::vector<appraisal_check>& checks) {
    const auto trust = snp::trustworthiness_of(checks, report, anchor_origin::pinned);
    const bool refused = known_refusal(checks);
    const trust_tier status = status_of(trust, !refused);
    ++tried;
    return vector_of(trust) == known_vector(checks, false, anchor_origin::pinned) && status >= trust.worst() &&
           status == (refused ? trust_tier::contraindicated : trust_tier::affirming);
  });
  CHECK(tried == 36 * 37 / 2 * 9);
}

TEST_CASE("a genuine guest has encrypted memory unless DEBUG is set, whoever asks", "[json][trustworthiness]") {
  const auto vector = snp::trustworthiness_of(unasked(snp::check_table), sample(false), anchor_origin::pinned);
  CHECK(vector[trust_claim::hardware] == 2);
  CHECK(vector[trust_claim::runtime_opaque] == 2);
  CHECK(vector.worst() == trust_tier::affirming);
  const auto open = snp::trustworthiness_of(unasked(snp::check_table), sample(true), anchor_origin::pinned);
  CHECK(open[trust_claim::runtime_opaque] == 96);
  CHECK(status_of(open, true) == trust_tier::contraindicated);
  for (const auto& each : {vector, open}) {
    for (const trust_claim claim : {trust_claim::file_system, trust_claim::storage_opaque, trust_claim::sourced_data,
                                    trust_claim::executables, trust_claim::instance_identity}) {
      CHECK(each[claim] == 0);
    }
  }
}

}  // namespace test_snp_trustworthiness
