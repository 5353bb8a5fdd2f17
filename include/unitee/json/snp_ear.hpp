// SPDX-License-Identifier: Apache-2.0
//
// unitee/json/snp_ear.hpp: the attestation result of a SEV-SNP guest as EAR claims in JSON.
#pragma once

#include <unitee/bytes/view.hpp>
#include <unitee/json/ear_claims.hpp>
#include <unitee/json/snp_trustworthiness.hpp>
#include <unitee/json/text.hpp>
#include <unitee/result.hpp>
#include <unitee/snp/bits.hpp>
#include <unitee/snp/product.hpp>
#include <unitee/snp/report.hpp>
#include <unitee/verify/attestation_result.hpp>
#include <unitee/verify/snp.hpp>
#include <unitee/verify/snp_chain.hpp>
#include <unitee/verify/snp_steps.hpp>
#include <unitee/verify/trust_anchors.hpp>
#include <unitee/verify/verified.hpp>

#include <nlohmann/json.hpp>

#include <algorithm>
#include <span>
#include <string_view>
#include <utility>

namespace unitee::inline v0 {

namespace detail {

// ear_evidence is every field of the report, and on whose word.
inline nlohmann::json ear_evidence(const snp::claims& of) {
  nlohmann::json out;
  of.report.for_each_field(ear_fields(out));
  out["product"] = snp::product_of(of.vek.product_id()).name;
  out["signer"] = snp::name(of.vek.kind());
  out["trust_anchor"] = name(of.anchor);
  out["revocation"] = snp::name(of.revocation);
  return out;
}

// is_about says that the checks looked at this report.
inline bool is_about(std::span<const appraisal_check> checks, const snp::report& report) noexcept {
  const auto found = [&](std::string_view name, byte_view value) {
    return std::ranges::any_of(checks, [&](const appraisal_check& each) {
      return name == each.name && std::ranges::equal(each.found.bytes(), value);
    });
  };
  return found("report_data", report.report_data().view()) && found("measurement", report.measurement().view()) &&
         found("report_id", report.report_id().view()) && found("chip_id", report.chip_id().view());
}

// ear_about is the EAR of these checks of a guest, if they are of this one.
inline result<nlohmann::json> ear_about(const snp::claims& of, std::span<const appraisal_check> checks,
                                        bool is_accepted, const ear_options& with) {
  if (!is_about(checks, of.report)) return errc::binding_mismatch;
  if (!with.raw_evidence.empty() && !std::ranges::equal(with.raw_evidence, of.report.bytes())) {
    return errc::binding_mismatch;
  }
  nlohmann::json about;
  about["report_data"] = hex_text(of.report.report_data().view());
  about["snp"] = ear_evidence(of);
  return ear_of_appraisal(checks, is_accepted, snp::trustworthiness_of(checks, of.report, of.anchor), std::move(about),
                          with);
}

}  // namespace detail

}  // namespace unitee::inline v0

namespace unitee::inline v0::snp {

// ear is the claims set of an EAR about one guest, with every check and every field of its report. Nothing in it is
// signed: it is worth as much as the way that it comes by, until somebody makes a JWT of it. ear.status is
// contraindicated when the verdict is a refusal, and never better than the worst claim: an accepted guest with DEBUG
// set is contraindicated. Failures are of the options, as ear_options says: errc::missing, errc::bad_encoding or
// errc::bad_length; and errc::binding_mismatch when the result or the raw evidence is not of these claims.
// "trust_anchor" says whether the root was the vendor's own or one that the verifier's caller named.
[[nodiscard]] inline result<nlohmann::json> ear(const attestation_result<claims>& appraised, const verified<claims>& of,
                                                const ear_options& options) {
  return unitee::detail::ear_about(*of, appraised.checks(), appraised.verdict().has_value(), options);
}

// ear_of_failure is the claims set of an EAR about evidence that report::parse or verify refused: contraindicated, and
// in every claim the value for failed cryptographic validation, because nothing that the evidence says can be believed;
// or for a malfunction of the verifier, when the machine could not carry the verification out. Where an endorsement is
// missing, nothing was validated and nothing is claimed. "unitee.failure" names kind, place and, where there is one,
// step. The failures are those of ear about the options; raw evidence is left out.
[[nodiscard]] inline result<nlohmann::json> ear_of_failure(const failure& why, const ear_options& options) {
  const auto stopped_at = step_of(why);
  return unitee::detail::ear_of_refusal(why, stopped_at ? &info_of(*stopped_at) : nullptr, options);
}

}  // namespace unitee::inline v0::snp
