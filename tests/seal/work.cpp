// SPDX-License-Identifier: Apache-2.0
#include <unitee/seal/work.hpp>

#include "support/catch.hpp"
#include "support/ways.hpp"

#include <unitee/seal/geometry.hpp>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <thread>
#include <vector>

namespace test_work {

using namespace unitee;
using detail::shared_progress;
using detail::shared_work;
using test::for_each_way;

namespace {

// workers_of is how many take part in so many numbers.
std::size_t workers_of(std::size_t wanted, std::uint64_t count) {
  return shared_work(work{.workers = wanted}, count).workers();
}

}  // namespace

TEST_CASE("every number is done once, whoever does it", "[seal][work]") {
  for_each_way([](const char* way, const work& how) {
    for (const std::size_t count : {0u, 1u, 2u, 7u, 500u}) {
      CAPTURE(way, how.workers, count);
      std::vector<std::atomic<int>> times(count);
      shared_work shared(how, count);
      CHECK(shared.run([&](std::uint64_t number) noexcept -> result<void> {
        ++times.at(static_cast<std::size_t>(number));
        return {};
      }));
      CHECK(std::ranges::all_of(times, [](const auto& n) { return n == 1; }));
    }
  });
}

TEST_CASE("no more workers take part than there are numbers, nor than there may be threads", "[seal][work]") {
  CHECK(workers_of(1, 0) == 1);
  CHECK(workers_of(5, 0) == 1);
  CHECK(workers_of(5, 3) == 3);
  CHECK(workers_of(5, 5) == 5);
  CHECK(workers_of(5, max_payload_size) == 5);
  CHECK(workers_of(~std::size_t{0}, max_payload_size) == posix::threads_max);
  CHECK(workers_of(0, max_payload_size) == std::min(posix::processors(), posix::threads_max));
}

TEST_CASE("the caller's parallel_for is asked for as many bodies as there are workers, and for none of one",
          "[seal][work]") {
  std::vector<std::size_t> asked;
  const auto parallel_for = [&](std::size_t n, function_ref<void(std::size_t)> body) {
    asked.push_back(n);
    body(0);  // a pool of one thread that has not come to the others yet: one body does it all
    for (std::size_t i = 1; i < n; ++i) body(i);
  };
  const auto nothing = [](std::uint64_t) noexcept { return result<void>(); };
  const work how{.workers = 4, .parallel_for = parallel_for};
  CHECK(shared_work(how, 100).run(nothing));
  CHECK(shared_work(how, 3).run(nothing));
  CHECK(shared_work(how, 1).run(nothing));
  CHECK(asked == std::vector<std::size_t>{4, 3});
}

TEST_CASE("of several failures the first is kept, and nobody begins anything after it", "[seal][work]") {
  for_each_way([](const char* way, const work& how) {
    CAPTURE(way, how.workers);
    std::atomic<int> done{0};
    shared_work shared(how, 100000);
    const auto failed = shared.run([&](std::uint64_t number) noexcept -> result<void> {
      ++done;
      if (number < 40) return {};
      return failure{errc::io_error, number};
    });
    CHECK(failed.error() == failure{errc::io_error, 40});
    CHECK(done < 41 + 256);
  });
}

TEST_CASE("the lowest of the numbers that failed is named, also when it fails last", "[seal][work]") {
  std::atomic<bool> other_failed{false};
  shared_work shared(work{.workers = 2}, 2);
  const auto failed = shared.run([&](std::uint64_t number) noexcept -> result<void> {
    if (number == 1) {
      other_failed = true;
      return failure{errc::not_authentic, 1};
    }
    while (!other_failed) std::this_thread::yield();
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
    return failure{errc::io_error, 7};
  });
  CHECK(failed.error() == failure{errc::io_error, 7});
}

TEST_CASE("what is called off ends, before it begins or later", "[seal][work]") {
  std::atomic<bool> cancelled{true};
  const auto after = [&](std::uint64_t end) {
    for_each_way(
        [&](const char* way, const work& how) {
          CAPTURE(way, how.workers, end);
          cancelled = end == 0;
          std::atomic<std::uint64_t> done{0};
          const auto called_off = shared_work(how, 100000).run([&](std::uint64_t) noexcept -> result<void> {
            if (++done >= end) cancelled = true;
            return {};
          });
          REQUIRE_FALSE(called_off);
          CHECK(called_off.error() == failure{errc::cancelled});
          CHECK(done >= end);
          CHECK(done < end + 256);
        },
        work{.cancelled = &cancelled});
  };
  after(0);
  after(1);
  after(50);
  cancelled = true;
  CHECK(shared_work(work{.cancelled = &cancelled}, 0).run([](std::uint64_t) noexcept { return result<void>(); }));
}

TEST_CASE("progress adds up, and is told by one thread at a time", "[seal][work]") {
  std::vector<std::uint64_t> told;
  std::atomic<int> inside{0};
  bool alone = true;
  const auto tell = [&](std::uint64_t done, std::uint64_t total) {
    alone = ++inside == 1 && alone;
    told.push_back(done);
    alone = total == 3000 && alone;
    --inside;
  };
  for_each_way(
      [&](const char* way, const work& how) {
        CAPTURE(way, how.workers);
        told.clear();
        shared_progress progress(how, 3000);
        REQUIRE(shared_work(how, 300).run([&](std::uint64_t) noexcept -> result<void> {
          progress.add(10);
          return {};
        }));
        REQUIRE(told.size() == 300);
        for (std::size_t i = 0; i < told.size(); ++i) REQUIRE(told[i] == 10 * (i + 1));
        CHECK(alone);
      },
      work{.progress = tell});
  shared_progress nobody(work{}, 3000);
  nobody.add(1);
}

TEST_CASE("a pool that leaves work undone calls it off", "[seal][work]") {
  using body = function_ref<void(std::size_t)>;
  const auto nothing = [](std::size_t, body) {};
  const auto step = [](std::uint64_t) noexcept { return result<void>(); };
  CHECK(shared_work(work{.workers = 2, .parallel_for = nothing}, 10).run(step).error() == failure{errc::cancelled});

  // A body takes what numbers are left, so that one of them is enough; a pool that calls none for a single worker is
  // not asked.
  const auto first_only = [](std::size_t, body each) { each(0); };
  CHECK(shared_work(work{.workers = 2, .parallel_for = first_only}, 10).run(step));
  CHECK(shared_work(work{.workers = 1, .parallel_for = nothing}, 10).run(step));

  // What failed is said before what was left out.
  const failure why{errc::io_error, 5};
  const auto fail = [&](std::uint64_t) noexcept { return result<void>(why); };
  CHECK(shared_work(work{.workers = 2, .parallel_for = first_only}, 10).run(fail).error() == why);
}

}  // namespace test_work
