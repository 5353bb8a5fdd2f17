// SPDX-License-Identifier: Apache-2.0
//
// tests/support/bridge_hearing.hpp: evidence before the bridge's verifier, with all that a verdict may need.
#pragma once

#include "support/bridge.hpp"
#include "support/catch.hpp"
#include "support/octets.hpp"
#include "support/simulated_tdx.hpp"

#include <cstddef>
#include <cstdint>
#include <ctime>
#include <string>
#include <string_view>
#include <vector>

namespace unitee::test {

inline constexpr std::uint32_t all_required =
    UNITEE_REQUIRE_REPORT_DATA | UNITEE_REQUIRE_MEASUREMENT | UNITEE_REQUIRE_TCB | UNITEE_FORBID_DEBUG;
inline constexpr std::uint32_t all_waived =
    UNITEE_WAIVE_REPORT_DATA | UNITEE_WAIVE_MEASUREMENT | UNITEE_WAIVE_TCB | UNITEE_ALLOW_DEBUG;

inline octets counted_bytes() {
  const auto data = counted_report_data();
  return {data.value.begin(), data.value.end()};
}

// hearing is evidence about counted_bytes(), and all that a verdict on it and a policy may need.
struct hearing {
  octets evidence;
  std::vector<octets> endorsements;
  octets root;
  std::int64_t at;
  std::int32_t vendor;
  octets report_data = counted_bytes();
  octets measurement{};
  unitee_minimum_tcb least{UNITEE_MILAN, 0, 4, 0, 24, 219};
  std::vector<const char*> statuses{};

  // policy decides as told, and gives what it requires.
  [[nodiscard]] unitee_policy policy(std::uint32_t decisions) const {
    unitee_policy out{};
    out.decisions = decisions;
    if ((decisions & UNITEE_REQUIRE_REPORT_DATA) != 0) out.report_data = report_data.data();
    if ((decisions & UNITEE_REQUIRE_MEASUREMENT) != 0) {
      out.measurements = measurement.data();
      out.measurement_count = measurement.size() / 48;
    }
    if ((decisions & UNITEE_REQUIRE_TCB) != 0) {
      out.minimum_tcb = &least;
      out.minimum_tcb_count = 1;
      out.accepted_statuses = statuses.data();
      out.accepted_status_count = statuses.size();
    }
    return out;
  }

  [[nodiscard]] unitee_error judge(const unitee_policy& wanted, unitee_claims* out = nullptr) const {
    std::vector<unitee_view> given;
    for (const octets& each : endorsements) given.push_back(view_of(each));
    const unitee_view anchor = view_of(root);
    const unitee_case all{view_of(evidence), given.data(), given.size(), &anchor, root.empty() ? 0U : 1U, at};
    return unitee_verify(&all, &wanted, out);
  }
  [[nodiscard]] std::string verdict(std::uint32_t decisions) const { return said(judge(policy(decisions))); }
};

inline hearing snp_hearing() {
  unitee_bytes evidence{}, certificates{}, root{};
  const octets data = counted_bytes();
  require_ok(unitee_attest(bridged_guest(), view_of(data), &evidence, &certificates));
  require_ok(unitee_insecure_simulated_root(bridged_guest(), &root));
  hearing out{taken(evidence), {taken(certificates)}, taken(root), std::time(nullptr), UNITEE_AMD_SEV_SNP};
  out.measurement.assign(out.evidence.begin() + 0x90, out.evidence.begin() + 0xC0);
  return out;
}

inline hearing td_hearing(const guest::simulated_td_launch& launch = {}, const guest::simulated_stage& stage = {}) {
  hearing out{need(simulated_td(launch).attest(counted_report_data())),
              {},
              need(simulated_tdx_platform().root().der()),
              simulated_tdx_now.seconds,
              UNITEE_INTEL_TDX};
  simulated_tdx_collateral(stage).for_each_file(
      [&](std::string_view, byte_view bytes) { out.endorsements.emplace_back(bytes.begin(), bytes.end()); });
  out.measurement.assign(launch.mrtd.value.begin(), launch.mrtd.value.end());
  return out;
}

inline std::vector<hearing> both_hearings() {
  guest::simulated_td_launch launch;
  launch.mrtd.value.fill(0x3D);
  return {snp_hearing(), td_hearing(launch)};
}

}  // namespace unitee::test
