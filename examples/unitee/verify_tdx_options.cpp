// SPDX-License-Identifier: Apache-2.0
//
// verify_tdx_options.cpp: the options of `unitee verify` about quotes, and the policy that they make.

#include "transcript_options.hpp"
#include "verify_options.hpp"
#include "verify_tdx_words.hpp"

namespace command::verification {

namespace {

using policy = tdx_policy;

// tdx_row is an option, and what it adds to the policy.
struct tdx_row {
  std::string_view name;
  std::string_view value;
  std::string_view text;
  bool repeats = false;
  policy (*add)(policy&&, const asked&) = nullptr;
};

constexpr bool repeats = true;

policy add_rtmrs(policy&& p, const asked& a) {
  for (std::size_t i = 0; i < 4; ++i) {
    const rtmr_values wanted = rtmr_of(a, i);
    if (wanted.zero) {
      p = std::move(p).require_rtmr_zero(i);
    } else if (!wanted.any_of.empty()) {
      p = std::move(p).require_rtmr(i, wanted.any_of);
    }
  }
  return std::move(p);
}

policy add_attributes(policy&& p, const asked& a) {
  for (const auto& bit : bits_of(a, attribute_names)) p = std::move(p).require_attribute(bit);
  return std::move(p);
}

policy add_unwanted_attributes(policy&& p, const asked& a) {
  for (const auto& bit : bits_of(a, attribute_names)) p = std::move(p).forbid_attribute(bit);
  return std::move(p);
}

policy add_masked_attributes(policy&& p, const asked& a) {
  const auto [value, mask] = masked_of(a);
  return std::move(p).require_attributes(value, mask);
}

policy add_masked_xfam(policy&& p, const asked& a) {
  const auto [value, mask] = masked_of(a);
  return std::move(p).require_xfam(value, mask);
}

policy add_service_tds(policy&& p, const asked& a) {
  const auto all = a.all();
  if (std::ranges::find(all, "any") == all.end()) {
    return std::move(p).require_service_td(list_of<tdx::measurement>(a));
  }
  if (all.size() != 1) throw usage_error{fmt::format("{} any leaves nothing else to ask", a.option)};
  return std::move(p).allow_any_service_td();
}

policy add_rejected(policy&& p, const asked& a) {
  const auto all = a.all();
  const std::vector<std::string_view> views(all.begin(), all.end());
  return std::move(p).reject_advisories(views);
}

policy add_allowed(policy&& p, const asked& a) {
  const auto all = a.all();
  const std::vector<std::string_view> views(all.begin(), all.end());
  return std::move(p).allow_advisories(views);
}

// clang-format off
constexpr tdx_row software[] = {
    {"--rtmr", "N:HEX", "RTMR0 to RTMR3 is this (48 bytes), or N:zero for one that nobody extended; repeat for any of\n"
     "several and for other registers", repeats, add_rtmrs},
    {"--mr-config-id", "HEX", "this MRCONFIGID (48 bytes)",
     !repeats, [](policy&& p, const asked& a) {
       return std::move(p).require_mrconfigid(fixed_of<tdx::host_value>(a)); }},
    {"--mr-owner", "HEX", "this MROWNER (48 bytes)",
     !repeats, [](policy&& p, const asked& a) { return std::move(p).require_mrowner(fixed_of<tdx::host_value>(a)); }},
    {"--mr-owner-config", "HEX", "this MROWNERCONFIG (48 bytes)",
     !repeats, [](policy&& p, const asked& a) {
       return std::move(p).require_mrownerconfig(fixed_of<tdx::host_value>(a)); }},
    {"--attributes", "0xHEX", "TDATTRIBUTES is this; 0xVALUE/0xMASK compares the bits of the mask",
     !repeats, add_masked_attributes},
    {"--xfam", "0xHEX", "the same of XFAM", !repeats, add_masked_xfam},
    {"--require-attribute", "BITS", "bits that must be set: icssd,servtd_ext,lass,sept_ve_disable,pks,kl,tpa,perfmon",
     repeats, add_attributes},
    {"--forbid-attribute", "BITS", "bits that must not be set", repeats, add_unwanted_attributes},
    {"--require-sept-ve-disable", "", "--require-attribute sept_ve_disable",
     !repeats, [](policy&& p, const asked&) {
       return std::move(p).require_attribute(tdx::td_attributes::sept_ve_disable); }},
    {"--allow-profiling", "", "accept a TD that its host may profile",
     !repeats, [](policy&& p, const asked&) { return std::move(p).allow_profiling(); }},
    {"--allow-unknown-attributes", "", "accept bits that are newer than this library",
     !repeats, [](policy&& p, const asked&) { return std::move(p).allow_unknown_attributes(); }},
    {"--service-td", "HEX", "this MRSERVICETD (48 bytes), or `any`; repeat for any of several",
     repeats, add_service_tds},
    {"--accept-enclave", "", "accept a quote about an SGX enclave",
     !repeats, [](policy&& p, const asked&) { return std::move(p).accept_enclaves(); }},
    {"--mrenclave", "HEX", "this enclave (32 bytes); repeat for any of several", repeats,
     [](policy&& p, const asked& a) { return std::move(p).require_mrenclave(list_of<tdx::enclave_measurement>(a)); }},
    {"--mrsigner", "HEX", "an enclave by this signer (32 bytes); repeat for any of several", repeats,
     [](policy&& p, const asked& a) { return std::move(p).require_mrsigner(list_of<tdx::enclave_signer>(a)); }},
    {"--body", "NAME", "a quote about this: td-1.0, td-1.5, td-1.5-extended or enclave; repeat for any of several",
     repeats,
     [](policy&& p, const asked& a) { return std::move(p).require_body(bodies_of(a)); }},
    {"--quote-version", "N", "3, 4 or 5; repeat for any of several", repeats,
     [](policy&& p, const asked& a) { return std::move(p).require_quote_version(versions_of(a)); }},
    {"--strict-trailing", "WHAT", "what may follow the quote unsigned: none or zero",
     !repeats, [](policy&& p, const asked& a) { return std::move(p).require_unsigned_bytes(trailing_of(a)); }},
};

constexpr tdx_row machine[] = {
    {"--accept-status", "NAMES", "TCB statuses to accept beside UpToDate, as Intel names them, commas between",
     repeats},
    {"--qe-status", "NAMES", "the same of the quoting enclave's own status", repeats,
     [](policy&& p, const asked& a) { return std::move(p).accept_qe(statuses_of(a)); }},
    {"--min-tcb-date", "DATE", "the TCB's date is at least this: 2025-05-14",
     !repeats, [](policy&& p, const asked& a) { return std::move(p).require_tcb_date(date_of(a)); }},
    {"--min-tcb-evaluation-number", "N", "collateral of at least this TCB recovery (tcbEvaluationDataNumber)",
     !repeats, [](policy&& p, const asked& a) {
       return std::move(p).require_tcb_evaluation_data_number(number_of<std::uint32_t>(a)); }},
    {"--grace-out-of-date", "DAYS", "an accepted OutOfDate counts for so many days after the TCB's date",
     !repeats, [](policy&& p, const asked& a) { return std::move(p).accept_out_of_date_for(seconds_of(a)); }},
    {"--collateral-grace", "DAYS", "collateral counts for so many days after its next update",
     !repeats, [](policy&& p, const asked& a) { return std::move(p).accept_stale_collateral(seconds_of(a)); }},
    {"--tcb-procedure", "NAME", "Intel's procedure: current, or qvl-2024 to agree with deployed verifiers"},
    {"--reject-advisory", "ID", "refuse a TCB that this advisory concerns (INTEL-SA-00837)", repeats, add_rejected},
    {"--allow-advisory", "ID", "refuse a TCB that any other advisory concerns", repeats, add_allowed},
    {"--min-qe-svn", "N", "at least this ISVSVN of the quoting enclave",
     !repeats, [](policy&& p, const asked& a) { return std::move(p).require_qe_svn(number_of<std::uint16_t>(a)); }},
    {"--min-pce-svn", "N", "at least this PCESVN",
     !repeats, [](policy&& p, const asked& a) { return std::move(p).require_pce_svn(number_of<std::uint16_t>(a)); }},
    {"--mrseam", "HEX", "this TDX module (48 bytes); repeat for any of several", repeats,
     [](policy&& p, const asked& a) { return std::move(p).require_mrseam(list_of<tdx::measurement>(a)); }},
    {"--zero-mrsignerseam", "", "Intel signed the TDX module",
     !repeats, [](policy&& p, const asked&) { return std::move(p).require_zero_mrsignerseam(); }},
    {"--platform-instance-id", "HEX", "this platform (16 bytes); repeat for any of several", repeats,
     [](policy&& p, const asked& a) {
       return std::move(p).require_platform_instance_id(list_of<tdx::platform_instance_id>(a)); }},
    {"--ppid", "HEX", "this processor package (16 bytes); repeat for any of several", repeats,
     [](policy&& p, const asked& a) { return std::move(p).require_ppid(list_of<tdx::ppid>(a)); }},
    {"--fmspc", "HEX", "a platform of this family (6 bytes); repeat for any of several", repeats,
     [](policy&& p, const asked& a) { return std::move(p).require_fmspc(list_of<tdx::fmspc>(a)); }},
    {"--sgx-type", "NAME", "Standard, Scalable or ScalableWithIntegrity; repeat for any of several", repeats,
     [](policy&& p, const asked& a) { return std::move(p).require_sgx_type(sgx_types_of(a)); }},
    {"--forbid-dynamic-platform", "", "refuse a platform that packages can be added to",
     !repeats, [](policy&& p, const asked&) { return std::move(p).forbid_dynamic_platform(); }},
    {"--forbid-cached-keys", "", "refuse a platform whose keys Intel's registration service keeps",
     !repeats, [](policy&& p, const asked&) { return std::move(p).forbid_cached_keys(); }},
};

constexpr tdx_row beside[] = {
    {"--event-log", "FILE", "its events have to add up to the registers (CCEL, or TCG2 with --event-index pcr)"},
    {"--event", "RTMRn:HEX", "an event with this digest (48 bytes) is in this register; repeat for more", repeats},
    {"--event-data", "", "every event whose digest is over its data has to hash to it"},
    {"--event-index", "KIND", "what the log's register numbers count: cc (the default) or pcr"},
    {"--hcl-report", "FILE", "the HCL report of an Azure TD, which this quote has to be of"},
};
// clang-format on

section titled(std::string_view title, std::span<const tdx_row> rows) {
  section out{title, vendor::tdx, {}};
  for (const tdx_row& each : rows) out.rows.push_back({each.name, each.value, each.text, each.repeats});
  return out;
}

}  // namespace

std::vector<section> tdx_sections() {
  return {titled("What to demand of a TD, or of an SGX enclave:", software),
          titled("What to demand of its platform, TCB and collateral:", machine),
          titled("What stands beside a TD's quote:", beside)};
}

tdx_policy tdx_policy_of(const question& asked) {
  const arguments& given = asked.given;
  const auto report_data = report_data_of(given, asked.from);
  const auto measurements = list_of<tdx::measurement>({given, "--measurement"});
  auto fresh = report_data ? tdx::appraisal_policy{}.require_report_data({report_data->value})
                           : tdx::appraisal_policy{}.waive_report_data();
  auto known =
      measurements.empty() ? std::move(fresh).waive_measurement() : std::move(fresh).require_measurement(measurements);
  auto patched = std::move(known).accept_tcb(statuses_of({given, "--accept-status"}));
  policy out = given.has("--allow-debug") ? std::move(patched).allow_debug() : std::move(patched).forbid_debug();
  if (given.has("--forbid-smt")) out = std::move(out).forbid_smt();
  if (given.has("--allow-migration")) out = std::move(out).allow_migration();
  if (given.has("--min-tcb")) out = std::move(out).require_tee_tcb_svn(minimum_svn_of({given, "--min-tcb"}));
  for (const std::span<const tdx_row> rows : {std::span<const tdx_row>(software), std::span<const tdx_row>(machine)}) {
    for (const tdx_row& row : rows) {
      if (row.add != nullptr && given.has(row.name)) out = row.add(std::move(out), {given, row.name});
    }
  }
  return out;
}

tdx::verify_options tdx_options_of(const arguments& given) {
  tdx::verify_options out;
  if (given.has("--collateral-grace")) out.collateral_grace = seconds_of({given, "--collateral-grace"});
  const auto name = given.one("--tcb-procedure");
  if (!name) return out;
  for (const tdx::tcb_procedure each : {tdx::tcb_procedure::current, tdx::tcb_procedure::qvl_2024}) {
    out.procedure = each;
    if (*name == tdx::name(each)) return out;
  }
  throw usage_error{"--tcb-procedure is current or qvl-2024, not " + *name};
}

}  // namespace command::verification
