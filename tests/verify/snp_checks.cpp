// SPDX-License-Identifier: Apache-2.0
#include <unitee/verify/snp_checks.hpp>

#include "support/catch.hpp"

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <set>
#include <string>
#include <string_view>
#include <type_traits>

namespace test_snp_checks {

using namespace unitee;
using snp::check_id;
using snp::check_table;

namespace {

// names are what programs read in JSON: they may grow, and not change.
constexpr std::string_view names[] = {
    "report_data",
    "measurement",
    "minimum_tcb",
    "debug",
    "minimum_launch_tcb",
    "provisional_firmware",
    "firmware_version",
    "launch_mitigations",
    "current_mitigations",
    "policy_smt",
    "policy_migrate_ma",
    "policy_cxl_allow",
    "policy_single_socket",
    "policy_mem_aes_256_xts",
    "policy_rapl_dis",
    "policy_ciphertext_hiding_dram",
    "policy_page_swap_disable",
    "policy_abi",
    "vmpl",
    "host_data",
    "family_id",
    "image_id",
    "guest_svn",
    "id_block",
    "author_key",
    "report_id",
    "migration_agent",
    "product",
    "chip_id",
    "masked_chip_id",
    "signing_key",
    "csp_id",
    "revocation",
    "platform_required",
    "platform_forbidden",
    "platform_unknown",
};

}  // namespace

static_assert(std::size(names) == check_table.size());
static_assert(check_id("report_data").info().name == check_table.front().name);
static_assert(check_id("platform_unknown").info().name == check_table.back().name);
static_assert(!std::is_constructible_v<check_id>, "a question without a name");

// An answer has room for every question.
static_assert(check_table.size() <= attestation_result<int>::max_checks);

TEST_CASE("every question has the name that programs know, in this order", "[verify][checks]") {
  for (std::size_t i = 0; i < check_table.size(); ++i) CHECK(check_table[i].name == names[i]);
}

TEST_CASE("every question has a name of its own, a rule of its own and a source", "[verify][checks]") {
  std::set<std::string> taken;
  std::set<std::string> rules;
  for (const check_info& each : check_table) {
    const std::string name = each.name;
    CAPTURE(name);
    CHECK(taken.insert(name).second);
    CHECK(rules.insert(each.rule).second);
    CHECK(
        std::ranges::all_of(name, [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_'; }));
    const std::string source = each.source;
    CHECK((source.starts_with("ABI, ") || source.starts_with("KDS, ")));
  }
}

}  // namespace test_snp_checks
