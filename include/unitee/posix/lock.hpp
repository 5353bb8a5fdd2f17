// SPDX-License-Identifier: Apache-2.0
//
// unitee/posix/lock.hpp: one thread at a time, and waiting for another.
#pragma once

#include <pthread.h>

namespace unitee::inline v0::posix {

// mutex and condition are POSIX's, without what the standard library's headers cost everybody who includes them.
class mutex {
 public:
  mutex() noexcept = default;
  mutex(const mutex&) = delete;
  mutex& operator=(const mutex&) = delete;
  ~mutex() { ::pthread_mutex_destroy(&mutex_); }

  void lock() noexcept { ::pthread_mutex_lock(&mutex_); }
  bool try_lock() noexcept { return ::pthread_mutex_trylock(&mutex_) == 0; }
  void unlock() noexcept { ::pthread_mutex_unlock(&mutex_); }

 private:
  friend class condition;
  pthread_mutex_t mutex_ = PTHREAD_MUTEX_INITIALIZER;
};

class condition {
 public:
  condition() noexcept = default;
  condition(const condition&) = delete;
  condition& operator=(const condition&) = delete;
  ~condition() { ::pthread_cond_destroy(&condition_); }

  // wait gives the mutex up until somebody calls notify_all; it may also return without that.
  void wait(mutex& held) noexcept { ::pthread_cond_wait(&condition_, &held.mutex_); }
  void notify_all() noexcept { ::pthread_cond_broadcast(&condition_); }

 private:
  pthread_cond_t condition_ = PTHREAD_COND_INITIALIZER;
};

// locked holds a mutex while it lives.
class locked {
 public:
  explicit locked(mutex& held) noexcept : held_(held) { held_.lock(); }
  locked(const locked&) = delete;
  locked& operator=(const locked&) = delete;
  ~locked() { held_.unlock(); }

 private:
  mutex& held_;
};

}  // namespace unitee::inline v0::posix
