// SPDX-License-Identifier: Apache-2.0

#include "filesystem.hpp"

#include "fuse_calls.hpp"

#include <cerrno>
#include <cstdlib>
#include <thread>

namespace emulator {

bool filesystem::mount(const std::string& at) {
  char name[] = "unitee_emulator";
  char* words[] = {name, nullptr};
  ::fuse_args arguments = FUSE_ARGS_INIT(1, words);
  session_ = ::fuse_session_new(&arguments, &fuse_calls(), sizeof(::fuse_lowlevel_ops), this);
  ::fuse_opt_free_args(&arguments);
  if (session_ == nullptr || ::fuse_session_mount(session_, at.c_str()) != 0) return false;
  add_thread();
  return true;
}

void filesystem::add_thread() {
  ++idle_;
  std::thread([this] { serve(); }).detach();
}

void filesystem::serve() {
  ::fuse_buf buffer{};
  while (::fuse_session_exited(session_) == 0) {
    const int size = ::fuse_session_receive_buf(session_, &buffer);
    if (size == -EINTR) continue;
    if (size <= 0) break;
    // A call may wait long: somebody else has to be there for the next.
    if (--idle_ == 0) add_thread();
    ::fuse_session_process_buf(session_, &buffer);
    ++idle_;
  }
  std::free(buffer.mem);  // libfuse's
}

}  // namespace emulator
