// SPDX-License-Identifier: Apache-2.0
#include <unitee/posix/parallel.hpp>

#include "support/catch.hpp"
#include "support/child.hpp"

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <cstddef>
#include <set>
#include <thread>
#include <vector>

#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <sys/syscall.h>

namespace test_parallel {

using namespace unitee;

namespace {

// calls_of is how often body(i) was called, for each i below n.
std::vector<int> calls_of(std::size_t n) {
  std::vector<std::atomic<int>> calls(n);
  posix::run_on_threads(n, [&](std::size_t i) { ++calls.at(i); });
  return {calls.begin(), calls.end()};
}

}  // namespace

TEST_CASE("every number is called once, however many there are", "[posix][parallel]") {
  for (const std::size_t n : {0u, 1u, 2u, 3u, 17u, 255u, 256u, 257u, 300u}) {
    CAPTURE(n);
    const auto calls = calls_of(n);
    CHECK(std::ranges::all_of(calls, [](int times) { return times == 1; }));
  }
}

TEST_CASE("bodies run at the same time, the last of them on the caller's thread", "[posix][parallel]") {
  std::array<std::thread::id, 3> ran;
  std::atomic<int> there{0};
  posix::run_on_threads(3, [&](std::size_t i) {
    ran.at(i) = std::this_thread::get_id();
    ++there;
    while (there != 3) std::this_thread::yield();  // comes to an end only if all three are there
  });
  CHECK(std::set<std::thread::id>(ran.begin(), ran.end()).size() == 3);
  CHECK(ran[2] == std::this_thread::get_id());
}

TEST_CASE("a single body runs on the caller's thread, and starts none", "[posix][parallel]") {
  std::thread::id ran;
  posix::run_on_threads(1, [&](std::size_t) { ran = std::this_thread::get_id(); });
  CHECK(ran == std::this_thread::get_id());
}

TEST_CASE("signals are left to the caller's thread, whose mask stays as it was", "[posix][parallel]") {
  const auto blocks = [](int signal) {
    ::sigset_t now;
    ::pthread_sigmask(SIG_SETMASK, nullptr, &now);
    return ::sigismember(&now, signal) == 1;
  };
  const bool before = blocks(SIGTERM);
  REQUIRE_FALSE(before);
  std::array<bool, 2> blocked{};
  std::array<bool, 2> is_caller{};
  const auto caller = std::this_thread::get_id();
  posix::run_on_threads(2, [&](std::size_t i) {
    blocked.at(i) = blocks(SIGTERM) && blocks(SIGINT) && blocks(SIGALRM);
    is_caller.at(i) = std::this_thread::get_id() == caller;
  });
  CHECK(blocked == std::array{true, false});
  CHECK(is_caller == std::array{false, true});
  CHECK_FALSE(blocks(SIGTERM));
}

TEST_CASE("where there are no more threads, all is done on the caller's", "[posix][parallel]") {
  const int answer = test::in_child([] {
    // The C library makes threads with clone3, and with clone where there is none.
    if (!test::on_call(SYS_clone3).fails_with(EAGAIN) || !test::on_call(SYS_clone).fails_with(EAGAIN)) return 250;
    const auto calls = calls_of(9);
    const auto caller = std::this_thread::get_id();
    int elsewhere = 0;
    posix::run_on_threads(9, [&](std::size_t) { elsewhere += std::this_thread::get_id() == caller ? 0 : 1; });
    return std::ranges::all_of(calls, [](int times) { return times == 1; }) && elsewhere == 0 ? 0 : 1;
  });
  if (answer == 250) return test::left_out("no seccomp");
  CHECK(answer == 0);
}

TEST_CASE("the processors are those that this process may run on", "[posix][parallel]") {
  const std::size_t all = posix::processors();
  CHECK(all >= 1);
  const int answer = test::in_child([] {
    ::cpu_set_t one;
    CPU_ZERO(&one);
    CPU_SET(static_cast<std::size_t>(::sched_getcpu()), &one);
    if (::sched_setaffinity(0, sizeof one, &one) != 0) return 250;
    return posix::processors() == 1 ? 0 : 1;
  });
  if (answer == 250) return test::left_out("the affinity cannot be set");
  CHECK(answer == 0);
}

}  // namespace test_parallel
