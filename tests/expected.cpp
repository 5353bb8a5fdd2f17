// SPDX-License-Identifier: Apache-2.0

#include <unitee/expected.hpp>

#include "support/catch.hpp"

namespace test_expected {

namespace {

using namespace unitee;

TEST_CASE("a result becomes a std::expected, where the language has one", "[expected]") {
#if defined(__cpp_lib_expected)
  constexpr failure why{errc::truncated, 12, part::quote};
  CHECK(to_expected(result<int>(7)).value() == 7);
  CHECK(to_expected(result<int>(why)).error() == why);
  CHECK(to_expected(result<void>()).has_value());
  CHECK(to_expected(result<void>(why)).error() == why);
#else
  SUCCEED("C++20: the header is empty");
#endif
}

}  // namespace

}  // namespace test_expected
