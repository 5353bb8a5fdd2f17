// SPDX-License-Identifier: Apache-2.0
//
// unitee/posix/direct_file.hpp: a file read past the page cache (Linux).
#pragma once

#include <unitee/bytes/source.hpp>
#include <unitee/bytes/view.hpp>
#include <unitee/posix/fd_path.hpp>
#include <unitee/posix/io.hpp>
#include <unitee/posix/regular_file.hpp>
#include <unitee/result.hpp>

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <utility>

#include <fcntl.h>
#include <unistd.h>

namespace unitee::inline v0::posix {

// direct_file reads from the disk into the caller's memory: the fastest way to read once what is not cached, and what
// is cached stays so. It pays for runs of 1 to 4 MiB from 4 to 8 threads at a time.
//
// Any offset, length and address will do. Whole blocks whose address is as far from a multiple of 4096 as their offset
// go past the cache; what stands before and after them, and everything where address and offset differ or the file
// system or device refuses, goes through it. (To copy from an aligned buffer instead took twice as long.) Nothing is
// allocated, and any number of threads may read.
//
// Its size is the one at open(); a file that shrinks later is errc::truncated where it now ends.
class direct_file {
 public:
  static constexpr std::size_t block = 4096;  // a multiple of what nearly every device and file system demands

  // run_size and readers are how many bytes to read at once, and from how many threads, to keep the disk busy.
  static constexpr std::size_t run_size = std::size_t{2} << 20;
  static constexpr std::size_t readers = 6;

  static result<direct_file> open(const char* path) noexcept { return make(regular_file::open(path)); }
  static result<direct_file> from(descriptor fd) noexcept { return make(regular_file::from(std::move(fd))); }

  [[nodiscard]] std::uint64_t size() const noexcept { return file_.size; }
  // is_direct says whether the file system took the file for direct reading; without /proc it is not asked.
  [[nodiscard]] bool is_direct() const noexcept { return static_cast<bool>(direct_); }

  result<void> read_at(std::uint64_t offset, byte_span out) const noexcept {
    if (!detail::is_inside(offset, out.size(), size())) return failure{errc::truncated, size()};
    while (!out.empty()) {
      std::size_t n = read_direct(offset, out);
      if (n == 0) {
        n = before_direct(offset, out);
        if (const auto done = read_exactly(file_.fd.get(), offset, out.first(n)); !done) return done;
      }
      out = out.subspan(n);
      offset += n;
    }
    return {};
  }

 private:
  direct_file(regular_file file, descriptor direct) noexcept : file_(std::move(file)), direct_(std::move(direct)) {}

  static result<direct_file> make(result<regular_file> file) noexcept {
    if (!file) return file.error();
    const int fd = file->fd.get();
    ::posix_fadvise(fd, 0, 0, POSIX_FADV_SEQUENTIAL);
    // Opened anew: O_DIRECT belongs to the open file, which duplicates share. The path is that of the file that is open
    // and not of what has its name by now.
    descriptor direct = open_file(fd_path(fd).c_str(), O_RDONLY | O_NONBLOCK | O_DIRECT);
    return direct_file(std::move(*file), std::move(direct));
  }

  // read_direct is how many bytes were read: 0 when there are none to be had in this way, for whatever reason; the page
  // cache then has them or knows why not.
  [[nodiscard]] std::size_t read_direct(std::uint64_t offset, byte_span out) const noexcept {
    const std::size_t whole = out.size() - out.size() % block;
    if (!direct_ || whole == 0 || offset % block != 0 || address(out) % block != 0) return 0;
    ::ssize_t n = -1;
    do n = ::pread(direct_.get(), out.data(), whole, static_cast<::off_t>(offset));
    while (n < 0 && errno == EINTR);
    return n < 0 ? 0 : static_cast<std::size_t>(n);
  }

  // before_direct is how many bytes to read otherwise before it may work again, all if it never will.
  [[nodiscard]] std::size_t before_direct(std::uint64_t offset, byte_span out) const noexcept {
    const auto into_block = static_cast<std::size_t>(offset % block);
    if (!direct_ || into_block == 0 || address(out) % block != into_block) return out.size();
    return std::min(out.size(), block - into_block);
  }

  static std::uintptr_t address(byte_span out) noexcept { return reinterpret_cast<std::uintptr_t>(out.data()); }

  regular_file file_;
  descriptor direct_;  // nothing where direct reading is refused
};

}  // namespace unitee::inline v0::posix
