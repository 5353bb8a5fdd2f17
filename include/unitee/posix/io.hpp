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
  explicit operator bool() const noexcept { return fd_ >= 0; }

 private:
  int fd_;
};

// open_file opens a path, again after a signal; the descriptor holds nothing and errno says why when that fails.
inline descriptor open_file(const char* path, int flags, int directory = AT_FDCWD, ::mode_t mode = 0) noexcept {
  int fd = -1;
  do fd = ::openat(directory, path, flags | O_CLOEXEC, mode);
  while (fd < 0 && errno == EINTR);
  return descriptor(fd);
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
    bytes = bytes.subspan(static_cast<std::size_t>(n));
  }
  return {};
}

}  // namespace unitee::inline v0::posix
