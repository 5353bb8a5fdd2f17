// SPDX-License-Identifier: Apache-2.0
//
// unitee/seal/new_file.hpp: a file as a sink: whole or not there (Linux).
#pragma once

#include <unitee/bytes/hex.hpp>
#include <unitee/bytes/view.hpp>
#include <unitee/crypto/random.hpp>
#include <unitee/posix/fd_path.hpp>
#include <unitee/posix/io.hpp>
#include <unitee/posix/regular_file.hpp>
#include <unitee/result.hpp>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <utility>

#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

namespace unitee::inline v0 {

// if_exists is what happens to a file that has the target's name already.
enum class if_exists {
  replace,
  refuse
};

// new_file is a file that appears whole or not at all, readable by its owner only. It has no name until commit() gives
// it the target's, so that nothing of it is left when it is not committed, the program killed or the machine turned
// off. Where the file system cannot make a file without a name (or /proc is not there), it is written under a temporary
// name beside the target, `.unitee-` and 16 digits, which is removed when the object ends and stays when the program is
// killed. Every failure is errc::io_error with errno.
class new_file {
 public:
  // create refuses what could not be committed, as far as that can be known beforehand: a folder that is not there or
  // not to be written to, a target that is a directory (EISDIR) or a device, pipe or socket (EEXIST), and with
  // if_exists::refuse one that is there at all (EEXIST).
  static result<new_file> create(const char* target, if_exists existing = if_exists::replace) {
    const std::string_view path(target);
    const std::size_t slash = path.rfind('/');
    const std::string folder(slash == path.npos ? "." : slash == 0 ? "/" : path.substr(0, slash));
    std::string name(slash == path.npos ? path : path.substr(slash + 1));
    if (name.empty() || name == "." || name == "..") return failure{errc::io_error, EISDIR};
    // The folder stays open: the names below mean the same if the program changes its directory, or the folder its
    // name.
    posix::descriptor directory = posix::open_file(folder.c_str(), O_RDONLY | O_DIRECTORY);
    if (!directory) return posix::io_failure();
    if (const auto free = check_target(directory.get(), name.c_str(), existing); !free) return free.error();

    std::array<std::uint8_t, 8> random{};
    std::array<char, 16> digits{};
    if (const auto done = random_bytes(random); !done) return done.error();
    if (const auto done = hex_encode(random, digits); !done) return done.error();
    std::string temporary = ".unitee-" + std::string(digits.data(), digits.size());
    posix::descriptor fd = open_nameless(directory.get());
    const bool named = !fd;
    if (named) {
      constexpr int flags = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW;
      fd = posix::open_file(temporary.c_str(), flags, directory.get(), 0600);
      if (!fd) return posix::io_failure();
    }
    return new_file(std::move(directory), std::move(fd), std::move(temporary), std::move(name), named, existing);
  }

  new_file(new_file&& other) noexcept = default;
  new_file& operator=(new_file&&) = delete;
  ~new_file() {
    if (directory_ && named_) forget();
  }

  // reserve takes room for `size` bytes on the disk, so that a disk that is too small says so before anything is
  // written (ENOSPC). The file stays as long as it is. A file system that cannot reserve is no failure.
  result<void> reserve(std::uint64_t size) noexcept {
    if (size > static_cast<std::uint64_t>(std::numeric_limits<::off_t>::max())) return failure{errc::io_error, EFBIG};
    // In steps: a signal undoes one of them and not all.
    for (std::uint64_t at = 0; at < size;) {
      const std::uint64_t n = std::min(size - at, std::uint64_t{1} << 28);
      const int done = ::fallocate(fd_.get(), FALLOC_FL_KEEP_SIZE, static_cast<::off_t>(at), static_cast<::off_t>(n));
      if (done == 0) at += n;
      if (done == 0 || errno == EINTR) continue;
      if (errno == EOPNOTSUPP || errno == ENOSYS) return {};
      return posix::io_failure();
    }
    return {};
  }

  // write_at may be called by any number of threads.
  result<void> write_at(std::uint64_t offset, byte_view in) noexcept {
    return posix::write_exactly(fd_.get(), offset, in);
  }

  // commit makes the file durable, then gives it its name, then makes the name durable. If only the last step fails,
  // the file has its name. With if_exists::refuse a target that has appeared meanwhile is EEXIST and stays; otherwise
  // the file takes its place at once. (A file without a name can only do so through a temporary name, which it has
  // between two system calls.) After a commit another is EALREADY. After a file that could not be made durable it is
  // EIO: what the kernel failed to write it does not write again.
  result<void> commit() noexcept {
    if (ended_ != 0) return failure{errc::io_error, ended_};
    if (const auto done = make_durable(fd_.get()); !done) {
      ended_ = EIO;
      return done;
    }
    if (const auto done = existing_ == if_exists::refuse ? take_free_name() : take_name(); !done) return done;
    ended_ = EALREADY;
    return make_durable(directory_.get());
  }

  // is_committed says whether the file has its name, also after a commit that could not make the name durable.
  [[nodiscard]] bool is_committed() const noexcept { return ended_ == EALREADY; }

 private:
  new_file(posix::descriptor directory, posix::descriptor fd, std::string temporary, std::string name, bool named,
           if_exists existing) noexcept
      : directory_(std::move(directory)),
        fd_(std::move(fd)),
        temporary_(std::move(temporary)),
        name_(std::move(name)),
        named_(named),
        existing_(existing) {}

  static result<void> check_target(int directory, const char* name, if_exists existing) noexcept {
    struct ::stat status {};
    if (::fstatat(directory, name, &status, AT_SYMLINK_NOFOLLOW) != 0) {
      if (errno == ENOENT) return {};
      return posix::io_failure();
    }
    if (existing == if_exists::refuse) return failure{errc::io_error, EEXIST};
    if (S_ISDIR(status.st_mode)) return failure{errc::io_error, EISDIR};
    if (!S_ISREG(status.st_mode) && !S_ISLNK(status.st_mode)) return failure{errc::io_error, EEXIST};
    return {};
  }

  // open_nameless holds nothing where that is not possible; an error of another kind comes again with a name.
  static posix::descriptor open_nameless(int directory) noexcept {
    posix::descriptor fd = posix::open_file(".", O_WRONLY | O_TMPFILE, directory, 0600);
    if (fd && ::access(posix::fd_path(fd.get()).c_str(), F_OK) != 0) return posix::descriptor(-1);
    return fd;
  }

  static result<void> make_durable(int fd) noexcept {
    int done = -1;
    do done = ::fsync(fd);
    while (done != 0 && errno == EINTR);
    if (done != 0) return posix::io_failure();
    return {};
  }

  // take_free_name gives the file the target's name, EEXIST if something has it.
  result<void> take_free_name() noexcept {
    if (!named_) return link_as(name_);
    const int directory = directory_.get();
    if (::renameat2(directory, temporary_.c_str(), directory, name_.c_str(), RENAME_NOREPLACE) == 0) {
      named_ = false;
      return {};
    }
    if (errno != EINVAL && errno != ENOSYS) return posix::io_failure();
    // A file system that cannot rename in this way may link.
    if (::linkat(directory, temporary_.c_str(), directory, name_.c_str(), 0) != 0) return posix::io_failure();
    forget();
    return {};
  }

  // take_name gives the file the target's name, in place of whatever has it.
  result<void> take_name() noexcept {
    if (!named_) {
      const auto linked = link_as(name_);
      if (linked || linked.error().offset != EEXIST) return linked;
      if (const auto done = link_as(temporary_); !done) return done;
    }
    named_ = true;
    if (::renameat(directory_.get(), temporary_.c_str(), directory_.get(), name_.c_str()) != 0) {
      return posix::io_failure();
    }
    named_ = false;
    return {};
  }

  result<void> link_as(const std::string& name) noexcept {
    const posix::fd_path path(fd_.get());
    if (::linkat(AT_FDCWD, path.c_str(), directory_.get(), name.c_str(), AT_SYMLINK_FOLLOW) != 0) {
      return posix::io_failure();
    }
    return {};
  }

  void forget() noexcept {
    ::unlinkat(directory_.get(), temporary_.c_str(), 0);
    named_ = false;
  }

  posix::descriptor directory_;  // holds nothing once moved from
  posix::descriptor fd_;
  std::string temporary_;
  std::string name_;
  bool named_;  // the file has its temporary name
  if_exists existing_;
  std::uint64_t ended_ = 0;  // errno of a commit that comes too late
};

}  // namespace unitee::inline v0
