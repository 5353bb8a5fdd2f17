// SPDX-License-Identifier: Apache-2.0
#include <unitee/verify/tdx_collateral_parts.hpp>

#include "support/catch.hpp"

namespace test_tdx_collateral_parts {

using namespace unitee;

TEST_CASE("a piece of collateral is known by what it is, and when it begins and ends",
          "[verify][tdx_collateral_parts]") {
  const tdx::collateral_item item{part::root_crl, {1}, {2}};
  CHECK(item == tdx::collateral_item{part::root_crl, {1}, {2}});
  CHECK_FALSE(item == tdx::collateral_item{part::pck_crl, {1}, {2}});
  CHECK_FALSE(item == tdx::collateral_item{part::root_crl, {0}, {2}});
  CHECK_FALSE(item == tdx::collateral_item{part::root_crl, {1}, {3}});
}

}  // namespace test_tdx_collateral_parts
