// SPDX-License-Identifier: Apache-2.0
#include <unitee/kdf/key_binding.hpp>

#include "support/catch.hpp"

#include <type_traits>

namespace test_key_binding {

using namespace unitee;

static_assert(key_binding{.purpose = "p"}.to == bound_to::measurement_and_policy());
static_assert(key_binding{.purpose = "p"}.context.empty());
static_assert(std::is_trivially_copyable_v<key_binding>);

TEST_CASE("a binding is to measurement and policy unless it says otherwise", "[kdf]") {
  SUCCEED("see the static assertions");
}

}  // namespace test_key_binding
