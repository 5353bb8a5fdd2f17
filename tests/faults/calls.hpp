// SPDX-License-Identifier: Apache-2.0
//
// tests/faults/calls.hpp: the system calls that a fault can meet, and which file each is about (Linux, x86-64).
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <string>
#include <string_view>

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <sys/user.h>
#include <unistd.h>

namespace faults {

// about says where a call's file is: a descriptor, or a folder's descriptor and a path, in these arguments.
enum class about {
  descriptor,
  path,
  new_path,
  memory
};

struct call_kind {
  long number;
  std::string_view name;
  about file;
};

inline constexpr std::array call_kinds{
    call_kind{SYS_openat, "openat", about::path},
    call_kind{SYS_newfstatat, "stat", about::path},
    call_kind{SYS_unlinkat, "unlinkat", about::path},
    call_kind{SYS_linkat, "linkat", about::new_path},
    call_kind{SYS_renameat, "renameat", about::new_path},
    call_kind{SYS_renameat2, "renameat2", about::new_path},
    call_kind{SYS_read, "read", about::descriptor},
    call_kind{SYS_pread64, "pread64", about::descriptor},
    call_kind{SYS_write, "write", about::descriptor},
    call_kind{SYS_pwrite64, "pwrite64", about::descriptor},
    call_kind{SYS_fsync, "fsync", about::descriptor},
    call_kind{SYS_fdatasync, "fdatasync", about::descriptor},
    call_kind{SYS_fallocate, "fallocate", about::descriptor},
    call_kind{SYS_ftruncate, "ftruncate", about::descriptor},
    call_kind{SYS_flock, "flock", about::descriptor},
    call_kind{SYS_fstat, "fstat", about::descriptor},
    call_kind{SYS_mmap, "mmap", about::memory},
};

// argument is the n-th of a call that has not begun.
inline unsigned long long argument(const ::user_regs_struct& at, int n) {
  const std::array all{at.rdi, at.rsi, at.rdx, at.r10, at.r8, at.r9};
  return all[static_cast<std::size_t>(n)];
}

// link_of is what a link leads to, empty where there is none.
inline std::string link_of(const std::string& path) {
  std::array<char, 4096> out{};
  const ::ssize_t n = ::readlink(path.c_str(), out.data(), out.size());
  return {out.data(), static_cast<std::size_t>(std::max<::ssize_t>(n, 0))};
}

// text_at is a string in a process that is stopped.
inline std::string text_at(::pid_t process, unsigned long long address) {
  std::array<char, 4096> out{};
  const int memory = ::open(("/proc/" + std::to_string(process) + "/mem").c_str(), O_RDONLY | O_CLOEXEC);
  const ::ssize_t n = ::pread(memory, out.data(), out.size() - 1, static_cast<::off_t>(address));
  ::close(memory);
  return n > 0 ? out.data() : "";
}

// call is one that has not begun, in a process that is stopped there.
struct call {
  const call_kind* kind = nullptr;  // null: none of those above
  std::string name;                 // the kind's, or more exactly: tmpfile, create, mmap of a file or memory
  std::string file;

  static call of(::pid_t process, const ::user_regs_struct& at) {
    const auto found = std::ranges::find(call_kinds, static_cast<long>(at.orig_rax), &call_kind::number);
    if (found == call_kinds.end()) return {};
    call out{&*found, std::string(found->name), ""};
    const std::string its = "/proc/" + std::to_string(process);
    const auto opened = [&](int n) {
      const int fd = static_cast<int>(argument(at, n));
      return link_of(fd == AT_FDCWD ? its + "/cwd" : its + "/fd/" + std::to_string(fd));
    };
    const auto below = [&](int n) {
      const std::string path = text_at(process, argument(at, n + 1));
      return path.starts_with("/") ? path : path.empty() ? opened(n) : opened(n) + "/" + path;
    };
    switch (found->file) {
      case about::descriptor: out.file = opened(0); break;
      case about::path: out.file = below(0); break;
      case about::new_path: out.file = below(2); break;
      case about::memory:
        if ((argument(at, 3) & MAP_ANONYMOUS) == 0) out.file = opened(4);
        if ((argument(at, 3) & MAP_ANONYMOUS) != 0) out.name = "memory";
        break;
    }
    if (out.name == "openat") {
      const auto flags = static_cast<int>(argument(at, 2));
      if ((flags & O_TMPFILE) == O_TMPFILE) {
        out.name = "tmpfile";
      } else if ((flags & O_CREAT) != 0) {
        out.name = "create";
      }
    }
    return out;
  }

  // is_counted says whether the third argument is how many bytes to read or write.
  [[nodiscard]] bool is_counted() const {
    return name == "read" || name == "write" || name == "pread64" || name == "pwrite64";
  }
};

}  // namespace faults
