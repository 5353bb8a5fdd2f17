// SPDX-License-Identifier: Apache-2.0
//
// unitee/verify/tdx_appraise.hpp: are these the claims that one wants?
#pragma once

#include <unitee/bytes/bits.hpp>
#include <unitee/bytes/time.hpp>
#include <unitee/result.hpp>
#include <unitee/tdx/attributes.hpp>
#include <unitee/tdx/enclave_report.hpp>
#include <unitee/tdx/fields.hpp>
#include <unitee/tdx/pck_extension.hpp>
#include <unitee/tdx/quote.hpp>
#include <unitee/tdx/tcb_status.hpp>
#include <unitee/tdx/td_report_body.hpp>
#include <unitee/verify/appraiser.hpp>
#include <unitee/verify/attestation_result.hpp>
#include <unitee/verify/quoted.hpp>
#include <unitee/verify/tdx.hpp>
#include <unitee/verify/tdx_checks.hpp>
#include <unitee/verify/tdx_policy.hpp>
#include <unitee/verify/tdx_reference_values.hpp>
#include <unitee/verify/tdx_tcb.hpp>
#include <unitee/verify/verified.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace unitee::inline v0::tdx {

// has_fallen_behind says that something has been patched that the platform, or the running TD, lacks.
constexpr bool has_fallen_behind(tcb_status status) noexcept {
  return is_out_of_date(status) || status == tcb_status::td_relaunch_advised ||
         status == tcb_status::td_relaunch_advised_configuration_needed;
}

}  // namespace unitee::inline v0::tdx

namespace unitee::inline v0::detail {

// appraiser asks every question of a policy and makes the answer.
template <>
class appraiser<tdx::claims> : private answer_sheet<tdx::check_id> {
 public:
  using answer = attestation_result<tdx::claims>;

  static answer appraise(const tdx::claims& of, const tdx::reference_values& want) {
    appraiser asks;
    const auto td = of.quote.td();
    asks.the_mandatory(of, td, want);
    asks.the_quote(of, want);
    asks.the_software(td, want);
    asks.the_attributes(td, want);
    asks.the_surroundings(of, td, want);
    asks.the_tcb(of, td, want);
    asks.the_advisories(of.tcb.advisories(), want);
    asks.the_collateral(of, want);
    asks.the_platform(of.pck, want);
    if (const auto refused = asks.refusal()) return {asks.checks(), *refused};
    return {asks.checks(), accepted<tdx::claims>(of)};
  }

 private:
  using check_id = tdx::check_id;
  using td_body = std::optional<tdx::td_report_body>;
  static_assert(tdx::check_table.size() <= answer::max_checks);

  appraiser() noexcept = default;

  // field is a field of a TD, or nothing of an enclave.
  template <class T>
  static std::optional<T> field(const td_body& td, T (tdx::td_report_body::*read)() const noexcept) noexcept {
    return td ? std::optional(((*td).*read)()) : std::nullopt;
  }
  static std::optional<bool> bit(const td_body& td, const bit_range& bits) noexcept {
    return td ? std::optional(td->tdattributes().has(bits)) : std::nullopt;
  }
  static std::optional<std::uint64_t> attributes_of(const td_body& td) noexcept {
    return td ? std::optional(td->tdattributes().value) : std::nullopt;
  }

  void the_mandatory(const tdx::claims& of, const td_body& td, const tdx::reference_values& want) noexcept {
    same("report_data", of.quote.report_data(), want.report_data);
    any_of("measurement", field(td, &tdx::td_report_body::mrtd), want.measurements);
    listed("tcb_status", of.tcb.status, want.tcb, status_name);
    const auto enclave = of.quote.enclave();
    const bool debug = td ? td->tdattributes().has(tdx::td_attributes::tud)
                          : enclave && enclave->flags().has(tdx::enclave_flags::debug);
    flag("debug", debug, false, !want.allow_debug);
    flag("tcb_supported", tdx::is_supported(of.tcb), true, true);
  }

  void the_quote(const tdx::claims& of, const tdx::reference_values& want) noexcept {
    const auto version = [](tdx::quote_version v) { return number_of(static_cast<std::uint64_t>(v)); };
    listed("quote_version", of.quote.version(), want.quote_versions, version);
    const auto body = [](tdx::quote_body_type type) { return check_value::text(name(type)); };
    listed("quote_body", of.quote.body_type(), std::optional(want.bodies), body);
    const tdx::unsigned_bytes& rest = of.quote.rest();
    const bool zero_will_do = want.unsigned_bytes == tdx::trailing_bytes::zero_only;
    add("unsigned_bytes", want.unsigned_bytes != tdx::trailing_bytes::any,
        rest.count == 0 || (zero_will_do && rest.all_zero), number_of(rest.count),
        zero_will_do ? check_value::text("zeros") : number_of(0), 1);
    const std::uint16_t reported = of.quote.qe_report().isvsvn();
    at_least("qe_svn", std::min(reported, of.quote.qe_svn().value_or(reported)), want.qe_svn, number_of);
    at_least("pce_svn", std::min(of.pck.pcesvn, of.quote.pce_svn().value_or(of.pck.pcesvn)), want.pce_svn, number_of);
  }

  void the_software(const td_body& td, const tdx::reference_values& want) noexcept {
    using body = tdx::td_report_body;
    any_of("mrseam", field(td, &body::mrseam), want.mrseam);
    same("mrsignerseam", field(td, &body::mrsignerseam),
         want.zero_mrsignerseam ? std::optional(tdx::signer_measurement{}) : std::nullopt);
    same("mrconfigid", field(td, &body::mrconfigid), want.mrconfigid);
    same("mrowner", field(td, &body::mrowner), want.mrowner);
    same("mrownerconfig", field(td, &body::mrownerconfig), want.mrownerconfig);
    any_of("rtmr0", field(td, &body::rtmr0), want.rtmrs[0]);
    any_of("rtmr1", field(td, &body::rtmr1), want.rtmrs[1]);
    any_of("rtmr2", field(td, &body::rtmr2), want.rtmrs[2]);
    any_of("rtmr3", field(td, &body::rtmr3), want.rtmrs[3]);
  }

  // What a policy refuses by itself is not asked of an enclave, which has no such bits.
  void the_attributes(const td_body& td, const tdx::reference_values& want) noexcept {
    using bits = tdx::td_attributes;
    masked("attributes", attributes_of(td), want.attributes);
    flag("profiling", bit(td, bits::tup), false, td && !want.allow_profiling);
    flag("migratable", bit(td, bits::migratable), false, td && !want.allow_migration);
    const auto choice = [&](check_id id, const bit_range& which) {
      const bool required = want.attributes_required.has(which);
      flag(id, bit(td, which), required, required || want.attributes_forbidden.has(which));
    };
    choice("icssd", bits::icssd);
    choice("servtd_ext", bits::servtd_ext);
    choice("lass", bits::lass);
    choice("sept_ve_disable", bits::sept_ve_disable);
    choice("pks", bits::pks);
    choice("kl", bits::kl);
    choice("tpa", bits::tpa);
    choice("perfmon", bits::perfmon);
    const auto attributes = attributes_of(td);
    add("unknown_attributes", td && !want.allow_unknown_attributes,
        attributes && (*attributes & tdx::unknown_attributes) == 0,
        attributes ? check_value::mask(*attributes & tdx::unknown_attributes) : check_value(), check_value::mask(0), 1);
    masked("xfam", td ? std::optional(td->xfam().value) : std::nullopt, want.xfam);
  }

  // the_surroundings is what stands beside a TD, and what an enclave is.
  void the_surroundings(const tdx::claims& of, const td_body& td, const tdx::reference_values& want) noexcept {
    const auto service_td = td ? td->mrservicetd() : std::nullopt;
    const std::vector none{tdx::measurement{}};
    const bool refuse_any = service_td && !want.allow_any_service_td;  // unless the body does not tell
    any_of("mrservicetd", service_td,
           want.service_tds ? want.service_tds
           : refuse_any     ? std::optional(none)
                            : std::nullopt);
    const auto enclave = of.quote.enclave();
    any_of("mrenclave", enclave ? std::optional(enclave->mrenclave()) : std::nullopt, want.mrenclave);
    any_of("mrsigner", enclave ? std::optional(enclave->mrsigner()) : std::nullopt, want.mrsigner);
  }

  void the_tcb(const tdx::claims& of, const td_body& td, const tdx::reference_values& want) noexcept {
    const auto svn = field(td, &tdx::td_report_body::tee_tcb_svn);
    add("tee_tcb_svn", want.tee_tcb_svn.has_value(),
        svn && want.tee_tcb_svn && tdx::reaches(svn->value, want.tee_tcb_svn->value), shown(svn, bytes_of),
        shown(want.tee_tcb_svn, bytes_of), 1);
    const std::uint32_t recovery = std::min(of.collateral.tcb_info()->tcb_evaluation_data_number,
                                            of.collateral.qe_identity()->tcb_evaluation_data_number);
    at_least("tcb_evaluation_data_number", recovery, want.tcb_evaluation_data_number, number_of);
    const bool dated = of.tcb.launch.gap == tdx::tcb_gap::none;
    at_least("tcb_date", dated ? std::optional(of.tcb.date()) : std::nullopt, want.tcb_date, date);
    // Nothing is found where nothing is out of date, and that is met.
    const bool behind = tdx::has_fallen_behind(of.tcb.status);
    const std::int64_t age = seconds_after(of.tcb.date(), of.at);
    add("out_of_date_grace", want.out_of_date_grace.has_value(),
        !behind || (want.out_of_date_grace && age <= *want.out_of_date_grace), behind ? seconds(age) : check_value(),
        shown(want.out_of_date_grace, seconds), 1);
  }

  void the_advisories(const std::vector<std::string_view>& found, const tdx::reference_values& want) {
    const auto& rejected = want.rejected_advisories;
    const auto& allowed = want.allowed_advisories;
    const auto is_rejected = [&](std::string_view id) { return rejected && has(*rejected, id); };
    const auto is_strange = [&](std::string_view id) { return allowed && !has(*allowed, id); };
    advisories("rejected_advisories", found, rejected, is_rejected);
    advisories("allowed_advisories", found, allowed, is_strange);
  }

  void the_collateral(const tdx::claims& of, const tdx::reference_values& want) noexcept {
    const tdx::svn_level* const enclave = of.tcb.launch.enclave;
    listed("qe_status", enclave != nullptr ? enclave->rating.status : tdx::tcb_status::not_supported, want.qe_status,
           status_name);
    const std::int64_t over = seconds_after(of.current_until, of.at);
    add("collateral_current", true, over <= want.stale_collateral, seconds(over), seconds(want.stale_collateral), 1);
  }

  void the_platform(const tdx::pck_extension& pck, const tdx::reference_values& want) noexcept {
    any_of("platform_instance_id", pck.platform_instance_id, want.platform_instance_ids);
    any_of("ppid", pck.ppid, want.ppids);
    const auto told = [&](bool tdx::platform_configuration::*what) {
      return pck.configuration ? std::optional((*pck.configuration).*what) : std::nullopt;
    };
    flag("dynamic_platform", told(&tdx::platform_configuration::dynamic_platform), false, want.forbid_dynamic_platform);
    flag("cached_keys", told(&tdx::platform_configuration::cached_keys), false, want.forbid_cached_keys);
    flag("smt", told(&tdx::platform_configuration::smt_enabled), false, want.forbid_smt);
    const auto type_name = [](tdx::sgx_type type) { return check_value::text(name(type)); };
    listed("sgx_type", pck.sgx_type, want.sgx_types, type_name);
    any_of("fmspc", pck.fmspc, want.fmspcs);
  }

  // masked is met by a number whose bits under the mask are as wanted.
  void masked(check_id id, const std::optional<std::uint64_t>& found,
              const std::optional<tdx::masked_bits>& wanted) noexcept {
    add(id, wanted.has_value(), found && wanted && wanted->fits(*found), shown(found, check_value::mask),
        wanted ? check_value::mask(wanted->value) : check_value(), 1);
  }

  // advisories is not met by any that is bad, and shows those first.
  template <class Bad>
  void advisories(check_id id, std::vector<std::string_view> found,
                  const std::optional<std::vector<std::string>>& wanted, Bad is_bad) {
    const auto bad_end = std::stable_partition(found.begin(), found.end(), is_bad);
    const auto text = [](std::string_view one) { return check_value::text(one); };
    add(id, wanted.has_value(), bad_end == found.begin(), joined(found),
        wanted ? first_of(*wanted, text) : check_value(), wanted ? wanted->size() : 0);
  }

  // joined is as many of the texts as a value has room for, whole ones with a space between.
  static check_value joined(const std::vector<std::string_view>& texts) {
    std::string out;
    for (const std::string_view each : texts) {
      if (out.size() + 1 + each.size() > check_value::size_max) break;
      if (!out.empty()) out += ' ';
      out += each;
    }
    return out.empty() ? check_value() : check_value::text(out);
  }

  // seconds_after is how long `at` is after `since`, or 0.
  static std::int64_t seconds_after(utc_time since, utc_time at) noexcept {
    return std::max(std::int64_t{0}, at.seconds - since.seconds);
  }
  static constexpr auto seconds = [](std::int64_t n) { return number_of(static_cast<std::uint64_t>(n)); };
  static constexpr auto status_name = [](tdx::tcb_status status) { return check_value::text(name(status)); };
  static constexpr auto date = [](utc_time at) {
    const auto text = format_time(at);
    return text ? check_value::text({text->data(), text->size()}) : check_value();
  };
};

}  // namespace unitee::inline v0::detail

namespace unitee::inline v0::tdx {

// appraise asks all of the policy's questions about genuine claims. A policy that leaves a mandatory point undecided
// does not compile, and the compiler says which.
template <unsigned Decided>
requires complete_policy<appraisal_policy<Decided>>
[[nodiscard]] attestation_result<claims> appraise(const verified<claims>& genuine,
                                                  const appraisal_policy<Decided>& policy) {
  return unitee::detail::appraiser<claims>::appraise(*genuine, policy.wanted());
}

}  // namespace unitee::inline v0::tdx
