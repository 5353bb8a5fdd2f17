// SPDX-License-Identifier: Apache-2.0
//
// unitee/verify/tdx_policy.hpp: what one wants of a TD.
#pragma once

#include <unitee/bytes/bits.hpp>
#include <unitee/bytes/time.hpp>
#include <unitee/result.hpp>
#include <unitee/tdx/attributes.hpp>
#include <unitee/tdx/fields.hpp>
#include <unitee/tdx/pck_extension.hpp>
#include <unitee/tdx/quote.hpp>
#include <unitee/tdx/quote_header.hpp>
#include <unitee/tdx/tcb_status.hpp>
#include <unitee/unavailable.hpp>
#include <unitee/verify/appraisal_point.hpp>
#include <unitee/verify/tdx_reference_values.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace unitee::inline v0::tdx {

using unitee::appraisal_point;

// appraisal_policy decides what appraise demands. Report data, measurement, TCB and debug must each be required or
// waived by name, and once: a policy that leaves one open is another type, which appraise does not take, and a second
// decision on the same point does not compile. Every member returns a new policy.
//
//   const auto policy =
//       tdx::appraisal_policy{}.require_report_data(nonce).require_measurement(image).require_up_to_date().forbid_debug();
template <unsigned Decided = 0>
class appraisal_policy {
 public:
  static constexpr bool decides(appraisal_point point) noexcept {
    return (Decided & static_cast<unsigned>(point)) != 0;
  }

  appraisal_policy() requires(Decided == 0) = default;

  // require_report_data asks for exactly these 64 bytes. What they mean is between caller and guest: a nonce, or a
  // digest of nonce and key.
  [[nodiscard]] auto require_report_data(const tdx::report_data& wanted) &&
      requires(!decides(appraisal_point::freshness)) {
    want_.report_data = wanted;
    return std::move(*this).template decided<appraisal_point::freshness>();
  }
  // waive_report_data accepts evidence that may be a replay.
  [[nodiscard]] auto waive_report_data() && requires(!decides(appraisal_point::freshness)) {
    return std::move(*this).template decided<appraisal_point::freshness>();
  }

  // require_measurement asks that MRTD is one of these; an empty list accepts none. It covers the virtual firmware, not
  // what that loads: for which see require_rtmr.
  [[nodiscard]] auto require_measurement(std::span<const measurement> any_of) &&
      requires(!decides(appraisal_point::software)) {
    want_.measurements.emplace(any_of.begin(), any_of.end());
    return std::move(*this).template decided<appraisal_point::software>();
  }
  [[nodiscard]] auto require_measurement(const measurement& wanted) && requires(!decides(appraisal_point::software)) {
    return std::move(*this).require_measurement(std::span(&wanted, 1));
  }
  // waive_measurement accepts any virtual firmware at all. For enclaves, see require_mrenclave and require_mrsigner.
  [[nodiscard]] auto waive_measurement() && requires(!decides(appraisal_point::software)) {
    return std::move(*this).template decided<appraisal_point::software>();
  }

  // require_up_to_date accepts tcb_status::up_to_date only.
  [[nodiscard]] auto require_up_to_date() && requires(!decides(appraisal_point::firmware)) {
    constexpr std::array only{tcb_status::up_to_date};
    return std::move(*this).accept_tcb(only);
  }
  // accept_tcb accepts exactly these statuses. A set that lacks UpToDate, or has Revoked or NotSupported in it, stops
  // the program.
  [[nodiscard]] auto accept_tcb(std::span<const tcb_status> statuses) && requires(!decides(appraisal_point::firmware)) {
    want_.tcb = accepted_statuses(statuses);
    return std::move(*this).template decided<appraisal_point::firmware>();
  }
  // waive_tcb accepts firmware with any known hole, but still none that is Revoked or NotSupported: nothing does.
  [[nodiscard]] auto waive_tcb() && requires(!decides(appraisal_point::firmware)) {
    return std::move(*this).template decided<appraisal_point::firmware>();
  }

  // forbid_debug asks that the host cannot read or change the TD.
  [[nodiscard]] auto forbid_debug() && requires(!decides(appraisal_point::debugging)) {
    return std::move(*this).template decided<appraisal_point::debugging>();
  }
  // allow_debug accepts guests without any confidentiality.
  [[nodiscard]] auto allow_debug() && requires(!decides(appraisal_point::debugging)) {
    want_.allow_debug = true;
    return std::move(*this).template decided<appraisal_point::debugging>();
  }

  // The decisions from here on have a default, and the last one on a point counts.

  // accept_enclaves accepts quotes about SGX enclaves, too, and require_body those of these kinds only. Without either,
  // TDs 1.0 and 1.5 are accepted. The extended body has fields that this library does not judge: ask for it by name.
  [[nodiscard]] appraisal_policy accept_enclaves() && {
    want_.bodies.push_back(quote_body_type::enclave);
    return std::move(*this);
  }
  [[nodiscard]] appraisal_policy require_body(std::span<const quote_body_type> any_of) && {
    return with(&values::bodies, listed(any_of));
  }
  [[nodiscard]] appraisal_policy require_quote_version(std::span<const quote_version> any_of) && {
    return with(&values::quote_versions, listed(any_of));
  }
  // require_unsigned_bytes asks that nothing follows the quote, or nothing but zeros; trailing_bytes::any, the default,
  // does not ask. Platforms pad.
  [[nodiscard]] appraisal_policy require_unsigned_bytes(trailing_bytes allowed) && {
    return with(&values::unsigned_bytes, allowed);
  }
  // require_qe_svn is for ISVSVN in the QE report, and also the header's QE SVN in quotes of version 3; require_pce_svn
  // for PCESVN in the PCK certificate.
  [[nodiscard]] appraisal_policy require_qe_svn(std::uint16_t least) && { return with(&values::qe_svn, least); }
  [[nodiscard]] appraisal_policy require_pce_svn(std::uint16_t least) && { return with(&values::pce_svn, least); }

  // require_mrseam asks for one of these TDX modules, for which Intel publishes no reference values with its
  // collateral.
  [[nodiscard]] appraisal_policy require_mrseam(std::span<const measurement> any_of) && {
    return with(&values::mrseam, listed(any_of));
  }
  // require_zero_mrsignerseam asks that Intel signed the module, whoever the TCB info names.
  [[nodiscard]] appraisal_policy require_zero_mrsignerseam() && { return with(&values::zero_mrsignerseam, true); }
  // MRCONFIGID, MROWNER and MROWNERCONFIG are whatever the host liked, unless a policy compares them.
  [[nodiscard]] appraisal_policy require_mrconfigid(const host_value& wanted) && {
    return with(&values::mrconfigid, wanted);
  }
  [[nodiscard]] appraisal_policy require_mrowner(const host_value& wanted) && { return with(&values::mrowner, wanted); }
  [[nodiscard]] appraisal_policy require_mrownerconfig(const host_value& wanted) && {
    return with(&values::mrownerconfig, wanted);
  }
  // require_rtmr asks that RTMR0 to RTMR3 (0 to 3) is one of these. Zero among them stops the program, because it would
  // be met where registers are not used at all; that a register was never extended is asked for by require_rtmr_zero.
  // Another index stops the program.
  [[nodiscard]] appraisal_policy require_rtmr(std::size_t index, std::span<const measurement> any_of) && {
    return std::move(*this).rtmr(index, extended_registers(any_of));
  }
  [[nodiscard]] appraisal_policy require_rtmr_zero(std::size_t index) && {
    return std::move(*this).rtmr(index, {measurement{}});
  }

  // require_attributes and require_xfam compare the bits of the mask, all by default. A value with bits outside of the
  // mask stops the program.
  [[nodiscard]] appraisal_policy require_attributes(std::uint64_t wanted, std::uint64_t mask = ~std::uint64_t{0}) && {
    return with(&values::attributes, make_masked(wanted, mask));
  }
  [[nodiscard]] appraisal_policy require_xfam(std::uint64_t wanted, std::uint64_t mask = ~std::uint64_t{0}) && {
    return with(&values::xfam, make_masked(wanted, mask));
  }
  // allow_profiling accepts TDs that the host may profile, allow_migration those that it may move, and
  // allow_unknown_attributes those with bits that this library does not know. Refused by default.
  [[nodiscard]] appraisal_policy allow_profiling() && { return with(&values::allow_profiling, true); }
  [[nodiscard]] appraisal_policy allow_migration() && { return with(&values::allow_migration, true); }
  [[nodiscard]] appraisal_policy allow_unknown_attributes() && { return with(&values::allow_unknown_attributes, true); }
  // require_attribute asks that a bit of TDATTRIBUTES is set, td_attributes::sept_ve_disable for example, and
  // forbid_attribute that it is clear. A bit that is not of attribute_choices, such as one that allow_migration
  // decides, stops the program.
  [[nodiscard]] appraisal_policy require_attribute(const bit_range& bit) && {
    return std::move(*this).attribute(bit, &reference_values::attributes_required);
  }
  [[nodiscard]] appraisal_policy forbid_attribute(const bit_range& bit) && {
    return std::move(*this).attribute(bit, &reference_values::attributes_forbidden);
  }

  // require_service_td asks that MRSERVICETD is one of these, zero for none bound. A quote whose body does not tell is
  // not met. By default a body that tells must have none; allow_any_service_td accepts whatever the host has bound.
  [[nodiscard]] appraisal_policy require_service_td(std::span<const measurement> any_of) && {
    return with(&values::service_tds, listed(any_of));
  }
  [[nodiscard]] appraisal_policy allow_any_service_td() && {
    want_.service_tds.reset();
    return with(&values::allow_any_service_td, true);
  }
  // require_mrenclave and require_mrsigner ask for one of these enclaves, or of their signers. No TD is met.
  [[nodiscard]] appraisal_policy require_mrenclave(std::span<const enclave_measurement> any_of) && {
    return with(&values::mrenclave, listed(any_of));
  }
  [[nodiscard]] appraisal_policy require_mrsigner(std::span<const enclave_signer> any_of) && {
    return with(&values::mrsigner, listed(any_of));
  }

  // require_tee_tcb_svn is for the SVNs of when the TD was launched, component by component: a module of a higher major
  // version and a lower minor SVN is not met.
  [[nodiscard]] appraisal_policy require_tee_tcb_svn(const tcb_svn& least) && {
    return with(&values::tee_tcb_svn, least);
  }
  // require_tcb_evaluation_data_number is for the lower of TCB info's and QE identity's.
  [[nodiscard]] appraisal_policy require_tcb_evaluation_data_number(std::uint32_t least) && {
    return with(&values::tcb_evaluation_data_number, least);
  }
  // require_tcb_date is for the earliest date of the levels of platform, module and quoting enclave.
  [[nodiscard]] appraisal_policy require_tcb_date(utc_time least) && { return with(&values::tcb_date, least); }
  // accept_out_of_date_for bounds an accepted status of OutOfDate or TDRelaunchAdvised, with or without configuration:
  // it counts for so many seconds after the TCB's date. It accepts no status by itself. A negative number stops the
  // program.
  [[nodiscard]] appraisal_policy accept_out_of_date_for(std::int64_t seconds) && {
    return with(&values::out_of_date_grace, not_negative(seconds));
  }
  // reject_advisories asks that none of these, "INTEL-SA-00837" for example, is among the TCB's, and allow_advisories
  // that none but these is. Identifiers are compared exactly.
  [[nodiscard]] appraisal_policy reject_advisories(std::span<const std::string_view> ids) && {
    return with(&values::rejected_advisories, std::vector<std::string>(ids.begin(), ids.end()));
  }
  [[nodiscard]] appraisal_policy allow_advisories(std::span<const std::string_view> ids) && {
    return with(&values::allowed_advisories, std::vector<std::string>(ids.begin(), ids.end()));
  }
  // accept_qe is accept_tcb for the level of the quoting enclave alone.
  [[nodiscard]] appraisal_policy accept_qe(std::span<const tcb_status> statuses) && {
    return with(&values::qe_status, accepted_statuses(statuses));
  }
  // accept_stale_collateral accepts what is past its next update by so many seconds; none by default. Whether stale
  // collateral counts is said twice: here, and to verify. A negative number stops the program.
  [[nodiscard]] appraisal_policy accept_stale_collateral(std::int64_t seconds) && {
    return with(&values::stale_collateral, not_negative(seconds));
  }

  // What a PCK certificate does not tell, as those of the Processor CA do not, is not met.
  [[nodiscard]] appraisal_policy require_platform_instance_id(std::span<const tdx::platform_instance_id> any_of) && {
    return with(&values::platform_instance_ids, listed(any_of));
  }
  [[nodiscard]] appraisal_policy require_ppid(std::span<const tdx::ppid> any_of) && {
    return with(&values::ppids, listed(any_of));
  }
  [[nodiscard]] appraisal_policy forbid_dynamic_platform() && { return with(&values::forbid_dynamic_platform, true); }
  [[nodiscard]] appraisal_policy forbid_cached_keys() && { return with(&values::forbid_cached_keys, true); }
  [[nodiscard]] appraisal_policy forbid_smt() && { return with(&values::forbid_smt, true); }
  [[nodiscard]] appraisal_policy require_sgx_type(std::span<const tdx::sgx_type> any_of) && {
    return with(&values::sgx_types, listed(any_of));
  }
  [[nodiscard]] appraisal_policy require_fmspc(std::span<const tdx::fmspc> any_of) && {
    return with(&values::fmspcs, listed(any_of));
  }

  [[nodiscard]] const reference_values& wanted() const noexcept { return want_; }

 private:
  using values = reference_values;

  template <unsigned>
  friend class appraisal_policy;

  explicit appraisal_policy(reference_values&& want) noexcept : want_(std::move(want)) {}

  template <class T>
  static std::vector<T> listed(std::span<const T> any_of) {
    return {any_of.begin(), any_of.end()};
  }
  static std::int64_t not_negative(std::int64_t seconds) noexcept {
    if (seconds < 0) unitee::detail::stop();
    return seconds;
  }

  [[nodiscard]] appraisal_policy rtmr(std::size_t index, std::vector<measurement>&& any_of) && {
    if (index >= want_.rtmrs.size()) unitee::detail::stop();
    want_.rtmrs[index] = std::move(any_of);
    return std::move(*this);
  }
  [[nodiscard]] appraisal_policy attribute(const bit_range& bit, td_attributes reference_values::*set) && {
    if ((bit.mask() & ~attribute_choices) != 0) unitee::detail::stop();
    want_.attributes_required.value &= ~bit.mask();
    want_.attributes_forbidden.value &= ~bit.mask();
    (want_.*set).value |= bit.mask();
    return std::move(*this);
  }

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
    unavailable<"this appraisal policy does not decide the TCB: call require_up_to_date(), accept_tcb(...) or waive_tcb()">;
// clang-format on

template <class Policy>
concept complete_policy =
    decides_report_data<Policy> && decides_measurement<Policy> && decides_tcb<Policy> && decides_debug<Policy>;

}  // namespace unitee::inline v0::tdx
