// SPDX-License-Identifier: Apache-2.0
//
// unitee/json/ear.hpp: an attestation result as EAR claims in JSON, whichever vendor's evidence it is about.
#pragma once

#include <unitee/evidence.hpp>
#include <unitee/json/ear_claims.hpp>
#include <unitee/json/snp_ear.hpp>
#include <unitee/json/tdx_ear.hpp>
#include <unitee/result.hpp>
#include <unitee/verify/attestation_result.hpp>
#include <unitee/verify/claims.hpp>
#include <unitee/verify/verified.hpp>

#include <nlohmann/json.hpp>

namespace unitee::inline v0 {

// ear is what snp::ear or tdx::ear is about the same evidence, with their failures.
[[nodiscard]] inline result<nlohmann::json> ear(const attestation_result<claims>& appraised, const verified<claims>& of,
                                                const ear_options& options) {
  const bool is_accepted = appraised.verdict().has_value();
  if (const auto* report = of->snp()) return detail::ear_about(*report, appraised.checks(), is_accepted, options);
  return detail::ear_about(*of->tdx(), appraised.checks(), is_accepted, options);
}

// ear_of_failure is what snp::ear_of_failure or tdx::ear_of_failure is about a failure of verify. The steps are those
// of quotes where the evidence is one, and otherwise those of reports.
[[nodiscard]] inline result<nlohmann::json> ear_of_failure(const failure& why, evidence_kind of,
                                                           const ear_options& options) {
  return of == evidence_kind::quote ? tdx::ear_of_failure(why, options) : snp::ear_of_failure(why, options);
}

}  // namespace unitee::inline v0
