// SPDX-License-Identifier: Apache-2.0
//
// unitee/verify/snp_policy.hpp: what one wants of a SEV-SNP guest.
#pragma once

#include <unitee/bytes/bits.hpp>
#include <unitee/snp/bits.hpp>
#include <unitee/snp/product.hpp>
#include <unitee/snp/report.hpp>
#include <unitee/snp/tcb.hpp>
#include <unitee/unavailable.hpp>
#include <unitee/verify/appraisal_point.hpp>
#include <unitee/verify/snp_chain.hpp>
#include <unitee/verify/snp_reference_values.hpp>

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace unitee::inline v0::snp {

using unitee::appraisal_point;

// appraisal_policy decides what appraise demands. Report data, measurement, TCB and debug must each be required or
// waived by name, and once: a policy that leaves one open is another type, which appraise does not take, and a second
// decision on the same point does not compile. Every member returns a new policy.
//
//   const auto policy = snp::appraisal_policy{}.require_report_data(nonce).require_measurement(image).waive_tcb().forbid_debug();
template <unsigned Decided = 0>
class appraisal_policy {
 public:
  static constexpr bool decides(appraisal_point point) noexcept {
    return (Decided & static_cast<unsigned>(point)) != 0;
  }

  appraisal_policy() requires(Decided == 0) = default;

  // require_report_data asks for exactly these 64 bytes. What they mean is between caller and guest: a nonce, or a
  // digest of nonce and key.
  [[nodiscard]] auto require_report_data(const snp::report_data& wanted) &&
      requires(!decides(appraisal_point::freshness)) {
    want_.report_data = wanted;
    return std::move(*this).template decided<appraisal_point::freshness>();
  }
  // waive_report_data accepts evidence that may be a replay.
  [[nodiscard]] auto waive_report_data() && requires(!decides(appraisal_point::freshness)) {
    return std::move(*this).template decided<appraisal_point::freshness>();
  }

  // require_measurement asks for one of these launch measurements; an empty list accepts none.
  [[nodiscard]] auto require_measurement(std::span<const snp::measurement> any_of) &&
      requires(!decides(appraisal_point::software)) {
    want_.measurements.emplace(any_of.begin(), any_of.end());
    return std::move(*this).template decided<appraisal_point::software>();
  }
  [[nodiscard]] auto require_measurement(const snp::measurement& wanted) &&
      requires(!decides(appraisal_point::software)) {
    return std::move(*this).require_measurement(std::span(&wanted, 1));
  }
  // waive_measurement accepts any software at all.
  [[nodiscard]] auto waive_measurement() && requires(!decides(appraisal_point::software)) {
    return std::move(*this).template decided<appraisal_point::software>();
  }

  // require_minimum_tcb asks that every component of REPORTED_TCB is at least this, on this product. A report of a
  // product that the list lacks is not met.
  [[nodiscard]] auto require_minimum_tcb(std::span<const minimum_tcb> by_product) &&
      requires(!decides(appraisal_point::firmware)) {
    want_.minimum_tcb = make_minima(by_product);
    return std::move(*this).template decided<appraisal_point::firmware>();
  }
  [[nodiscard]] auto require_minimum_tcb(generation product, const tcb_parts& least) &&
      requires(!decides(appraisal_point::firmware)) {
    const minimum_tcb only{product, least};
    return std::move(*this).require_minimum_tcb(std::span(&only, 1));
  }
  // waive_tcb accepts firmware with any known hole.
  [[nodiscard]] auto waive_tcb() && requires(!decides(appraisal_point::firmware)) {
    return std::move(*this).template decided<appraisal_point::firmware>();
  }

  // forbid_debug asks that the host cannot read the guest's memory.
  [[nodiscard]] auto forbid_debug() && requires(!decides(appraisal_point::debugging)) {
    return std::move(*this).template decided<appraisal_point::debugging>();
  }
  // allow_debug accepts guests without any confidentiality.
  [[nodiscard]] auto allow_debug() && requires(!decides(appraisal_point::debugging)) {
    want_.allow_debug = true;
    return std::move(*this).template decided<appraisal_point::debugging>();
  }

  // The decisions from here on have a default, and the last one on a point counts.

  // require_minimum_launch_tcb is require_minimum_tcb for LAUNCH_TCB: what ran when the guest was measured.
  [[nodiscard]] appraisal_policy require_minimum_launch_tcb(std::span<const minimum_tcb> by_product) && {
    return with(&reference_values::minimum_launch_tcb, make_minima(by_product));
  }
  // refuse_provisional_firmware asks that CURRENT is COMMITTED, in TCB and version: firmware that the host can still
  // roll back is common on real machines, and accepted by default.
  [[nodiscard]] appraisal_policy refuse_provisional_firmware() && {
    return with(&reference_values::refuse_provisional, true);
  }
  [[nodiscard]] appraisal_policy require_firmware_version(firmware_version least) && {
    return with(&reference_values::firmware, least);
  }
  // require_launch_mitigations and require_current_mitigations ask for all of these bits. Reports before version 5 do
  // not tell, which is not met.
  [[nodiscard]] appraisal_policy require_launch_mitigations(std::uint64_t mask) && {
    return with(&reference_values::launch_mitigations, mask);
  }
  [[nodiscard]] appraisal_policy require_current_mitigations(std::uint64_t mask) && {
    return with(&reference_values::current_mitigations, mask);
  }

  // forbid_smt: SMT is allowed by default, because nearly every guest allows it.
  [[nodiscard]] appraisal_policy forbid_smt() && { return with(&reference_values::forbid_smt, true); }
  // allow_migration accepts guests that a migration agent may move, or has moved. Refused by default.
  [[nodiscard]] appraisal_policy allow_migration() && { return with(&reference_values::allow_migration, true); }
  // require_migration_agent accepts guests that may be moved, by this agent only, also where allow_migration is said.
  [[nodiscard]] appraisal_policy require_migration_agent(const snp::report_id& agent) && {
    want_.report_id_ma = agent;
    return with(&reference_values::allow_migration, true);
  }
  // allow_cxl accepts guests whose memory may be on CXL devices. Refused by default.
  [[nodiscard]] appraisal_policy allow_cxl() && { return with(&reference_values::allow_cxl, true); }
  // require_policy asks for a demand in the guest's POLICY: guest_policy::single_socket, mem_aes_256_xts, rapl_dis,
  // ciphertext_hiding_dram or page_swap_disable. Any other bit stops the program.
  [[nodiscard]] appraisal_policy require_policy(const bit_range& demand) && {
    if ((demand.mask() & ~policy_demands) != 0) unitee::detail::stop();
    want_.policy_required.value |= demand.mask();
    return std::move(*this);
  }
  // require_policy_abi asks that the guest accepts no firmware with an older ABI.
  [[nodiscard]] appraisal_policy require_policy_abi(abi_version least) && {
    return with(&reference_values::policy_abi, least);
  }

  // require_vmpl asks for exactly this level, require_vmpl_at_most for this or a more privileged one, which is lower.
  [[nodiscard]] appraisal_policy require_vmpl(std::uint32_t wanted) && { return with(&reference_values::vmpl, wanted); }
  [[nodiscard]] appraisal_policy require_vmpl_at_most(std::uint32_t most) && {
    return with(&reference_values::vmpl_max, most);
  }
  [[nodiscard]] appraisal_policy require_host_data(const snp::host_data& wanted) && {
    return with(&reference_values::host_data, wanted);
  }
  [[nodiscard]] appraisal_policy require_report_id(const snp::report_id& wanted) && {
    return with(&reference_values::report_id, wanted);
  }

  // FAMILY_ID, IMAGE_ID and GUEST_SVN come from the ID block: require one, or they are whatever the host liked.
  [[nodiscard]] appraisal_policy require_family_id(const snp::family_id& wanted) && {
    return with(&reference_values::family_id, wanted);
  }
  [[nodiscard]] appraisal_policy require_image_id(const snp::image_id& wanted) && {
    return with(&reference_values::image_id, wanted);
  }
  [[nodiscard]] appraisal_policy require_guest_svn(std::uint32_t least) && {
    return with(&reference_values::guest_svn, least);
  }
  // require_id_block asks that one of id_keys signed the guest's ID block, or a key that one of authors vouches for.
  // Digests are SHA-384 of the 1028-byte public key structure.
  [[nodiscard]] appraisal_policy require_id_block(std::span<const key_digest> id_keys,
                                                  std::span<const key_digest> authors = {}) && {
    want_.id_keys.assign(id_keys.begin(), id_keys.end());
    want_.id_key_authors.assign(authors.begin(), authors.end());
    return with(&reference_values::ask_id_block, true);
  }
  // require_author_key asks that one of these authors vouches for the key that signed the guest's ID block.
  [[nodiscard]] appraisal_policy require_author_key(std::span<const key_digest> any_of) && {
    return with(&reference_values::author_keys, std::vector(any_of.begin(), any_of.end()));
  }

  [[nodiscard]] appraisal_policy require_product(std::span<const generation> any_of) && {
    return with(&reference_values::products, std::vector(any_of.begin(), any_of.end()));
  }
  // require_chip_id asks for one of these chips, which a masked id and a report signed by a VLEK never are.
  [[nodiscard]] appraisal_policy require_chip_id(std::span<const snp::chip_id> any_of) && {
    return with(&reference_values::chip_ids, std::vector(any_of.begin(), any_of.end()));
  }
  // allow_masked_chip_id accepts a VCEK whose chip nobody could compare. Refused by default.
  [[nodiscard]] appraisal_policy allow_masked_chip_id() && {
    return with(&reference_values::allow_masked_chip_id, true);
  }
  // require_signing_key asks for a VCEK or for a VLEK; both are accepted by default.
  [[nodiscard]] appraisal_policy require_signing_key(signing_key_kind wanted) && {
    return with(&reference_values::signing_key, wanted);
  }
  // require_csp_id asks for a VLEK of one of these providers, by the whole text of cspID.
  [[nodiscard]] appraisal_policy require_csp_id(std::span<const std::string_view> any_of) && {
    return with(&reference_values::csp_ids, std::vector<std::string>(any_of.begin(), any_of.end()));
  }
  // require_crl asks that a revocation list was checked. Whether a stale one counts is said twice: here, and to verify.
  [[nodiscard]] appraisal_policy require_crl(stale_crls stale = stale_crls::refuse) && {
    return with(&reference_values::crl, stale);
  }

  // require_platform asks for bits of PLATFORM_INFO, platform_info::alias_check_complete for example; forbid_platform
  // for their absence; refuse_unknown_platform for the absence of all bits that this library does not know.
  [[nodiscard]] appraisal_policy require_platform(const bit_range& wanted) && {
    want_.platform_required.value |= wanted.mask();
    return std::move(*this);
  }
  [[nodiscard]] appraisal_policy forbid_platform(const bit_range& unwanted) && {
    want_.platform_forbidden.value |= unwanted.mask();
    return std::move(*this);
  }
  [[nodiscard]] appraisal_policy refuse_unknown_platform() && {
    return with(&reference_values::refuse_unknown_platform, true);
  }

  [[nodiscard]] const reference_values& wanted() const noexcept { return want_; }

 private:
  template <unsigned>
  friend class appraisal_policy;

  static constexpr std::uint64_t policy_demands =
      guest_policy::single_socket.mask() | guest_policy::mem_aes_256_xts.mask() | guest_policy::rapl_dis.mask() |
      guest_policy::ciphertext_hiding_dram.mask() | guest_policy::page_swap_disable.mask();

  explicit appraisal_policy(reference_values&& want) noexcept : want_(std::move(want)) {}

  template <class Member, class Value>
  [[nodiscard]] appraisal_policy with(Member reference_values::*member, Value&& value) {
    want_.*member = std::forward<Value>(value);
    return std::move(*this);
  }

  template <appraisal_point Point>
  [[nodiscard]] auto decided() && {
    return appraisal_policy<Decided | static_cast<unsigned>(Point)>(std::move(want_));
  }

  reference_values want_;
};

appraisal_policy()->appraisal_policy<0>;

// clang-format off
template <class Policy>
concept decides_tcb = Policy::decides(appraisal_point::firmware) ||
    unavailable<"this appraisal policy does not decide the TCB: call require_minimum_tcb(...) or waive_tcb()">;
// clang-format on

template <class Policy>
concept complete_policy =
    decides_report_data<Policy> && decides_measurement<Policy> && decides_tcb<Policy> && decides_debug<Policy>;

}  // namespace unitee::inline v0::snp
