// SPDX-License-Identifier: Apache-2.0
//
// unitee/posix/fd_path.hpp: an open file as a path.
#pragma once

#include <array>
#include <cstddef>

namespace unitee::inline v0::posix {

// fd_path is "/proc/self/fd/N": in this process, as long as the file is open and /proc is mounted, the path of an open
// file, also of one that has no name.
class fd_path {
 public:
  // fd is not negative.
  constexpr explicit fd_path(int fd) noexcept {
    std::size_t at = 0;
    for (const char each : {'/', 'p', 'r', 'o', 'c', '/', 's', 'e', 'l', 'f', '/', 'f', 'd', '/'}) text_[at++] = each;
    for (int rest = fd; rest >= 10; rest /= 10) ++at;
    for (; at > 13; --at, fd /= 10) text_[at] = static_cast<char>('0' + fd % 10);
  }

  [[nodiscard]] constexpr const char* c_str() const noexcept { return text_.data(); }

 private:
  std::array<char, 14 + 10 + 1> text_{};
};

}  // namespace unitee::inline v0::posix
