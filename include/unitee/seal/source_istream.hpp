// SPDX-License-Identifier: Apache-2.0
//
// unitee/seal/source_istream.hpp: plaintext as a std::istream, for code that takes one.
//
// unitee.hpp leaves it out, because <istream> is not for everybody.
#pragma once

#include <unitee/bytes/source.hpp>
#include <unitee/bytes/view.hpp>
#include <unitee/crypto/wiped_buffer.hpp>
#include <unitee/result.hpp>
#include <unitee/seal/first_failure.hpp>
#include <unitee/seal/read_some.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <istream>
#include <limits>
#include <streambuf>
#include <type_traits>
#include <utility>

namespace unitee::inline v0 {

namespace detail {

// source_buffer reads a source, or a reference to one, for a stream that it tells about failures.
template <class S>
class source_buffer : public std::streambuf {
 public:
  explicit source_buffer(S&& source) : source_(std::forward<S>(source)) {}
  source_buffer(const source_buffer&) = delete;
  source_buffer& operator=(const source_buffer&) = delete;
  ~source_buffer() override { wipe({reinterpret_cast<std::uint8_t*>(held_.data()), held_.size()}); }

  void tell(std::ios* stream) noexcept { stream_ = stream; }
  [[nodiscard]] result<void> status() const noexcept { return failed_.status(); }

 protected:
  int_type underflow() override { return hold(position()) ? traits_type::to_int_type(*gptr()) : traits_type::eof(); }

  // xsgetn takes what is held, and large reads straight to where they are wanted.
  std::streamsize xsgetn(char* out, std::streamsize n) override {
    std::streamsize taken = 0;
    while (taken < n) {
      if (gptr() == egptr()) {
        if (static_cast<std::uint64_t>(n - taken) >= held_.size()) {
          const std::size_t read = read_at(position(), out + taken, static_cast<std::size_t>(n - taken));
          if (read == 0) break;
          hold_nothing(position() + read);
          taken += static_cast<std::streamsize>(read);
          continue;
        }
        if (!hold(position())) break;
      }
      const std::streamsize some = std::min<std::streamsize>(egptr() - gptr(), n - taken);
      std::memcpy(out + taken, gptr(), static_cast<std::size_t>(some));
      setg(eback(), gptr() + some, egptr());
      taken += some;
    }
    return taken;
  }

  std::streamsize showmanyc() override {
    const std::uint64_t left = size() - std::min(size(), position());
    return left == 0 ? -1 : static_cast<std::streamsize>(left);
  }

  // pbackfail puts back what was read, also from before what is held, and no other character.
  int_type pbackfail(int_type c) override {
    const std::uint64_t at = position();
    if (at == 0 || at > size()) return traits_type::eof();
    if (gptr() == eback()) {
      if (!hold(at - 1)) return traits_type::eof();
    } else {
      gbump(-1);
    }
    if (traits_type::eq_int_type(c, traits_type::eof())) return traits_type::not_eof(c);
    if (traits_type::eq(traits_type::to_char_type(c), *gptr())) return c;
    gbump(1);
    return traits_type::eof();
  }

  pos_type seekoff(off_type offset, std::ios_base::seekdir from, std::ios_base::openmode which) override {
    const std::uint64_t base = from == std::ios_base::cur ? position() : from == std::ios_base::end ? size() : 0;
    off_type to = 0;
    if (__builtin_add_overflow(static_cast<off_type>(base), offset, &to)) return pos_type(off_type(-1));
    return seekpos(pos_type(to), which);
  }

  pos_type seekpos(pos_type to, std::ios_base::openmode which) override {
    const auto at = static_cast<off_type>(to);
    if ((which & std::ios_base::in) == 0 || at < 0) return pos_type(off_type(-1));
    const auto held = static_cast<std::uint64_t>(egptr() - eback());
    const auto wanted = static_cast<std::uint64_t>(at);
    if (wanted >= begin_ && wanted - begin_ <= held) {
      setg(eback(), eback() + static_cast<std::ptrdiff_t>(wanted - begin_), egptr());
    } else {
      hold_nothing(wanted);
    }
    return to;
  }

 private:
  [[nodiscard]] std::uint64_t size() const noexcept { return source_.size(); }
  [[nodiscard]] std::uint64_t position() const noexcept {
    return begin_ + static_cast<std::uint64_t>(gptr() - eback());
  }

  void hold_nothing(std::uint64_t at) noexcept {
    begin_ = at;
    setg(held_.data(), held_.data(), held_.data());
  }
  // hold has the bytes from `at` on at hand, and is false when there are none or they cannot be had.
  bool hold(std::uint64_t at) {
    hold_nothing(at);
    setg(held_.data(), held_.data(), held_.data() + read_at(at, held_.data(), held_.size()));
    return gptr() != egptr();
  }
  // read_at is how many bytes were read: 0 at the end, and 0 when it failed, which the stream then knows.
  std::size_t read_at(std::uint64_t at, char* out, std::size_t n) {
    const auto some = read_some(source_, at, {reinterpret_cast<std::uint8_t*>(out), n});
    if (some) return *some;
    failed_.note(some.error());
    if (stream_ != nullptr) stream_->setstate(std::ios_base::badbit);
    return 0;
  }

  S source_;
  std::ios* stream_ = nullptr;
  first_failure failed_;
  std::uint64_t begin_ = 0;  // where in the source what is held begins
  std::array<char, 4096> held_;
};

// source_buffer_base is the buffer as a base class, so that it is there before the stream that uses it.
template <class S>
struct source_buffer_base {
  source_buffer<S> buffer;
};

}  // namespace detail

// source_istream is a std::istream over a source of plaintext, such as a sealed_file, that can be read and sought. It
// owns the source when the source is moved in, and otherwise refers to it. One thread uses it; several make one each.
// Large reads are decrypted where they are wanted: not in memory that a device or the host shares. A read of a megabyte or
// more starts a thread for each processor; who has threads of their own calls read_at.
//
// A segment that was changed makes the stream bad(): none of its bytes are given out, and status() is the failure. What
// the standard library cannot tell apart from the end it calls that, too: after a read that gave fewer bytes, bad()
// decides and not eof(). A stream that is asked to throws (exceptions(std::ios::badbit)).
template <class S>
requires byte_source<std::remove_cvref_t<S>>
class source_istream : private detail::source_buffer_base<S>, public std::istream {
  using base = detail::source_buffer_base<S>;

 public:
  explicit source_istream(S&& source)
      : base{detail::source_buffer<S>(std::forward<S>(source))}, std::istream(&this->base::buffer) {
    this->base::buffer.tell(this);
  }

  // status is a failure once there was one, also after clear().
  [[nodiscard]] result<void> status() const noexcept { return this->base::buffer.status(); }
};

template <class S>
source_istream(S&&) -> source_istream<S>;

}  // namespace unitee::inline v0
