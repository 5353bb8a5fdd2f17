// SPDX-License-Identifier: Apache-2.0
//
// unitee/posix/io.hpp: open files that close themselves, read and written whole.
#pragma once

#include <unitee/bytes/view.hpp>
#include <unitee/result.hpp>

#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <utility>

#include <fcntl.h>
#include <unistd.h>

namespace unitee::inline v0::posix {

// io_failure is errc::io_error with errno.
inline failure io_failure(part in = part::input) noexcept {
  return {errc::io_error, static_cast<std::uint64_t>(errno), in};
}

// descriptor owns an open file.
class descriptor {
 public:
  explicit descriptor(int fd) noexcept : fd_(fd) {}
  descriptor(descriptor&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  descriptor& operator=(descriptor&& other) noexcept {
    std::swap(fd_, other.fd_);
    return *this;
  }
  ~descriptor() {
    if (fd_ >= 0) ::close(fd_);
  }

  [[nodiscard]] int get() const noexcept { return fd_; }
  // release hands the open file over to the caller, who closes it.
  [[nodiscard]] int release() noexcept { return std::exchange(fd_, -1); }
  explicit operator bool() const noexcept { return fd_ >= 0; }

 private:
  int fd_;
};

// above_standard is the same open file under a number from 3 on. In a program whose standard error is closed, a file
// that is opened next would get that number, and every message be written into it. The descriptor holds nothing and
// errno says why when there is no such number.
inline descriptor above_standard(descriptor fd) noexcept {
  if (fd.get() > STDERR_FILENO || !fd) return fd;
  descriptor moved(::fcntl(fd.get(), F_DUPFD_CLOEXEC, STDERR_FILENO + 1));
  const int error = errno;
  fd = descriptor(-1);
  errno = error;
  return moved;
}

// open_file opens a path, again after a signal, under a number from 3 on; the descriptor holds nothing and errno says
// why when that fails.
inline descriptor open_file(const char* path, int flags, int directory = AT_FDCWD, ::mode_t mode = 0) noexcept {
  int fd = -1;
  do fd = ::openat(directory, path, flags | O_CLOEXEC, mode);
  while (fd < 0 && errno == EINTR);
  return above_standard(descriptor(fd));
}

// read_to_end reads until the file ends, and is how many bytes that were. More than `out` holds is errc::no_space with
// the size of `out`, a refusal errc::io_error with errno.
inline result<std::size_t> read_to_end(int fd, byte_span out, part in = part::input) noexcept {
  for (std::size_t size = 0;;) {
    std::uint8_t beyond = 0;
    const bool full = size == out.size();
    const ::ssize_t n = full ? ::read(fd, &beyond, 1) : ::read(fd, out.data() + size, out.size() - size);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return io_failure(in);
    if (n == 0) return size;
    if (full) return failure{errc::no_space, out.size(), in};
    size += static_cast<std::size_t>(n);
  }
}

// write_all writes all of `bytes`, in as many pieces as the file takes; errc::io_error with errno otherwise.
inline result<void> write_all(int fd, byte_view bytes, part in = part::input) noexcept {
  while (!bytes.empty()) {
    const ::ssize_t n = ::write(fd, bytes.data(), bytes.size());
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return io_failure(in);
    if (n == 0) return failure{errc::io_error, EIO, in};  // nobody would ever finish
    bytes = bytes.subspan(static_cast<std::size_t>(n));
  }
  return {};
}

}  // namespace unitee::inline v0::posix
