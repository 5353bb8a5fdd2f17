// SPDX-License-Identifier: Apache-2.0
//
// tests/support/child.hpp: what a child process does, and system calls that fail there.
#pragma once

#include "support/catch.hpp"

#include <array>
#include <cstddef>
#include <cstdlib>
#include <stdexcept>
#include <string_view>

#include <linux/filter.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

namespace unitee::test {

// start begins a child that does `work`, whose result it exits with. Checks have no effect there.
template <class Work>
::pid_t start(Work work) {
  const ::pid_t child = ::fork();
  if (child < 0) throw std::runtime_error("cannot fork");
  if (child == 0) {
    int status = 255;
    try {
      status = static_cast<int>(work());
    } catch (...) {
    }
    ::_exit(status);
  }
  return child;
}

// ended waits for a child: its exit status, or minus the signal that ended it.
inline int ended(::pid_t child) {
  int status = 0;
  if (::waitpid(child, &status, 0) != child) throw std::runtime_error("the child is gone");
  return WIFSIGNALED(status) ? -WTERMSIG(status) : WEXITSTATUS(status);
}

template <class Work>
int in_child(Work work) {
  return ended(start(work));
}

// left_out says that a test asks for what this machine does not have; in CI that is a failure.
inline void left_out(const char* why) {
  const char* const ci = std::getenv("CI");
  if (ci != nullptr && std::string_view(ci) == "true") FAIL("left out, and this is CI: " << why);
  WARN("left out: " << why);
}

// on_call has the kernel do something else, for good, in this process: fail with an error, or end the process at once,
// before the call does anything. Where `flags` are given, only for calls that have all of them in argument `argument`.
// Several may be in force, the newest of the strictest kind is. False where the kernel does not allow it.
class on_call {
 public:
  explicit on_call(long number, unsigned argument = 0, unsigned flags = 0)
      : number_(static_cast<unsigned>(number)), argument_(argument), flags_(flags) {}

  [[nodiscard]] bool fails_with(int error) const {
    return answer(SECCOMP_RET_ERRNO | (static_cast<unsigned>(error) & SECCOMP_RET_DATA));
  }
  [[nodiscard]] bool kills() const { return answer(SECCOMP_RET_KILL_PROCESS); }

 private:
  [[nodiscard]] bool answer(unsigned what) const {
    const auto at = static_cast<unsigned>(offsetof(::seccomp_data, args) + 8 * argument_);  // the low half
    std::array filter{
        ::sock_filter BPF_STMT(BPF_LD | BPF_W | BPF_ABS, static_cast<unsigned>(offsetof(::seccomp_data, nr))),
        ::sock_filter BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, number_, 0, 4),
        ::sock_filter BPF_STMT(BPF_LD | BPF_W | BPF_ABS, at),
        ::sock_filter BPF_STMT(BPF_ALU | BPF_AND | BPF_K, flags_),
        ::sock_filter BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, flags_, 0, 1),
        ::sock_filter BPF_STMT(BPF_RET | BPF_K, what),
        ::sock_filter BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
    };
    const ::sock_fprog program{static_cast<unsigned short>(filter.size()), filter.data()};
    return ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
           ::prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program, 0, 0) == 0;
  }

  unsigned number_;
  unsigned argument_;
  unsigned flags_;
};

}  // namespace unitee::test
