// SPDX-License-Identifier: Apache-2.0
//
// unitee/verify/appraisal_point.hpp: the decisions that no appraisal policy may leave open.
#pragma once

#include <unitee/unavailable.hpp>

#include <cstdint>

namespace unitee::inline v0 {

// appraisal_point is a decision that every policy must take, one way or the other.
enum class appraisal_point : std::uint8_t {
  freshness = 1,  // report data
  software = 2,   // measurement
  firmware = 4,   // TCB
  debugging = 8,
};

// The decisions that appraise insists on, one concept each, so that the compiler names the one that is missing. That on
// the TCB is the vendor's, because what one says about it differs.
// clang-format off
template <class Policy>
concept decides_report_data = Policy::decides(appraisal_point::freshness) ||
    unavailable<"this appraisal policy does not decide report data: call require_report_data(...) or waive_report_data()">;
template <class Policy>
concept decides_measurement = Policy::decides(appraisal_point::software) ||
    unavailable<"this appraisal policy does not decide the measurement: call require_measurement(...) or waive_measurement()">;
template <class Policy>
concept decides_debug = Policy::decides(appraisal_point::debugging) ||
    unavailable<"this appraisal policy does not decide debug: call forbid_debug() or allow_debug()">;
// clang-format on

}  // namespace unitee::inline v0
