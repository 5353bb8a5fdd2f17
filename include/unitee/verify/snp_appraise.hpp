// SPDX-License-Identifier: Apache-2.0
//
// unitee/verify/snp_appraise.hpp: are these the claims that one wants?
#pragma once

#include <unitee/bytes/view.hpp>
#include <unitee/result.hpp>
#include <unitee/snp/bits.hpp>
#include <unitee/snp/report.hpp>
#include <unitee/snp/tcb.hpp>
#include <unitee/verify/attestation_result.hpp>
#include <unitee/verify/snp.hpp>
#include <unitee/verify/snp_policy.hpp>
#include <unitee/verify/verified.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>

namespace unitee::inline v0::snp {

// is_provisional says that the host can still roll the firmware back: CURRENT is not COMMITTED, in TCB or version.
constexpr bool is_provisional(const report& r) noexcept {
  return r.current_tcb() != r.committed_tcb() || r.current_version() != r.committed_version();
}

}  // namespace unitee::inline v0::snp

namespace unitee::inline v0::detail {

// appraiser asks every question of a policy and makes the answer.
template <>
class appraiser<snp::claims> {
 public:
  using answer = attestation_result<snp::claims>;

  static answer appraise(const snp::claims& of, const snp::reference_values& want) {
    answer out(failure{errc::policy_not_met, 0, part::policy});
    const snp::report& r = of.report;
    ask(out, "report_data", r.report_data().view(), want.report_data);
    measurement(out, r.measurement(), want.measurements);
    minimum_tcb(out, of, want);
    forbid(out, "debug", r.policy().has(snp::guest_policy::debug), !want.allow_debug);
    forbid(out, "provisional_firmware", snp::is_provisional(r), want.refuse_provisional);
    forbid(out, "masked_chip_id", of.chip_id_masked, !want.allow_masked_chip_id);
    vmpl(out, r.vmpl(), want.vmpl);
    ask(out, "host_data", r.host_data().view(), want.host_data);

    const auto checks = out.checks();
    const auto first = std::ranges::find(checks, outcome::not_met, &appraisal_check::answer);
    if (first == checks.end()) {
      out.verdict_ = accepted<snp::claims>(of);
    } else {
      out.verdict_ = failure{errc::policy_not_met, static_cast<std::uint64_t>(first - checks.begin()), part::policy};
    }
    return out;
  }

 private:
  static constexpr outcome met_if(bool yes) noexcept { return yes ? outcome::met : outcome::not_met; }

  static void add(answer& out, const appraisal_check& check) noexcept { out.checks_[out.count_++] = check; }

  // ask compares bytes with bytes. Neither is secret.
  template <class Wanted>
  static void ask(answer& out, const char* name, byte_view found, const Wanted& wanted) noexcept {
    const auto answered = wanted ? met_if(equal(found, wanted->view())) : outcome::not_asked;
    add(out,
        {name, answered, check_value(found), wanted ? check_value(wanted->view()) : check_value(), wanted ? 1u : 0u});
  }

  // forbid is met by a flag that is not set.
  static void forbid(answer& out, const char* name, bool found, bool asked) noexcept {
    const auto answered = asked ? met_if(!found) : outcome::not_asked;
    add(out, {name, answered, check_value(found), asked ? check_value(false) : check_value(), asked ? 1u : 0u});
  }

  template <class Wanted>
  static void measurement(answer& out, const snp::measurement& found, const Wanted& wanted) noexcept {
    auto answered = outcome::not_asked;
    check_value first;
    if (wanted) {
      answered = met_if(std::ranges::find(*wanted, found) != wanted->end());
      if (!wanted->empty()) first = check_value(wanted->front().view());
    }
    add(out, {"measurement", answered, check_value(found.view()), first, wanted ? wanted->size() : 0});
  }

  static void minimum_tcb(answer& out, const snp::claims& of, const snp::reference_values& want) noexcept {
    const snp::tcb_version found = of.report.reported_tcb();
    const auto& least = want.minimum_tcb[static_cast<std::size_t>(of.vek.product_id())];
    const auto answered = want.ask_tcb ? met_if(least && at_least(found, *least)) : outcome::not_asked;
    add(out, {"minimum_tcb", answered, check_value(found.view()), least ? check_value(least->view()) : check_value(),
              least ? 1u : 0u});
  }

  static void vmpl(answer& out, std::uint32_t found, const std::optional<std::uint32_t>& wanted) noexcept {
    const auto octet = [](std::uint32_t level) { return std::array{static_cast<std::uint8_t>(level)}; };
    const auto answered = wanted ? met_if(found == *wanted) : outcome::not_asked;
    add(out, {"vmpl", answered, check_value(octet(found)), wanted ? check_value(octet(*wanted)) : check_value(),
              wanted ? 1u : 0u});
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
