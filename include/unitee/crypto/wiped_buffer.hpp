// SPDX-License-Identifier: Apache-2.0
//
// unitee/crypto/wiped_buffer.hpp: heap memory that is wiped when it ends.
#pragma once

#include <unitee/bytes/view.hpp>
#include <unitee/result.hpp>

#include <openssl/crypto.h>

#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <new>
#include <utility>

namespace unitee::inline v0 {

// wipe sets bytes to zero in a way that the compiler does not remove.
inline void wipe(byte_span bytes) noexcept { OPENSSL_cleanse(bytes.data(), bytes.size()); }

// wiped_buffer owns bytes that may be plaintext or a key, of a size that is known at run time only.
class wiped_buffer {
 public:
  // create is errc::io_error with ENOMEM when there is no memory, also where operator new throws.
  static result<wiped_buffer> create(std::size_t size) noexcept {
    auto* const bytes = new (std::nothrow) std::uint8_t[size];
    if (bytes == nullptr) return failure{errc::io_error, ENOMEM};
    return wiped_buffer(bytes, size);
  }

  // none is no bytes.
  static wiped_buffer none() noexcept { return wiped_buffer(nullptr, 0); }

  wiped_buffer(wiped_buffer&& other) noexcept
      : bytes_(std::exchange(other.bytes_, nullptr)), size_(std::exchange(other.size_, 0)) {}
  wiped_buffer& operator=(wiped_buffer&& other) noexcept {
    std::swap(bytes_, other.bytes_);
    std::swap(size_, other.size_);
    return *this;
  }
  ~wiped_buffer() {
    wipe(all());
    delete[] bytes_;
  }

  // first is the first n bytes, n at most the size; all is nothing once the buffer is moved from.
  [[nodiscard]] byte_span first(std::size_t n) noexcept { return all().first(n); }
  [[nodiscard]] byte_span all() noexcept { return {bytes_, size_}; }

 private:
  wiped_buffer(std::uint8_t* owned, std::size_t size) noexcept : bytes_(owned), size_(size) {}

  std::uint8_t* bytes_;
  std::size_t size_;
};

}  // namespace unitee::inline v0
