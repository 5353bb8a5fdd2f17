// SPDX-License-Identifier: Apache-2.0
//
// tests/support/verdicts.hpp: simulated and recorded evidence before the verifier.
#pragma once

#include "support/certificates.hpp"
#include "support/simulated.hpp"

#include <unitee/verifier.hpp>
#include <unitee/vtpm/hcl_report.hpp>

#include <initializer_list>
#include <optional>
#include <string>

namespace unitee::test {

inline endorsements bag(std::initializer_list<certificate> certificates) {
  endorsements out;
  for (const certificate& one : certificates) out.add(one);
  return out;
}

inline endorsements endorsements_of(const insecure_simulated_platform& of) {
  return bag({of.get().vcek, of.get().ask, of.get().ark});
}

inline trust_anchors anchors_of(const insecure_simulated_platform& of) {
  trust_anchors out;
  out.add(of.root());
  return out;
}

// judged is the verdict on a report of the platform with its own endorsements.
inline result<verified<snp::claims>> judged(const insecure_simulated_platform& on, const snp::report& report,
                                            utc_time at = simulated_now) {
  return snp::verify(report, endorsements_of(on), at, anchors_of(on));
}

template <class T>
std::optional<failure> refusal(const result<T>& outcome) {
  return outcome ? std::nullopt : std::optional(outcome.error());
}

// refused_with is why there is no verdict on a report when the bag has this VEK and the platform's issuers.
inline std::optional<failure> refused_with(const insecure_simulated_platform& on, const snp::report& report,
                                           const certificate& vek, utc_time at = simulated_now) {
  return refusal(snp::verify(report, bag({vek, on.get().ask, on.get().ark}), at, anchors_of(on)));
}

// recorded_report is the report of one case of the SNP manifest, also out of an HCL report.
inline snp::report recorded_report(const nlohmann::json& files) {
  if (files.contains("report")) {
    return need(snp::report::parse(evidence_file("snp/" + files.at("report").get<std::string>())));
  }
  const auto bytes = evidence_file("snp/" + files.at("hcl_report").get<std::string>());
  return need(snp::report::parse(need(vtpm::hcl_report::parse(bytes)).hardware_report()));
}

// add_recorded adds one file of the SNP manifest.
inline void add_recorded(endorsements& to, const std::string& file) { need(to.add(evidence_file("snp/" + file))); }

// recorded_endorsements is the certificates of one case.
inline endorsements recorded_endorsements(const nlohmann::json& files, const char* vek = "vek") {
  endorsements out;
  for (const char* role : {vek, "intermediate", "root"}) add_recorded(out, files.at(role).get<std::string>());
  return out;
}

// strict is the manifest's default appraisal: no debug, no provisional firmware, and nothing else asked.
inline auto strict() {
  return snp::appraisal_policy{}
      .waive_report_data()
      .waive_measurement()
      .waive_tcb()
      .forbid_debug()
      .refuse_provisional_firmware();
}

}  // namespace unitee::test
