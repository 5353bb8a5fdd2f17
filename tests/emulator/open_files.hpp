// SPDX-License-Identifier: Apache-2.0
//
// tests/emulator/open_files.hpp: what the client has open, and what it had not closed when it ended.
#pragma once

#include "crossing.hpp"
#include "tsm_report.hpp"

#include <cstddef>
#include <map>
#include <memory>
#include <mutex>
#include <string>

#include <sys/types.h>

namespace emulator {

// open_file is one file description of the client's.
struct open_file {
  std::string kind;               // sev-guest, tdx_guest, tsm, rtmr
  std::unique_ptr<tsm_file> tsm;  // for an attribute
  std::size_t which = 0;          // for a register
  bool closed_by_exit = false;    // the last to close it was a process that was ending
};

// is_ending says whether this thread is past its exit, where the kernel closes what the program has not.
bool is_ending(::pid_t thread);

// open_files counts them.
class open_files {
 public:
  open_file* add(std::unique_ptr<open_file> file);
  void remove(open_file* file);

  // wait_for_all returns when nothing is open any more, or after a second: the kernel tells of it some time after.
  void wait_for_all();

  // count fills in what is known; a file that is still open counts as left open.
  void count(left_behind& out);

 private:
  std::mutex mutex_;
  std::map<open_file*, std::unique_ptr<open_file>> open_;
  std::map<std::string, left_behind::files> by_kind_{{"rtmr", {}}, {"sev-guest", {}}, {"tdx_guest", {}}, {"tsm", {}}};
};

}  // namespace emulator
