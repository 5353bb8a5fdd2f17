// SPDX-License-Identifier: Apache-2.0
//
// unitee/json/ear_claims.hpp: what all EARs have in common (draft-ietf-rats-ear).
#pragma once

#include <unitee/bytes/time.hpp>
#include <unitee/bytes/view.hpp>
#include <unitee/json/text.hpp>
#include <unitee/json/trustworthiness.hpp>
#include <unitee/result.hpp>
#include <unitee/verify/attestation_result.hpp>
#include <unitee/version.hpp>

#include <nlohmann/json.hpp>

#include <cstdint>
#include <optional>
#include <span>
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
  byte_view raw_evidence{};  // the report or quote itself, to put it in as well; may be empty
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

// ear_time is RFC 3339, or null for a moment that it cannot write.
inline nlohmann::json ear_time(utc_time at) {
  const auto text = format_time(at);
  if (!text) return nullptr;
  return std::string_view(text->data(), text->size());
}

// ear_fields is for the for_each_field of a structure: it puts every field into `to`, numbers of 32 bits and less as
// numbers, those of 64 bits and bytes as hex.
inline auto ear_fields(nlohmann::json& to) {
  return [&to](auto row, const auto& value) {
    using type = std::remove_cvref_t<decltype(value)>;
    nlohmann::json& member = to[decltype(row)::name];
    if constexpr (!std::is_integral_v<type>) {
      member = hex_text(value.view());
    } else if constexpr (sizeof(type) > 4) {
      member = hex_number(value);
    } else {
      member = value;
    }
  };
}

// ear_of_appraisal is the EAR of an appraisal that came to this vector. `about` is what the evidence says.
inline result<nlohmann::json> ear_of_appraisal(std::span<const appraisal_check> checks, bool is_accepted,
                                               const trustworthiness_vector& trust, nlohmann::json about,
                                               const ear_options& with) {
  nlohmann::json appraisal = appraisal_of(trust, status_of(trust, is_accepted));
  appraisal["ear.veraison.annotated-evidence"] = std::move(about);
  nlohmann::json& told = appraisal["unitee.checks"] = nlohmann::json::array();
  for (const appraisal_check& check : checks) told.push_back(ear_check(check));
  auto out = ear_claims(with, std::move(appraisal));
  if (out && !with.raw_evidence.empty()) (*out)["ear.raw-evidence"] = base64url_text(with.raw_evidence);
  return out;
}

// ear_of_refusal is the EAR about evidence that was refused, at that step of the vendor's table, or nullptr.
template <class StepInfo>
result<nlohmann::json> ear_of_refusal(const failure& why, const StepInfo* stopped_at, const ear_options& with) {
  const bool malfunction = class_of(why.code) == failure_class::unavailable;
  const bool nothing_validated = why.code == errc::missing;
  const trustworthiness_vector trust(malfunction         ? verifier_malfunction
                                     : nothing_validated ? no_claim
                                                         : cryptographic_validation_failed);
  nlohmann::json appraisal = appraisal_of(trust, status_of(trust, false));
  nlohmann::json& told = appraisal["unitee.failure"];
  told["kind"] = name(why.code);
  told["part"] = name(why.in);
  told["offset"] = why.offset;
  told["text"] = describe(why.code);
  if (stopped_at != nullptr) {
    told["step"] = stopped_at->name;
    told["rule"] = stopped_at->rule;
    told["source"] = stopped_at->source;
  }
  return ear_claims(with, std::move(appraisal));
}

}  // namespace detail

}  // namespace unitee::inline v0
