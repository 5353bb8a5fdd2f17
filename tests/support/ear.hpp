// SPDX-License-Identifier: Apache-2.0
//
// tests/support/ear.hpp: what checks are known to mean in AR4SI's claims, by value, and EARs that are made of them.
#pragma once

#include "support/catch.hpp"
#include "support/edits.hpp"
#include "support/openssl.hpp"
#include "support/verdicts.hpp"

#include <unitee/json/ear_claims.hpp>
#include <unitee/json/trustworthiness.hpp>

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cstddef>
#include <map>
#include <span>
#include <stdexcept>
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

// add_groups adds the groups of the checks that were asked; a larger value is a worse one here.
inline void add_groups(trust_values& out, const std::vector<trust_group>& groups,
                       std::span<const appraisal_check> checks) {
  for (const appraisal_check& check : checks) {
    const auto group = std::ranges::find_if(groups, [&](const trust_group& each) {
      return std::ranges::find(each.checks, check.name) != each.checks.end();
    });
    if (group == groups.end()) throw std::invalid_argument(check.name);
    int& value = out[group->claim];
    if (check.answer == outcome::met) value = std::max(value, group->met);
    if (check.answer == outcome::not_met) value = std::max(value, group->not_met);
  }
}

// known_values is nothing claimed but these two.
inline trust_values known_values(int hardware, int runtime_opaque) {
  return {{"instance-identity", 0}, {"configuration", 0},   {"executables", 0},
          {"file-system", 0},       {"hardware", hardware}, {"runtime-opaque", runtime_opaque},
          {"storage-opaque", 0},    {"sourced-data", 0}};
}

// snp_groups is every check of a SEV-SNP guest.
inline const std::vector<trust_group> snp_groups{
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

// known_vector is the vector that these checks of a SEV-SNP guest must give.
inline trust_values known_vector(std::span<const appraisal_check> checks, bool debug, anchor_origin anchor) {
  const bool pinned = anchor == anchor_origin::pinned;
  trust_values out = known_values(pinned ? 2 : 97, debug ? 96 : pinned ? 2 : 0);
  add_groups(out, snp_groups, checks);
  return out;
}

inline bool known_refusal(std::span<const appraisal_check> checks) {
  return std::ranges::find(checks, outcome::not_met, &appraisal_check::answer) != checks.end();
}

// unasked is every question of a table, none of them asked.
inline std::vector<appraisal_check> unasked(std::span<const check_info> table) {
  std::vector<appraisal_check> out;
  for (const check_info& each : table) {
    out.push_back({each.name, each.rule, each.source, outcome::not_asked, {}, {}, 0});
  }
  return out;
}

// check_each_pair asks holds(checks) with every two questions of a table answered in every way, and with one alone.
template <class Holds>
void check_each_pair(std::span<const check_info> table, Holds holds) {
  constexpr outcome outcomes[] = {outcome::met, outcome::not_met, outcome::not_asked};
  auto checks = unasked(table);
  for (std::size_t i = 0; i < checks.size(); ++i) {
    for (std::size_t j = i; j < checks.size(); ++j) {
      for (const outcome one : outcomes) {
        for (const outcome other : outcomes) {
          checks[j].answer = other;
          checks[i].answer = one;
          if (holds(checks)) continue;
          CAPTURE(checks[i].name, name(one), checks[j].name, name(other));
          FAIL();
        }
      }
      checks[i].answer = checks[j].answer = outcome::not_asked;
    }
  }
}

inline ear_options plain_ear(utc_time iat = simulated_now) { return {.iat = iat}; }

inline ear_options full_ear(byte_view raw_evidence) {
  return {.iat = simulated_now,
          .developer = "Acme Inc.",
          .build = "1.0",
          .submodule = "guest",
          .policy_id = "policy://acme/1",
          .eat_nonce = pattern(8),
          .raw_evidence = raw_evidence};
}

// check_ear compares an EAR with its checks and with what those are known to mean, and gives its status.
inline std::string check_ear(const nlohmann::json& claims, std::span<const appraisal_check> checks,
                             const trust_values& known) {
  const nlohmann::json& cpu = claims.at("submods").at("cpu0");
  const trust_values vector = cpu.at("ear.trustworthiness-vector").get<trust_values>();
  CHECK(vector == known);
  REQUIRE(cpu.at("unitee.checks").size() == checks.size());
  for (std::size_t i = 0; i < checks.size(); ++i) {
    const nlohmann::json& told = cpu.at("unitee.checks")[i];
    CHECK(told.at("check") == checks[i].name);
    CHECK(told.at("outcome") == name(checks[i].answer));
    CHECK(told.at("source") == checks[i].source);
    CHECK(told.contains("wanted") == (checks[i].answer != outcome::not_asked));
  }
  std::string status = cpu.at("ear.status");
  for (const auto& [claim, value] : vector) CHECK((value < 96 || status == "contraindicated"));
  if (known_refusal(checks)) CHECK(status == "contraindicated");
  return status;
}

// member_names is those of an object, in alphabetical order.
inline std::vector<std::string> member_names(const nlohmann::json& of) {
  std::vector<std::string> out;
  for (const auto& [name, value] : of.items()) out.push_back(name);
  return out;
}

}  // namespace unitee::test
