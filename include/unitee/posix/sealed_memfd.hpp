// SPDX-License-Identifier: Apache-2.0
//
// unitee/posix/sealed_memfd.hpp: a file in memory that nobody can change any more (Linux).
#pragma once

#include <unitee/bytes/source.hpp>
#include <unitee/bytes/view.hpp>
#include <unitee/posix/fd_path.hpp>
#include <unitee/posix/io.hpp>
#include <unitee/posix/regular_file.hpp>
#include <unitee/result.hpp>

#include <cerrno>
#include <cstdint>
#include <utility>

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

namespace unitee::inline v0::posix {

// sealed_memfd is a file without a name, in memory, of a fixed size. It is written first, by any number of threads, and
// then sealed: from then on neither this program nor any other that gets it can write, shrink or grow it, and whoever
// maps it knows so. Programs that want a path get one, and no plaintext is on any disk.
//
// Its pages count as shared memory, can be swapped (a guest for secrets has no swap, or an encrypted one), and are
// given back when the last descriptor and the last mapping of it are gone. They are not wiped then, because nobody can
// write to them; the kernel clears them before anyone else gets them. plain_memory is wiped.
//
// Every refusal is errc::io_error with errno.
class sealed_memfd {
 public:
  // create makes a file of `size` zeros. The name, at most 249 bytes, is for whoever looks into /proc.
  static result<sealed_memfd> create(const char* name, std::uint64_t size) noexcept {
    constexpr unsigned flags = MFD_CLOEXEC | MFD_ALLOW_SEALING;
    constexpr unsigned no_exec_seal = 8;  // MFD_NOEXEC_SEAL: never a program, either; Linux 6.3
    descriptor fd = above_standard(descriptor(::memfd_create(name, flags | no_exec_seal)));
    if (!fd && errno == EINVAL) fd = above_standard(descriptor(::memfd_create(name, flags)));
    if (!fd || ::ftruncate(fd.get(), static_cast<::off_t>(size)) != 0) return io_failure();
    return sealed_memfd(std::move(fd), size);
  }

  [[nodiscard]] std::uint64_t size() const noexcept { return size_; }

  // write_at is errc::no_space with size() beyond the end, and errc::io_error with EPERM once the file is sealed. It
  // does not write through a mapping, which would take twice as long.
  result<void> write_at(std::uint64_t offset, byte_view in) noexcept {
    if (!detail::is_inside(offset, in.size(), size_)) return failure{errc::no_space, size_};
    return write_exactly(fd_.get(), offset, in);
  }

  // seal is errc::io_error with EBUSY as long as somebody has mapped the file for writing, and with EPERM when it is
  // sealed already.
  result<void> seal() noexcept {
    constexpr int seals = F_SEAL_WRITE | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL;
    if (::fcntl(fd_.get(), F_ADD_SEALS, seals) != 0) return io_failure();
    return {};
  }

  // path is valid in this process as long as this object holds the file. Each open() of it reads from the beginning.
  [[nodiscard]] const char* path() const noexcept { return path_.c_str(); }
  [[nodiscard]] int get() const noexcept { return fd_.get(); }

  // duplicate is a second descriptor of the same open file, with one position for both; it outlives this object, and
  // path() does not speak of it.
  [[nodiscard]] result<descriptor> duplicate() const noexcept {
    descriptor out(::fcntl(fd_.get(), F_DUPFD_CLOEXEC, 0));
    if (!out) return io_failure();
    return out;
  }
  // release hands the file over to the caller; only size() and path() may be asked for afterwards.
  [[nodiscard]] descriptor release() && noexcept { return std::move(fd_); }

 private:
  sealed_memfd(descriptor fd, std::uint64_t size) noexcept : fd_(std::move(fd)), size_(size), path_(fd_.get()) {}

  descriptor fd_;
  std::uint64_t size_;
  fd_path path_;
};

}  // namespace unitee::inline v0::posix
