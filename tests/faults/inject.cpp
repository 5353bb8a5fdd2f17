// SPDX-License-Identifier: Apache-2.0
//
// inject: runs a program and lets one of its system calls meet a fault.
//
// usage: unitee_inject FOLDER [--refuse NAME=ERRNO]... [--at N --calls NAME,... --do WHAT] -- PROGRAM ARGUMENT...
//
// Only calls about files in FOLDER count, and memory once there was one. The N-th of those that are named, from 1 on,
// meets WHAT: a number (it does nothing and fails with this errno), `short` (it is asked to move half as many bytes),
// `before` and `after` (the program is killed before it, or when it is done), `torn` (short and then killed, unless it
// is for one sector). --refuse has all calls of a name fail. Standard output is a line for every such call as it ends:
// `*` where the fault was, or `-`; name, result, the call's second, third and fourth argument, file. The program's own
// goes nowhere. The exit status is the program's, 128 and the signal when one ended it, and 255 when it could not be
// run.

#include "calls.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <fcntl.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <unistd.h>

namespace faults {
namespace {

struct options {
  std::string folder;
  std::map<std::string, unsigned long long> refused;
  std::vector<std::string> calls;
  long at = 0;
  std::string what;
  char** program = nullptr;

  static options of(int argc, char** argv) {
    options out;
    if (argc > 1) out.folder = argv[1];
    for (int i = 2; i + 1 < argc; ++i) {
      const std::string_view word = argv[i];
      if (word == "--") {
        out.program = argv + i + 1;
        return out;
      }
      const std::string value = argv[++i];
      if (word == "--at") out.at = std::atol(value.c_str());
      if (word == "--do") out.what = value;
      if (word == "--refuse") out.refused[value.substr(0, value.find('='))] = number(value.substr(value.find('=') + 1));
      for (std::size_t from = 0, to = 0; word == "--calls" && to != value.npos; from = to + 1) {
        to = value.find(',', from);
        out.calls.push_back(value.substr(from, to - from));
      }
    }
    return out;
  }

  static unsigned long long number(const std::string& text) { return std::strtoull(text.c_str(), nullptr, 10); }
};

// stop_at_calls has this process, and what it executes, stop for its tracer at every call of call_kinds.
bool stop_at_calls() {
  std::array<::sock_filter, call_kinds.size() + 3> filter{};
  filter[0] = BPF_STMT(BPF_LD | BPF_W | BPF_ABS, static_cast<unsigned>(offsetof(::seccomp_data, nr)));
  for (std::size_t i = 0; i < call_kinds.size(); ++i) {
    const auto on = static_cast<unsigned char>(call_kinds.size() - i);
    filter[i + 1] = BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, static_cast<unsigned>(call_kinds[i].number), on, 0);
  }
  filter[call_kinds.size() + 1] = BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
  filter[call_kinds.size() + 2] = BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_TRACE);
  const ::sock_fprog program{static_cast<unsigned short>(filter.size()), filter.data()};
  return ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
         ::prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program, 0, 0) == 0;
}

[[noreturn]] void become(char** program) {
  const int nowhere = ::open("/dev/null", O_WRONLY);
  ::dup2(nowhere, STDOUT_FILENO);
  if (::ptrace(PTRACE_TRACEME, 0, nullptr, nullptr) != 0) ::_exit(255);
  ::raise(SIGSTOP);
  if (stop_at_calls()) ::execv(program[0], program);
  ::_exit(255);
}

class tracer {
 public:
  tracer(::pid_t program, options with) : program_(program), with_(std::move(with)) {}

  int run() {
    int status = 0;
    constexpr long events = PTRACE_O_TRACESECCOMP | PTRACE_O_TRACECLONE | PTRACE_O_TRACESYSGOOD | PTRACE_O_EXITKILL;
    if (::waitpid(program_, &status, 0) != program_ || !WIFSTOPPED(status)) return 255;
    if (::ptrace(PTRACE_SETOPTIONS, program_, nullptr, events) != 0) return 255;
    ::ptrace(PTRACE_CONT, program_, nullptr, nullptr);
    for (;;) {
      const ::pid_t thread = ::waitpid(-1, &status, __WALL);
      if (thread < 0) return 255;
      if (WIFSTOPPED(status)) {
        stopped(thread, status);
      } else if (thread == program_) {
        return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
      }
    }
  }

 private:
  // under_way is a call that has begun, and what happens when it is done.
  struct under_way {
    std::string line;
    bool kill_after = false;
  };

  void stopped(::pid_t thread, int status) {
    const int signal = WSTOPSIG(status);
    if (status >> 16 == PTRACE_EVENT_SECCOMP) return begins(thread);
    if (signal == (SIGTRAP | 0x80)) return ends(thread);
    const bool is_ours = status >> 16 != 0 || signal == SIGSTOP || signal == SIGTRAP;
    ::ptrace(PTRACE_CONT, thread, nullptr, is_ours ? 0L : static_cast<long>(signal));
  }

  void begins(::pid_t thread) {
    ::user_regs_struct registers{};
    ::ptrace(PTRACE_GETREGS, thread, nullptr, &registers);
    const call it = call::of(thread, registers);
    const bool is_watched = it.file.starts_with(with_.folder) || (it.name == "memory" && seen_);
    if (!is_watched) {
      ::ptrace(PTRACE_CONT, thread, nullptr, nullptr);
      return;
    }
    seen_ = true;
    // A sector is written or not, whatever happens.
    const bool whole = with_.what == "torn" && it.is_counted() && registers.rdx < 1024;
    const bool named = !whole && std::ranges::find(with_.calls, it.name) != with_.calls.end();
    const auto refused = with_.refused.find(it.name);
    const bool met = refused == with_.refused.end() && named && ++count_ == with_.at;
    under_way& now = under_way_[thread];
    now.line = (met ? "* " : "- ") + it.name + " ";
    const std::string arguments = " " + std::to_string(argument(registers, 1)) + " " +
                                  std::to_string(argument(registers, 2)) + " " +
                                  std::to_string(argument(registers, 3)) + " " + it.file + "\n";
    if (refused != with_.refused.end()) {
      fail(registers, refused->second);
    } else if (met) {
      meet(it, registers, now);
    }
    now.line += '\0' + arguments;
    ::ptrace(PTRACE_SETREGS, thread, nullptr, &registers);
    ::ptrace(PTRACE_SYSCALL, thread, nullptr, nullptr);
  }

  void meet(const call& it, ::user_regs_struct& registers, under_way& now) {
    const bool halved = with_.what == "short" || with_.what == "torn";
    now.kill_after = with_.what == "after" || with_.what == "torn";
    if (halved && it.is_counted()) registers.rdx = std::max(registers.rdx / 2, 1ULL);
    if (with_.what == "before") {
      std::printf("* %s killed 0 0 0 %s\n", it.name.c_str(), it.file.c_str());
      ::kill(program_, SIGKILL);
    } else if (!halved && !now.kill_after) {
      fail(registers, options::number(with_.what));
    }
  }

  static void fail(::user_regs_struct& registers, unsigned long long error) {
    registers.orig_rax = ~0ULL;
    registers.rax = 0 - error;
  }

  void ends(::pid_t thread) {
    ::user_regs_struct registers{};
    ::ptrace(PTRACE_GETREGS, thread, nullptr, &registers);
    const under_way now = std::exchange(under_way_[thread], {});
    const std::size_t at = now.line.find('\0');
    if (at != now.line.npos) {
      std::printf("%s%lld%s", now.line.substr(0, at).c_str(), static_cast<long long>(registers.rax),
                  now.line.c_str() + at + 1);
    }
    if (now.kill_after) ::kill(program_, SIGKILL);
    ::ptrace(PTRACE_CONT, thread, nullptr, nullptr);
  }

  ::pid_t program_;
  options with_;
  std::map<::pid_t, under_way> under_way_;
  long count_ = 0;
  bool seen_ = false;
};

}  // namespace
}  // namespace faults

int main(int argc, char** argv) {
  faults::options with = faults::options::of(argc, argv);
  if (with.program == nullptr) return 255;
  const ::pid_t program = ::fork();
  if (program == 0) faults::become(with.program);
  return program < 0 ? 255 : faults::tracer(program, std::move(with)).run();
}
