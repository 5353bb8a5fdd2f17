// SPDX-License-Identifier: Apache-2.0
//
// unitee/seal/file.hpp: files as sources (POSIX).
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

// access_pattern is how a file is going to be read.
enum class access_pattern {
  any,
  sequential,
  random
};

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

  // expect and prefetch are advice, and whether the kernel takes it nobody learns. Several threads that read a file
  // from the disk, each its own segments, look random to the kernel: with sequential they are up to twice as fast.
  // Where they prefetch 8 MiB ahead of what they read they are as fast as with a direct_source, or nearly so.
  void expect(access_pattern pattern) const noexcept {
    const int advice = pattern == access_pattern::sequential ? POSIX_FADV_SEQUENTIAL
                       : pattern == access_pattern::random   ? POSIX_FADV_RANDOM
                                                             : POSIX_FADV_NORMAL;
    ::posix_fadvise(file_.fd.get(), 0, 0, advice);
  }
  // prefetch begins to read into the page cache and does not wait.
  void prefetch(std::uint64_t offset, std::uint64_t n) const noexcept {
    if (n == 0) return;  // which would mean all of the file
    ::posix_fadvise(file_.fd.get(), static_cast<::off_t>(offset), static_cast<::off_t>(n), POSIX_FADV_WILLNEED);
  }

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
