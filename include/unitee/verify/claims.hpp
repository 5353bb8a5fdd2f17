// SPDX-License-Identifier: Apache-2.0
//
// unitee/verify/claims.hpp: what genuine evidence of either vendor says.
#pragma once

#include <unitee/bytes/fixed.hpp>
#include <unitee/evidence.hpp>
#include <unitee/report_data.hpp>
#include <unitee/snp/bits.hpp>
#include <unitee/tdx/attributes.hpp>
#include <unitee/tdx/enclave_report.hpp>
#include <unitee/tdx/td_report_body.hpp>
#include <unitee/verify/snp.hpp>
#include <unitee/verify/tdx.hpp>
#include <unitee/verify/trust_anchors.hpp>

#include <cstdint>
#include <optional>
#include <utility>
#include <variant>

namespace unitee::inline v0 {

// launch_measurement is the digest of what was there when the guest began: MEASUREMENT or MRTD (SHA-384). What each
// covers is the vendor's and the firmware's to say.
using launch_measurement = fixed_bytes<48, struct launch_measurement_tag>;

// claims is what genuine evidence says: in words that both vendors have, and in each vendor's own.
class claims {
 public:
  explicit claims(snp::claims of) noexcept : held_(std::in_place_index<0>, std::move(of)) {}
  explicit claims(tdx::claims of) noexcept : held_(std::in_place_index<1>, std::move(of)) {}

  [[nodiscard]] evidence_kind kind() const noexcept {
    return held_.index() == 0 ? evidence_kind::snp_report : evidence_kind::quote;
  }
  // snp is the claims of a SEV-SNP report, tdx those of a quote; the other is nullptr.
  [[nodiscard]] const snp::claims* snp() const noexcept { return std::get_if<0>(&held_); }
  [[nodiscard]] const tdx::claims* tdx() const noexcept { return std::get_if<1>(&held_); }

  [[nodiscard]] unitee::report_data report_data() const noexcept {
    if (snp() != nullptr) return {snp()->report.report_data().value};
    return {tdx()->quote.report_data().value};
  }

  // measurement is nothing for an SGX enclave, which has MRENCLAVE.
  [[nodiscard]] std::optional<launch_measurement> measurement() const noexcept {
    if (snp() != nullptr) return launch_measurement{snp()->report.measurement().value};
    const auto td = tdx()->quote.td();
    if (!td) return std::nullopt;
    return launch_measurement{td->mrtd().value};
  }

  // debug says that the host may look into the guest: POLICY.DEBUG, a bit of the group TUD, or an enclave's DEBUG.
  [[nodiscard]] bool debug() const noexcept {
    if (snp() != nullptr) return snp()->report.policy().has(snp::guest_policy::debug);
    if (const auto td = tdx()->quote.td()) return td->tdattributes().has(tdx::td_attributes::tud);
    return tdx()->quote.enclave()->flags().has(tdx::enclave_flags::debug);
  }

  [[nodiscard]] anchor_origin anchor() const noexcept {
    return snp() != nullptr ? snp()->anchor : tdx()->collateral.anchor();
  }

 private:
  std::variant<unitee::snp::claims, unitee::tdx::claims> held_;
};

}  // namespace unitee::inline v0
