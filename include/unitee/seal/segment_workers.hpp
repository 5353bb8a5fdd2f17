// SPDX-License-Identifier: Apache-2.0
//
// unitee/seal/segment_workers.hpp: ciphers and buffers that threads borrow and give back.
#pragma once

#include <unitee/bytes/view.hpp>
#include <unitee/crypto/gcm_engine.hpp>
#include <unitee/crypto/openssl.hpp>
#include <unitee/crypto/secret.hpp>
#include <unitee/crypto/wiped_buffer.hpp>
#include <unitee/posix/lock.hpp>
#include <unitee/result.hpp>
#include <unitee/seal/sealed_header.hpp>
#include <unitee/seal/segment_cipher.hpp>

#include <cerrno>
#include <cstddef>
#include <new>
#include <utility>

namespace unitee::inline v0::detail {

// segment_workers makes a cipher, and where it is asked for a buffer of `longest` bytes, for each thread that wants one
// at the same time, and keeps them for the next: in a steady state nothing is allocated.
template <gcm_engine Engine>
class segment_workers {
 public:
  struct worker {
    segment_cipher<Engine> cipher;
    wiped_buffer buffer = wiped_buffer::none();
    worker* next = nullptr;
  };

  // lease is a worker while it lives.
  class lease {
   public:
    lease(segment_workers& from, worker* lent) noexcept : from_(&from), lent_(lent) {}
    lease(lease&& other) noexcept : from_(other.from_), lent_(std::exchange(other.lent_, nullptr)) {}
    lease& operator=(lease&&) = delete;
    ~lease() {
      if (lent_ != nullptr) from_->give_back(lent_);
    }
    worker& operator*() const noexcept { return *lent_; }

   private:
    segment_workers* from_;
    worker* lent_;
  };

  segment_workers(secret<32>&& key, protection how, std::size_t longest) noexcept
      : key_(std::move(key)), how_(how), longest_(longest) {}
  segment_workers(const segment_workers&) = delete;
  segment_workers& operator=(const segment_workers&) = delete;
  ~segment_workers() {
    while (idle_ != nullptr) delete std::exchange(idle_, idle_->next);
  }

  // borrow is errc::io_error with ENOMEM when there is no memory, or a failure of the engine.
  result<lease> borrow() noexcept {
    {
      const posix::locked alone(lock_);
      if (idle_ != nullptr) return lease(*this, std::exchange(idle_, idle_->next));
    }
    auto cipher = segment_cipher<Engine>::create(key_, how_);
    if (!cipher) return cipher.error();
    auto* const made = new (std::nothrow) worker{std::move(*cipher)};
    if (made == nullptr) return failure{errc::io_error, ENOMEM};
    return lease(*this, made);
  }

  // buffer_of is the worker's buffer, or errc::io_error with ENOMEM.
  result<byte_span> buffer_of(worker& of) const noexcept {
    if (of.buffer.all().size() != longest_) {
      auto made = wiped_buffer::create(longest_);
      if (!made) return made.error();
      of.buffer = std::move(*made);
    }
    return of.buffer.all();
  }

 private:
  void give_back(worker* lent) noexcept {
    const posix::locked alone(lock_);
    lent->next = std::exchange(idle_, lent);
  }

  secret<32> key_;
  protection how_;
  std::size_t longest_;
  worker* idle_ = nullptr;
  posix::mutex lock_;
};

}  // namespace unitee::inline v0::detail
