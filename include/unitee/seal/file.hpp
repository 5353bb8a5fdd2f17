// SPDX-License-Identifier: Apache-2.0
//
// unitee/seal/file.hpp: files as sources and sinks (POSIX).
#pragma once

#include <unitee/bytes/hex.hpp>
#include <unitee/bytes/view.hpp>
#include <unitee/crypto/random.hpp>
#include <unitee/posix/io.hpp>
#include <unitee/result.hpp>
#include <unitee/seal/io.hpp>

#include <array>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

namespace unitee::inline v0 {

// file_source reads a regular file. Its size is the one at open(); a file that shrinks later is errc::truncated where
// it now ends. Any number of threads may read it.
class file_source {
 public:
  // open is errc::io_error with errno; what is not a regular file is errc::io_error with EINVAL.
  static result<file_source> open(const char* path) noexcept {
    posix::descriptor fd = posix::open_file(path, O_RDONLY | O_NONBLOCK);  // O_NONBLOCK: a FIFO must not hang us
    struct stat status {};
    if (!fd || ::fstat(fd.get(), &status) != 0) return posix::io_failure();
    if (!S_ISREG(status.st_mode)) return failure{errc::io_error, EINVAL};
    return file_source(std::move(fd), static_cast<std::uint64_t>(status.st_size));
  }

  [[nodiscard]] std::uint64_t size() const noexcept { return size_; }

  result<void> read_at(std::uint64_t offset, byte_span out) const noexcept {
    if (!detail::is_inside(offset, out.size(), size_)) return failure{errc::truncated, size_};
    while (!out.empty()) {
      const ::ssize_t n = ::pread(fd_.get(), out.data(), out.size(), static_cast<::off_t>(offset));
      if (n < 0 && errno == EINTR) continue;
      if (n < 0) return posix::io_failure();
      if (n == 0) return failure{errc::truncated, offset};
      out = out.subspan(static_cast<std::size_t>(n));
      offset += static_cast<std::uint64_t>(n);
    }
    return {};
  }

 private:
  file_source(posix::descriptor fd, std::uint64_t size) noexcept : fd_(std::move(fd)), size_(size) {}

  posix::descriptor fd_;
  std::uint64_t size_;
};

// new_file is a file that appears whole or not at all. It is written under a temporary name beside the target, readable
// by its owner only; commit() gives it the target's name, in place of whatever had that name. What was not committed is
// removed when the object ends. Every failure is errc::io_error with errno.
class new_file {
 public:
  static result<new_file> create(const char* target) {
    const std::string_view path(target);
    const std::size_t slash = path.rfind('/');
    const std::string folder(slash == path.npos ? "." : slash == 0 ? "/" : path.substr(0, slash));
    std::string name(slash == path.npos ? path : path.substr(slash + 1));
    if (name.empty() || name == "." || name == "..") return failure{errc::io_error, EISDIR};
    // The folder stays open: the names below mean the same if the program changes its directory, or the folder its
    // name.
    posix::descriptor directory = posix::open_file(folder.c_str(), O_RDONLY | O_DIRECTORY);
    if (!directory) return posix::io_failure();
    std::array<std::uint8_t, 8> random{};
    std::array<char, 16> digits{};
    if (const auto done = random_bytes(random); !done) return done.error();
    if (const auto done = hex_encode(random, digits); !done) return done.error();
    std::string temporary = ".unitee-" + std::string(digits.data(), digits.size());
    posix::descriptor fd =
        posix::open_file(temporary.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, directory.get(), 0600);
    if (!fd) return posix::io_failure();
    return new_file(std::move(directory), std::move(fd), std::move(temporary), std::move(name));
  }

  new_file(new_file&& other) noexcept = default;
  new_file& operator=(new_file&&) = delete;
  ~new_file() {
    if (directory_ && !committed_) ::unlinkat(directory_.get(), temporary_.c_str(), 0);
  }

  result<void> write_at(std::uint64_t offset, byte_view in) noexcept {
    while (!in.empty()) {
      const ::ssize_t n = ::pwrite(fd_.get(), in.data(), in.size(), static_cast<::off_t>(offset));
      if (n < 0 && errno == EINTR) continue;
      if (n < 0) return posix::io_failure();
      in = in.subspan(static_cast<std::size_t>(n));
      offset += static_cast<std::uint64_t>(n);
    }
    return {};
  }

  // commit makes the file durable, then gives it its name, then makes the name durable. If only the last step fails,
  // the file has its name. A second commit is errc::io_error with EALREADY.
  result<void> commit() noexcept {
    if (committed_) return failure{errc::io_error, EALREADY};
    if (::fsync(fd_.get()) != 0) return posix::io_failure();
    if (::renameat(directory_.get(), temporary_.c_str(), directory_.get(), name_.c_str()) != 0) {
      return posix::io_failure();
    }
    committed_ = true;
    if (::fsync(directory_.get()) != 0) return posix::io_failure();
    return {};
  }

 private:
  new_file(posix::descriptor directory, posix::descriptor fd, std::string temporary, std::string name) noexcept
      : directory_(std::move(directory)),
        fd_(std::move(fd)),
        temporary_(std::move(temporary)),
        name_(std::move(name)) {}

  posix::descriptor directory_;  // holds nothing once moved from
  posix::descriptor fd_;
  std::string temporary_;
  std::string name_;
  bool committed_ = false;
};

}  // namespace unitee::inline v0
