// SPDX-License-Identifier: Apache-2.0
#include <unitee/verify/tcb_info.hpp>

#include "support/catch.hpp"

#include <cstdint>

namespace test_tcb_info {

namespace tdx = unitee::tdx;

// What nobody has filled in is no good level.
static_assert(tdx::level_rating{}.status == tdx::tcb_status::not_supported);

TEST_CASE("the identity of a TDX module is found by its major version", "[verify][tcb_info]") {
  tdx::tcb_info info;
  CHECK(info.module(0) == nullptr);
  info.module_identities.resize(2);
  info.module_identities[0].major = 3;
  info.module_identities[1].major = 10;
  for (unsigned major = 0; major < 256; ++major) {
    const tdx::module_identity* const expected = major == 3    ? &info.module_identities[0]
                                                 : major == 10 ? &info.module_identities[1]
                                                               : nullptr;
    CHECK(info.module(static_cast<std::uint8_t>(major)) == expected);
  }
}

}  // namespace test_tcb_info
