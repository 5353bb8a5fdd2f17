// SPDX-License-Identifier: Apache-2.0
//
// unitee/seal/header_file.hpp: a sealed file that is open for changing its slots (POSIX).
#pragma once

#include <unitee/bytes/source.hpp>
#include <unitee/bytes/view.hpp>
#include <unitee/posix/io.hpp>
#include <unitee/posix/regular_file.hpp>
#include <unitee/result.hpp>
#include <unitee/seal/slot_editor.hpp>

#include <cerrno>
#include <cstdint>
#include <utility>

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

namespace unitee::inline v0 {

// header_file is a regular file for slot_editor. While it lives it holds the file's lock (flock), so that two programs
// that change slots do not disturb each other; readers need no lock.
class header_file {
 public:
  // open is errc::in_use when another program holds the lock, and otherwise errc::io_error with errno.
  static result<header_file> open(const char* path) noexcept {
    posix::descriptor fd = posix::open_file(path, O_RDWR | O_NONBLOCK);
    if (!fd) return posix::io_failure();
    while (::flock(fd.get(), LOCK_EX | LOCK_NB) != 0) {
      if (errno == EINTR) continue;
      return errno == EWOULDBLOCK ? failure{errc::in_use, 0, part::sealed_header} : posix::io_failure();
    }
    auto file = posix::regular_file::from(std::move(fd));
    if (!file) return file.error();
    return header_file(std::move(*file));
  }

  [[nodiscard]] std::uint64_t size() const noexcept { return file_.size; }

  result<void> read_at(std::uint64_t offset, byte_span out) const noexcept {
    if (!detail::is_inside(offset, out.size(), size())) return failure{errc::truncated, size()};
    return posix::read_exactly(file_.fd.get(), offset, out);
  }

  result<void> write_at(std::uint64_t offset, byte_view in) noexcept {
    return posix::write_exactly(file_.fd.get(), offset, in);
  }

  // sync waits until what was written is on the disk. The file keeps its size, so its data are enough.
  result<void> sync() noexcept {
    while (::fdatasync(file_.fd.get()) != 0) {
      if (errno != EINTR) return posix::io_failure();
    }
    return {};
  }

 private:
  explicit header_file(posix::regular_file file) noexcept : file_(std::move(file)) {}

  posix::regular_file file_;
};

static_assert(header_store<header_file>);

}  // namespace unitee::inline v0
