// SPDX-License-Identifier: Apache-2.0
//
// unitee/json/ear.hpp: an attestation result as EAR claims in JSON (draft-ietf-rats-ear).
#pragma once

#include <unitee/bytes/time.hpp>
#include <unitee/bytes/view.hpp>
#include <unitee/failure.hpp>
#include <unitee/json/snp_trustworthiness.hpp>
#include <unitee/json/text.hpp>
#include <unitee/json/trustworthiness.hpp>
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
#include <unitee/version.hpp>

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace unitee::inline v0 {

// ear_options is what an EAR says beyond the result. All text is UTF-8, and not empty.
struct ear_options {
  utc_time iat;                      // the time of judgement
  std::string developer = "unitee";  // who answers for the verifier,
  std::string build = version;       // and which software it is
  std::string submodule = "cpu0";    // the name that relying parties look for
  std::optional<std::string> policy_id{};
  std::optional<std::vector<std::uint8_t>> eat_nonce{};  // 8 to 64 bytes, the relying party's
  bool raw_evidence = false;                             // put the report itself in as well
};

namespace detail {

// ear_claims is the members around the appraisal of one submodule, or what is wrong with the options: errc::missing
// for text that is empty, errc::bad_encoding for text that is not UTF-8, errc::bad_length for a nonce of another size.
inline result<nlohmann::json> ear_claims(const ear_options& with, nlohmann::json appraisal) {
  for (const std::string& text : {with.developer, with.build, with.submodule, with.policy_id.value_or("-")}) {
    if (text.empty()) return errc::missing;
    if (!is_utf8(text)) return errc::bad_encoding;
  }
  if (with.policy_id) appraisal["ear.appraisal-policy-id"] = *with.policy_id;
  nlohmann::json out;
  out["eat_profile"] = "tag:github.com,2023:veraison/ear";
  out["iat"] = with.iat.seconds;
  out["ear.verifier-id"]["developer"] = with.developer;
  out["ear.verifier-id"]["build"] = with.build;
  out["submods"][with.submodule] = std::move(appraisal);
  if (with.eat_nonce) {
    if (with.eat_nonce->size() < 8 || with.eat_nonce->size() > 64) return errc::bad_length;
    out["eat_nonce"] = base64url_text(*with.eat_nonce);
  }
  return out;
}

inline nlohmann::json appraisal_of(const trustworthiness_vector& claims, trust_tier status) {
  nlohmann::json out;
  out["ear.status"] = name(status);
  for (const trust_claim each : trust_claims) out["ear.trustworthiness-vector"][name(each)] = claims[each];
  return out;
}

// ear_value is a flag, a number, or text: hex for bytes and masks, 1.55.21 for versions. It is null where there is
// none.
inline nlohmann::json ear_value(const check_value& value) {
  switch (value.is()) {
    case check_value::kind::none: return nullptr;
    case check_value::kind::flag: return value.number() != 0;
    case check_value::kind::number: return value.number();
    case check_value::kind::mask: return hex_number(value.number());
    case check_value::kind::bytes: return hex_text(value.bytes());
    case check_value::kind::text: break;
    case check_value::kind::release: {
      std::string out;
      for (const std::uint8_t each : value.bytes()) out += (out.empty() ? "" : ".") + std::to_string(each);
      return out;
    }
  }
  const std::string_view text = value.text();  // a certificate may have anything in it
  if (is_utf8(text)) return text;
  return hex_text({reinterpret_cast<const std::uint8_t*>(text.data()), text.size()});
}

inline nlohmann::json ear_check(const appraisal_check& check) {
  nlohmann::json out;
  out["check"] = check.name;
  out["outcome"] = name(check.answer);
  out["rule"] = check.rule;
  out["source"] = check.source;
  out["found"] = ear_value(check.found);
  if (check.answer == outcome::not_asked) return out;
  out["wanted"] = ear_value(check.wanted);
  out["choices"] = check.choices;
  return out;
}

// ear_evidence is every field of the report, and on whose word: numbers of 32 bits and less as numbers, 64 bits and
// bytes as hex.
inline nlohmann::json ear_evidence(const snp::claims& of) {
  nlohmann::json out;
  of.report.for_each_field([&](auto row, const auto& value) {
    using type = std::remove_cvref_t<decltype(value)>;
    nlohmann::json& member = out[decltype(row)::name];
    if constexpr (!std::is_integral_v<type>) {
      member = hex_text(value.view());
    } else if constexpr (sizeof(type) > 4) {
      member = hex_number(value);
    } else {
      member = value;
    }
  });
  out["product"] = snp::product_of(of.vek.product_id()).name;
  out["signer"] = snp::name(of.vek.kind());
  out["trust_anchor"] = name(of.anchor);
  out["revocation"] = snp::name(of.revocation);
  return out;
}

// is_about says that the checks looked at this report.
inline bool is_about(const attestation_result<snp::claims>& result, const snp::report& report) noexcept {
  const auto found = [&](std::string_view name, byte_view value) {
    const appraisal_check* const check = result.check(name);
    return check != nullptr && std::ranges::equal(check->found.bytes(), value);
  };
  return found("report_data", report.report_data().view()) && found("measurement", report.measurement().view()) &&
         found("report_id", report.report_id().view()) && found("chip_id", report.chip_id().view());
}

}  // namespace detail

}  // namespace unitee::inline v0

namespace unitee::inline v0::snp {

// ear is the claims set of an EAR about one guest, with every check and every field of its report. Nothing in it is
// signed: it is worth as much as the way that it comes by, until somebody makes a JWT of it. ear.status is
// contraindicated when the verdict is a refusal, and never better than the worst claim: an accepted guest with DEBUG
// set is contraindicated. Failures are of the options, as ear_options says: errc::missing, errc::bad_encoding or
// errc::bad_length; and errc::binding_mismatch when the result is not of these claims. "trust_anchor" says whether the
// root was the vendor's own or one that the verifier's caller named.
[[nodiscard]] inline result<nlohmann::json> ear(const attestation_result<claims>& appraised, const verified<claims>& of,
                                                const ear_options& options) {
  if (!unitee::detail::is_about(appraised, of->report)) return errc::binding_mismatch;
  const trustworthiness_vector trust = trustworthiness_of(appraised.checks(), of->report, of->anchor);
  const bool accepted = appraised.verdict().has_value();
  nlohmann::json appraisal = unitee::detail::appraisal_of(trust, status_of(trust, accepted));
  nlohmann::json& evidence = appraisal["ear.veraison.annotated-evidence"];
  evidence["report_data"] = hex_text(of->report.report_data().view());
  evidence["snp"] = unitee::detail::ear_evidence(*of);
  nlohmann::json& checks = appraisal["unitee.checks"] = nlohmann::json::array();
  for (const appraisal_check& check : appraised.checks()) checks.push_back(unitee::detail::ear_check(check));
  auto out = unitee::detail::ear_claims(options, std::move(appraisal));
  if (out && options.raw_evidence) (*out)["ear.raw-evidence"] = base64url_text(of->report.bytes());
  return out;
}

// ear_of_failure is the claims set of an EAR about evidence that report::parse or verify refused: contraindicated, and
// in every claim the value for failed cryptographic validation, because nothing that the evidence says can be believed;
// or for a malfunction of the verifier, when the machine could not carry the verification out. "unitee.failure" names
// kind, place and, where there is one, step. The failures are those of ear about the options.
[[nodiscard]] inline result<nlohmann::json> ear_of_failure(const failure& why, const ear_options& options) {
  const bool malfunction = class_of(why.code) == failure_class::unavailable;
  const bool nothing_validated = why.code == errc::missing;
  const trustworthiness_vector trust(malfunction         ? verifier_malfunction
                                     : nothing_validated ? no_claim
                                                         : cryptographic_validation_failed);
  nlohmann::json appraisal = unitee::detail::appraisal_of(trust, status_of(trust, false));
  nlohmann::json& told = appraisal["unitee.failure"];
  told["kind"] = name(why.code);
  told["part"] = name(why.in);
  told["offset"] = why.offset;
  told["text"] = describe(why.code);
  if (const auto stopped_at = step_of(why)) {
    told["step"] = info_of(*stopped_at).name;
    told["rule"] = info_of(*stopped_at).rule;
    told["source"] = info_of(*stopped_at).source;
  }
  return unitee::detail::ear_claims(options, std::move(appraisal));
}

}  // namespace unitee::inline v0::snp
