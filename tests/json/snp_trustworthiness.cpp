// SPDX-License-Identifier: Apache-2.0
#include <unitee/json/snp_trustworthiness.hpp>

#include "support/ear.hpp"

#include <cstddef>
#include <string>
#include <vector>

using namespace unitee;
using namespace unitee::test;

namespace {

constexpr outcome outcomes[] = {outcome::met, outcome::not_met, outcome::not_asked};

// unasked is every check, none of them asked.
std::vector<appraisal_check> unasked() {
  std::vector<appraisal_check> out;
  for (const check_info& each : snp::check_table) {
    out.push_back({each.name, each.rule, each.source, outcome::not_asked, {}, {}, 0});
  }
  return out;
}

snp::report sample(bool debug) {
  auto bytes = bytes_of(need(simulated_guest(simulated_platform()).attest({})));
  bytes[0x0A] = static_cast<std::uint8_t>(bytes[0x0A] | (debug ? 0x08 : 0));
  return need(snp::report::parse(bytes));
}

}  // namespace

TEST_CASE("every check says what the table says, alone and beside every other", "[json][trustworthiness]") {
  const snp::report report = sample(false);
  const std::size_t n = snp::check_table.size();
  REQUIRE(n == 36);
  std::size_t tried = 0;
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t j = i; j < n; ++j) {
      for (const outcome one : outcomes) {
        for (const outcome other : outcomes) {
          auto checks = unasked();
          checks[j].answer = other;
          checks[i].answer = one;
          const auto trust = snp::trustworthiness_of(checks, report, anchor_origin::pinned);
          const bool refused = known_refusal(checks);
          const trust_tier status = status_of(trust, !refused);
          CAPTURE(checks[i].name, name(one), checks[j].name, name(other));
          REQUIRE(vector_of(trust) == known_vector(checks, false, anchor_origin::pinned));
          REQUIRE(status >= trust.worst());
          REQUIRE(status == (refused ? trust_tier::contraindicated : trust_tier::affirming));
          ++tried;
        }
      }
    }
  }
  CHECK(tried == 36 * 37 / 2 * 9);
}

TEST_CASE("a genuine guest has encrypted memory unless DEBUG is set, whoever asks", "[json][trustworthiness]") {
  const auto vector = snp::trustworthiness_of(unasked(), sample(false), anchor_origin::pinned);
  CHECK(vector[trust_claim::hardware] == 2);
  CHECK(vector[trust_claim::runtime_opaque] == 2);
  CHECK(vector.worst() == trust_tier::affirming);
  const auto open = snp::trustworthiness_of(unasked(), sample(true), anchor_origin::pinned);
  CHECK(open[trust_claim::runtime_opaque] == 96);
  CHECK(status_of(open, true) == trust_tier::contraindicated);
  for (const auto& each : {vector, open}) {
    for (const trust_claim claim : {trust_claim::file_system, trust_claim::storage_opaque, trust_claim::sourced_data,
                                    trust_claim::executables, trust_claim::instance_identity}) {
      CHECK(each[claim] == 0);
    }
  }
}
