// SPDX-License-Identifier: Apache-2.0
#include <unitee/bytes/function_ref.hpp>

#include "support/catch.hpp"

#include <concepts>
#include <functional>
#include <memory>
#include <type_traits>
#include <utility>

namespace test_function_ref {

using namespace unitee;

namespace {

using sum = function_ref<int(int, int)>;

static_assert(std::is_trivially_copyable_v<sum>);
static_assert(sizeof(sum) == 2 * sizeof(void*));
static_assert(!sum());
static_assert(std::convertible_to<int (*)(int, int), sum>);
static_assert(!std::convertible_to<int (*)(int), sum>);
static_assert(!std::convertible_to<const char* (*)(int, int), sum>);

int apply(sum f) { return f(40, 2); }

struct counter {
  int calls = 0;
  void operator()() { ++calls; }
};

}  // namespace

TEST_CASE("a reference to none says so, and one to something calls it", "[bytes][function_ref]") {
  sum f;
  CHECK_FALSE(f);
  const auto add = [](int a, int b) { return a + b; };
  f = add;
  REQUIRE(f);
  CHECK(f(1, 2) == 3);
  CHECK(apply([](int a, int b) { return a - b; }) == 38);
  CHECK(apply(std::multiplies<int>()) == 80);
  f = {};
  CHECK_FALSE(f);
}

TEST_CASE("it refers to the object itself, and so do its copies", "[bytes][function_ref]") {
  counter mine;
  const function_ref<void()> f = mine;
  const auto copy = f;
  f();
  copy();
  CHECK(mine.calls == 2);
  function_ref<void()> other;
  other = f;
  other();
  CHECK(mine.calls == 3);
}

TEST_CASE("arguments and results go through as they are", "[bytes][function_ref]") {
  int value = 1;
  const auto change = [](int& of) -> int& { return ++of; };
  const function_ref<int&(int&)> f = change;
  CHECK(&f(value) == &value);
  CHECK(value == 2);

  const auto take = [](std::unique_ptr<int> owned) { return owned; };
  const function_ref<std::unique_ptr<int>(std::unique_ptr<int>)> move = take;
  CHECK(*move(std::make_unique<int>(7)) == 7);

  const auto narrow = [](short of) { return static_cast<short>(of + 1); };
  const function_ref<long(short)> wider = narrow;
  CHECK(wider(4) == 5);
}

TEST_CASE("what holds nothing is nothing to call", "[bytes][function_ref]") {
  std::function<int(int)> wrapper;
  int (*pointer)(int) = nullptr;
  CHECK_FALSE(function_ref<int(int)>(wrapper));
  CHECK_FALSE(function_ref<int(int)>(pointer));
  wrapper = [](int of) { return of + 1; };
  pointer = [](int of) { return of + 2; };
  CHECK(function_ref<int(int)>(wrapper)(1) == 2);
  CHECK(function_ref<int(int)>(pointer)(1) == 3);
}

}  // namespace test_function_ref
