// SPDX-License-Identifier: Apache-2.0
//
// verify_options.cpp: the options of `unitee verify`, and the policy that they make.

#include "verify_words.hpp"

namespace command::verification {

namespace {

// row is an option: its value, its line in the help, whether it may be repeated, and what it adds to the policy.
struct row {
  std::string_view name;
  std::string_view value;
  std::string_view text;
  bool repeats = false;
  policy (*add)(policy&&, const asked&) = nullptr;
};

constexpr bool repeats = true;

policy add_id_block(policy&& p, const asked& a) {
  return std::move(p).require_id_block(list_of<snp::key_digest>({a.given, "--id-key"}),
                                       list_of<snp::key_digest>({a.given, "--id-key-author"}));
}

policy add_csp_ids(policy&& p, const asked& a) {
  const auto all = a.all();
  const std::vector<std::string_view> views(all.begin(), all.end());
  return std::move(p).require_csp_id(views);
}

policy add_demands(policy&& p, const asked& a) {
  using bits = snp::guest_policy;
  constexpr unitee::bit_range known[] = {bits::single_socket, bits::mem_aes_256_xts, bits::rapl_dis,
                                         bits::ciphertext_hiding_dram, bits::page_swap_disable};
  for (const auto& bit : bits_of(a, known)) p = std::move(p).require_policy(bit);
  return std::move(p);
}

policy add_platform(policy&& p, const asked& a) {
  for (const auto& bit : bits_of(a, snp::platform_info::fields)) p = std::move(p).require_platform(bit);
  return std::move(p);
}

policy add_unwanted_platform(policy&& p, const asked& a) {
  for (const auto& bit : bits_of(a, snp::platform_info::fields)) p = std::move(p).forbid_platform(bit);
  return std::move(p);
}

policy add_firmware(policy&& p, const asked& a) {
  const auto [major, minor, build] = version_of<3>(a, "1.55.29");
  return std::move(p).require_firmware_version({major, minor, build});
}

policy add_abi(policy&& p, const asked& a) {
  const auto [major, minor] = version_of<2>(a, "1.55");
  return std::move(p).require_policy_abi({major, minor});
}

// clang-format off
constexpr row general[] = {
    {"--endorsements", "PATH", "certificates and CRLs: PEM, DER or certificate table; a file or a directory", repeats},
    {"--trust-anchor", "FILE", "a root of your own to trust, beside AMD's pinned ones", repeats},
    {"--at", "TIME", "judge at this time (2026-03-01T00:00:00Z); default: now"},
    {"--json", "", "print one JSON object"},
    {"--ear", "", "print the attestation result as EAR claims, in JSON, unsigned"},
    {"--help", "", "print this"},
};

constexpr row software[] = {
    {"--report-data", "HEX", "these 1 to 64 bytes, then zeros"},
    {"--measurement", "HEX", "this launch measurement (48 bytes); repeat for any of several", repeats},
    {"--allow-debug", "", "accept a guest that its host can debug"},
    {"--forbid-smt", "", "refuse a guest that allows SMT",
     !repeats, [](policy&& p, const asked&) { return std::move(p).forbid_smt(); }},
    {"--allow-migration", "", "accept a guest that a migration agent may move",
     !repeats, [](policy&& p, const asked&) { return std::move(p).allow_migration(); }},
    {"--allow-cxl", "", "accept a guest whose memory may be on CXL devices",
     !repeats, [](policy&& p, const asked&) { return std::move(p).allow_cxl(); }},
    {"--require-policy", "BITS", "demands in the guest's policy: single_socket,mem_aes_256_xts,rapl_dis,\n"
     "ciphertext_hiding_dram,page_swap_disable", repeats, add_demands},
    {"--min-abi", "1.55", "the guest's policy demands at least this firmware ABI", !repeats, add_abi},
    {"--vmpl", "N", "exactly this VMPL, 0 to 3; an HCL report has to be of VMPL 0 unless a level is given",
     !repeats, [](policy&& p, const asked& a) { return std::move(p).require_vmpl(number_of<std::uint32_t>(a, 3)); }},
    {"--max-vmpl", "N", "this VMPL or a more privileged one, which is lower",
     !repeats, [](policy&& p, const asked& a) { return std::move(p).require_vmpl_at_most(number_of<std::uint32_t>(a, 3)); }},
    {"--host-data", "HEX", "this host data (32 bytes)",
     !repeats, [](policy&& p, const asked& a) { return std::move(p).require_host_data(fixed_of<snp::host_data>(a)); }},
    {"--family-id", "HEX", "this family id (16 bytes)",
     !repeats, [](policy&& p, const asked& a) { return std::move(p).require_family_id(fixed_of<snp::family_id>(a)); }},
    {"--image-id", "HEX", "this image id (16 bytes)",
     !repeats, [](policy&& p, const asked& a) { return std::move(p).require_image_id(fixed_of<snp::image_id>(a)); }},
    {"--min-guest-svn", "N", "at least this guest SVN",
     !repeats, [](policy&& p, const asked& a) { return std::move(p).require_guest_svn(number_of<std::uint32_t>(a)); }},
    {"--id-key", "HEX", "this key signed the ID block (48 bytes: SHA-384 of its 1028-byte structure);\n"
     "repeat for any of several", repeats, add_id_block},
    {"--id-key-author", "HEX", "or this author vouches for the key that did", repeats, add_id_block},
    {"--author-key", "HEX", "this author vouches for the key that signed the ID block; repeat for any of several", repeats,
     [](policy&& p, const asked& a) { return std::move(p).require_author_key(list_of<snp::key_digest>(a)); }},
    {"--report-id", "HEX", "this guest (32 bytes)",
     !repeats, [](policy&& p, const asked& a) { return std::move(p).require_report_id(fixed_of<snp::report_id>(a)); }},
    {"--report-id-ma", "HEX", "this migration agent (32 bytes), which may move the guest",
     !repeats, [](policy&& p, const asked& a) { return std::move(p).require_migration_agent(fixed_of<snp::report_id>(a)); }},
};

constexpr row machine[] = {
    {"--min-tcb", "SPEC", "at least this TCB: milan:boot_loader=4,tee=0,snp=24,microcode=219; repeat for genoa:\n"
     "and turin: (which also has fmc=); a product without a minimum is refused", repeats},
    {"--min-launch-tcb", "SPEC", "the same of the TCB at launch", repeats,
     [](policy&& p, const asked& a) { return std::move(p).require_minimum_launch_tcb(minima_of(a)); }},
    {"--refuse-provisional", "", "refuse firmware that the host can still roll back",
     !repeats, [](policy&& p, const asked&) { return std::move(p).refuse_provisional_firmware(); }},
    {"--min-firmware", "1.55.29", "at least this committed firmware", !repeats, add_firmware},
    {"--launch-mitigations", "0xHEX", "these bits of the mitigations at launch (reports of version 5)",
     !repeats, [](policy&& p, const asked& a) { return std::move(p).require_launch_mitigations(mask_of(a)); }},
    {"--current-mitigations", "0xHEX", "these bits of the mitigations now",
     !repeats, [](policy&& p, const asked& a) { return std::move(p).require_current_mitigations(mask_of(a)); }},
    {"--product", "NAME", "milan, genoa or turin; repeat for any of several", repeats,
     [](policy&& p, const asked& a) { return std::move(p).require_product(products_of(a)); }},
    {"--chip-id", "HEX", "this chip (64 bytes, or the 8 of a Turin); repeat for any of several", repeats,
     [](policy&& p, const asked& a) { return std::move(p).require_chip_id(chip_ids_of(a)); }},
    {"--allow-masked-chip-id", "", "accept a report whose chip id the host has hidden",
     !repeats, [](policy&& p, const asked&) { return std::move(p).allow_masked_chip_id(); }},
    {"--signer", "KIND", "a key of this kind signed: vcek (the chip's) or vlek (the provider's)",
     !repeats, [](policy&& p, const asked& a) { return std::move(p).require_signing_key(signer_of(a)); }},
    {"--csp-id", "TEXT", "the provider that the VLEK names; repeat for any of several", repeats, add_csp_ids},
    {"--require-platform", "BITS", "bits of the platform: smt_en,tsme_en,ecc_en,rapl_dis,ciphertext_hiding_dram_en,\n"
     "alias_check_complete,iommu_write_safe,tio_en", repeats, add_platform},
    {"--forbid-platform", "BITS", "bits that must not be set", repeats, add_unwanted_platform},
    {"--refuse-unknown-platform", "", "refuse bits that are newer than this library",
     !repeats, [](policy&& p, const asked&) { return std::move(p).refuse_unknown_platform(); }},
    {"--require-crl", "", "refuse where no revocation list was checked",
     !repeats, [](policy&& p, const asked& a) { return std::move(p).require_crl(stale_crls_of(a.given)); }},
    {"--allow-stale-crl", "", "a list past its next update will do"},
};

constexpr row virtual_tpm[] = {
    {"--tpm-quote", "FILE", "a quote of the vTPM that the HCL report vouches for (TPMS_ATTEST)"},
    {"--tpm-signature", "FILE", "its signature"},
    {"--tpm-pcrs", "FILE", "PCR 0 to 23, SHA-256 (768 bytes), to compare with the quote"},
    {"--nonce", "HEX", "the quote's extra data are these 1 to 64 bytes"},
};
// clang-format on

struct section {
  std::string_view title;
  std::span<const row> rows;
};

constexpr section sections[] = {
    {"", general},
    {"What to demand of the guest:", software},
    {"What to demand of the machine and of who speaks for it:", machine},
    {"For the HCL report of an Azure guest:", virtual_tpm},
};

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

}  // namespace

std::vector<option> accepted_options() {
  std::vector<option> out;
  for (const section& each : sections) {
    for (const row& row : each.rows) out.push_back({row.name, !row.value.empty()});
  }
  return out;
}

std::string help() {
  std::string out = R"(usage: unitee verify EVIDENCE [OPTIONS]

Says whether a SEV-SNP attestation report (or an Azure HCL report around one) is genuine, and
whether it is what you want. Works offline: certificates come from files.
)";
  for (const section& each : sections) {
    out += fmt::format("\n{}{}", each.title, each.title.empty() ? "" : "\n");
    for (const row& row : each.rows) put_help(out, row);
  }
  return out + R"(
Debug, migration, CXL and a hidden chip id are refused unless allowed. Report data, measurement and
the minimum TCB have no default: what you do not ask is shown, and not judged.
)";
}

policy policy_of(const arguments& given, bool hcl) {
  for (const section& each : sections) {
    for (const row& row : each.rows) {
      if (!row.repeats && !row.value.empty()) (void)given.one(row.name);  // twice is a usage_error
    }
  }
  const auto report_data = given.one("--report-data");
  const auto measurements = list_of<snp::measurement>({given, "--measurement"});
  const auto minima = minima_of({given, "--min-tcb"});
  auto fresh = report_data ? snp::appraisal_policy{}.require_report_data(
                                 snp::padded_report_data(octets_of("--report-data", *report_data, 64)))
                           : snp::appraisal_policy{}.waive_report_data();
  auto known =
      measurements.empty() ? std::move(fresh).waive_measurement() : std::move(fresh).require_measurement(measurements);
  auto patched = minima.empty() ? std::move(known).waive_tcb() : std::move(known).require_minimum_tcb(minima);
  policy out = given.has("--allow-debug") ? std::move(patched).allow_debug() : std::move(patched).forbid_debug();
  for (const section& each : sections) {
    for (const row& row : each.rows) {
      if (row.add != nullptr && given.has(row.name)) out = row.add(std::move(out), {given, row.name});
    }
  }
  if (hcl && !given.has("--vmpl") && !given.has("--max-vmpl")) out = std::move(out).require_vmpl(0);
  return out;
}

snp::stale_crls stale_crls_of(const arguments& given) {
  return given.has("--allow-stale-crl") ? snp::stale_crls::accept : snp::stale_crls::refuse;
}

std::vector<std::uint8_t> octets_of(std::string_view option, std::string_view digits, std::size_t most) {
  std::vector<std::uint8_t> out(digits.size() / 2);
  const bool good = digits.size() % 2 == 0 && !out.empty() && out.size() <= most;
  if (!good || !unitee::hex_decode(digits, out)) {
    throw usage_error{fmt::format("{} wants 1 to {} bytes as hexadecimal digits", option, most)};
  }
  return out;
}

}  // namespace command::verification
