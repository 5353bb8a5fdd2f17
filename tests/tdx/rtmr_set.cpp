// SPDX-License-Identifier: Apache-2.0
#include <unitee/tdx/rtmr_set.hpp>

#include "support/catch.hpp"
#include "support/stops.hpp"

namespace test_rtmr_set {

using unitee::tdx::rtmr_set;

static_assert(rtmr_set{}.empty() && rtmr_set{}.bits() == 0);
static_assert(rtmr_set{0}.bits() == 1 && rtmr_set{1}.bits() == 2 && rtmr_set{4}.bits() == 16);
static_assert(rtmr_set{3, 1, 3}.bits() == 10 && (rtmr_set{1} | rtmr_set{3}) == rtmr_set{1, 3});
static_assert(rtmr_set{2}.has(2) && !rtmr_set{2}.has(1) && !rtmr_set{0, 1, 2, 3, 4}.has(5));
static_assert(!rtmr_set{0}.has(8) && !rtmr_set{0}.has(32));

TEST_CASE("a register that does not exist stops the program", "[tdx][rtmr_set]") {
  volatile unsigned n = 4;
  CHECK_FALSE(unitee::test::stops([&] { return rtmr_set{n}.bits(); }));
  n = 5;
  CHECK(unitee::test::stops([&] { return rtmr_set{n}.bits(); }));
}

}  // namespace test_rtmr_set
