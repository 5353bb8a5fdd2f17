// SPDX-License-Identifier: Apache-2.0
//
// policies.hpp: a unitee_policy as the library's policies, which decide everything; for unitee_bridge.cpp.
#pragma once

#include "unitee_bridge.h"

#include <unitee/snp/product.hpp>
#include <unitee/snp/tcb.hpp>
#include <unitee/tdx/tcb_status.hpp>
#include <unitee/verify/appraise.hpp>
#include <unitee/verify/snp_policy.hpp>
#include <unitee/verify/tdx_policy.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

namespace bridge {

// complete_policies has decided everything: no other type comes out of policies_of, and appraise takes no other.
using complete_policies = unitee::policies<15, 15>;

inline constexpr unsigned all_decisions = 0xFF;

// undecided is the first bit of each pair that is open, or decided both ways.
inline std::uint32_t undecided(std::uint32_t decisions) noexcept {
  const std::uint32_t first = decisions & 0x55;
  const std::uint32_t second = (decisions >> 1) & 0x55;
  return ~(first ^ second) & 0x55;
}

// is_minimum says that the product is known and has all of these parts: the library stops the program otherwise.
inline bool is_minimum(const unitee_minimum_tcb& least) noexcept {
  if (least.product < UNITEE_MILAN || least.product > UNITEE_TURIN) return false;
  const unitee::snp::tcb_layout layout = unitee::snp::products[static_cast<std::size_t>(least.product) - 1].layout;
  return least.fmc == 0 || byte_of(unitee::snp::tcb_component::fmc, layout);
}

// is_acceptable says that a policy may accept the status: the library stops the program otherwise.
inline bool is_acceptable(const char* status) noexcept {
  using unitee::tdx::tcb_status;
  if (status == nullptr) return false;
  const auto known = unitee::tdx::tcb_status_of(status);
  return known && *known != tcb_status::revoked && *known != tcb_status::not_supported;
}

// is_policy says that everything is given that is required, nothing that is not, and all of it well formed.
inline bool is_policy(const unitee_policy& of) noexcept {
  const auto has = [&](unitee_decision bit) { return (of.decisions & static_cast<unsigned>(bit)) != 0; };
  const auto fits = [](bool required, const void* list, std::size_t count) {
    return required ? list != nullptr || count == 0 : list == nullptr && count == 0;
  };
  return of.decisions <= all_decisions && has(UNITEE_REQUIRE_REPORT_DATA) == (of.report_data != nullptr) &&
         fits(has(UNITEE_REQUIRE_MEASUREMENT), of.measurements, of.measurement_count) &&
         fits(has(UNITEE_REQUIRE_TCB), of.minimum_tcb, of.minimum_tcb_count) &&
         fits(has(UNITEE_REQUIRE_TCB), of.accepted_statuses, of.accepted_status_count) &&
         std::all_of(of.minimum_tcb, of.minimum_tcb + of.minimum_tcb_count, is_minimum) &&
         std::all_of(of.accepted_statuses, of.accepted_statuses + of.accepted_status_count, is_acceptable);
}

// decided is the vendor's policy, point by point. Whichever way a point is decided, the type that follows is the same.
template <class ReportData, class Measurement, class Policy, class Firmware>
auto decided(Policy open, const unitee_policy& wanted, const Firmware& firmware) {
  const auto has = [&](unitee_decision bit) { return (wanted.decisions & static_cast<unsigned>(bit)) != 0; };
  ReportData data;
  if (wanted.report_data != nullptr) std::copy_n(wanted.report_data, data.value.size(), data.value.begin());
  auto fresh =
      has(UNITEE_REQUIRE_REPORT_DATA) ? std::move(open).require_report_data(data) : std::move(open).waive_report_data();
  std::vector<Measurement> any_of(wanted.measurement_count);
  for (std::size_t i = 0; i < any_of.size(); ++i) {
    std::copy_n(wanted.measurements + i * Measurement::size(), Measurement::size(), any_of[i].value.begin());
  }
  auto measured = has(UNITEE_REQUIRE_MEASUREMENT)
                      ? std::move(fresh).require_measurement(std::span<const Measurement>(any_of))
                      : std::move(fresh).waive_measurement();
  auto patched = has(UNITEE_REQUIRE_TCB) ? firmware(std::move(measured)) : std::move(measured).waive_tcb();
  return has(UNITEE_FORBID_DEBUG) ? std::move(patched).forbid_debug() : std::move(patched).allow_debug();
}

// policies_of is for what is_policy and leaves nothing undecided.
inline complete_policies policies_of(const unitee_policy& wanted) {
  namespace snp = unitee::snp;
  namespace tdx = unitee::tdx;
  std::vector<snp::minimum_tcb> minima;
  for (const unitee_minimum_tcb& each : std::span(wanted.minimum_tcb, wanted.minimum_tcb_count)) {
    minima.push_back({snp::products[static_cast<std::size_t>(each.product) - 1].id,
                      {each.fmc, each.boot_loader, each.tee, each.snp, each.microcode}});
  }
  std::vector<tdx::tcb_status> statuses{tdx::tcb_status::up_to_date};
  for (const char* each : std::span(wanted.accepted_statuses, wanted.accepted_status_count)) {
    statuses.push_back(*tdx::tcb_status_of(each));
  }
  return {
      decided<snp::report_data, snp::measurement>(
          snp::appraisal_policy{}, wanted,
          [&](auto open) { return std::move(open).require_minimum_tcb(std::span<const snp::minimum_tcb>(minima)); }),
      decided<tdx::report_data, tdx::measurement>(tdx::appraisal_policy{}, wanted,
                                                  [&](auto open) { return std::move(open).accept_tcb(statuses); })};
}

}  // namespace bridge
