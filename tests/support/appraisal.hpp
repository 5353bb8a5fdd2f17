// SPDX-License-Identifier: Apache-2.0
//
// tests/support/appraisal.hpp: appraisals that ask one thing, and what they answer.
#pragma once

#include "support/checks.hpp"
#include "support/spoiled.hpp"

#include <unitee/verify/snp_appraise.hpp>

#include <cstddef>
#include <string>
#include <string_view>

namespace unitee::test {

// undecided allows whatever a policy refuses by itself, and leaves all mandatory decisions open.
inline auto undecided() { return snp::appraisal_policy{}.allow_migration().allow_cxl().allow_masked_chip_id(); }

// lax waives the mandatory decisions, too: it asks nothing.
inline auto lax() { return undecided().waive_report_data().waive_measurement().waive_tcb().allow_debug(); }
using lax_policy = decltype(lax());

using snp_answer = attestation_result<snp::claims>;

// expect says that the check of this name has this answer and these values, that all others were not asked, and that
// the verdict follows.
inline void expect(const snp_answer& answer, std::string_view name, outcome wanted_answer, const std::string& found,
                   const std::string& wanted, std::size_t choices = 1) {
  expect_check(answer, name, wanted_answer, found, wanted, choices);
}

// expect_unasked says that nothing was asked, and what the check of this name found.
inline void expect_unasked(const snp_answer& answer, std::string_view name, const std::string& found) {
  expect(answer, name, outcome::not_asked, found, "-", 0);
}

// guest_claims is genuine claims of a good guest (support/spoiled.hpp) with edited bytes.
inline genuine_claims guest_claims(const edit_bytes& edit = {}) { return judged_claims(good_report(edit)); }

}  // namespace unitee::test
