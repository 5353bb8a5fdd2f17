// SPDX-License-Identifier: Apache-2.0
#include <unitee/unavailable.hpp>

#include "support/catch.hpp"

#include <concepts>
#include <string_view>

namespace test_unavailable {

namespace {

template <class T>
concept counts = std::integral<T> || unitee::unavailable<"only whole numbers count">;

template <class T>
concept either = std::integral<T> || std::floating_point<T> || unitee::unavailable<"neither">;

constexpr unitee::sentence kept("kept");

}  // namespace

static_assert(!unitee::unavailable<"never">);
static_assert(counts<int> && !counts<float>);
static_assert(either<int> && either<float> && !either<int*>);
static_assert(std::string_view(kept.text) == "kept");

TEST_CASE("unavailable is never satisfied, and leaves what stands before it as it is", "[unavailable]") {
  SUCCEED("see the static assertions");
}

}  // namespace test_unavailable
