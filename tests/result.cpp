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

TEST_CASE("whatever is copied, moved and assigned, each value is destroyed once", "[result]") {
  static int alive = 0;
  struct counted {
    int number;
    explicit counted(int of) noexcept : number(of) { ++alive; }
    counted(const counted& other) noexcept : number(other.number) { ++alive; }
    counted(counted&& other) noexcept : number(std::exchange(other.number, 0)) { ++alive; }
    counted& operator=(const counted&) = delete;
    ~counted() { --alive; }
  };
  {
    const result<counted> good(std::in_place, 1);
    const result<counted> bad = failure{errc::truncated, 7, part::quote};
    const result<counted> good_copy = good;
    const result<counted> bad_copy = bad;
    CHECK(good_copy->number == 1);
    CHECK(bad_copy.error() == bad.error());
    CHECK(alive == 2);

    result<counted> one(std::in_place, 2);
    CHECK(alive == 3);
    one = good;
    CHECK(one->number == 1);
    one = *&one;
    CHECK(one->number == 1);
    CHECK(alive == 3);
    one = bad;
    CHECK(one.error() == bad.error());
    CHECK(alive == 2);
    one = good;
    CHECK(one->number == 1);
    result<counted> other = std::move(one);
    CHECK(other->number == 1);
    other = result<counted>(std::in_place, 4);
    CHECK(other->number == 4);
    other = result<counted>(errc::expired);
    CHECK(other.error().code == errc::expired);
  }
  CHECK(alive == 0);
}

TEST_CASE("a copy that throws leaves what was there", "[result]") {
  struct refusing {
    int number;
    explicit refusing(int of) noexcept : number(of) {}
    refusing(const refusing& other) : number(other.number) {
      if (number < 0) throw number;
    }
    refusing(refusing&& other) noexcept : number(other.number) {}
  };
  const result<refusing> never(std::in_place, -1);
  result<refusing> good(std::in_place, 5);
  result<refusing> bad = errc::expired;
  CHECK_THROWS_AS(good = never, int);
  CHECK_THROWS_AS(bad = never, int);
  CHECK_THROWS_AS(result<refusing>(never), int);
  CHECK(good->number == 5);
  CHECK(bad.error().code == errc::expired);
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
