// SPDX-License-Identifier: Apache-2.0
//
// unitee/json/tdx_ear.hpp: the attestation result of a TD or an enclave as EAR claims in JSON.
#pragma once

#include <unitee/bytes/view.hpp>
#include <unitee/json/ear_claims.hpp>
#include <unitee/json/tdx_ear_evidence.hpp>
#include <unitee/json/tdx_trustworthiness.hpp>
#include <unitee/json/text.hpp>
#include <unitee/result.hpp>
#include <unitee/tdx/quote.hpp>
#include <unitee/verify/attestation_result.hpp>
#include <unitee/verify/quoted.hpp>
#include <unitee/verify/tdx.hpp>
#include <unitee/verify/tdx_appraise.hpp>
#include <unitee/verify/tdx_steps.hpp>
#include <unitee/verify/verified.hpp>

#include <nlohmann/json.hpp>

#include <algorithm>
#include <span>
#include <string_view>
#include <utility>

namespace unitee::inline v0 {

namespace detail {

// is_about says that the checks looked at these claims: whoever asks nothing of them finds the same values. What those
// about advisories show depends on what a policy asks for.
inline bool is_about(std::span<const appraisal_check> checks, const tdx::claims& of) {
  const auto again = appraiser<tdx::claims>::appraise(of, {});
  return std::ranges::equal(checks, again.checks(), [](const appraisal_check& a, const appraisal_check& b) {
    const std::string_view name = a.name;
    if (name != b.name) return false;
    if (name == "rejected_advisories" || name == "allowed_advisories") return true;
    return a.found.is() == b.found.is() && a.found.number() == b.found.number() && a.found.text() == b.found.text() &&
           std::ranges::equal(a.found.bytes(), b.found.bytes());
  });
}

// is_quote_of says that the bytes are a quote with these signed parts.
inline bool is_quote_of(byte_view bytes, const tdx::quoted& of) noexcept {
  const auto quote = tdx::quote::parse(bytes);
  return quote && equal(quote->signed_bytes(), of.signed_bytes()) &&
         equal(quote->qe_report().bytes(), of.qe_report().bytes());
}

// ear_about is the EAR of these checks of a TD or an enclave, if they are of this one.
inline result<nlohmann::json> ear_about(const tdx::claims& of, std::span<const appraisal_check> checks,
                                        bool is_accepted, const ear_options& with) {
  if (!is_about(checks, of)) return errc::binding_mismatch;
  if (!with.raw_evidence.empty() && !is_quote_of(with.raw_evidence, of.quote)) return errc::binding_mismatch;
  nlohmann::json about;
  about["report_data"] = hex_text(of.quote.report_data().view());
  about[of.quote.td() ? "tdx" : "sgx"] = ear_evidence(of);
  return ear_of_appraisal(checks, is_accepted, tdx::trustworthiness_of(checks, of, of.collateral.anchor()),
                          std::move(about), with);
}

}  // namespace detail

}  // namespace unitee::inline v0

namespace unitee::inline v0::tdx {

// ear is the claims set of an EAR about one TD or enclave, with every check, every signed field of its quote, and what
// the verdict about its TCB rests on. Nothing in it is signed: it is worth as much as the way that it comes by, until
// somebody makes a JWT of it. ear.status is contraindicated when the verdict is a refusal, and never better than the
// worst claim: a TD whose TCB is out of date is at best a warning, whoever accepts that. Failures are of the options,
// as ear_options says: errc::missing, errc::bad_encoding or errc::bad_length; and errc::binding_mismatch when the
// result or the raw evidence is not of these claims: a quote is of them by its signed parts. "trust_anchor" says
// whether the root was the vendor's own or one that the verifier's caller named.
[[nodiscard]] inline result<nlohmann::json> ear(const attestation_result<claims>& appraised, const verified<claims>& of,
                                                const ear_options& options) {
  return unitee::detail::ear_about(*of, appraised.checks(), appraised.verdict().has_value(), options);
}

// ear_of_failure is the claims set of an EAR about evidence that was refused, as snp::ear_of_failure has it, stopped at
// this step: step::parse for a failure of quote::parse.
[[nodiscard]] inline result<nlohmann::json> ear_of_failure(const failure& why, step stopped_at,
                                                           const ear_options& options) {
  return unitee::detail::ear_of_refusal(why, &info_of(stopped_at), options);
}

// ear_of_failure is the same about a failure of verify, whose step it finds.
[[nodiscard]] inline result<nlohmann::json> ear_of_failure(const failure& why, const ear_options& options) {
  const auto stopped_at = step_of(why);
  return unitee::detail::ear_of_refusal(why, stopped_at ? &info_of(*stopped_at) : nullptr, options);
}

}  // namespace unitee::inline v0::tdx
