// SPDX-License-Identifier: Apache-2.0
#include <unitee/verify/tdx_checks.hpp>

#include "support/catch.hpp"

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <set>
#include <string>
#include <string_view>
#include <type_traits>

namespace test_tdx_checks {

using namespace unitee;
using tdx::check_id;
using tdx::check_table;

namespace {

// names are what programs read in JSON: they may grow, and not change.
constexpr std::string_view names[] = {
    "report_data",
    "measurement",
    "tcb_status",
    "debug",
    "tcb_supported",
    "quote_version",
    "quote_body",
    "unsigned_bytes",
    "qe_svn",
    "pce_svn",
    "mrseam",
    "mrsignerseam",
    "mrconfigid",
    "mrowner",
    "mrownerconfig",
    "rtmr0",
    "rtmr1",
    "rtmr2",
    "rtmr3",
    "attributes",
    "profiling",
    "migratable",
    "icssd",
    "servtd_ext",
    "lass",
    "sept_ve_disable",
    "pks",
    "kl",
    "tpa",
    "perfmon",
    "unknown_attributes",
    "xfam",
    "mrservicetd",
    "mrenclave",
    "mrsigner",
    "tee_tcb_svn",
    "tcb_evaluation_data_number",
    "tcb_date",
    "out_of_date_grace",
    "rejected_advisories",
    "allowed_advisories",
    "qe_status",
    "collateral_current",
    "platform_instance_id",
    "ppid",
    "dynamic_platform",
    "cached_keys",
    "smt",
    "sgx_type",
    "fmspc",
};

}  // namespace

static_assert(std::size(names) == check_table.size());
static_assert(check_id("report_data").info().name == check_table.front().name);
static_assert(check_id("fmspc").info().name == check_table.back().name);
static_assert(!std::is_constructible_v<check_id>, "a question without a name");
static_assert(check_table.size() <= attestation_result<int>::max_checks, "an answer has room for every question");

TEST_CASE("every question about a TD has the name that programs know, in this order", "[verify][checks]") {
  for (std::size_t i = 0; i < check_table.size(); ++i) CHECK(check_table[i].name == names[i]);
}

TEST_CASE("every question about a TD has a name of its own, a rule of its own and a source", "[verify][checks]") {
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
    const bool known = source.starts_with("DCAP, ") || source.starts_with("ABI, ") || source.starts_with("PCS, ") ||
                       source.starts_with("PCK, ");
    CHECK(known);
  }
}

}  // namespace test_tdx_checks
