// SPDX-License-Identifier: Apache-2.0
#include <unitee/posix/mapped_file.hpp>

#include "support/catch.hpp"
#include "support/folder.hpp"

#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace test_mapped_file {

// says_dax has statx() below say that a file is DAX: no machine for tests has such a file system.
bool says_dax = false;

}  // namespace test_mapped_file

extern "C" int statx(int directory, const char* path, int flags, unsigned mask, struct ::statx* out) noexcept {
  const long done = ::syscall(SYS_statx, directory, path, flags, mask, out);
  if (done == 0 && test_mapped_file::says_dax) out->stx_attributes |= STATX_ATTR_DAX;
  return static_cast<int>(done);
}

namespace test_mapped_file {

using namespace unitee;
using posix::mapped_file;
using octets = std::vector<std::uint8_t>;

static_assert(lending_source<mapped_file>);
static_assert(!std::is_copy_constructible_v<mapped_file> && std::is_nothrow_move_constructible_v<mapped_file>);

TEST_CASE("a mapped file lends every part of itself, and nothing beyond", "[posix][mapped_file]") {
  const test::folder folder;
  const std::string path = folder / "file";
  for (const std::size_t size : {0U, 1U, 10U, 4096U, 5000U}) {
    std::ofstream(path) << std::string(size, 'a') << std::flush;
    const auto file = mapped_file::open(path.c_str());
    REQUIRE(file);
    REQUIRE(file->size() == size);
    for (std::size_t offset = 0; offset <= size + 2; offset += offset < 12 || offset + 3 > size ? 1 : 700) {
      for (const std::size_t n : {std::size_t{0}, std::size_t{1}, std::size_t{7}, size}) {
        CAPTURE(size, offset, n);
        octets out(n);
        const auto lent = file->view_at(offset, n);
        const auto read = file->read_at(offset, out);
        REQUIRE(lent.has_value() == (offset + n <= size));
        REQUIRE(read.has_value() == lent.has_value());
        if (lent) {
          REQUIRE(equal(*lent, octets(n, 'a')));
          REQUIRE(out == octets(n, 'a'));
        } else {
          REQUIRE(lent.error() == failure{errc::truncated, size});
          REQUIRE(read.error() == failure{errc::truncated, size});
        }
      }
    }
    CHECK(file->view_at(~std::uint64_t{0}, 2).error() == failure{errc::truncated, size});
  }
}

TEST_CASE("a mapped file outlives its descriptor and its name, and has one owner", "[posix][mapped_file]") {
  const test::folder folder;
  const std::string path = folder / "file";
  std::ofstream(path) << "0123456789";
  auto file = mapped_file::from(posix::open_file(path.c_str(), O_RDONLY));
  REQUIRE(file);
  std::filesystem::remove(path);
  mapped_file moved(std::move(*file));
  CHECK(file->size() == 0);
  CHECK(file->read_at(0, {}));
  CHECK(equal(*moved.view_at(8, 2), octets{'8', '9'}));
  *file = std::move(moved);
  CHECK(moved.size() == 0);
  CHECK(equal(*file->view_at(0, 1), octets{'0'}));
}

TEST_CASE("what cannot be mapped is refused with errno", "[posix][mapped_file]") {
  const test::folder folder;
  CHECK(mapped_file::open((folder / "none").c_str()).error() == failure{errc::io_error, ENOENT});
  CHECK(mapped_file::open(folder.path().c_str()).error() == failure{errc::io_error, EINVAL});
  CHECK(mapped_file::from(posix::descriptor(-1)).error() == failure{errc::io_error, EBADF});
  const std::string path = folder / "file";
  std::ofstream(path) << "0123456789";
  CHECK(mapped_file::from(posix::open_file(path.c_str(), O_WRONLY)).error() == failure{errc::io_error, EACCES});
}

TEST_CASE("a file whose pages somebody outside may share is not lent", "[posix][mapped_file]") {
  const test::folder folder;
  const std::string path = folder / "file";
  std::ofstream(path) << "0123456789";
  says_dax = true;
  const auto refused = mapped_file::open(path.c_str());
  says_dax = false;
  CHECK(refused.error() == failure{errc::io_error, EOPNOTSUPP});
  CHECK(mapped_file::open(path.c_str()));
}

}  // namespace test_mapped_file
