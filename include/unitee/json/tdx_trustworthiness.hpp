// SPDX-License-Identifier: Apache-2.0
//
// unitee/json/tdx_trustworthiness.hpp: what the checks of a TD or an enclave mean for its trustworthiness.
#pragma once

#include <unitee/json/trust_rows.hpp>
#include <unitee/json/trustworthiness.hpp>
#include <unitee/tdx/attributes.hpp>
#include <unitee/tdx/tcb_status.hpp>
#include <unitee/verify/attestation_result.hpp>
#include <unitee/verify/quoted.hpp>
#include <unitee/verify/tdx.hpp>
#include <unitee/verify/tdx_checks.hpp>
#include <unitee/verify/trust_anchors.hpp>

#include <algorithm>
#include <array>
#include <cstdint>
#include <span>
#include <string_view>

namespace unitee::inline v0::tdx {

// trust_of is what a status of the TCB is worth as a claim about hardware. What a policy accepts does not make it any
// better.
constexpr std::int8_t trust_of(tcb_status status) noexcept {
  switch (status) {
    case tcb_status::up_to_date: return 2;
    case tcb_status::revoked:
    case tcb_status::not_supported: return 96;
    default: return 32;
  }
}

// trust_table has a row for each row of check_table.
inline constexpr std::array<trust_row, check_table.size()> trust_table = [] {
  constexpr auto identity = trust_claim::instance_identity;
  constexpr auto configuration = trust_claim::configuration;
  constexpr auto executables = trust_claim::executables;
  constexpr auto hardware = trust_claim::hardware;
  return std::array<trust_row, check_table.size()>{{
      {"report_data", identity, 0, 0, "freshness is no claim of AR4SI; the status alone shows it"},
      {"measurement", executables, 0, 33, "it covers the virtual firmware alone; see trustworthiness_of"},
      {"tcb_status", hardware, 0, 32, "the status counts by itself, whatever is accepted; see trust_of"},
      {"debug", configuration, 2, 96, "the host reads and writes the TD's memory"},
      {"tcb_supported", hardware, 0, 96, "it is revoked, or nobody says anything about it"},
      {"quote_version", hardware, 0, 0, "the form of the evidence is no claim; the status alone shows it"},
      {"quote_body", hardware, 2, 97, "it is a genuine TEE, of a kind that is not accepted"},
      {"unsigned_bytes", hardware, 0, 0, "as quote_version"},
      {"qe_svn", hardware, 2, 32, "an older quoting enclave has known vulnerabilities"},
      {"pce_svn", hardware, 2, 32, "an older PCE has known vulnerabilities"},
      {"mrseam", hardware, 2, 97, "the TDX module is not on the list"},
      {"mrsignerseam", hardware, 2, 97, "somebody else than Intel signed the TDX module"},
      {"mrconfigid", configuration, 2, 32, "the host launched it with another configuration"},
      {"mrowner", configuration, 2, 32, "the host launched it for another owner"},
      {"mrownerconfig", configuration, 2, 32, "the host launched it with another configuration of the owner's"},
      {"rtmr0", executables, 0, 33, "the virtual firmware's variables and tables decide what it boots"},
      {"rtmr1", executables, 0, 33, "the virtual firmware loaded other code; as measurement"},
      {"rtmr2", executables, 0, 33, "the loader took another kernel, command line or file system; as measurement"},
      {"rtmr3", executables, 0, 33, "software in the TD recorded something else"},
      {"attributes", configuration, 2, 32, "the TD was created with other attributes"},
      {"profiling", configuration, 2, 32, "what the host learns is a side channel"},
      {"migratable", configuration, 2, 96, "a service TD may take the TD's memory elsewhere"},
      {"icssd", configuration, 2, 32, "the TD was created with other attributes"},
      {"servtd_ext", configuration, 2, 32, "the TD was created with other attributes"},
      {"lass", configuration, 2, 32, "the TD was created with other attributes"},
      {"sept_ve_disable", configuration, 2, 32, "the host may interrupt the TD by taking pages away"},
      {"pks", configuration, 2, 32, "the TD was created with other attributes"},
      {"kl", configuration, 2, 32, "the TD was created with other attributes"},
      {"tpa", configuration, 2, 32, "the TD was created with other attributes"},
      {"perfmon", configuration, 2, 32, "performance counters may be a side channel"},
      {"unknown_attributes", configuration, 2, 32, "nobody here knows what is on"},
      {"xfam", configuration, 2, 32, "the TD may use other processor state"},
      {"mrservicetd", configuration, 2, 96, "an unknown service TD may change the TD or take it elsewhere"},
      {"mrenclave", executables, 3, 33, "it covers all that the enclave begins with"},
      {"mrsigner", executables, 0, 33, "who signed it signs other enclaves, too"},
      {"tee_tcb_svn", hardware, 2, 32, "an older TDX module or microcode has known vulnerabilities"},
      {"tcb_evaluation_data_number", hardware, 2, 32, "older collateral does not know of newer vulnerabilities"},
      {"tcb_date", hardware, 2, 32, "an older TCB has known vulnerabilities"},
      {"out_of_date_grace", hardware, 0, 32, "a known vulnerability has been open for too long"},
      {"rejected_advisories", hardware, 2, 32, "a known vulnerability is open"},
      {"allowed_advisories", hardware, 2, 32, "a known vulnerability is open"},
      {"qe_status", hardware, 0, 32, "the quoting enclave has known vulnerabilities"},
      {"collateral_current", hardware, 0, 32, "nobody here knows what has become known since"},
      {"platform_instance_id", identity, 2, 97, "the platform is not on the list"},
      {"ppid", identity, 2, 97, "the processor package is not on the list"},
      {"dynamic_platform", configuration, 2, 32, "packages may join that nobody judged"},
      {"cached_keys", configuration, 2, 32, "the registration service has the platform's keys, too"},
      {"smt", configuration, 2, 32, "a sibling thread is a side channel"},
      {"sgx_type", hardware, 2, 32, "memory may be protected in a weaker way"},
      {"fmspc", hardware, 2, 97, "it is genuine hardware, of a family that is not accepted"},
  }};
}();

static_assert(unitee::detail::has_rows_of(trust_table, check_table),
              "trust_table has the rows of check_table, in order");

namespace detail {

// opacity is what the TD's or the enclave's attributes are worth as a claim about encrypted memory.
inline std::int8_t opacity(const quoted& genuine) noexcept {
  if (const auto td = genuine.td()) {
    if (td->tdattributes().has(td_attributes::tud)) return 96;
    return td->tdattributes().has(td_attributes::tup) ? 32 : 2;
  }
  return genuine.enclave()->flags().has(enclave_flags::debug) ? 96 : 2;
}

// is_approved_boot says that the virtual firmware, what it loaded, and what that loaded are all wanted ones. A register
// of zeros says nothing about what was loaded.
inline bool is_approved_boot(std::span<const appraisal_check> checks, const quoted& genuine) noexcept {
  const auto td = genuine.td();
  const auto is_met = [&](std::string_view name) {
    return std::ranges::any_of(
        checks, [&](const appraisal_check& each) { return name == each.name && each.answer == outcome::met; });
  };
  return td && !td->rtmr1().is_zero() && !td->rtmr2().is_zero() && is_met("measurement") && is_met("rtmr1") &&
         is_met("rtmr2");
}

}  // namespace detail

// trustworthiness_of is the vector of a genuine TD or enclave: hardware is as good as the status of its TCB, or 32 if
// that rests on stale collateral; memory is encrypted, unless attributes let the host look in (96) or profile (32),
// asked or not; and each check adds its row. Executables are 3 when MRTD, RTMR1 and RTMR2 are met and both registers
// are in use: none of them covers a boot by itself. Under a root that the caller named, of a simulated platform for
// example, nobody recognises the hardware, whatever else is met. File system, storage and sourced data are never
// claimed: a quote says nothing about them.
inline trustworthiness_vector trustworthiness_of(std::span<const appraisal_check> checks, const claims& genuine,
                                                 anchor_origin anchor) noexcept {
  const bool recognised = anchor == anchor_origin::pinned;
  const std::int8_t opaque = detail::opacity(genuine.quote);
  trustworthiness_vector out;
  out.add(trust_claim::hardware, recognised ? 2 : 97);
  out.add(trust_claim::hardware, trust_of(genuine.tcb.status));
  if (genuine.collateral_is_stale()) out.add(trust_claim::hardware, 32);
  out.add(trust_claim::runtime_opaque, recognised || opaque != 2 ? opaque : no_claim);
  unitee::detail::add_checks(out, trust_table, checks);
  if (detail::is_approved_boot(checks, genuine.quote)) out.add(trust_claim::executables, 3);
  return out;
}

}  // namespace unitee::inline v0::tdx
