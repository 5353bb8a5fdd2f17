// SPDX-License-Identifier: Apache-2.0

#include <unitee/exceptions.hpp>

#include "support/catch.hpp"

#include <string>

namespace test_exceptions {

namespace {

using namespace unitee;

TEST_CASE("a result gives its value, or throws its failure", "[exceptions]") {
  CHECK(value_or_throw(result<int>(7)) == 7);
  CHECK_NOTHROW(value_or_throw(result<void>()));
  constexpr failure why{errc::truncated, 12, part::quote};
  for (const bool of_void : {false, true}) {
    try {
      if (of_void) value_or_throw(result<void>(why));
      if (!of_void) (void)value_or_throw(result<int>(why));
      FAIL("nothing was thrown");
    } catch (const std::exception& caught) {
      const auto* const ours = dynamic_cast<const failed*>(&caught);
      REQUIRE(ours != nullptr);
      CHECK(ours->why() == why);
      CHECK(std::string(caught.what()) == describe(errc::truncated));
    }
  }
}

}  // namespace

}  // namespace test_exceptions
