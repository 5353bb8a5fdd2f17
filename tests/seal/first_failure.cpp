// SPDX-License-Identifier: Apache-2.0
#include <unitee/seal/first_failure.hpp>

#include "support/catch.hpp"

namespace test_first_failure {

using namespace unitee;

TEST_CASE("the first failure is kept, and there is none before it", "[seal][first_failure]") {
  first_failure kept;
  CHECK(kept.status());
  kept.note({errc::not_authentic, 4096, part::sealed_payload});
  kept.note({errc::io_error, 5});
  REQUIRE_FALSE(kept.status());
  CHECK(kept.status().error() == failure{errc::not_authentic, 4096, part::sealed_payload});
}

}  // namespace test_first_failure
