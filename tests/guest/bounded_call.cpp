// SPDX-License-Identifier: Apache-2.0
#include <unitee/guest/bounded_call.hpp>

#include <unitee/bytes/writer.hpp>
#include <unitee/crypto/secret.hpp>

#include "support/catch.hpp"
#include "support/counted.hpp"

#include <array>
#include <atomic>
#include <cerrno>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <future>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include <linux/filter.h>
#include <linux/seccomp.h>
#include <pthread.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

namespace test_bounded_call {

using namespace unitee;
using guest::detail::bounded_call;
using test::counted;

namespace {

constexpr time_limit enough{60'000};
constexpr time_limit little{30};

// becomes waits up to 10 s for a condition.
template <class Condition>
bool becomes(Condition condition) {
  for (int i = 0; i < 10'000; ++i) {
    if (condition()) return true;
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  return false;
}

std::ptrdiff_t threads() {
  return std::distance(std::filesystem::directory_iterator("/proc/self/task"), std::filesystem::directory_iterator());
}

// gate is what a system call that does not return waits at, until the test opens it.
struct gate {
  std::promise<void> opened;
  std::shared_future<void> open = opened.get_future().share();
};

}  // namespace

TEST_CASE("a call gives its value, or its failure", "[guest][bounded_call]") {
  CHECK(*bounded_call(enough, part::sev_guest, []() -> result<int> { return 42; }) == 42);
  CHECK(bounded_call(enough, part::sev_guest, []() -> result<void> { return {}; }));
  const failure why{errc::host_error, 7, part::tsm_report};
  CHECK(bounded_call(enough, part::sev_guest, [=]() -> result<int> { return why; }).error() == why);
  CHECK(bounded_call(enough, part::sev_guest, [=]() -> result<void> { return why; }).error() == why);
}

TEST_CASE("a call that is done is not told from one that is done late", "[guest][bounded_call]") {
  // Whatever happens first: there is an answer, of the call or of the clock.
  std::atomic<int> live = 0;
  int late = 0;
  for (int i = 0; i < 300; ++i) {
    const auto answer =
        bounded_call(time_limit{static_cast<std::uint32_t>(i % 3)}, part::rtmr,
                     [=, held = counted(live)]() -> result<int> { return ::usleep(unsigned(i % 5) * 500), i; });
    if (!answer) {
      ++late;
      REQUIRE(answer.error() == failure{errc::timed_out, static_cast<std::uint64_t>(i % 3), part::rtmr});
    } else {
      REQUIRE(*answer == i);
    }
  }
  CHECK(late > 0);
  CHECK(becomes([&] { return live == 0; }));
}

TEST_CASE("what a call holds is gone before its caller has the answer", "[guest][bounded_call]") {
  std::atomic<int> live = 0;
  for (int i = 0; i < 300; ++i) {
    const auto answer = bounded_call(enough, part::sev_guest, [held = counted(live)]() -> result<int> { return 1; });
    REQUIRE(live == 0);
    REQUIRE(answer);
  }
}

TEST_CASE("a call that does not return is left alone in time, and ends when it is let go", "[guest][bounded_call]") {
  const std::ptrdiff_t before = threads();
  std::atomic<int> held = 0;
  std::atomic<int> made = 0;
  gate wait;
  const auto from = std::chrono::steady_clock::now();
  const auto answer =
      bounded_call(little, part::tsm_report, [&made, open = wait.open, own = counted(held)]() -> result<counted> {
        open.wait();
        return counted(made);
      });
  const auto took = std::chrono::steady_clock::now() - from;
  REQUIRE_FALSE(answer);
  CHECK(answer.error() == failure{errc::timed_out, little.milliseconds, part::tsm_report});
  CHECK(took >= std::chrono::milliseconds(28));
  CHECK(took < std::chrono::seconds(5));
  CHECK(held == 1);
  CHECK(threads() > 1);

  wait.opened.set_value();
  CHECK(becomes([&] { return held == 0 && made == 0; }));
  CHECK(becomes([&] { return threads() <= before; }));
}

TEST_CASE("a deadline that has passed leaves the call no time", "[guest][bounded_call]") {
  gate wait;
  std::atomic<int> held = 0;
  const auto answer = bounded_call(time_limit{0}, part::sev_guest,
                                   [open = wait.open, own = counted(held)]() -> result<int> { return open.wait(), 1; });
  CHECK(answer.error() == failure{errc::timed_out, 0, part::sev_guest});
  wait.opened.set_value();
  CHECK(becomes([&] { return held == 0; }));
}

TEST_CASE("a secret comes through, and one that comes too late is destroyed", "[guest][bounded_call]") {
  const auto derive = [](std::shared_future<void> open) -> result<secret<32>> {
    open.wait();
    return secret<32>::made_by([](byte_span out) { writer(out).le<std::uint64_t>(0x1122334455667788); });
  };
  gate wait;
  wait.opened.set_value();
  const auto key = bounded_call(enough, part::sev_guest, [=, open = wait.open] { return derive(open); });
  REQUIRE(key);
  CHECK(key->expose()[0] == 0x88);
  CHECK(key->expose()[7] == 0x11);

  gate hanging;
  std::atomic<int> held = 0;
  const auto late =
      bounded_call(little, part::sev_guest, [=, open = hanging.open, own = counted(held)] { return derive(open); });
  CHECK(late.error().code == errc::timed_out);
  hanging.opened.set_value();
  CHECK(becomes([&] { return held == 0; }));
}

TEST_CASE("the program's signal handlers do not run inside of a call", "[guest][bounded_call]") {
  ::sigset_t before;
  ::pthread_sigmask(SIG_SETMASK, nullptr, &before);
  const auto is_blocked = [](const ::sigset_t& mask, int number) { return ::sigismember(&mask, number) == 1; };
  const auto blocked = bounded_call(enough, part::sev_guest, [=]() -> result<bool> {
    ::sigset_t mask;
    ::pthread_sigmask(SIG_SETMASK, nullptr, &mask);
    return is_blocked(mask, SIGTERM) && is_blocked(mask, SIGALRM) && is_blocked(mask, SIGUSR1);
  });
  CHECK(*blocked);
  ::sigset_t after;
  ::pthread_sigmask(SIG_SETMASK, nullptr, &after);
  for (int number = 1; number < 32; ++number) CHECK(is_blocked(before, number) == is_blocked(after, number));
}

TEST_CASE("many calls at once each have their own answer", "[guest][bounded_call]") {
  std::array<int, 16> sums{};
  std::vector<std::thread> callers;
  for (std::size_t i = 0; i < sums.size(); ++i) {
    callers.emplace_back([&sum = sums[i], i] {
      for (int k = 0; k < 50; ++k) {
        const auto own = static_cast<int>(i) * 1000 + k;
        const auto answer = bounded_call(enough, part::sev_guest, [=]() -> result<int> { return own; });
        if (answer && *answer == own) ++sum;
      }
    });
  }
  for (auto& caller : callers) caller.join();
  for (const int sum : sums) CHECK(sum == 50);
}

TEST_CASE("where no thread can be made, a call is an I/O error and holds nothing", "[guest][bounded_call]") {
  const ::pid_t child = ::fork();
  REQUIRE(child >= 0);
  if (child == 0) {
    // No more threads for this process: clone and clone3 are EAGAIN, everything else is as ever.
    std::array<::sock_filter, 5> rules{
        {BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(::seccomp_data, nr)),
         BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, __NR_clone, 1, 0), BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, __NR_clone3, 0, 1),
         BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EAGAIN), BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW)}};
    const ::sock_fprog program{static_cast<unsigned short>(rules.size()), rules.data()};
    if (::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) ::_exit(2);
    if (::prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) != 0) ::_exit(3);
    std::atomic<int> held = 0;
    bool ran = false;
    const auto answer =
        bounded_call(enough, part::seal_key, [&, own = counted(held)]() -> result<int> { return ran = true, 1; });
    if (answer || ran || held != 0) ::_exit(4);
    ::_exit(answer.error() == failure{errc::io_error, EAGAIN, part::seal_key} ? 0 : 5);
  }
  int status = -1;
  REQUIRE(::waitpid(child, &status, 0) == child);
  CHECK(status == 0);
}

}  // namespace test_bounded_call
