// SPDX-License-Identifier: Apache-2.0
#include <unitee/verify/appraisal_point.hpp>

#include "support/catch.hpp"

namespace test_appraisal_point {

using unitee::appraisal_point;

namespace {

template <unsigned Decided>
struct policy {
  static constexpr bool decides(appraisal_point point) { return (Decided & static_cast<unsigned>(point)) != 0; }
};

template <unsigned Decided>
constexpr unsigned decided() {
  return (unitee::decides_report_data<policy<Decided>> ? 1U : 0U) |
         (unitee::decides_measurement<policy<Decided>> ? 2U : 0U) | (unitee::decides_debug<policy<Decided>> ? 8U : 0U);
}

}  // namespace

TEST_CASE("each mandatory decision is asked for by itself", "[verify][appraisal_point]") {
  CHECK(decided<0>() == 0);
  CHECK(decided<1>() == 1);
  CHECK(decided<2>() == 2);
  CHECK(decided<4>() == 0);  // the TCB's is each vendor's own
  CHECK(decided<8>() == 8);
  CHECK(decided<15>() == 11);
}

}  // namespace test_appraisal_point
