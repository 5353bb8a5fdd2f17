// SPDX-License-Identifier: Apache-2.0
//
// tests/support/new_files.hpp: new files in a child process, with and without files that have no name.
#pragma once

#include <unitee/result.hpp>

#include "support/catch.hpp"
#include "support/child.hpp"
#include "support/folder.hpp"
#include "support/octets.hpp"

#include <cerrno>
#include <cstdint>
#include <fstream>
#include <string>
#include <vector>

#include <fcntl.h>
#include <sys/syscall.h>

namespace unitee::test::new_files {

inline const octets fresh{1, 2, 3, 4};
inline const octets old{'o', 'l', 'd'};
inline const std::vector<std::string> only_model{"model"};

inline void put_old(const std::string& path) { std::ofstream(path) << "old"; }

inline failure io(int error) { return {errc::io_error, static_cast<std::uint64_t>(error)}; }

// without_nameless lets the file systems of this process make no file without a name.
inline bool without_nameless() { return on_call(SYS_openat, 2, O_TMPFILE).fails_with(EOPNOTSUPP); }

// number_of is errno of what failed, 0 when it did not.
template <class T>
int number_of(const result<T>& done) {
  return done ? 0 : static_cast<int>(done.error().offset);
}

inline constexpr int no_seccomp = 250;
inline constexpr int no_file = 251;

// in_both runs scenario(target) in a child process with an empty folder: as the machine is, and where there are no
// files without a name. `before` puts into the folder what is there already, `after` says what must be there then.
template <class Before, class Scenario, class After>
void in_both(Before before, Scenario scenario, After after) {
  for (const bool nameless : {true, false}) {
    const folder here;
    const std::string target = here / "model";
    before(target);
    const int answer = in_child([&] {
      if (!nameless && !without_nameless()) return no_seccomp;
      return scenario(target);
    });
    if (answer == no_seccomp) return left_out("no seccomp");
    CAPTURE(nameless, here.names());
    after(here, answer, nameless);
  }
}

}  // namespace unitee::test::new_files
