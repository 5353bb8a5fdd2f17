// SPDX-License-Identifier: Apache-2.0
//
// unitee/verify/snp_appraise.hpp: are these the claims that one wants?
#pragma once

#include <unitee/bytes/bits.hpp>
#include <unitee/result.hpp>
#include <unitee/snp/bits.hpp>
#include <unitee/snp/report.hpp>
#include <unitee/snp/tcb.hpp>
#include <unitee/verify/appraiser.hpp>
#include <unitee/verify/attestation_result.hpp>
#include <unitee/verify/snp.hpp>
#include <unitee/verify/snp_checks.hpp>
#include <unitee/verify/snp_policy.hpp>
#include <unitee/verify/snp_reference_values.hpp>
#include <unitee/verify/verified.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

namespace unitee::inline v0::snp {

// is_provisional says that the host can still roll the firmware back: CURRENT is not COMMITTED, in TCB or version.
constexpr bool is_provisional(const report& r) noexcept {
  return r.current_tcb() != r.committed_tcb() || r.current_version() != r.committed_version();
}

}  // namespace unitee::inline v0::snp

namespace unitee::inline v0::detail {

// appraiser asks every question of a policy and makes the answer.
template <>
class appraiser<snp::claims> : private answer_sheet<snp::check_id> {
 public:
  using answer = attestation_result<snp::claims>;

  static answer appraise(const snp::claims& of, const snp::reference_values& want) {
    appraiser asks;
    asks.the_software(of.report, want);
    asks.the_firmware(of, want);
    asks.the_policy(of.report, want);
    asks.the_guest(of.report, want);
    asks.the_id_block(of.report, want);
    asks.the_instance(of.report, want);
    asks.the_signer(of, want);
    asks.the_platform(of.report.platform_info(), want);
    if (const auto refused = asks.refusal()) return {asks.checks(), *refused};
    return {asks.checks(), accepted<snp::claims>(of)};
  }

 private:
  using check_id = snp::check_id;
  static_assert(snp::check_table.size() <= answer::max_checks);

  appraiser() noexcept = default;

  void the_software(const snp::report& r, const snp::reference_values& want) noexcept {
    same("report_data", r.report_data(), want.report_data);
    any_of("measurement", r.measurement(), want.measurements);
  }

  void the_firmware(const snp::claims& of, const snp::reference_values& want) noexcept {
    const snp::report& r = of.report;
    at_least_tcb("minimum_tcb", r.reported_tcb(), want.minimum_tcb, of.vek.product_id());
    flag("debug", r.policy().has(snp::guest_policy::debug), false, !want.allow_debug);
    at_least_tcb("minimum_launch_tcb", r.launch_tcb(), want.minimum_launch_tcb, of.vek.product_id());
    flag("provisional_firmware", snp::is_provisional(r), false, want.refuse_provisional);
    const auto version = [](const snp::firmware_version& v) {
      return check_value::release({v.major, v.minor, v.build});
    };
    at_least("firmware_version", r.committed_version(), want.firmware, version);
    mitigations("launch_mitigations", r.launch_mit_vector(), want.launch_mitigations);
    mitigations("current_mitigations", r.current_mit_vector(), want.current_mitigations);
  }

  void the_policy(const snp::report& r, const snp::reference_values& want) noexcept {
    using policy = snp::guest_policy;
    const policy has = r.policy();
    flag("policy_smt", has.has(policy::smt), false, want.forbid_smt);
    flag("policy_migrate_ma", has.has(policy::migrate_ma), false, !want.allow_migration);
    flag("policy_cxl_allow", has.has(policy::cxl_allow), false, !want.allow_cxl);
    const auto demand = [&](check_id id, const bit_range& bit) {
      flag(id, has.has(bit), true, want.policy_required.has(bit));
    };
    demand("policy_single_socket", policy::single_socket);
    demand("policy_mem_aes_256_xts", policy::mem_aes_256_xts);
    demand("policy_rapl_dis", policy::rapl_dis);
    demand("policy_ciphertext_hiding_dram", policy::ciphertext_hiding_dram);
    demand("policy_page_swap_disable", policy::page_swap_disable);
    const auto octet = [&](const bit_range& bits) { return static_cast<std::uint8_t>(bits.of(has.value)); };
    const auto version = [](const snp::abi_version& v) { return check_value::release({v.major, v.minor}); };
    at_least("policy_abi", snp::abi_version{octet(policy::abi_major), octet(policy::abi_minor)}, want.policy_abi,
             version);
  }

  void the_guest(const snp::report& r, const snp::reference_values& want) noexcept {
    vmpl(r.vmpl(), want);
    same("host_data", r.host_data(), want.host_data);
    same("family_id", r.family_id(), want.family_id);
    same("image_id", r.image_id(), want.image_id);
    at_least("guest_svn", r.guest_svn(), want.guest_svn, number_of);
  }

  void the_id_block(const snp::report& r, const snp::reference_values& want) noexcept {
    const bool has_author = r.key_info().has(snp::key_info::author_key_en);  // or its digest means nothing
    const snp::key_digest id_key = r.id_key_digest();
    const snp::key_digest author = r.author_key_digest();
    const bool trusted =
        !id_key.is_zero() && (has(want.id_keys, id_key) || (has_author && has(want.id_key_authors, author)));
    const auto& first = want.id_keys.empty() ? want.id_key_authors : want.id_keys;
    add("id_block", want.ask_id_block, trusted, check_value(id_key.view()), first_of(first, bytes_of),
        want.id_keys.size() + want.id_key_authors.size());
    add("author_key", want.author_keys.has_value(), has_author && want.author_keys && has(*want.author_keys, author),
        has_author ? check_value(author.view()) : check_value(),
        want.author_keys ? first_of(*want.author_keys, bytes_of) : check_value(),
        want.author_keys ? want.author_keys->size() : 0);
  }

  void the_instance(const snp::report& r, const snp::reference_values& want) noexcept {
    same("report_id", r.report_id(), want.report_id);
    constexpr auto no_agent = [] {
      snp::report_id out;
      out.value.fill(0xFF);
      return out;
    }();
    const bool asked = want.report_id_ma || !want.allow_migration;
    same("migration_agent", r.report_id_ma(),
         asked ? std::optional(want.report_id_ma.value_or(no_agent)) : std::nullopt);
  }

  void the_signer(const snp::claims& of, const snp::reference_values& want) noexcept {
    const auto product_name = [](snp::generation id) { return check_value::text(snp::product_of(id).name); };
    listed("product", of.vek.product_id(), want.products, product_name);
    const snp::chip_id chip = of.report.chip_id();
    const bool known_chip = !chip.is_zero();
    add("chip_id", want.chip_ids.has_value(), known_chip && want.chip_ids && has(*want.chip_ids, chip),
        check_value(chip.view()), want.chip_ids ? first_of(*want.chip_ids, bytes_of) : check_value(),
        want.chip_ids ? want.chip_ids->size() : 0);
    const bool has_chip = of.vek.kind() == snp::signing_key_kind::vcek;  // a VLEK stands for no chip
    flag("masked_chip_id", of.chip_id_masked, false, has_chip && !want.allow_masked_chip_id);
    const auto kind_name = [](snp::signing_key_kind kind) { return check_value::text(name(kind)); };
    add("signing_key", want.signing_key.has_value(), of.vek.kind() == want.signing_key, kind_name(of.vek.kind()),
        want.signing_key ? kind_name(*want.signing_key) : check_value(), 1);
    const snp::vlek* const vlek = of.vek.as_vlek();
    add("csp_id", want.csp_ids.has_value(), vlek != nullptr && want.csp_ids && has(*want.csp_ids, vlek->csp_id()),
        vlek != nullptr ? check_value::text(vlek->csp_id()) : check_value(),
        want.csp_ids && !want.csp_ids->empty() ? check_value::text(want.csp_ids->front()) : check_value(),
        want.csp_ids ? want.csp_ids->size() : 0);
    const bool stale_will_do = want.crl == snp::stale_crls::accept;
    const auto least = stale_will_do ? snp::revocation::stale_list : snp::revocation::checked;
    add("revocation", want.crl.has_value(), of.revocation >= least, check_value::text(name(of.revocation)),
        check_value::text(name(least)), 1);
  }

  void the_platform(const snp::platform_info& found, const snp::reference_values& want) noexcept {
    const std::uint64_t required = want.platform_required.value;
    const std::uint64_t forbidden = want.platform_forbidden.value;
    add("platform_required", required != 0, (found.value & required) == required, check_value::mask(found.value),
        check_value::mask(required), 1);
    add("platform_forbidden", forbidden != 0, (found.value & forbidden) == 0, check_value::mask(found.value),
        check_value::mask(found.value & ~forbidden), 1);
    flag("platform_unknown", found.has(snp::platform_info::unknown), false, want.refuse_unknown_platform);
  }

  // at_least_tcb is not met on a product for which nothing was wanted.
  void at_least_tcb(check_id id, const snp::tcb_version& found, const std::optional<snp::tcb_minima>& minima,
                    snp::generation product) noexcept {
    const auto least = minima ? (*minima)[static_cast<std::size_t>(product)] : std::nullopt;
    add(id, minima.has_value(), least && snp::at_least(found, *least), check_value(found.view()),
        least ? check_value(least->view()) : check_value(), least ? 1 : 0);
  }

  // mitigations that the report does not tell are not met, whatever is wanted.
  void mitigations(check_id id, const std::optional<std::uint64_t>& found,
                   const std::optional<std::uint64_t>& wanted) noexcept {
    add(id, wanted.has_value(), found && wanted && (*found & *wanted) == *wanted,
        found ? check_value::mask(*found) : check_value(), wanted ? check_value::mask(*wanted) : check_value(), 1);
  }

  void vmpl(std::uint32_t found, const snp::reference_values& want) noexcept {
    const bool met = (!want.vmpl || found == *want.vmpl) && (!want.vmpl_max || found <= *want.vmpl_max);
    const auto wanted = want.vmpl ? want.vmpl : want.vmpl_max;
    add("vmpl", wanted.has_value(), met, check_value::number(found), check_value::number(wanted.value_or(0)), 1);
  }
};

}  // namespace unitee::inline v0::detail

namespace unitee::inline v0::snp {

// appraise asks all of the policy's questions about genuine claims. A policy that leaves a mandatory point undecided
// does not compile, and the compiler says which.
template <unsigned Decided>
requires complete_policy<appraisal_policy<Decided>>
[[nodiscard]] attestation_result<claims> appraise(const verified<claims>& genuine,
                                                  const appraisal_policy<Decided>& policy) {
  return unitee::detail::appraiser<claims>::appraise(*genuine, policy.wanted());
}

}  // namespace unitee::inline v0::snp
