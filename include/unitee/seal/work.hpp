// SPDX-License-Identifier: Apache-2.0
//
// unitee/seal/work.hpp: how a long piece of work is divided, watched and called off.
#pragma once

#include <unitee/bytes/function_ref.hpp>
#include <unitee/posix/lock.hpp>
#include <unitee/posix/parallel.hpp>
#include <unitee/result.hpp>

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <cstdint>

namespace unitee::inline v0 {

// work is who does what a call has to do to many segments, and what the caller hears of it meanwhile. Everything it
// refers to must outlive the call, which a lambda written in the call's arguments does, and one written in the
// initialiser of a variable of type work does not. Nothing may throw.
struct work {
  // workers is how many threads take part, the caller's included; 0 is one for each processor, or as many as a source
  // that waits for a disk asks for.
  std::size_t workers = 0;

  // parallel_for(n, body) calls body(0) to body(n - 1), at once or in turn, and returns when all have: the caller's own
  // pool of threads. Without one, threads are started for the call. A pool that leaves work undone, because it is being
  // stopped, makes the call errc::cancelled.
  function_ref<void(std::size_t, function_ref<void(std::size_t)>)> parallel_for{};

  // progress(done, total) is told in plaintext bytes how far it is, from any of the threads, one at a time.
  function_ref<void(std::uint64_t, std::uint64_t)> progress{};

  // cancelled calls the work off as soon as it is true: the call answers errc::cancelled.
  const std::atomic<bool>* cancelled = nullptr;

  // is_cancelled is whether the caller wants no more of it.
  [[nodiscard]] bool is_cancelled() const noexcept {
    return cancelled != nullptr && cancelled->load(std::memory_order_relaxed);
  }
};

namespace detail {

// shared_work hands out the numbers 0 to count - 1 to workers, until all are done or one has failed. Of several
// failures the one with the lowest number is kept.
class shared_work {
 public:
  shared_work(const work& how, std::uint64_t count) noexcept : how_(how), count_(count) {}

  // run calls step(number) for every number, and returns the failure, if any.
  template <class Step>
  result<void> run(Step&& step) noexcept {
    const auto body = [&](std::size_t) noexcept {
      while (!stop_.load(std::memory_order_relaxed)) {
        const std::uint64_t number = next_.fetch_add(1, std::memory_order_relaxed);
        if (number >= count_) return;
        if (how_.is_cancelled()) {
          fail(number, {errc::cancelled});
        } else if (const result<void> done = step(number); !done) {
          fail(number, done.error());
        } else {
          done_.fetch_add(1, std::memory_order_relaxed);
        }
      }
    };
    const std::size_t n = workers();
    if (n == 1) {
      body(0);
    } else if (how_.parallel_for) {
      how_.parallel_for(n, body);
    } else {
      posix::run_on_threads(n, body);
    }
    const posix::locked alone(lock_);
    if (answer_ && done_.load(std::memory_order_relaxed) != count_) return errc::cancelled;
    return answer_;
  }

  // workers is how many there are: no more than numbers.
  [[nodiscard]] std::size_t workers() const noexcept {
    const std::size_t wanted = how_.workers != 0 ? how_.workers : posix::processors();
    const std::size_t most = std::min(wanted, posix::threads_max);
    return static_cast<std::size_t>(std::clamp<std::uint64_t>(count_, 1, most));
  }

 private:
  void fail(std::uint64_t number, const failure& why) noexcept {
    const posix::locked alone(lock_);
    stop_.store(true, std::memory_order_relaxed);
    if (number >= failed_) return;
    failed_ = number;
    answer_ = why;
  }

  work how_;
  std::uint64_t count_;
  std::atomic<std::uint64_t> next_{0};
  std::atomic<std::uint64_t> done_{0};
  std::atomic<bool> stop_{false};
  posix::mutex lock_;
  std::uint64_t failed_ = ~std::uint64_t{0};
  result<void> answer_;
};

// shared_progress adds up what the workers have done and tells the caller.
class shared_progress {
 public:
  shared_progress(const work& how, std::uint64_t total, std::uint64_t done = 0) noexcept
      : tell_(how.progress), total_(total), done_(done) {}

  void add(std::uint64_t bytes) noexcept {
    if (!tell_) return;
    const posix::locked alone(lock_);
    done_ += bytes;
    tell_(done_, total_);
  }

 private:
  function_ref<void(std::uint64_t, std::uint64_t)> tell_{};
  std::uint64_t total_ = 0;
  std::uint64_t done_ = 0;
  posix::mutex lock_;
};

}  // namespace detail

}  // namespace unitee::inline v0
