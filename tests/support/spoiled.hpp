// SPDX-License-Identifier: Apache-2.0
//
// tests/support/spoiled.hpp: a guest about which everything can be asked and is met, and each way to spoil it.
#pragma once

#include "support/verdicts.hpp"

#include <unitee/verify/snp_reference_values.hpp>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <vector>

namespace unitee::test {

using genuine_claims = verified<snp::claims>;

template <class Fixed>
Fixed filled(std::uint8_t n) {
  Fixed out;
  out.value.fill(n);
  return out;
}

// policy_demands is bits 20 and 22 to 25 of POLICY.
inline constexpr std::uint64_t policy_demands = 0x3D00000;

// good_bytes turns a simulated report into one about which everything can be asked and is met.
inline void good_bytes(report_octets& bytes) {
  snp::row::policy::write(bytes, policy_demands | snp::guest_policy::reserved_one.mask() | 0x0137);  // ABI 1.55
  snp::row::launch_mit_vector::write(bytes, 7);
  snp::row::current_mit_vector::write(bytes, 15);
}

inline simulated_launch good_launch() {
  return {.measurement = filled<snp::measurement>(0x11),
          .guest_svn = 5,
          .family_id = filled<snp::family_id>(0x22),
          .image_id = filled<snp::image_id>(0x33),
          .host_data = filled<snp::host_data>(0x44),
          .id_key_digest = filled<snp::key_digest>(0x55),
          .author_key_digest = filled<snp::key_digest>(0x66)};
}

using edit_bytes = std::function<void(report_octets&)>;
using edit_wants = std::function<void(snp::reference_values&)>;

inline snp::report good_report(const edit_bytes& spoil = {}) {
  return forged(
      simulated_platform(),
      [&](report_octets& bytes) {
        good_bytes(bytes);
        if (spoil) spoil(bytes);
      },
      nullptr, good_launch());
}

inline genuine_claims judged_claims(const snp::report& report) { return need(judged(simulated_platform(), report)); }

// everything asks all there is to ask of a guest whose report a VCEK signed, without a revocation list.
inline snp::reference_values everything(const snp::report& of) {
  const snp::minimum_tcb own{snp::generation::milan, simulated_tcb()};
  snp::reference_values out;
  out.report_data = of.report_data();
  out.measurements = std::vector{of.measurement()};
  out.minimum_tcb = out.minimum_launch_tcb = snp::make_minima(std::span(&own, 1));
  out.refuse_provisional = out.forbid_smt = out.ask_id_block = out.refuse_unknown_platform = true;
  out.firmware = of.committed_version();
  out.launch_mitigations = 5;
  out.current_mitigations = 8;
  out.policy_required = {policy_demands};
  out.policy_abi = snp::abi_version{1, 0x37};
  out.vmpl = 0;
  out.host_data = of.host_data();
  out.family_id = of.family_id();
  out.image_id = of.image_id();
  out.guest_svn = 5;
  out.id_keys = {of.id_key_digest()};
  out.author_keys = std::vector{of.author_key_digest()};
  out.report_id = of.report_id();
  out.products = std::vector{snp::generation::milan};
  out.chip_ids = std::vector{of.chip_id()};
  out.signing_key = snp::signing_key_kind::vcek;
  out.platform_required = {snp::platform_info::alias_check_complete.mask()};
  out.platform_forbidden = {snp::platform_info::tio_en.mask()};
  return out;
}

// spoiled is one thing that is wrong with a good guest, by the check that sees it.
struct spoiled {
  const char* check;
  edit_wants want;
  edit_bytes bytes{};
};

// set_policy and clear_policy change POLICY, and flip the lowest bit of the byte at an offset.
inline edit_bytes set_policy(const bit_range& bit) {
  return [&bit](report_octets& bytes) { snp::row::policy::write(bytes, snp::row::policy::read(bytes) | bit.mask()); };
}
inline edit_bytes flip(std::size_t offset) {
  return [offset](report_octets& bytes) { bytes[offset] = static_cast<std::uint8_t>(bytes[offset] ^ 1); };
}
inline edit_bytes clear_policy(const bit_range& bit) {
  return [&bit](report_octets& bytes) { snp::row::policy::write(bytes, snp::row::policy::read(bytes) & ~bit.mask()); };
}

inline std::vector<spoiled> all_spoiled() {
  using want = snp::reference_values;
  using policy = snp::guest_policy;
  const snp::minimum_tcb other{snp::generation::genoa, {}};
  const auto minima = snp::make_minima(std::span(&other, 1));
  return {
      {"report_data", [](want& w) { w.report_data->value[63] ^= 1; }},
      {"measurement", [](want& w) { w.measurements->clear(); }},
      {"minimum_tcb", [=](want& w) { w.minimum_tcb = minima; }},
      {"debug", {}, set_policy(policy::debug)},
      {"minimum_launch_tcb", [=](want& w) { w.minimum_launch_tcb = minima; }},
      {"provisional_firmware", {}, [](report_octets& b) { ++b[snp::row::current_build::offset]; }},
      {"firmware_version", [](want& w) { ++w.firmware->build; }},
      {"launch_mitigations", [](want& w) { w.launch_mitigations = 8; }},
      {"current_mitigations", [](want& w) { w.current_mitigations = 16; }},
      {"policy_smt", {}, set_policy(policy::smt)},
      {"policy_migrate_ma", {}, set_policy(policy::migrate_ma)},
      {"policy_cxl_allow", {}, set_policy(policy::cxl_allow)},
      {"policy_single_socket", {}, clear_policy(policy::single_socket)},
      {"policy_mem_aes_256_xts", {}, clear_policy(policy::mem_aes_256_xts)},
      {"policy_rapl_dis", {}, clear_policy(policy::rapl_dis)},
      {"policy_ciphertext_hiding_dram", {}, clear_policy(policy::ciphertext_hiding_dram)},
      {"policy_page_swap_disable", {}, clear_policy(policy::page_swap_disable)},
      {"policy_abi", [](want& w) { w.policy_abi->minor = 0x38; }},
      {"vmpl", [](want& w) { w.vmpl = 1; }},
      {"host_data", [](want& w) { w.host_data->value[0] ^= 1; }},
      {"family_id", [](want& w) { w.family_id->value[0] ^= 1; }},
      {"image_id", [](want& w) { w.image_id->value[0] ^= 1; }},
      {"guest_svn", [](want& w) { w.guest_svn = 6; }},
      {"id_block", [](want& w) { w.id_keys.clear(); }},
      {"author_key", [](want& w) { w.author_keys->clear(); }},
      {"report_id", [](want& w) { w.report_id->value[0] ^= 1; }},
      {"migration_agent", [](want& w) { w.report_id_ma = snp::report_id{}; }},
      {"product", [](want& w) { w.products = std::vector{snp::generation::turin}; }},
      {"chip_id", [](want& w) { w.chip_ids->clear(); }},
      {"masked_chip_id", [](want& w) { w.chip_ids.reset(); },
       [](report_octets& b) { snp::row::chip_id::write(b, {}); }},
      {"signing_key", [](want& w) { w.signing_key = snp::signing_key_kind::vlek; }},
      {"csp_id", [](want& w) { w.csp_ids.emplace(); }},
      {"revocation", [](want& w) { w.crl = snp::stale_crls::accept; }},
      {"platform_required", [](want& w) { w.platform_required.value |= snp::platform_info::tsme_en.mask(); }},
      {"platform_forbidden", [](want& w) { w.platform_forbidden.value |= snp::platform_info::ecc_en.mask(); }},
      {"platform_unknown", {}, flip(snp::row::platform_info::offset + 7)},
  };
}

}  // namespace unitee::test
