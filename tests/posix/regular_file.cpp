// SPDX-License-Identifier: Apache-2.0
#include <unitee/posix/regular_file.hpp>

#include "support/catch.hpp"
#include "support/files.hpp"
#include "support/folder.hpp"

#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <fstream>
#include <string>
#include <utility>
#include <vector>

#include <fcntl.h>
#include <sys/stat.h>

namespace test_regular_file {

using namespace unitee;
using posix::regular_file;
using octets = std::vector<std::uint8_t>;

TEST_CASE("a regular file is opened with its size, by its path or by a descriptor", "[posix][regular_file]") {
  const test::folder folder;
  for (const std::size_t size : {0U, 1U, 4096U, 70'000U}) {
    const std::string path = folder / "file";
    std::ofstream(path) << std::string(size, 'a');
    const auto file = regular_file::open(path.c_str());
    REQUIRE(file);
    CHECK(file->size == size);
    const auto from = regular_file::from(posix::open_file(path.c_str(), O_RDONLY));
    REQUIRE(from);
    CHECK(from->size == size);
  }
}

TEST_CASE("what is not a regular file is refused with errno", "[posix][regular_file]") {
  const test::folder folder;
  const std::string pipe = folder / "pipe";
  REQUIRE(::mkfifo(pipe.c_str(), 0600) == 0);
  for (const std::string& path : {pipe, folder.path().string(), std::string("/dev/null")}) {
    CAPTURE(path);
    CHECK(regular_file::open(path.c_str()).error() == failure{errc::io_error, EINVAL});
    CHECK(regular_file::from(posix::open_file(path.c_str(), O_RDONLY | O_NONBLOCK)).error() ==
          failure{errc::io_error, EINVAL});
  }
  CHECK(regular_file::open((folder / "none").c_str()).error() == failure{errc::io_error, ENOENT});
  CHECK(regular_file::from(posix::descriptor(-1)).error() == failure{errc::io_error, EBADF});
}

TEST_CASE("every part of a file is read and written where it stands", "[posix][regular_file]") {
  const test::folder folder;
  const std::string path = folder / "file";
  const posix::descriptor file = posix::open_file(path.c_str(), O_RDWR | O_CREAT, AT_FDCWD, 0600);
  octets model(40);
  for (std::size_t begin = 0; begin < model.size(); ++begin) {
    for (std::size_t end = begin; end <= model.size(); ++end) {
      const octets piece(end - begin, static_cast<std::uint8_t>(begin * 41 + end));
      REQUIRE(posix::write_exactly(file.get(), begin, piece));
      std::copy(piece.begin(), piece.end(), model.begin() + static_cast<std::ptrdiff_t>(begin));
      octets out(end - begin);
      REQUIRE(posix::read_exactly(file.get(), begin, out));
      REQUIRE(out == piece);
    }
  }
  CHECK(test::file_bytes(path) == model);
  for (std::size_t begin = 0; begin <= 45; ++begin) {
    octets beyond(41);
    REQUIRE(posix::read_exactly(file.get(), begin, beyond).error() ==
            failure{errc::truncated, begin < 40 ? 40 : begin});
  }
  CHECK(posix::read_exactly(file.get(), 1000, {}));
  CHECK(posix::write_exactly(file.get(), 1000, {}));
}

TEST_CASE("what does not read or write at an offset is an I/O error with errno", "[posix][regular_file]") {
  octets one(1);
  CHECK(posix::read_exactly(-1, 0, one).error() == failure{errc::io_error, EBADF});
  CHECK(posix::write_exactly(-1, 0, one).error() == failure{errc::io_error, EBADF});
  const posix::descriptor full = posix::open_file("/dev/full", O_RDWR);
  CHECK(posix::write_exactly(full.get(), 0, one).error() == failure{errc::io_error, ENOSPC});
  CHECK(posix::read_exactly(full.get(), ~std::uint64_t{0}, one).error() == failure{errc::io_error, EINVAL});
}

}  // namespace test_regular_file
