// SPDX-License-Identifier: Apache-2.0
//
// tests/support/ear.hpp: what the checks of a SEV-SNP guest are known to mean in AR4SI's claims, by value.
#pragma once

#include "support/verdicts.hpp"

#include <unitee/json/trustworthiness.hpp>

#include <algorithm>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace unitee::test {

using trust_values = std::map<std::string, int>;

inline trust_values vector_of(const trustworthiness_vector& claims) {
  trust_values out;
  for (const trust_claim each : trust_claims) out[name(each)] = claims[each];
  return out;
}

// trust_group is checks that say the same: met or not met to this claim.
struct trust_group {
  std::string claim;
  int met;
  int not_met;
  std::vector<std::string_view> checks;
};

inline const std::vector<trust_group> trust_groups{
    {"hardware",
     2,
     32,
     {"minimum_tcb", "minimum_launch_tcb", "firmware_version", "launch_mitigations", "current_mitigations",
      "revocation"}},
    {"hardware", 2, 97, {"product"}},
    {"configuration", 2, 96, {"debug", "policy_migrate_ma", "migration_agent"}},
    {"configuration",
     2,
     32,
     {"provisional_firmware", "policy_smt", "policy_cxl_allow", "policy_single_socket", "policy_mem_aes_256_xts",
      "policy_rapl_dis", "policy_ciphertext_hiding_dram", "policy_page_swap_disable", "policy_abi", "host_data",
      "platform_required", "platform_forbidden", "platform_unknown"}},
    {"executables", 3, 33, {"measurement", "id_block", "author_key"}},
    {"executables", 0, 33, {"vmpl", "family_id", "image_id"}},
    {"executables", 0, 32, {"guest_svn"}},
    {"instance-identity", 2, 97, {"report_id", "chip_id"}},
    {"instance-identity", 0, 97, {"masked_chip_id", "signing_key", "csp_id"}},
    {"instance-identity", 0, 0, {"report_data"}},
};

// known_vector is the vector that these checks must give; a larger value is a worse one here.
inline trust_values known_vector(std::span<const appraisal_check> checks, bool debug, anchor_origin anchor) {
  const bool pinned = anchor == anchor_origin::pinned;
  trust_values out{{"instance-identity", 0},      {"configuration", 0},  {"executables", 0}, {"file-system", 0},
                   {"hardware", pinned ? 2 : 97}, {"storage-opaque", 0}, {"sourced-data", 0}};
  out["runtime-opaque"] = debug ? 96 : pinned ? 2 : 0;
  for (const appraisal_check& check : checks) {
    const auto group = std::ranges::find_if(trust_groups, [&](const trust_group& each) {
      return std::ranges::find(each.checks, check.name) != each.checks.end();
    });
    if (group == trust_groups.end()) throw std::invalid_argument(check.name);
    int& value = out[group->claim];
    if (check.answer == outcome::met) value = std::max(value, group->met);
    if (check.answer == outcome::not_met) value = std::max(value, group->not_met);
  }
  return out;
}

inline bool known_refusal(std::span<const appraisal_check> checks) {
  return std::ranges::find(checks, outcome::not_met, &appraisal_check::answer) != checks.end();
}

}  // namespace unitee::test
