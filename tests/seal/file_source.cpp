// SPDX-License-Identifier: Apache-2.0
#include <unitee/seal/file_source.hpp>

#include <unitee/bytes/source.hpp>
#include <unitee/posix/io.hpp>

#include "support/catch.hpp"
#include "support/folder.hpp"

#include <cerrno>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include <fcntl.h>
#include <sys/stat.h>

namespace test_file_source {

using namespace unitee;
using octets = std::vector<std::uint8_t>;

static_assert(byte_source<file_source> && !lending_source<file_source>);
static_assert(lending_source<mapped_source>);
static_assert(byte_source<direct_source> && !lending_source<direct_source>);

TEST_CASE("a file is read at any offset, up to its end", "[seal][file]") {
  const test::folder folder;
  const std::string path = folder / "plain";
  std::ofstream(path) << "0123456789";
  const auto source = file_source::open(path.c_str());
  REQUIRE(source);
  CHECK(source->size() == 10);
  octets out(4);
  REQUIRE(source->read_at(6, out));
  CHECK(out == octets{'6', '7', '8', '9'});
  CHECK(source->read_at(7, out).error() == failure{errc::truncated, 10});
  CHECK(source->read_at(0, {}));
  std::filesystem::resize_file(path, 8);
  CHECK(source->read_at(5, out).error() == failure{errc::truncated, 8});
  for (const std::uint64_t far : {std::uint64_t{11}, ~std::uint64_t{0} >> 1, ~std::uint64_t{0}}) {
    CHECK(source->read_at(far, out).error() == failure{errc::truncated, 10});
  }
}

TEST_CASE("every kind of source reads the same bytes of an open file", "[seal][file]") {
  const test::folder folder;
  const std::string path = folder / "plain";
  std::ofstream(path) << std::string(10'000, 'a') + "0123456789";
  const auto reads = [&](const auto& source) {
    REQUIRE(source);
    CHECK(source->size() == 10'010);
    octets out(12);
    REQUIRE(source->read_at(9'998, out));
    CHECK(out == octets{'a', 'a', '0', '1', '2', '3', '4', '5', '6', '7', '8', '9'});
    CHECK(source->read_at(9'999, out).error() == failure{errc::truncated, 10'010});
  };
  const auto opened = [&] { return posix::open_file(path.c_str(), O_RDONLY); };
  reads(file_source::open(path.c_str()));
  reads(file_source::from(opened()));
  reads(mapped_source::open(path.c_str()));
  reads(mapped_source::from(opened()));
  reads(direct_source::open(path.c_str()));
  reads(direct_source::from(opened()));
}

TEST_CASE("advice changes nothing but the time that reading takes", "[seal][file]") {
  const test::folder folder;
  const std::string path = folder / "plain";
  std::ofstream(path) << "0123456789";
  const auto source = file_source::open(path.c_str());
  REQUIRE(source);
  source->expect_all();
  octets out(10);
  REQUIRE(source->read_at(0, out));
  CHECK(out[9] == '9');
}

TEST_CASE("what is not a file is refused with errno", "[seal][file]") {
  const test::folder folder;
  CHECK(file_source::open((folder / "none").c_str()).error() == failure{errc::io_error, ENOENT});
  CHECK(file_source::open(folder.path().c_str()).error() == failure{errc::io_error, EINVAL});
  const std::string pipe = folder / "pipe";
  REQUIRE(::mkfifo(pipe.c_str(), 0600) == 0);
  CHECK(file_source::open(pipe.c_str()).error() == failure{errc::io_error, EINVAL});
  CHECK(file_source::open("/dev/zero").error() == failure{errc::io_error, EINVAL});
  CHECK(file_source::from(posix::descriptor(-1)).error() == failure{errc::io_error, EBADF});
}

}  // namespace test_file_source
