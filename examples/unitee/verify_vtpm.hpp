// SPDX-License-Identifier: Apache-2.0
//
// verify_vtpm.hpp: what `unitee verify` does with the virtual TPM behind an HCL report.
#pragma once

#include "verify.hpp"

#include <unitee/json/azure_evidence.hpp>
#include <unitee/verify/quoted.hpp>
#include <unitee/vtpm/check_quote.hpp>
#include <unitee/vtpm/hcl_report.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace command::verification {

namespace vtpm = unitee::vtpm;

// tpm_inputs is a quote of the vTPM that an HCL report vouches for.
struct tpm_inputs {
  std::string file;  // of the quote
  std::optional<vtpm::tpm_quote> quote;
  std::optional<vtpm::tpm_signature> signature;
  std::optional<vtpm::sha256_pcrs> pcrs;
  std::vector<std::uint8_t> nonce;
};
// tpm_inputs_of reads what the options name, or takes what the evidence has in it.
tpm_inputs tpm_inputs_of(const question& asked, bool hcl,
                         const std::optional<unitee::azure_evidence::vtpm_quote>* held = nullptr);

// vtpm_answer is each check of the vTPM that was made. A check that is not met ends them: `why`, in `input`.
struct vtpm_answer {
  std::vector<unitee::appraisal_check> checks;
  std::optional<vtpm::quoted_pcrs> pcrs;
  std::optional<unitee::failure> why;
  std::string input;

  [[nodiscard]] json as_json() const;
};

// bound_report is the report data of hardware evidence, which has been verified, and where they stand in it.
struct bound_report {
  std::array<std::uint8_t, 64> data;
  std::size_t offset;
  unitee::part in;
};
vtpm_answer judge_vtpm(const vtpm::hcl_report& hcl, const std::string& file, const bound_report& report,
                       const tpm_inputs& tpm);

// judge_td_vtpm is judge_vtpm for the HCL report of a TD, whose TD report has to say the same as the genuine quote.
vtpm_answer judge_td_vtpm(const vtpm::hcl_report& hcl, const std::string& file, const unitee::tdx::quoted& quote,
                          const bound_report& report, const tpm_inputs& tpm);

}  // namespace command::verification
