// SPDX-License-Identifier: Apache-2.0
//
// verify_options.cpp: the options of `unitee verify` that are about both vendors' evidence, and all of them together.

#include "verify_options.hpp"

#include <fmt/format.h>

#include <iterator>
#include <utility>

namespace command::verification {

namespace {

constexpr bool repeats = true;

// clang-format off
std::vector<section> shared_sections() {
  return {{"", vendor::any, {
    {"--endorsements", "PATH", "certificates, CRLs and Intel's collateral: PEM, DER, JSON or certificate table; a\n"
     "file or a directory", repeats},
    {"--trust-anchor", "FILE", "a root of your own to trust, beside the vendors' pinned ones", repeats},
    {"--no-pinned-roots", "", "trust nothing but your own roots"},
    {"--at", "TIME", "judge at this time (2026-03-01T00:00:00Z); default: now"},
    {"--receipt", "FILE", "write evidence, endorsements, policy, time and answer into one file, which\n"
     "`unitee verify FILE` judges again, byte for byte"},
    {"--json", "", "print one JSON object"},
    {"--ear", "", "print the attestation result as EAR claims, in JSON, unsigned"},
    {"--help", "", "print this"},
  }}, {"What to demand:", vendor::any, {
    {"--report-data", "HEX", "these 1 to 64 bytes, then zeros"},
    {"--label", "TEXT", "report data that stand for several things (`unitee attest`): this protocol, then\n"
     "--nonce HEX, and"},
    {"--public-key", "FILE", "this key (PEM or DER)"},
    {"--model-digest", "HEX", "this model"},
    {"--part", "NAME=HEX", "and this, or what is in a file (NAME=@FILE); repeat for more, in the same order", repeats},
    {"--measurement", "HEX", "this launch measurement (48 bytes); repeat for any of several", repeats},
    {"--min-tcb", "SPEC", "at least this TCB: milan:boot_loader=4,tee=0,snp=24,microcode=219; repeat for genoa:\n"
     "and turin: (which also has fmc=), and a product without a minimum is refused; of TDX quotes\n"
     "tdx:module_version=1,module_svn=6,microcode_svn=4", repeats},
    {"--allow-debug", "", "accept a guest that its host can debug"},
    {"--forbid-smt", "", "refuse a guest that allows SMT"},
    {"--allow-migration", "", "accept a guest that a migration agent may move"},
  }}};
}

constexpr row virtual_tpm[] = {
    {"--tpm-quote", "FILE", "a quote of the vTPM that the HCL report vouches for (TPMS_ATTEST)"},
    {"--tpm-signature", "FILE", "its signature"},
    {"--tpm-pcrs", "FILE", "PCR 0 to 23, SHA-256 (768 bytes), to compare with the quote"},
    {"--nonce", "HEX", "the quote's extra data are these 1 to 64 bytes (without --label)"},
};
// clang-format on

std::vector<section> all_sections() {
  std::vector<section> out = shared_sections();
  for (auto& each : snp_sections()) out.push_back(std::move(each));
  for (auto& each : tdx_sections()) out.push_back(std::move(each));
  out.push_back(
      {"For the HCL report of an Azure guest:", vendor::any, {std::begin(virtual_tpm), std::end(virtual_tpm)}});
  return out;
}

void put_help(std::string& out, const row& each) {
  constexpr std::size_t column = 28;
  std::string head = fmt::format("  {}{}{}", each.name, each.value.empty() ? "" : " ", each.value);
  std::string_view text = each.text;
  if (head.size() + 2 > column) out += std::exchange(head, {}) + "\n";
  while (true) {
    const std::size_t end = text.find('\n');
    out += fmt::format("{:<{}}{}\n", std::exchange(head, {}), column, text.substr(0, end));
    if (end == text.npos) return;
    text.remove_prefix(end + 1);
  }
}

constexpr std::string_view about(vendor of) { return of == vendor::snp ? "SEV-SNP reports" : "TDX quotes"; }

}  // namespace

std::vector<option> accepted_options() {
  std::vector<option> out;
  for (const section& each : all_sections()) {
    for (const row& row : each.rows) out.push_back({row.name, !row.value.empty()});
  }
  return out;
}

std::string help() {
  std::string out = R"(usage: unitee verify EVIDENCE [OPTIONS]
       unitee verify RECEIPT [--json]

Says whether a SEV-SNP attestation report, a TDX or SGX quote, or the evidence of an Azure guest
(HCL report, or JSON) is genuine, and whether it is what you want. Works offline: certificates and
collateral come from files.
)";
  for (const section& each : all_sections()) {
    out += fmt::format("\n{}{}", each.title, each.title.empty() ? "" : "\n");
    for (const row& row : each.rows) put_help(out, row);
  }
  return out + R"(
Debug, migration, CXL, a hidden chip id, profiling, service TDs and enclaves are refused unless
allowed, and of a TDX platform every status but UpToDate. Report data, measurement and the minimum
TCB have no default: what you do not ask is shown, and not judged.
)";
}

void check_options(const arguments& given, vendor of) {
  for (const section& each : all_sections()) {
    for (const row& row : each.rows) {
      if (!row.repeats && !row.value.empty()) (void)given.one(row.name);  // twice is a usage_error
      if (of != vendor::any && each.of != vendor::any && each.of != of && given.has(row.name)) {
        throw usage_error{fmt::format("{} is about {}", row.name, about(each.of))};
      }
    }
  }
}

}  // namespace command::verification
