// SPDX-License-Identifier: Apache-2.0
//
// unitee/seal/file_source.hpp: files as sources (POSIX).
#pragma once

#include <unitee/bytes/source.hpp>
#include <unitee/bytes/view.hpp>
#include <unitee/posix/direct_file.hpp>
#include <unitee/posix/io.hpp>
#include <unitee/posix/mapped_file.hpp>
#include <unitee/posix/regular_file.hpp>
#include <unitee/result.hpp>

#include <cstdint>
#include <utility>

#include <fcntl.h>

namespace unitee::inline v0 {

// file_source reads a regular file through the page cache. Its size is the one at open(); a file that shrinks later is
// errc::truncated where it now ends. Any number of threads may read it.
//
// It is the source for every file. Two others are faster where they fit: mapped_source for a file in the page cache
// that only this guest can write to, and direct_source for a large file that is not in the page cache and is read once.
class file_source {
 public:
  // open is errc::io_error with errno; what is not a regular file is errc::io_error with EINVAL.
  static result<file_source> open(const char* path) noexcept { return make(posix::regular_file::open(path)); }
  // from takes a file that is open for reading.
  static result<file_source> from(posix::descriptor fd) noexcept {
    return make(posix::regular_file::from(std::move(fd)));
  }

  [[nodiscard]] std::uint64_t size() const noexcept { return file_.size; }

  result<void> read_at(std::uint64_t offset, byte_span out) const noexcept {
    if (!detail::is_inside(offset, out.size(), size())) return failure{errc::truncated, size()};
    return posix::read_exactly(file_.fd.get(), offset, out);
  }

  // expect_all is advice, and whether the kernel takes it nobody learns. Several threads that read a file from the
  // disk, each its own segments, look random to the kernel: with it they are up to twice as fast.
  void expect_all() const noexcept { ::posix_fadvise(file_.fd.get(), 0, 0, POSIX_FADV_SEQUENTIAL); }

 private:
  explicit file_source(posix::regular_file file) noexcept : file_(std::move(file)) {}

  static result<file_source> make(result<posix::regular_file> file) noexcept {
    if (!file) return file.error();
    return file_source(std::move(*file));
  }

  posix::regular_file file_;
};

// mapped_source lends a file's pages. It is never the default: posix/mapped_file.hpp says which files it is not for.
using mapped_source = posix::mapped_file;

// direct_source reads past the page cache.
using direct_source = posix::direct_file;

}  // namespace unitee::inline v0
