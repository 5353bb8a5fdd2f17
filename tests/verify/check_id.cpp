// SPDX-License-Identifier: Apache-2.0
#include <unitee/verify/check_id.hpp>

#include "support/catch.hpp"

#include <array>
#include <concepts>
#include <string_view>

namespace test_check_id {

namespace {

constexpr std::array<unitee::check_info, 2> table{{{"first", "a rule", "a source"}, {"second", "another", "a source"}}};
using id = unitee::detail::check_id<table>;

static_assert(&id("first").info() == &table[0]);
static_assert(&id("second").info() == &table[1]);
static_assert(!std::default_initializable<id>);

}  // namespace

TEST_CASE("a question is known by its name in the table", "[verify][check_id]") {
  CHECK(std::string_view(id("second").info().rule) == "another");
}

}  // namespace test_check_id
