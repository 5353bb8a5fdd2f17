// SPDX-License-Identifier: Apache-2.0
#include <unitee/posix/lock.hpp>

#include "support/catch.hpp"

#include <thread>
#include <type_traits>
#include <vector>

namespace test_lock {

using namespace unitee;

namespace {

static_assert(!std::is_copy_constructible_v<posix::mutex> && !std::is_move_constructible_v<posix::mutex>);
static_assert(!std::is_copy_constructible_v<posix::condition> && !std::is_move_constructible_v<posix::condition>);
static_assert(!std::is_copy_constructible_v<posix::locked> && !std::is_move_constructible_v<posix::locked>);

// is_free asks from a thread of its own, since one that holds a mutex must not ask for it.
bool is_free(posix::mutex& asked) {
  bool free = false;
  std::thread([&] {
    free = asked.try_lock();
    if (free) asked.unlock();
  }).join();
  return free;
}

}  // namespace

TEST_CASE("a mutex is held while a locked lives", "[posix][lock]") {
  posix::mutex one;
  CHECK(is_free(one));
  {
    const posix::locked alone(one);
    CHECK_FALSE(is_free(one));
  }
  CHECK(is_free(one));
  REQUIRE(one.try_lock());
  CHECK_FALSE(is_free(one));
  one.unlock();
  one.lock();
  CHECK_FALSE(is_free(one));
  one.unlock();
}

TEST_CASE("one thread at a time has what a mutex guards", "[posix][lock]") {
  posix::mutex guard;
  int sum = 0;
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&] {
      for (int n = 0; n < 5000; ++n) {
        const posix::locked alone(guard);
        ++sum;
      }
    });
  }
  for (auto& thread : threads) thread.join();
  CHECK(sum == 20000);
}

TEST_CASE("all that wait for a condition hear of it, and nobody before", "[posix][lock]") {
  posix::mutex guard;
  posix::condition changed;
  bool ready = false;
  int waiting = 0;
  int seen = 0;
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&] {
      const posix::locked alone(guard);
      ++waiting;
      changed.notify_all();
      while (!ready) changed.wait(guard);
      ++seen;
    });
  }
  {
    const posix::locked alone(guard);
    while (waiting != 4) changed.wait(guard);
    CHECK(seen == 0);
    ready = true;
    changed.notify_all();
  }
  for (auto& thread : threads) thread.join();
  CHECK(seen == 4);
}

}  // namespace test_lock
