// SPDX-License-Identifier: Apache-2.0
//
// tests/support/stops.hpp: whether a call ends the program.
#pragma once

#include <csignal>
#include <stdexcept>

#include <sys/wait.h>
#include <unistd.h>

namespace unitee::test {

// stops runs call(), which returns a number, in a child process and says whether a trap ended it.
template <class Call>
bool stops(Call&& call) {
  const pid_t child = fork();
  if (child < 0) throw std::runtime_error("fork");
  if (child == 0) {
    for (const int caught : {SIGILL, SIGTRAP, SIGABRT}) std::signal(caught, SIG_DFL);
    [[maybe_unused]] const volatile auto kept = call();
    _exit(0);
  }
  int status = 0;
  if (waitpid(child, &status, 0) != child) throw std::runtime_error("waitpid");
  return WIFSIGNALED(status) && (WTERMSIG(status) == SIGILL || WTERMSIG(status) == SIGTRAP);
}

}  // namespace unitee::test
