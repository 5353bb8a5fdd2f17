// SPDX-License-Identifier: Apache-2.0
//
// unitee/verify/snp_reference_values.hpp: what the claims of a SEV-SNP guest are compared with.
#pragma once

#include <unitee/bytes/view.hpp>
#include <unitee/snp/bits.hpp>
#include <unitee/snp/product.hpp>
#include <unitee/snp/report.hpp>
#include <unitee/snp/tcb.hpp>
#include <unitee/verify/snp_chain.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace unitee::inline v0::snp {

// minimum_tcb is the least TCB that one product must have.
struct minimum_tcb {
  generation product;
  tcb_parts parts;
};

// tcb_minima is one minimum for each product, by generation: a number of Milan's means nothing on Turin.
using tcb_minima = std::array<std::optional<tcb_version>, products.size()>;

// make_minima keeps the higher of two levels where a product is there twice. A part that is not zero and that the
// product lacks stops the program.
constexpr tcb_minima make_minima(std::span<const minimum_tcb> by_product) noexcept {
  tcb_minima out{};
  for (const minimum_tcb& least : by_product) {
    auto& kept = out[static_cast<std::size_t>(least.product)];
    const tcb_version added = make_tcb(least.parts, product_of(least.product).layout);
    if (!kept) kept = tcb_version{};
    for (std::size_t i = 0; i < added.value.size(); ++i) kept->value[i] = std::max(kept->value[i], added.value[i]);
  }
  return out;
}

// abi_version is a version of the firmware's ABI; it orders by major, then minor.
struct abi_version {
  std::uint8_t major = 0;
  std::uint8_t minor = 0;

  friend constexpr auto operator<=>(const abi_version&, const abi_version&) = default;
};

// padded_report_data is the bytes followed by zeros. More than 64 bytes stop the program.
constexpr report_data padded_report_data(byte_view bytes) noexcept {
  report_data out;
  if (bytes.size() > out.value.size()) unitee::detail::stop();
  unitee::detail::copy_bytes(bytes, out.value);
  return out;
}

// reference_values is what a policy compares claims with (RFC 9334, section 2.3); what is absent is not asked. An empty
// list accepts nothing.
struct reference_values {
  std::optional<snp::report_data> report_data;
  std::optional<std::vector<snp::measurement>> measurements;
  std::optional<tcb_minima> minimum_tcb;  // of REPORTED_TCB
  std::optional<tcb_minima> minimum_launch_tcb;
  bool allow_debug = false;
  bool allow_migration = false;
  bool allow_cxl = false;
  bool forbid_smt = false;
  guest_policy policy_required{};  // of the bits that are demands
  std::optional<abi_version> policy_abi;

  std::optional<std::uint32_t> vmpl;
  std::optional<std::uint32_t> vmpl_max;
  std::optional<snp::host_data> host_data;
  std::optional<snp::family_id> family_id;
  std::optional<snp::image_id> image_id;
  std::optional<std::uint32_t> guest_svn;  // at least
  std::optional<snp::report_id> report_id;
  std::optional<snp::report_id> report_id_ma;

  bool ask_id_block = false;
  std::vector<key_digest> id_keys;         // one of these signed the ID block,
  std::vector<key_digest> id_key_authors;  // or one of these vouches for the key that did
  std::optional<std::vector<key_digest>> author_keys;

  std::optional<std::vector<generation>> products;
  std::optional<std::vector<snp::chip_id>> chip_ids;
  bool allow_masked_chip_id = false;
  std::optional<signing_key_kind> signing_key;
  std::optional<std::vector<std::string>> csp_ids;
  std::optional<stale_crls> crl;  // a list must have been checked

  bool refuse_provisional = false;
  std::optional<firmware_version> firmware;  // of the committed version, at least
  std::optional<std::uint64_t> launch_mitigations;
  std::optional<std::uint64_t> current_mitigations;
  platform_info platform_required{};
  platform_info platform_forbidden{};
  bool refuse_unknown_platform = false;
};

}  // namespace unitee::inline v0::snp
