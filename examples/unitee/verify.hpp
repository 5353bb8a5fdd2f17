// SPDX-License-Identifier: Apache-2.0
//
// verify.hpp: the parts of `unitee verify`: its options, the vTPM behind an HCL report, and the two ways to answer.
#pragma once

#include "command.hpp"

#include <unitee/verifier.hpp>
#include <unitee/verify/snp_steps.hpp>
#include <unitee/vtpm/check_quote.hpp>
#include <unitee/vtpm/hcl_report.hpp>

#include <nlohmann/json_fwd.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace command::verification {

namespace snp = unitee::snp;
namespace vtpm = unitee::vtpm;
using json = nlohmann::ordered_json;

// policy is one that has taken the four mandatory decisions.
using policy = snp::appraisal_policy<15>;

// verify_options.cpp: one table has every option, with its help and what it asks of the policy.
std::vector<option> accepted_options();
std::string help();

// policy_of is what the command line asks for, read before anything is judged: a bad argument is never a verdict. What
// nobody asked for is waived here, in one place, and shown as not asked. `hcl` demands VMPL 0 where no level is asked:
// at a lower privilege the paravisor is not what made the report.
policy policy_of(const arguments& given, bool hcl);
snp::stale_crls stale_crls_of(const arguments& given);

// octets_of reads 1 to `most` bytes in hexadecimal digits.
std::vector<std::uint8_t> octets_of(std::string_view option, std::string_view digits, std::size_t most);

// verify_vtpm.cpp: the quote of the vTPM that an HCL report vouches for.
struct tpm_inputs {
  std::string file;                    // of the quote
  std::vector<std::uint8_t> bytes[2];  // what quote and signature refer to
  std::optional<vtpm::tpm_quote> quote;
  std::optional<vtpm::tpm_signature> signature;
  std::optional<vtpm::sha256_pcrs> pcrs;
  std::vector<std::uint8_t> nonce;
};
tpm_inputs tpm_inputs_of(const arguments& given, bool hcl);

// vtpm_answer is each check of the vTPM that was made. A check that is not met ends them: `why`, in `input`.
struct vtpm_answer {
  std::vector<unitee::appraisal_check> checks;
  std::optional<vtpm::quoted_pcrs> pcrs;
  std::optional<unitee::failure> why;
  std::string input;
};
vtpm_answer judge_vtpm(const vtpm::hcl_report& hcl, const std::string& file, const snp::report& report,
                       const tpm_inputs& tpm);

// answer is everything that there is to say about evidence that is genuine.
struct answer {
  const snp::claims& claims;
  const unitee::attestation_result<snp::claims>& appraised;
  const std::optional<vtpm_answer>& vtpm;  // of an HCL report
  const std::vector<snp::missing_endorsement>& missing;
  unitee::utc_time at;

  [[nodiscard]] bool accepted() const { return appraised.verdict().has_value() && !(vtpm && vtpm->why); }
};

// step_in is the step that a failure of the verification stopped at, or nullptr where it is about something else.
const snp::step_info* step_in(const unitee::failure& why);

// verify_print.cpp: for a person. shown is a value as the check means it.
std::string shown(const unitee::appraisal_check& check, const unitee::check_value& value, snp::tcb_layout layout);
void print(const answer& of);
void print_missing(const std::vector<snp::missing_endorsement>& missing);
void print_step(const unitee::failure& why);
// print_tcbs is what the VEKs at hand are for, beside what the report says.
void print_tcbs(const snp::report& report, const unitee::endorsements& given);

// verify_json.cpp: for a program.
json json_of(const unitee::failure& why);
json json_of(const std::vector<snp::missing_endorsement>& missing);
json json_of_report(const snp::report& report);
// put adds the members of an answer to `out`.
void put(json& out, const answer& of);
void print_json(const json& out);

}  // namespace command::verification
