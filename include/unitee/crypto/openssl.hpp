// SPDX-License-Identifier: Apache-2.0
//
// unitee/crypto/openssl.hpp: owning OpenSSL's objects, and leaving its error queue as it was.
#pragma once

#include <openssl/err.h>

#include <utility>

namespace unitee::inline v0::detail {

// error_mark takes back whatever OpenSSL adds to this thread's error queue while it lives: the queue belongs to the
// program that this library is linked into. Marks nest. The queue holds 16 errors: what OpenSSL adds to a queue that is
// nearly full pushes out the oldest, and that is not undone.
class error_mark {
 public:
  error_mark() noexcept { ERR_set_mark(); }
  ~error_mark() { ERR_pop_to_mark(); }
  error_mark(const error_mark&) = delete;
  error_mark& operator=(const error_mark&) = delete;
};

// handle owns one T, which Free releases; a handle that was moved from holds none.
template <class T, auto Free>
class handle {
 public:
  handle() noexcept = default;
  explicit handle(T* object) noexcept : object_(object) {}
  handle(handle&& other) noexcept : object_(std::exchange(other.object_, nullptr)) {}
  handle& operator=(handle&& other) noexcept {
    handle(std::move(other)).swap(*this);
    return *this;
  }
  ~handle() {
    if (object_ != nullptr) Free(object_);
  }

  [[nodiscard]] T* get() const noexcept { return object_; }
  explicit operator bool() const noexcept { return object_ != nullptr; }
  T* release() noexcept { return std::exchange(object_, nullptr); }
  void swap(handle& other) noexcept { std::swap(object_, other.object_); }

 private:
  T* object_ = nullptr;
};

// counted shares one T by OpenSSL's own reference count. It has no move, so that it never holds nothing.
template <class T, auto UpRef, auto Free>
class counted {
 public:
  explicit counted(T* owned) noexcept : object_(owned) {}
  counted(const counted& other) noexcept : object_(other.object_) { UpRef(object_); }
  counted& operator=(counted other) noexcept {
    std::swap(object_, other.object_);
    return *this;
  }
  ~counted() { Free(object_); }

  [[nodiscard]] T* get() const noexcept { return object_; }

 private:
  T* object_;
};

}  // namespace unitee::inline v0::detail
