// SPDX-License-Identifier: Apache-2.0
//
// unitee/verify/tdx_reference_values.hpp: what the claims of a TD, or of an enclave, are compared with.
#pragma once

#include <unitee/bytes/bits.hpp>
#include <unitee/bytes/time.hpp>
#include <unitee/bytes/view.hpp>
#include <unitee/result.hpp>
#include <unitee/tdx/attributes.hpp>
#include <unitee/tdx/fields.hpp>
#include <unitee/tdx/pck_extension.hpp>
#include <unitee/tdx/quote.hpp>
#include <unitee/tdx/quote_header.hpp>
#include <unitee/tdx/tcb_status.hpp>

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace unitee::inline v0::tdx {

// masked_bits is a value for the bits of a mask.
struct masked_bits {
  std::uint64_t value = 0;
  std::uint64_t mask = ~std::uint64_t{0};

  [[nodiscard]] constexpr bool fits(std::uint64_t found) const noexcept { return (found & mask) == value; }
};

// make_masked stops the program when the value has bits outside of the mask: nothing would fit.
constexpr masked_bits make_masked(std::uint64_t value, std::uint64_t mask) noexcept {
  if ((value & ~mask) != 0) unitee::detail::stop();
  return {value, mask};
}

// padded_report_data is the bytes followed by zeros. More than 64 bytes stop the program.
constexpr report_data padded_report_data(byte_view bytes) noexcept {
  report_data out;
  if (bytes.size() > out.value.size()) unitee::detail::stop();
  unitee::detail::copy_bytes(bytes, out.value);
  return out;
}

// accepted_statuses is a set of statuses that a policy may accept: UpToDate must be in it. A set that lacks it, or that
// has Revoked or NotSupported in it, stops the program.
constexpr std::vector<tcb_status> accepted_statuses(std::span<const tcb_status> statuses) {
  const auto has = [&](tcb_status one) { return std::find(statuses.begin(), statuses.end(), one) != statuses.end(); };
  if (!has(tcb_status::up_to_date) || has(tcb_status::revoked) || has(tcb_status::not_supported)) {
    unitee::detail::stop();
  }
  return {statuses.begin(), statuses.end()};
}

// extended_registers is the values that a run-time register may have. A zero register is one that nobody extended,
// which says nothing about what runs: on some clouds all four stay zero. A list with a zero in it stops the program.
inline std::vector<measurement> extended_registers(std::span<const measurement> any_of) {
  if (std::any_of(any_of.begin(), any_of.end(), [](const measurement& one) { return one.is_zero(); }))
    unitee::detail::stop();
  return {any_of.begin(), any_of.end()};
}

// attribute_choices is the bits of TDATTRIBUTES that a policy may want set or clear, and need not decide.
inline constexpr std::uint64_t attribute_choices = td_attributes::icssd.mask() | td_attributes::servtd_ext.mask() |
                                                   td_attributes::lass.mask() | td_attributes::sept_ve_disable.mask() |
                                                   td_attributes::pks.mask() | td_attributes::kl.mask() |
                                                   td_attributes::tpa.mask() | td_attributes::perfmon.mask();

// unknown_attributes is the bits of TDATTRIBUTES without a name that could weaken a TD. Bits 18 to 22 are not among
// them: Intel keeps those for features that make a TD safer when they are set, and a TD is no worse for having one.
// Those in the groups TUD and TUP are refused as debug and profiling.
inline constexpr std::uint64_t unknown_attributes =
    td_attributes::reserved_negative.mask() | td_attributes::reserved_32.mask();

// reference_values is what a policy compares claims with (RFC 9334, section 2.3); what is absent is not asked. An empty
// list accepts nothing.
struct reference_values {
  std::optional<tdx::report_data> report_data;
  std::optional<std::vector<measurement>> measurements;  // MRTD
  std::optional<std::vector<tcb_status>> tcb;
  bool allow_debug = false;

  std::optional<std::vector<quote_version>> quote_versions;
  std::vector<quote_body_type> bodies{quote_body_type::td_1_0, quote_body_type::td_1_5};
  trailing_bytes unsigned_bytes = trailing_bytes::any;
  std::optional<std::uint16_t> qe_svn;   // at least
  std::optional<std::uint16_t> pce_svn;  // at least

  std::optional<std::vector<measurement>> mrseam;
  bool zero_mrsignerseam = false;
  std::optional<host_value> mrconfigid;
  std::optional<host_value> mrowner;
  std::optional<host_value> mrownerconfig;
  std::array<std::optional<std::vector<measurement>>, 4> rtmrs;

  std::optional<masked_bits> attributes;
  std::optional<masked_bits> xfam;
  bool allow_profiling = false;
  bool allow_migration = false;
  bool allow_unknown_attributes = false;
  td_attributes attributes_required{};  // of attribute_choices
  td_attributes attributes_forbidden{};

  bool allow_any_service_td = false;
  std::optional<std::vector<measurement>> service_tds;  // MRSERVICETD
  std::optional<std::vector<enclave_measurement>> mrenclave;
  std::optional<std::vector<enclave_signer>> mrsigner;

  std::optional<tcb_svn> tee_tcb_svn;                       // at least, in every component
  std::optional<std::uint32_t> tcb_evaluation_data_number;  // at least
  std::optional<utc_time> tcb_date;                         // at least
  std::optional<std::int64_t> out_of_date_grace;            // seconds after the TCB's date
  std::optional<std::vector<std::string>> rejected_advisories;
  std::optional<std::vector<std::string>> allowed_advisories;
  std::optional<std::vector<tcb_status>> qe_status;
  std::int64_t stale_collateral = 0;  // seconds after the first next update

  std::optional<std::vector<platform_instance_id>> platform_instance_ids;
  std::optional<std::vector<tdx::ppid>> ppids;
  bool forbid_dynamic_platform = false;
  bool forbid_cached_keys = false;
  bool forbid_smt = false;
  std::optional<std::vector<tdx::sgx_type>> sgx_types;
  std::optional<std::vector<tdx::fmspc>> fmspcs;
};

}  // namespace unitee::inline v0::tdx
