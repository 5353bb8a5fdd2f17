// SPDX-License-Identifier: Apache-2.0
#include <unitee/posix/fd_path.hpp>

#include <unitee/posix/io.hpp>

#include "support/catch.hpp"

#include <limits>
#include <string>
#include <string_view>

#include <fcntl.h>
#include <sys/stat.h>

namespace test_fd_path {

using namespace unitee;
using posix::fd_path;

static_assert(fd_path(0).c_str() == std::string_view("/proc/self/fd/0"));
static_assert(fd_path(9).c_str() == std::string_view("/proc/self/fd/9"));
static_assert(fd_path(10).c_str() == std::string_view("/proc/self/fd/10"));
static_assert(fd_path(std::numeric_limits<int>::max()).c_str() == std::string_view("/proc/self/fd/2147483647"));

TEST_CASE("the path of an open file has its number, of any length", "[posix][fd_path]") {
  for (const int fd : {0, 1, 9, 10, 11, 99, 100, 101, 1023, 1024, 65535, 1'000'000'000, 2'147'483'647}) {
    CHECK(fd_path(fd).c_str() == "/proc/self/fd/" + std::to_string(fd));
  }
}

TEST_CASE("the path of an open file leads to it", "[posix][fd_path]") {
  const posix::descriptor null = posix::open_file("/dev/null", O_RDONLY);
  struct ::stat wanted {};
  struct ::stat found {};
  REQUIRE(::fstat(null.get(), &wanted) == 0);
  REQUIRE(::stat(fd_path(null.get()).c_str(), &found) == 0);
  CHECK(found.st_rdev == wanted.st_rdev);
}

}  // namespace test_fd_path
