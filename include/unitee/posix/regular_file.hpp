// SPDX-License-Identifier: Apache-2.0
//
// unitee/posix/regular_file.hpp: files that have a size, read and written at an offset.
#pragma once

#include <unitee/bytes/view.hpp>
#include <unitee/posix/io.hpp>
#include <unitee/result.hpp>

#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <utility>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace unitee::inline v0::posix {

// regular_file is an open regular file with the size that it had then. What is not a regular file (a directory, a pipe,
// a device) is errc::io_error with EINVAL, and what does not open errc::io_error with errno.
struct regular_file {
  descriptor fd;
  std::uint64_t size;

  static result<regular_file> open(const char* path) noexcept {
    descriptor fd = open_file(path, O_RDONLY | O_NONBLOCK);  // O_NONBLOCK: a FIFO must not hang us
    if (!fd) return io_failure();
    return from(std::move(fd));
  }
  static result<regular_file> from(descriptor fd) noexcept {
    struct ::stat status {};
    if (::fstat(fd.get(), &status) != 0) return io_failure();
    if (!S_ISREG(status.st_mode)) return failure{errc::io_error, EINVAL};
    return regular_file{std::move(fd), static_cast<std::uint64_t>(status.st_size)};
  }
};

// read_exactly fills `out` from `offset` on. A file that ends before is errc::truncated where it ends, a refusal
// errc::io_error with errno. The file's position stays as it is: any number of threads may read.
inline result<void> read_exactly(int fd, std::uint64_t offset, byte_span out) noexcept {
  while (!out.empty()) {
    const ::ssize_t n = ::pread(fd, out.data(), out.size(), static_cast<::off_t>(offset));
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return io_failure();
    if (n == 0) return failure{errc::truncated, offset};
    out = out.subspan(static_cast<std::size_t>(n));
    offset += static_cast<std::uint64_t>(n);
  }
  return {};
}

// write_exactly writes all of `in` from `offset` on, in as many pieces as the file takes; errc::io_error with errno
// otherwise. Any number of threads may write.
inline result<void> write_exactly(int fd, std::uint64_t offset, byte_view in) noexcept {
  while (!in.empty()) {
    const ::ssize_t n = ::pwrite(fd, in.data(), in.size(), static_cast<::off_t>(offset));
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return io_failure();
    if (n == 0) return failure{errc::io_error, EIO};  // nobody would ever finish
    in = in.subspan(static_cast<std::size_t>(n));
    offset += static_cast<std::uint64_t>(n);
  }
  return {};
}

}  // namespace unitee::inline v0::posix
