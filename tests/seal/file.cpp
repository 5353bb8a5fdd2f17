// SPDX-License-Identifier: Apache-2.0
#include <unitee/seal/file.hpp>

#include <unitee/seal/io.hpp>

#include "support/catch.hpp"
#include "support/files.hpp"
#include "support/folder.hpp"

#include <cerrno>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <sys/stat.h>

namespace test_file {

using namespace unitee;
using octets = std::vector<std::uint8_t>;

static_assert(byte_source<file_source> && !lending_source<file_source>);
static_assert(byte_sink<new_file> && !lending_sink<new_file>);

TEST_CASE("a new file has its name only once it is committed", "[seal][file]") {
  const test::folder folder;
  const std::string target = folder / "model";
  auto file = new_file::create(target.c_str());
  REQUIRE(file);
  REQUIRE(file->write_at(2, octets{3, 4}));
  REQUIRE(file->write_at(0, octets{1, 2}));
  CHECK_FALSE(std::filesystem::exists(target));
  CHECK(folder.names().size() == 1);
  REQUIRE(file->commit());
  CHECK(folder.names() == std::vector<std::string>{"model"});
  CHECK(test::file_bytes(target) == octets{1, 2, 3, 4});
  struct stat status {};
  REQUIRE(::stat(target.c_str(), &status) == 0);
  CHECK((status.st_mode & 0777) == 0600);
  CHECK(file->commit().error() == failure{errc::io_error, EALREADY});
}

TEST_CASE("a file that is not committed leaves nothing behind, and what had its name stays", "[seal][file]") {
  const test::folder folder;
  const std::string target = folder / "model";
  std::ofstream(target) << "old";
  {
    auto file = new_file::create(target.c_str());
    REQUIRE(file);
    REQUIRE(file->write_at(0, octets(100000, 1)));
    const std::optional<new_file> moved(std::move(*file));
    CHECK(folder.names().size() == 2);
  }
  CHECK(folder.names() == std::vector<std::string>{"model"});
  CHECK(test::file_bytes(target) == octets{'o', 'l', 'd'});
}

TEST_CASE("a committed file takes the place of what had its name", "[seal][file]") {
  const test::folder folder;
  const std::string target = folder / "model";
  std::ofstream(target) << "something longer";
  {
    auto file = new_file::create(target.c_str());
    REQUIRE(file);
    REQUIRE(file->write_at(0, octets{7}));
    REQUIRE(file->commit());
  }
  CHECK(folder.names() == std::vector<std::string>{"model"});
  CHECK(test::file_bytes(target) == octets{7});
}

TEST_CASE("a new file without a folder is made in the current directory, which may change", "[seal][file]") {
  const test::folder folder;
  const test::folder elsewhere;
  const auto before = std::filesystem::current_path();
  std::filesystem::current_path(folder.path());
  auto file = new_file::create("model");
  std::filesystem::current_path(elsewhere.path());
  REQUIRE(file);
  CHECK(file->commit());
  std::filesystem::current_path(before);
  CHECK(folder.names() == std::vector<std::string>{"model"});
  CHECK(elsewhere.names().empty());
}

TEST_CASE("what cannot be a new file is refused with errno", "[seal][file]") {
  const test::folder folder;
  CHECK(new_file::create((folder / "none/model").c_str()).error() == failure{errc::io_error, ENOENT});
  CHECK(new_file::create((folder / "").c_str()).error() == failure{errc::io_error, EISDIR});
  CHECK(new_file::create((folder / "..").c_str()).error() == failure{errc::io_error, EISDIR});
  CHECK(new_file::create("").error() == failure{errc::io_error, EISDIR});
  std::filesystem::create_directory(folder / "model");
  {
    auto file = new_file::create((folder / "model").c_str());
    REQUIRE(file);
    CHECK(file->commit().error() == failure{errc::io_error, EISDIR});
  }
  CHECK(folder.names() == std::vector<std::string>{"model"});
}

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

TEST_CASE("what is not a file is refused with errno", "[seal][file]") {
  const test::folder folder;
  CHECK(file_source::open((folder / "none").c_str()).error() == failure{errc::io_error, ENOENT});
  CHECK(file_source::open(folder.path().c_str()).error() == failure{errc::io_error, EINVAL});
  const std::string pipe = folder / "pipe";
  REQUIRE(::mkfifo(pipe.c_str(), 0600) == 0);
  CHECK(file_source::open(pipe.c_str()).error() == failure{errc::io_error, EINVAL});
}

}  // namespace test_file
