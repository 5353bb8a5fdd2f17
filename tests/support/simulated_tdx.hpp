// SPDX-License-Identifier: Apache-2.0
//
// tests/support/simulated_tdx.hpp: simulated TDX platforms, shared by a process, and TDs on them.
#pragma once

#include "support/certificates.hpp"
#include "support/edits.hpp"
#include "support/forge.hpp"

#include <unitee/guest/simulated_intel_collateral.hpp>
#include <unitee/guest/simulated_td.hpp>
#include <unitee/guest/simulated_tdx_platform.hpp>

#include <nlohmann/json.hpp>

#include <cstdint>
#include <string>
#include <vector>

namespace unitee::test {

// Simulated platforms begin on this day; their collateral is a month younger, and judged ten days later.
inline const utc_time simulated_tdx_begin = time("2025-01-01T00:00:00Z");
inline const utc_time simulated_tdx_issued = time("2025-02-01T12:34:56Z");
inline const utc_time simulated_tdx_now = time("2025-02-11T00:00:00Z");

inline const guest::insecure_simulated_tdx_platform& simulated_tdx_platform() {
  static const auto made = need(guest::insecure_simulated_tdx_platform::create(simulated_tdx_begin));
  return made;
}

// other_simulated_tdx_platform is like simulated_tdx_platform(), under another root.
inline const guest::insecure_simulated_tdx_platform& other_simulated_tdx_platform() {
  static const auto made = need(guest::insecure_simulated_tdx_platform::create(simulated_tdx_begin));
  return made;
}

// simulated_td_launch_full has a value of its own in every field.
inline guest::simulated_td_launch simulated_td_launch_full() {
  guest::simulated_td_launch out;
  out.mrtd.value.fill(1);
  out.attributes = {0x8000000050000000};
  out.xfam = {0x602E7};
  out.mrconfigid.value.fill(2);
  out.mrowner.value.fill(3);
  out.mrownerconfig.value.fill(4);
  out.mrservicetd.value.fill(5);
  out.tee_tcb_svn.value = {3, 1, 4};
  return out;
}

inline guest::insecure_simulated_td simulated_td(
    const guest::simulated_td_launch& with = {},
    const guest::insecure_simulated_tdx_platform& on = simulated_tdx_platform()) {
  return need(guest::insecure_simulated_td::launch(on, with));
}

// counted_report_data is the bytes 0, 1, 2, ...
inline tdx::report_data counted_report_data() {
  tdx::report_data out;
  for (std::uint8_t i = 0; i < 64; ++i) out.value[i] = i;
  return out;
}

inline guest::simulated_collateral simulated_tdx_collateral(const guest::simulated_stage& as = {}) {
  return need(guest::make_simulated_collateral(simulated_tdx_platform(), simulated_tdx_issued, as));
}

// members is the JSON object in a text, with its members in their order.
inline nlohmann::ordered_json members(byte_view text) {
  return nlohmann::ordered_json::parse(text.begin(), text.end());
}

}  // namespace unitee::test
