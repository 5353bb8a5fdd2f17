// SPDX-License-Identifier: Apache-2.0
//
// unitee/bytes/writer.hpp: the reverse of reader.
#pragma once

#include <unitee/bytes/endian.hpp>
#include <unitee/bytes/view.hpp>
#include <unitee/result.hpp>

#include <cstddef>
#include <cstdint>

namespace unitee::inline v0 {

// writer fills a buffer of the caller's from the front. Writes chain; the first that does not fit makes written() fail,
// and nothing after it is written.
class writer {
 public:
  constexpr explicit writer(byte_span out) noexcept : out_(out) {}

  constexpr writer& bytes(byte_view in) noexcept {
    if (byte_span to = claim(in.size()); !overflow_) detail::copy_bytes(in, to);
    return *this;
  }

  template <class T>
  constexpr writer& le(T value) noexcept {
    if (byte_span to = claim(sizeof(T)); !overflow_) store_le<T>(to.template first<sizeof(T)>(), value);
    return *this;
  }

  template <class T>
  constexpr writer& be(T value) noexcept {
    if (byte_span to = claim(sizeof(T)); !overflow_) store_be<T>(to.template first<sizeof(T)>(), value);
    return *this;
  }

  constexpr writer& zeros(std::size_t n) noexcept {
    if (byte_span to = claim(n); !overflow_) detail::fill_with_zeros(to);
    return *this;
  }

  // written is what has been written so far, or errc::no_space with the buffer's size.
  [[nodiscard]] constexpr result<byte_view> written() const noexcept {
    if (overflow_) return failure{errc::no_space, out_.size()};
    return byte_view(out_.first(at_));
  }

 private:
  constexpr byte_span claim(std::size_t n) noexcept {
    if (overflow_ || n > out_.size() - at_) {
      overflow_ = true;
      return {};
    }
    const byte_span to = out_.subspan(at_, n);
    at_ += n;
    return to;
  }

  byte_span out_;
  std::size_t at_ = 0;
  bool overflow_ = false;
};

}  // namespace unitee::inline v0
