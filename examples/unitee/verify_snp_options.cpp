// SPDX-License-Identifier: Apache-2.0
//
// verify_snp_options.cpp: the options of `unitee verify` about SEV-SNP reports, and the policy that they make.

#include "transcript_options.hpp"
#include "verify_options.hpp"
#include "verify_snp_words.hpp"

namespace command::verification {

namespace {

using policy = snp_policy;

// snp_row is an option, and what it adds to the policy.
struct snp_row {
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
constexpr snp_row software[] = {
    {"--allow-cxl", "", "accept a guest whose memory may be on CXL devices",
     !repeats, [](policy&& p, const asked&) { return std::move(p).allow_cxl(); }},
    {"--require-policy", "BITS", "demands in the guest's policy: single_socket,mem_aes_256_xts,rapl_dis,\n"
     "ciphertext_hiding_dram,page_swap_disable", repeats, add_demands},
    {"--min-abi", "1.55", "the guest's policy demands at least this firmware ABI", !repeats, add_abi},
    {"--vmpl", "N", "exactly this VMPL, 0 to 3; an HCL report has to be of VMPL 0 unless a level is given",
     !repeats, [](policy&& p, const asked& a) { return std::move(p).require_vmpl(number_of<std::uint32_t>(a, 3)); }},
    {"--max-vmpl", "N", "this VMPL or a more privileged one, which is lower",
     !repeats, [](policy&& p, const asked& a) {
       return std::move(p).require_vmpl_at_most(number_of<std::uint32_t>(a, 3)); }},
    {"--manifest", "FILE", "the report is an SVSM's: its report data are over this manifest of its services, too"},
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
    {"--author-key", "HEX", "this author vouches for the key that signed the ID block; repeat for any of several",
     repeats,
     [](policy&& p, const asked& a) { return std::move(p).require_author_key(list_of<snp::key_digest>(a)); }},
    {"--report-id", "HEX", "this guest (32 bytes)",
     !repeats, [](policy&& p, const asked& a) { return std::move(p).require_report_id(fixed_of<snp::report_id>(a)); }},
    {"--report-id-ma", "HEX", "this migration agent (32 bytes), which may move the guest",
     !repeats, [](policy&& p, const asked& a) {
       return std::move(p).require_migration_agent(fixed_of<snp::report_id>(a)); }},
};

constexpr snp_row machine[] = {
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

// clang-format on

section titled(std::string_view title, std::span<const snp_row> rows) {
  section out{title, vendor::snp, {}};
  for (const snp_row& each : rows) out.rows.push_back({each.name, each.value, each.text, each.repeats});
  return out;
}

// wanted_report_data is what REPORT_DATA has to be: as asked for, or what an SVSM makes of that.
std::optional<unitee::report_data> wanted_report_data(const question& asked) {
  const auto data = report_data_of(asked.given, asked.from);
  const auto manifest = asked.given.one("--manifest");
  if (!manifest) return data;
  if (!data) throw usage_error{"--manifest is about --report-data or --label"};
  return with_manifest(*data, asked.from.read(*manifest));
}

}  // namespace

std::vector<section> snp_sections() {
  return {titled("What to demand of a SEV-SNP guest:", software),
          titled("What to demand of its machine and of who speaks for it:", machine)};
}

snp_policy snp_policy_of(const question& asked, bool hcl) {
  const arguments& given = asked.given;
  const auto report_data = wanted_report_data(asked);
  const auto measurements = list_of<snp::measurement>({given, "--measurement"});
  const auto minima = minima_of({given, "--min-tcb"});
  auto fresh = report_data ? snp::appraisal_policy{}.require_report_data({report_data->value})
                           : snp::appraisal_policy{}.waive_report_data();
  auto known =
      measurements.empty() ? std::move(fresh).waive_measurement() : std::move(fresh).require_measurement(measurements);
  auto patched = minima.empty() ? std::move(known).waive_tcb() : std::move(known).require_minimum_tcb(minima);
  policy out = given.has("--allow-debug") ? std::move(patched).allow_debug() : std::move(patched).forbid_debug();
  if (given.has("--forbid-smt")) out = std::move(out).forbid_smt();
  if (given.has("--allow-migration")) out = std::move(out).allow_migration();
  for (const std::span<const snp_row> rows : {std::span<const snp_row>(software), std::span<const snp_row>(machine)}) {
    for (const snp_row& row : rows) {
      if (row.add != nullptr && given.has(row.name)) out = row.add(std::move(out), {given, row.name});
    }
  }
  if (hcl && !given.has("--vmpl") && !given.has("--max-vmpl")) out = std::move(out).require_vmpl(0);
  return out;
}

snp::stale_crls stale_crls_of(const arguments& given) {
  return given.has("--allow-stale-crl") ? snp::stale_crls::accept : snp::stale_crls::refuse;
}

}  // namespace command::verification
