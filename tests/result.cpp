// SPDX-License-Identifier: Apache-2.0
#include <unitee/result.hpp>

#include "support/catch.hpp"
#include "support/stops.hpp"

#include <memory>
#include <string>
#include <type_traits>
#include <utility>

namespace test_result {

using unitee::errc;
using unitee::failure;
using unitee::part;
using unitee::result;

namespace {

constexpr result<int> half(int value) {
  if (value % 2 != 0) return failure{errc::bad_value, 3, part::report};
  return value / 2;
}

constexpr result<void> even(int value) {
  if (value % 2 != 0) return errc::bad_value;
  return {};
}

}  // namespace

static_assert(half(4) && *half(4) == 2);
static_assert(!half(5) && half(5).error() == failure{errc::bad_value, 3, part::report});
static_assert(even(4) && !even(5) && even(5).error() == failure{errc::bad_value});
static_assert(std::is_trivially_copyable_v<result<int>> && std::is_trivially_copyable_v<result<void>>);
static_assert(std::is_nothrow_move_constructible_v<result<std::string>>);
static_assert(!std::is_default_constructible_v<result<int>>, "a result is never empty by accident");
static_assert(!std::is_convertible_v<result<int>, bool>, "a result is not a number");
static_assert(std::is_same_v<result<int>::value_type, int> && std::is_same_v<result<void>::value_type, void>);

TEST_CASE("a result holds a value or a failure", "[result]") {
  const result<std::string> good = std::string("value");
  REQUIRE(good.has_value());
  CHECK(*good == "value");
  CHECK(good->size() == 5);

  const result<std::string> bad = failure{errc::truncated, 7, part::quote};
  REQUIRE(!bad.has_value());
  CHECK(bad.error() == failure{errc::truncated, 7, part::quote});
}

TEST_CASE("an errc alone is a failure at the start of the input", "[result]") {
  CHECK(result<int>(errc::missing).error() == failure{errc::missing, 0, part::input});
  CHECK(result<void>(errc::missing).error() == failure{errc::missing, 0, part::input});
}

TEST_CASE("a value that only moves goes in and comes out", "[result]") {
  using owner = std::unique_ptr<int>;
  result<owner> made = std::make_unique<int>(5);
  REQUIRE(made);
  result<owner> moved = std::move(made);
  REQUIRE(moved);
  const owner out = *std::move(moved);
  CHECK(*out == 5);
}

TEST_CASE("a value can be changed in place", "[result]") {
  result<std::string> text = std::string("a");
  *text += "b";
  text->push_back('c');
  CHECK(*text == "abc");
}

TEST_CASE("a result can be assigned a failure and a value", "[result]") {
  result<std::string> text = std::string("a");
  text = errc::expired;
  CHECK(text.error().code == errc::expired);
  text = std::string("b");
  CHECK(*text == "b");
}

TEST_CASE("reading what a result does not hold stops the program", "[result]") {
  result<std::string> bad = errc::missing;
  const result<std::string> const_bad = errc::missing;
  const result<std::string> good = std::string("value");
  const result<void> done;
  CHECK(unitee::test::stops([&] { return (*bad).size(); }));
  CHECK(unitee::test::stops([&] { return bad->size(); }));
  CHECK(unitee::test::stops([&] { return (*const_bad).size(); }));
  CHECK(unitee::test::stops([&] { return const_bad->size(); }));
  CHECK(unitee::test::stops([&] { return (*std::move(bad)).size(); }));
  CHECK(unitee::test::stops([&] { return good.error().offset; }));
  CHECK(unitee::test::stops([&] { return done.error().offset; }));
  CHECK_FALSE(unitee::test::stops([&] { return good->size(); }));
}

}  // namespace test_result
