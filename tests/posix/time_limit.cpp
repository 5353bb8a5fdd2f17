// SPDX-License-Identifier: Apache-2.0
#include <unitee/posix/time_limit.hpp>

#include "support/catch.hpp"

#include <chrono>
#include <cstdint>
#include <limits>
#include <type_traits>

namespace test_time_limit {

using namespace unitee;
using posix::deadline;

static_assert(time_limit{5} == time_limit{5} && time_limit{5} != time_limit{6} && time_limit{} == time_limit{0});
static_assert(std::is_convertible_v<time_limit, deadline> && !std::is_convertible_v<std::uint32_t, deadline>);

namespace {

// milliseconds is how long the call takes.
template <class Call>
std::int64_t milliseconds(Call call) {
  const auto from = std::chrono::steady_clock::now();
  call();
  return std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() - from).count();
}

}  // namespace

TEST_CASE("a limit of nothing has passed at once", "[posix][time_limit]") {
  const deadline until(time_limit{0});
  CHECK(until.passed());
  CHECK(until.left() == 0);
  CHECK(until.limit() == time_limit{0});
  CHECK(milliseconds([&] { until.pause(10'000); }) < 1000);
}

TEST_CASE("a deadline passes when its time is over, and remembers its limit", "[posix][time_limit]") {
  const deadline until = time_limit{60};
  CHECK_FALSE(until.passed());
  CHECK(until.left() > 0);
  CHECK(until.left() <= 60);
  until.pause(20);
  CHECK(until.left() <= 41);  // the clock is read in whole milliseconds
  until.pause(60);
  until.pause(60);
  CHECK(until.passed());
  CHECK(until.limit() == time_limit{60});
}

TEST_CASE("a pause is as long as asked for, and ends at the deadline", "[posix][time_limit]") {
  const deadline far(time_limit{60'000});
  CHECK(milliseconds([&] { far.pause(0); }) < 1000);
  CHECK(milliseconds([&] { far.pause(30); }) >= 30);
  const deadline near(time_limit{30});
  const auto took = milliseconds([&] { near.pause(60'000); });
  CHECK(took >= 28);
  CHECK(took < 10'000);
}

TEST_CASE("the longest limit does not overflow", "[posix][time_limit]") {
  constexpr std::uint32_t longest = std::numeric_limits<std::uint32_t>::max();
  const deadline until(time_limit{longest});
  CHECK_FALSE(until.passed());
  CHECK(until.left() > longest - 60'000);
  const deadline copy = until;
  CHECK(copy.limit() == time_limit{longest});
}

}  // namespace test_time_limit
