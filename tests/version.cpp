// SPDX-License-Identifier: Apache-2.0
#include <unitee/version.hpp>

#include "support/catch.hpp"

#include <string>

namespace test_version {

TEST_CASE("the version's numbers are those of its text", "[version]") {
  CHECK(unitee::version == std::to_string(unitee::version_major) + "." + std::to_string(unitee::version_minor) + "." +
                               std::to_string(unitee::version_patch));
}

}  // namespace test_version
