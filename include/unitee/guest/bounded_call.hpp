// SPDX-License-Identifier: Apache-2.0
//
// unitee/guest/bounded_call.hpp: a call into the kernel that its caller does not wait for longer than it wants to.
#pragma once

#include <unitee/posix/time_limit.hpp>
#include <unitee/result.hpp>

#include <cerrno>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <new>
#include <optional>
#include <type_traits>
#include <utility>

#include <pthread.h>
#include <signal.h>

namespace unitee::inline v0::guest::detail {

// bounded_call is what work() returns, a result<T>, or errc::timed_out in `in` when the deadline passes first. A system
// call that does not return cannot be taken back: it is left to a thread of its own, together with everything that
// `work` holds, which ends as soon as the kernel lets go of it. What it asks for, it may still get. So `work` owns what
// it uses, gives back what it took (entries, descriptors), and nothing that it made (a key) outlives it; and it does
// not throw, because nobody could catch it: where operator new fails inside of `work`, the program ends. A thread that
// cannot be made is errc::io_error. While a thread is left, setuid waits for it, and the code must not be unloaded.
template <class Work>
std::invoke_result_t<Work&> bounded_call(const posix::deadline& until, part in, Work work) noexcept {
  using answer = std::invoke_result_t<Work&>;
  struct call {
    explicit call(Work&& from) noexcept : work(std::move(from)) {}

    Work work;
    std::mutex mutex;
    std::condition_variable ended;
    std::optional<answer> got;

    static void* run(void* own) noexcept {
      const std::unique_ptr<std::shared_ptr<call>> held(static_cast<std::shared_ptr<call>*>(own));
      call& self = **held;
      answer made = [&] {
        Work mine(std::move(self.work));
        return mine();
      }();  // what `work` held is gone before the caller hears of it
      {
        const std::lock_guard lock(self.mutex);
        self.got.emplace(std::move(made));
      }
      self.ended.notify_one();
      return nullptr;
    }
  };

  const failure no_memory{errc::io_error, ENOMEM, in};
  auto* const made = new (std::nothrow) call(std::move(work));
  if (made == nullptr) return no_memory;
  const std::shared_ptr<call> shared(made);
  auto held = std::unique_ptr<std::shared_ptr<call>>(new (std::nothrow) std::shared_ptr<call>(shared));
  if (!held) return no_memory;

  // The thread runs no signal handler of the program's.
  ::sigset_t all;
  ::sigset_t before;
  ::sigfillset(&all);
  ::pthread_sigmask(SIG_SETMASK, &all, &before);
  ::pthread_t thread{};
  ::pthread_attr_t small;
  ::pthread_attr_init(&small);
  ::pthread_attr_setstacksize(&small, std::size_t{512} << 10);  // the usual 8 MiB count against RLIMIT_MEMLOCK
  const int error = ::pthread_create(&thread, &small, &call::run, held.get());
  ::pthread_attr_destroy(&small);
  ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
  if (error != 0) return failure{errc::io_error, static_cast<std::uint64_t>(error), in};
  (void)held.release();  // the thread's now

  std::unique_lock lock(shared->mutex);
  const auto has_ended = [&] { return shared->got.has_value(); };
  if (!shared->ended.wait_for(lock, std::chrono::milliseconds(until.left()), has_ended)) {
    ::pthread_detach(thread);
    return failure{errc::timed_out, until.limit().milliseconds, in};
  }
  lock.unlock();
  ::pthread_join(thread, nullptr);  // it only returns now, and is gone when the caller leaves the program next
  return std::move(*shared->got);
}

}  // namespace unitee::inline v0::guest::detail
