// SPDX-License-Identifier: Apache-2.0
//
// unitee/seal/stdio_file.hpp: plaintext as a FILE*, for code that takes one (GNU: fopencookie).
#pragma once

#include <unitee/bytes/source.hpp>
#include <unitee/bytes/view.hpp>
#include <unitee/crypto/openssl.hpp>
#include <unitee/crypto/wiped_buffer.hpp>
#include <unitee/posix/io.hpp>
#include <unitee/result.hpp>
#include <unitee/seal/first_failure.hpp>
#include <unitee/seal/read_some.hpp>

#include <array>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <new>
#include <type_traits>
#include <utility>

#include <stdio.h>
#include <sys/types.h>

namespace unitee::inline v0 {

// stdio_file owns a FILE* and closes it.
class stdio_file {
 public:
  explicit stdio_file(FILE* open) noexcept : file_(open) {}

  [[nodiscard]] FILE* get() const noexcept { return file_.get(); }
  // release hands the FILE* over to somebody who calls fclose, which releases everything.
  [[nodiscard]] FILE* release() noexcept { return file_.release(); }

 private:
  static void close(FILE* file) noexcept { (void)::fclose(file); }  // which was only read
  detail::handle<FILE, close> file_;
};

namespace detail {

// stdio_cookie is what stands behind a FILE*. stdio calls it for one thread at a time. S is a source or a reference to
// one.
template <class S>
struct stdio_cookie {
  // stdio passes everything through this buffer, and fills it after every seek. Measured: with 4 KiB fread is 0.95 of
  // read_all on one thread, from 16 KiB on it is as fast; from 64 KiB on reads here and there are 10 times slower.
  static constexpr std::size_t buffer_size = 16'384;

  S source;
  first_failure* status;
  std::uint64_t position = 0;
  std::array<char, buffer_size> buffer;  // stdio's: the one that it would take itself is not wiped

  stdio_cookie(S&& from, first_failure* to) noexcept : source(std::forward<S>(from)), status(to) {}
  ~stdio_cookie() { wipe({reinterpret_cast<std::uint8_t*>(buffer.data()), buffer.size()}); }

  static ::ssize_t read(void* cookie, char* out, std::size_t n) noexcept {
    auto& self = *static_cast<stdio_cookie*>(cookie);
    const auto some = read_some(self.source, self.position, {reinterpret_cast<std::uint8_t*>(out), n});
    if (!some) {
      const failure why = some.error();
      if (self.status != nullptr) self.status->note(why);
      errno = why.code == errc::io_error && why.offset != 0 ? static_cast<int>(why.offset) : EIO;
      return -1;
    }
    self.position += *some;
    return static_cast<::ssize_t>(*some);
  }

  static int seek(void* cookie, ::off64_t* offset, int whence) noexcept {
    auto& self = *static_cast<stdio_cookie*>(cookie);
    const std::uint64_t from = whence == SEEK_CUR ? self.position : whence == SEEK_END ? self.source.size() : 0;
    std::int64_t to = 0;
    if (__builtin_add_overflow(static_cast<std::int64_t>(from), *offset, &to) || to < 0) {
      errno = EINVAL;
      return -1;
    }
    self.position = static_cast<std::uint64_t>(to);
    *offset = to;
    return 0;
  }

  static int close(void* cookie) noexcept {
    release(static_cast<stdio_cookie*>(cookie));
    return 0;
  }
  static void release(stdio_cookie* cookie) noexcept { delete cookie; }
};

}  // namespace detail

// open_stdio makes a FILE* over a source of plaintext, such as a sealed_file, that can be read and sought, and has no
// descriptor (fileno() is -1: to_memfd makes one for code that wants that). It owns the source when the source is moved
// in, and otherwise refers to it. As with every FILE*, several threads may use it, one at a time. glibc passes large
// reads, too, through a buffer of 16 KiB, so that one thread decrypts all of them: who wants every processor calls
// read_at, or takes a descriptor of to_memfd.
//
// A read of a segment that was changed is a read error and not the end of the file: fread gives fewer bytes, feof is
// false, ferror true, and errno is EIO, or what the system's own refusal was. Then `status`, which outlives the FILE*,
// knows the failure. None of the segment's bytes are given out. No memory is errc::io_error with ENOMEM.
template <class S>
requires byte_source<std::remove_cvref_t<S>> result<stdio_file> open_stdio(S&& source, first_failure* status = nullptr)
noexcept {
  using cookie = detail::stdio_cookie<S>;
  if (source.size() > static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max())) {
    return failure{errc::io_error, EOVERFLOW};
  }
  detail::handle<cookie, [](cookie* made) { cookie::close(made); }> made(new (std::nothrow)
                                                                             cookie(std::forward<S>(source), status));
  if (!made) return failure{errc::io_error, ENOMEM};
  FILE* const file = ::fopencookie(made.get(), "rb", {cookie::read, nullptr, cookie::seek, cookie::close});
  if (file == nullptr) return posix::io_failure();
  (void)::setvbuf(file, made.release()->buffer.data(), _IOFBF, cookie::buffer_size);
  return stdio_file(file);
}

}  // namespace unitee::inline v0
