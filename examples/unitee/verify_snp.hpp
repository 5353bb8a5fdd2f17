// SPDX-License-Identifier: Apache-2.0
//
// verify_snp.hpp: what `unitee verify` does with SEV-SNP reports.
#pragma once

#include "verify.hpp"
#include "verify_evidence.hpp"
#include "verify_vtpm.hpp"

#include <unitee/verifier.hpp>
#include <unitee/vtpm/hcl_report.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace command::verification {

namespace snp = unitee::snp;

// snp_policy is one that has taken the four mandatory decisions.
using snp_policy = snp::appraisal_policy<15>;

// judge_snp judges a report, or an HCL report around one.
judged judge_snp(const question& asked, const subject& of);

// snp_policy_of is what the command line asks for, read before anything is judged: a bad argument is never a verdict.
// What nobody asked for is waived here, in one place, and shown as not asked. `hcl` demands VMPL 0 where no level is
// asked: at a lower privilege the paravisor is not what made the report.
snp_policy snp_policy_of(const question& asked, bool hcl);
snp::stale_crls stale_crls_of(const arguments& given);

// snp_answer is everything that there is to say about a report that is genuine.
struct snp_answer {
  const snp::claims& claims;
  const unitee::attestation_result<snp::claims>& appraised;
  const std::optional<vtpm_answer>& vtpm;  // of an HCL report
  const std::vector<snp::missing_endorsement>& missing;
  unitee::utc_time at;

  [[nodiscard]] bool accepted() const { return appraised.verdict().has_value() && !(vtpm && vtpm->why); }
};

// snp_words is how the values of a product's checks read.
class snp_words : public check_words {
 public:
  explicit snp_words(const snp::claims& of) : layout_(snp::product_of(of.vek.product_id()).layout) {}

  [[nodiscard]] std::string shown(const unitee::appraisal_check& check,
                                  const unitee::check_value& value) const override;
  [[nodiscard]] std::string difference(const unitee::appraisal_check& check) const override;
  [[nodiscard]] std::string wanted(const unitee::appraisal_check& check) const override;
  [[nodiscard]] std::string nothing(const unitee::appraisal_check& check) const override;

 private:
  snp::tcb_layout layout_;
};

// verify_snp_print.cpp: for a person.
void put_answer(std::string& to, const snp_answer& of);
void put_missing(std::string& to, const std::vector<snp::missing_endorsement>& missing);
void put_step(std::string& to, const unitee::failure& why);
// put_tcbs is what the VEKs at hand are for, beside what the report says.
void put_tcbs(std::string& to, const snp::report& report, const unitee::endorsements& given);

// verify_snp_json.cpp: for a program.
json snp_json_of(const unitee::failure& why);
json json_of(const std::vector<snp::missing_endorsement>& missing);
json json_of_report(const snp::report& report);
// put_answer adds the members of an answer.
void put_answer(json& to, const snp_answer& of);

}  // namespace command::verification
