// SPDX-License-Identifier: Apache-2.0

#include "open_files.hpp"

#include <chrono>
#include <fstream>
#include <sstream>
#include <thread>
#include <utility>

namespace emulator {

bool is_ending(::pid_t thread) {
  constexpr unsigned long exiting = 0x4;  // PF_EXITING, <linux/sched.h>
  std::ifstream in("/proc/" + std::to_string(thread) + "/stat");
  std::string line;
  std::getline(in, line);
  const std::size_t name_end = line.rfind(')');
  if (name_end == std::string::npos) return false;
  std::istringstream rest(line.substr(name_end + 1));
  std::string skipped;
  for (int i = 0; i < 6; ++i) rest >> skipped;  // state, ppid, pgrp, session, tty, tpgid
  unsigned long flags = 0;
  rest >> flags;
  return (flags & exiting) != 0;
}

open_file* open_files::add(std::unique_ptr<open_file> file) {
  const std::lock_guard lock(mutex_);
  ++by_kind_[file->kind].opened;
  open_file* const key = file.get();
  open_.emplace(key, std::move(file));
  return key;
}

void open_files::remove(open_file* file) {
  const std::lock_guard lock(mutex_);
  if (file->closed_by_exit) ++by_kind_[file->kind].left_open;
  open_.erase(file);
}

void open_files::wait_for_all() {
  for (int i = 0; i < 1000; ++i) {
    {
      const std::lock_guard lock(mutex_);
      if (open_.empty()) return;
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
}

void open_files::count(left_behind& out) {
  const std::lock_guard lock(mutex_);
  out.by_kind = by_kind_;
  for (const auto& [key, file] : open_) ++out.by_kind[file->kind].left_open;
}

}  // namespace emulator
