// SPDX-License-Identifier: Apache-2.0
//
// tests/emulator/filesystem.hpp: the files of an emulated machine, as one FUSE filesystem.
#pragma once

#include "machine.hpp"
#include "open_files.hpp"

#include <atomic>
#include <string>

struct fuse_session;

namespace emulator {

// filesystem has the files sev-guest and tdx_guest and the directories report and measurements. They are bound to their
// real paths once it is mounted. A thread of its own serves each call that is under way.
class filesystem {
 public:
  explicit filesystem(machine& of) : of_(of) {}

  // mount begins to serve at this path; false when that cannot be.
  bool mount(const std::string& at);

  [[nodiscard]] machine& of() { return of_; }
  [[nodiscard]] open_files& files() { return files_; }

 private:
  void serve();
  void add_thread();

  machine& of_;
  open_files files_;
  ::fuse_session* session_ = nullptr;
  std::atomic<int> idle_ = 0;
};

}  // namespace emulator
