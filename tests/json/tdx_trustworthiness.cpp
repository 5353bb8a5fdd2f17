// SPDX-License-Identifier: Apache-2.0
#include <unitee/json/tdx_trustworthiness.hpp>

#include "support/td_ear.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <utility>
#include <vector>

namespace test_tdx_trustworthiness {

using namespace unitee;
using namespace unitee::test;
using tdx::tcb_status;

namespace {

// closed_td is a TD without any attribute.
tdx::claims closed_td() { return td_with_attributes(0); }

trustworthiness_vector pinned(const std::vector<appraisal_check>& checks, const tdx::claims& of) {
  return tdx::trustworthiness_of(checks, of, anchor_origin::pinned);
}

std::vector<appraisal_check> unasked_td() { return unasked(tdx::check_table); }

std::vector<appraisal_check> with_met(std::initializer_list<std::string_view> names) {
  auto out = unasked_td();
  for (appraisal_check& each : out) {
    if (std::ranges::find(names, each.name) != names.end()) each.answer = outcome::met;
  }
  return out;
}

}  // namespace

TEST_CASE("every check of a TD says what the table says, alone and beside every other", "[json][trustworthiness]") {
  const auto td = closed_td();
  REQUIRE(tdx::check_table.size() == 50);
  std::size_t tried = 0;
  check_each_pair(tdx::check_table, [&](const std::vector<appraisal_check>& checks) {
    const auto trust = pinned(checks, td);
    const bool refused = known_refusal(checks);
    const trust_tier status = status_of(trust, !refused);
    ++tried;
    return vector_of(trust) == known_td_vector(checks, 2, 2) && status >= trust.worst() &&
           status == (refused ? trust_tier::contraindicated : trust_tier::affirming);
  });
  CHECK(tried == 50 * 51 / 2 * 9);
}

TEST_CASE("a status of the TCB is a claim about hardware, whoever accepts it", "[json][trustworthiness]") {
  const std::pair<tcb_status, int> known[] = {{tcb_status::up_to_date, 2},
                                              {tcb_status::sw_hardening_needed, 32},
                                              {tcb_status::configuration_needed, 32},
                                              {tcb_status::configuration_and_sw_hardening_needed, 32},
                                              {tcb_status::out_of_date, 32},
                                              {tcb_status::out_of_date_configuration_needed, 32},
                                              {tcb_status::td_relaunch_advised, 32},
                                              {tcb_status::td_relaunch_advised_configuration_needed, 32},
                                              {tcb_status::revoked, 96},
                                              {tcb_status::not_supported, 96}};
  static_assert(std::size(known) == tdx::tcb_statuses.size());
  for (const auto& [status, value] : known) {
    CAPTURE(tdx::name(status));
    auto td = closed_td();
    td.tcb.status = status;
    for (const auto& checks : {unasked_td(), with_met({"tcb_status", "tcb_date", "out_of_date_grace"})}) {
      CHECK(vector_of(pinned(checks, td)) == known_values(value, 2));
      CHECK(vector_of(tdx::trustworthiness_of(checks, td, anchor_origin::given_by_caller)) == known_values(97, 0));
    }
  }
}

TEST_CASE("what rests on stale collateral is no good claim, whoever accepts it", "[json][trustworthiness]") {
  auto td = closed_td();
  td.at = td.current_until;
  CHECK(pinned(with_met({"collateral_current"}), td)[trust_claim::hardware] == 2);
  ++td.at.seconds;
  CHECK(pinned(with_met({"collateral_current"}), td)[trust_claim::hardware] == 32);
  CHECK(pinned(unasked_td(), td)[trust_claim::hardware] == 32);
}

TEST_CASE("memory is encrypted unless an attribute lets the host look in or profile", "[json][trustworthiness]") {
  for (unsigned bit = 0; bit < 64; ++bit) {
    CAPTURE(bit);
    const auto td = td_with_attributes(std::uint64_t{1} << bit);
    const int value = bit < 4 ? 96 : bit < 16 ? 32 : 2;
    CHECK(vector_of(pinned(unasked_td(), td)) == known_values(2, value));
    CHECK(vector_of(tdx::trustworthiness_of(unasked_td(), td, anchor_origin::given_by_caller)) ==
          known_values(97, value == 2 ? 0 : value));
  }
  CHECK(pinned(unasked_td(), sample_enclave())[trust_claim::runtime_opaque] == 2);
  const auto open = claims_about(sample_quote(v3_shape).with(48 + 48, 0x17, 1));  // ATTRIBUTES.DEBUG
  CHECK(pinned(unasked_td(), open)[trust_claim::runtime_opaque] == 96);
  CHECK(status_of(pinned(unasked_td(), open), true) == trust_tier::contraindicated);
}

TEST_CASE("a boot is approved by MRTD, RTMR1 and RTMR2 together, where the registers are used",
          "[json][trustworthiness]") {
  const auto executables = [](const std::vector<appraisal_check>& checks, const tdx::claims& of) {
    return pinned(checks, of)[trust_claim::executables];
  };
  const auto td = closed_td();
  CHECK(executables(with_met({"measurement", "rtmr1", "rtmr2"}), td) == 3);
  CHECK(executables(with_met({"measurement", "rtmr1", "rtmr2", "rtmr0", "rtmr3"}), td) == 3);
  CHECK(executables(with_met({"measurement", "rtmr1", "rtmr0", "rtmr3"}), td) == 0);
  CHECK(executables(with_met({"measurement", "rtmr2", "rtmr0", "rtmr3"}), td) == 0);
  CHECK(executables(with_met({"rtmr0", "rtmr1", "rtmr2", "rtmr3"}), td) == 0);

  auto other = with_met({"measurement", "rtmr1", "rtmr2"});
  for (appraisal_check& each : other) {
    if (each.name == std::string_view("rtmr3")) each.answer = outcome::not_met;
  }
  CHECK(executables(other, td) == 33);

  for (const std::size_t offset : {tdx::td_body_row::rtmr1::offset, tdx::td_body_row::rtmr2::offset}) {
    auto unused = sample_quote(v5_shape);
    for (std::size_t i = 0; i < 48; ++i) unused = unused.with(td_body + offset + i, 0, 1);
    CHECK(executables(with_met({"measurement", "rtmr1", "rtmr2"}), claims_about(unused)) == 0);
  }
  CHECK(executables(with_met({"measurement", "rtmr1", "rtmr2"}), sample_enclave()) == 0);
  CHECK(executables(with_met({"mrenclave"}), sample_enclave()) == 3);
}

}  // namespace test_tdx_trustworthiness
