// SPDX-License-Identifier: Apache-2.0
//
// verify_tdx.hpp: what `unitee verify` does with quotes, of TDs and of SGX enclaves.
#pragma once

#include "verify.hpp"
#include "verify_eventlog.hpp"
#include "verify_evidence.hpp"
#include "verify_vtpm.hpp"

#include <unitee/tdx/quote.hpp>
#include <unitee/verify/tdx.hpp>
#include <unitee/verify/tdx_appraise.hpp>
#include <unitee/verify/tdx_explain.hpp>
#include <unitee/verify/tdx_missing.hpp>
#include <unitee/verify/tdx_policy.hpp>
#include <unitee/verify/tdx_steps.hpp>

#include <optional>
#include <string>
#include <vector>

namespace command::verification {

namespace tdx = unitee::tdx;

// tdx_policy is one that has taken the four mandatory decisions.
using tdx_policy = tdx::appraisal_policy<15>;

// judge_tdx judges a quote, alone or with the HCL report of the same TD.
judged judge_tdx(const question& asked, const subject& of);

// tdx_policy_of is what the command line asks for. What nobody asked for is waived, and shown as not asked, except the
// TCB: UpToDate alone is accepted where nothing else is said.
tdx_policy tdx_policy_of(const question& asked);
tdx::verify_options tdx_options_of(const arguments& given);

// tdx_answer is everything that there is to say about a quote that is genuine.
struct tdx_answer {
  const tdx::quote& quote;
  const tdx::claims& claims;
  const tdx::explanation& why;
  const unitee::attestation_result<tdx::claims>& appraised;
  const std::optional<vtpm_answer>& vtpm;  // of an HCL report
  const std::optional<log_answer>& log;    // of an event log
  const std::vector<tdx::missing_endorsement>& missing;

  // beside is the first failure of what came beside the quote, and of which input.
  struct failure_beside {
    unitee::failure why;
    std::string input;
  };
  [[nodiscard]] std::optional<failure_beside> beside() const {
    if (vtpm && vtpm->why) return failure_beside{*vtpm->why, vtpm->input};
    if (log && log->why) return failure_beside{*log->why, log->file};
    return std::nullopt;
  }
  [[nodiscard]] bool accepted() const { return appraised.verdict().has_value() && !beside(); }
};

class tdx_words : public check_words {
 public:
  [[nodiscard]] std::string shown(const unitee::appraisal_check& check,
                                  const unitee::check_value& value) const override;
  [[nodiscard]] std::string difference(const unitee::appraisal_check& check) const override;
  [[nodiscard]] std::string nothing(const unitee::appraisal_check& check) const override;
};

// registers_are_zero says that nothing has extended the RTMRs of a TD: they say nothing about its software.
bool registers_are_zero(const tdx::claims& of);

// verify_tdx_print.cpp: for a person.
void put_answer(std::string& to, const tdx_answer& of);
void put_missing(std::string& to, const std::vector<tdx::missing_endorsement>& missing);
void put_step(std::string& to, const tdx::step_info& step);

// verify_tdx_why.cpp: for a person, what a TCB's status comes from.
void put_why(std::string& to, const tdx_answer& of);

// verify_tdx_json.cpp: for a program.
json json_of(const tdx::step_info& step);
json json_of(const std::vector<tdx::missing_endorsement>& missing);
json json_of_quote(const tdx::quote& quote);
void put_answer(json& to, const tdx_answer& of);

}  // namespace command::verification
