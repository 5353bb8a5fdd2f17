// SPDX-License-Identifier: Apache-2.0
//
// unitee/json/snp_trustworthiness.hpp: what the checks of a SEV-SNP guest mean for its trustworthiness.
#pragma once

#include <unitee/json/trust_rows.hpp>
#include <unitee/json/trustworthiness.hpp>
#include <unitee/snp/bits.hpp>
#include <unitee/snp/report.hpp>
#include <unitee/verify/attestation_result.hpp>
#include <unitee/verify/snp_checks.hpp>
#include <unitee/verify/trust_anchors.hpp>

#include <array>
#include <span>

namespace unitee::inline v0::snp {

// trust_table has a row for each row of check_table.
inline constexpr std::array<trust_row, check_table.size()> trust_table = [] {
  constexpr auto identity = trust_claim::instance_identity;
  constexpr auto configuration = trust_claim::configuration;
  constexpr auto executables = trust_claim::executables;
  constexpr auto hardware = trust_claim::hardware;
  return std::array<trust_row, check_table.size()>{{
      {"report_data", identity, 0, 0, "freshness is no claim of AR4SI; the status alone shows it"},
      {"measurement", executables, 3, 33, "it covers what is launched, not what runs later"},
      {"minimum_tcb", hardware, 2, 32, "older firmware has known vulnerabilities"},
      {"debug", configuration, 2, 96, "the host reads and writes the guest's memory"},
      {"minimum_launch_tcb", hardware, 2, 32, "older firmware measured the guest"},
      {"provisional_firmware", configuration, 2, 32, "the host can return to older firmware"},
      {"firmware_version", hardware, 2, 32, "older firmware has known vulnerabilities"},
      {"launch_mitigations", hardware, 2, 32, "a known vulnerability was open at launch"},
      {"current_mitigations", hardware, 2, 32, "a known vulnerability is open"},
      {"policy_smt", configuration, 2, 32, "a sibling thread is a side channel"},
      {"policy_migrate_ma", configuration, 2, 96, "an agent may take the guest's memory elsewhere"},
      {"policy_cxl_allow", configuration, 2, 32, "memory may leave the processor's own"},
      {"policy_single_socket", configuration, 2, 32, "memory may cross a link between sockets"},
      {"policy_mem_aes_256_xts", configuration, 2, 32, "weaker memory encryption is allowed"},
      {"policy_rapl_dis", configuration, 2, 32, "power readings are a side channel"},
      {"policy_ciphertext_hiding_dram", configuration, 2, 32, "the host may watch ciphertext change"},
      {"policy_page_swap_disable", configuration, 2, 32, "the host may move the guest's pages"},
      {"policy_abi", configuration, 2, 32, "firmware with an older ABI will do for the guest"},
      {"vmpl", executables, 0, 33, "other software in the guest asked than was meant to"},
      {"host_data", configuration, 2, 32, "the host launched it with another configuration"},
      {"family_id", executables, 0, 33, "what the guest calls itself needs an ID block to count for it"},
      {"image_id", executables, 0, 33, "as family_id"},
      {"guest_svn", executables, 0, 32, "an older release has known bugs; as family_id"},
      {"id_block", executables, 3, 33, "a trusted key signed the launch digest"},
      {"author_key", executables, 3, 33, "a trusted author vouches for that key"},
      {"report_id", identity, 2, 97, "it is the one guest that is wanted, until it ends"},
      {"migration_agent", configuration, 2, 96, "an unknown agent may take the guest's memory elsewhere"},
      {"product", hardware, 2, 97, "it is genuine hardware, of a kind that is not accepted"},
      {"chip_id", identity, 2, 97, "the chip is not on the list"},
      {"masked_chip_id", identity, 0, 97, "nobody can tell the chip; to know that one could is no recognition"},
      {"signing_key", identity, 0, 97, "another kind of key vouches for the machine; the kind names no instance"},
      {"csp_id", identity, 0, 97, "another provider vouches for the machine; the provider names no instance"},
      {"revocation", hardware, 2, 32, "the key behind the evidence may be known to be bad"},
      {"platform_required", configuration, 2, 32, "the host lacks a protection"},
      {"platform_forbidden", configuration, 2, 32, "the host has something on that weakens the guest"},
      {"platform_unknown", configuration, 2, 32, "nobody here knows what is on"},
  }};
}();

static_assert(unitee::detail::has_rows_of(trust_table, check_table),
              "trust_table has the rows of check_table, in order");

// trustworthiness_of is the vector of a genuine guest: hardware is at least known to be genuine, memory is encrypted
// for the guest unless POLICY allows DEBUG, asked or not, and each check adds its row. Under a root that the caller
// named, of a simulated guest for example, nobody recognises the hardware, whatever else is met. File system, storage
// and sourced data are never claimed: a report says nothing about them.
constexpr trustworthiness_vector trustworthiness_of(std::span<const appraisal_check> checks, const report& genuine,
                                                    anchor_origin anchor) noexcept {
  const bool recognised = anchor == anchor_origin::pinned;
  const bool visible = genuine.policy().has(guest_policy::debug);
  trustworthiness_vector out;
  out.add(trust_claim::hardware, recognised ? 2 : 97);
  out.add(trust_claim::runtime_opaque, visible ? 96 : recognised ? 2 : 0);
  unitee::detail::add_checks(out, trust_table, checks);
  return out;
}

}  // namespace unitee::inline v0::snp
