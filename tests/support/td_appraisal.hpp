// SPDX-License-Identifier: Apache-2.0
//
// tests/support/td_appraisal.hpp: claims about TDs and enclaves, and appraisals that ask one thing of them.
#pragma once

#include "support/checks.hpp"
#include "support/sample_quote.hpp"
#include "support/simulated_tdx.hpp"

#include <unitee/guest/simulated_tdx_stage.hpp>
#include <unitee/json/collateral.hpp>
#include <unitee/verify/tdx_appraise.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace unitee::test {

using td_claims = verified<tdx::claims>;
using td_answer = attestation_result<tdx::claims>;

inline endorsements endorsements_of(const guest::simulated_collateral& files) {
  endorsements out;
  files.for_each_file([&](std::string_view, byte_view bytes) { need(add_endorsements(out, bytes)); });
  return out;
}

inline trust_anchors anchors_of(const guest::insecure_simulated_tdx_platform& platform) {
  trust_anchors out;
  out.add(platform.root());
  return out;
}

// genuine_td is the claims of a TD on simulated_tdx_platform() with collateral as it is staged.
inline td_claims genuine_td(const guest::simulated_stage& as = {}, guest::simulated_td_launch with = {},
                            utc_time at = simulated_tdx_now, std::int64_t grace = 0) {
  with.tee_tcb_svn = guest::simulated_launch_svn(as.status);
  const auto bytes = need(simulated_td(with).attest(counted_report_data()));
  return need(tdx::verify(need(tdx::quote::parse(bytes)), endorsements_of(simulated_tdx_collateral(as)), at,
                          anchors_of(simulated_tdx_platform()), {.collateral_grace = grace}));
}

// claims_about is claims with the sample quote of a shape, which nobody signed, and otherwise those of a good TD.
inline tdx::claims claims_about(const sample& quote) {
  static const td_claims good = genuine_td();
  tdx::claims out = *good;
  out.quote = tdx::quoted(need(tdx::quote::parse(quote.bytes())));
  return out;
}

// In sample quotes of v5_shape the body of the TD begins here.
inline constexpr std::size_t td_body = v5_shape.body_offset();

// td_with_attributes is a TD whose TDATTRIBUTES are these.
inline tdx::claims td_with_attributes(std::uint64_t value) {
  return claims_about(sample_quote(v5_shape).with(td_body + tdx::td_body_row::tdattributes::offset, value, 8));
}

inline tdx::claims sample_td() { return claims_about(sample_quote(v5_shape)); }
inline tdx::claims sample_enclave() { return claims_about(sample_quote(v3_shape)); }

// lax_td allows whatever a policy refuses by itself, but what none can allow, and waives the mandatory decisions.
inline auto undecided_td() {
  using type = tdx::quote_body_type;
  return tdx::appraisal_policy{}
      .allow_profiling()
      .allow_migration()
      .allow_unknown_attributes()
      .allow_any_service_td()
      .require_body(std::array{type::td_1_0, type::td_1_5, type::td_1_5_extended, type::enclave});
}
inline auto lax_td() { return undecided_td().waive_report_data().waive_measurement().waive_tcb().allow_debug(); }

// asked is the appraisal of any claims, also of those that nobody verified.
template <unsigned Decided>
td_answer asked(const tdx::claims& of, const tdx::appraisal_policy<Decided>& policy) {
  return unitee::detail::appraiser<tdx::claims>::appraise(of, policy.wanted());
}

inline constexpr std::array<std::string_view, 3> always_asked{"tcb_supported", "quote_body", "collateral_current"};

inline void expect(const td_answer& answer, std::string_view name, outcome wanted_answer, const std::string& found,
                   const std::string& wanted, std::size_t choices = 1) {
  expect_check(answer, name, wanted_answer, found, wanted, choices, always_asked);
}

template <std::size_t N>
std::string run_hex(unsigned first) {
  return hex_of(run<N>(first));
}

// run_of is the value of a field of a sample quote.
template <class Fixed>
Fixed run_of(unsigned first) {
  return {run<Fixed::size()>(first)};
}

}  // namespace unitee::test
