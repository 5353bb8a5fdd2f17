// SPDX-License-Identifier: Apache-2.0
//
// unitee_emulator: runs an unmodified program on a machine that has the kernel interfaces of a SEV-SNP guest or a TD.
//
// usage: unitee_emulator --state DIR [--stage FILE] [--log FILE] -- CLIENT [ARGUMENT]...
//        unitee_emulator --probe
//
// DIR keeps the keys of the simulated platforms; it is made when it is not there. stage.hpp says what a stage is and
// what the log has. The status is the client's, 128 and the signal's number where a signal ended it, 127 when there is
// no such program, 126 after a violation, and 125 when the emulator itself failed. Where this machine has no /dev/fuse
// or no namespaces it is 77, after one line; with CI=true in the environment 125. --probe says which of them it is.

#include "filesystem.hpp"
#include "machine.hpp"
#include "namespaces.hpp"
#include "stage.hpp"

#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <memory>
#include <optional>
#include <sstream>
#include <string>
#include <string_view>

#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

namespace {

constexpr int skipped = 77;
constexpr int failed = 125;
constexpr int violated = 126;
constexpr int no_program = 127;

struct options {
  std::string state;
  std::string stage;
  std::string log;
  bool probe = false;
  char** client = nullptr;
};

int fail(const std::string& why) {
  std::fprintf(stderr, "unitee_emulator: %s\n", why.c_str());
  return failed;
}

// cannot is for what this machine lacks.
int cannot(const std::string& why) {
  const char* const ci = std::getenv("CI");
  if (ci != nullptr && std::string_view(ci) == "true") return fail(why);
  std::fprintf(stderr, "unitee_emulator: skipped, %s\n", why.c_str());
  return skipped;
}

std::optional<options> parse(char** words) {
  options out;
  for (++words; *words != nullptr; ++words) {
    const std::string_view word = *words;
    std::string* const to = word == "--state"   ? &out.state
                            : word == "--stage" ? &out.stage
                            : word == "--log"   ? &out.log
                                                : nullptr;
    if (to != nullptr && words[1] != nullptr) {
      *to = *++words;
    } else if (word == "--probe") {
      out.probe = true;
    } else if (word == "--" && words[1] != nullptr) {
      out.client = words + 1;
      break;
    } else {
      return std::nullopt;
    }
  }
  if (out.probe != (out.client == nullptr) || out.probe != out.state.empty()) return std::nullopt;
  return out;
}

// prepared_client is the client's process, which waits until it may begin.
class prepared_client {
 public:
  // fork happens before there is any thread.
  bool fork(char** words) {
    int gate[2]{};
    if (::pipe2(gate, O_CLOEXEC) != 0) return false;
    process_ = ::fork();
    if (process_ < 0) return false;
    if (process_ == 0) {
      ::close(gate[1]);
      char byte = 0;
      if (::read(gate[0], &byte, 1) != 1) ::_exit(failed);
      ::execvp(words[0], words);
      std::fprintf(stderr, "unitee_emulator: %s: %s\n", words[0], std::strerror(errno));
      ::_exit(no_program);
    }
    ::close(gate[0]);
    gate_ = gate[1];
    return true;
  }

  // run lets it begin and is its status. Everything that it leaves behind ends with this process, which is its init.
  [[nodiscard]] int run() const {
    (void)!::write(gate_, "", 1);
    for (;;) {
      int status = 0;
      const ::pid_t ended = ::waitpid(-1, &status, 0);
      if (ended < 0 && errno != EINTR) return failed;
      if (ended != process_) continue;
      return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
    }
  }

 private:
  ::pid_t process_ = -1;
  int gate_ = -1;
};

int run(const options& with, const emulator::stage& as) {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  ::setenv("UNITEE_EMULATED_QUOTE_SERVICE", as.quote_service_path.c_str(), 1);
  prepared_client client;
  if (!client.fork(with.client)) return fail(std::string("fork: ") + std::strerror(errno));

  // Threads serve both to the end of the process: nothing deletes them.
  auto* const machine = emulator::machine::start(as, with.state).release();
  if (machine == nullptr) return fail("no simulated platform in " + with.state + ", or no guest on it as staged");
  if (!with.log.empty() && !machine->shared.log.open(with.log)) return fail(with.log + ": " + std::strerror(errno));
  auto& files = *new emulator::filesystem(*machine);
  if (const std::string why = emulator::mount_machine(as, files); !why.empty()) return cannot(why);
  if (as.quote_service && !machine->qgs.listen(as.quote_service_path)) {
    return fail(as.quote_service_path + ": " + std::strerror(errno));
  }
  const int status = client.run();
  files.files().wait_for_all();
  emulator::left_behind left;
  left.entries = machine->tsm.all().size();
  files.files().count(left);
  left.left_open_is_known = emulator::proc_is_own();
  left.connections = machine->qgs.connections();
  machine->shared.log.end(left);
  return status == 0 && machine->shared.log.violations() != 0 && !as.violations_allowed ? violated : status;
}

}  // namespace

int main(int /*argc*/, char** argv) {
  const auto with = parse(argv);
  if (!with) return fail("usage: unitee_emulator --state DIR [--stage FILE] [--log FILE] -- CLIENT [ARGUMENT]...");
  std::stringstream text;
  if (!with->stage.empty()) {
    std::ifstream in(with->stage);
    if (!in) return fail(with->stage + ": " + std::strerror(errno));
    text << in.rdbuf();
  }
  std::string why;
  const auto as = emulator::parse_stage(text.str(), why);
  if (!as) return fail(why);

  if (why = emulator::enter_namespaces(); !why.empty()) return cannot(why);
  const ::pid_t init = ::fork();
  if (init < 0) return fail(std::string("fork: ") + std::strerror(errno));
  // Threads may be in work, and the client's files are to be closed by the kernel: no destructor runs.
  if (init == 0 && with->probe) {
    why = emulator::probe_mounts();
    ::_exit(why.empty() ? 0 : cannot(why));
  }
  if (init == 0) ::_exit(run(*with, *as));
  // No process can begin in a pid namespace whose init has ended, not even a leak checker's: no destructor here either.
  int status = 0;
  while (::waitpid(init, &status, 0) != init) {
    if (errno != EINTR) ::_exit(fail(std::string("waitpid: ") + std::strerror(errno)));
  }
  ::_exit(WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status));
}
