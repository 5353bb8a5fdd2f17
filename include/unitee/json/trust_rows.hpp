// SPDX-License-Identifier: Apache-2.0
//
// unitee/json/trust_rows.hpp: what each check of an appraisal means for trustworthiness, as a table.
#pragma once

#include <unitee/json/trustworthiness.hpp>
#include <unitee/verify/attestation_result.hpp>

#include <algorithm>
#include <cstdint>
#include <span>
#include <string_view>

namespace unitee::inline v0 {

// trust_row is what one check adds to the vector: met or not_met to this claim. A check that was not asked adds
// nothing. The values are AR4SI's: 0 no claim, 2 good (approved, recognised, genuine), 3 approved at boot; 32 unsafe or
// known bugs, 33 unrecognised software; 96 unacceptable, 97 not recognised. A check that is met is worth 2 or 3 only
// where it is enough by itself.
struct trust_row {
  const char* check;
  trust_claim claim;
  std::int8_t met;
  std::int8_t not_met;
  const char* why;
};

namespace detail {

// has_rows_of says that there is a row for each question, in order.
constexpr bool has_rows_of(std::span<const trust_row> rows, std::span<const check_info> questions) noexcept {
  return std::ranges::equal(
      rows, questions, {}, [](const trust_row& row) { return std::string_view(row.check); },
      [](const check_info& each) { return std::string_view(each.name); });
}

// add_checks adds the rows of the checks that were asked.
constexpr void add_checks(trustworthiness_vector& to, std::span<const trust_row> rows,
                          std::span<const appraisal_check> checks) noexcept {
  for (const appraisal_check& check : checks) {
    if (check.answer == outcome::not_asked) continue;
    for (const trust_row& row : rows) {
      if (std::string_view(row.check) == check.name) {
        to.add(row.claim, check.answer == outcome::met ? row.met : row.not_met);
      }
    }
  }
}

}  // namespace detail

}  // namespace unitee::inline v0
