// SPDX-License-Identifier: Apache-2.0
#include <unitee/guest/rtmr.hpp>

#include "support/catch.hpp"
#include "support/files.hpp"
#include "support/folder.hpp"
#include "support/sample_quote.hpp"

#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include <sys/resource.h>

namespace test_rtmr {

using namespace unitee;
using guest::detail::extend_rtmr;
using guest::detail::read_rtmr;

namespace {

// An ordinary folder stands in for the kernel's: it keeps what is written, and does not extend anything.
struct registers : test::folder {
  [[nodiscard]] std::string file(unsigned index) const { return *this / ("rtmr" + std::to_string(index) + ":sha384"); }
  void make(unsigned index, std::size_t size) const {
    std::ofstream(file(index), std::ios::binary) << std::string(size, 'r');
  }
  [[nodiscard]] const char* name() const { return path().c_str(); }
};

constexpr tdx::measurement digest{test::run<48>(1)};

}  // namespace

TEST_CASE("each of the four registers has its own file of 48 bytes", "[guest][rtmr]") {
  const registers here;
  for (unsigned index = 0; index < 4; ++index) here.make(index, 48);
  for (unsigned index = 0; index < 4; ++index) {
    const tdx::measurement own{test::run<48>(index)};
    CHECK(extend_rtmr(here.name(), index, own));
    CHECK(*read_rtmr(here.name(), index) == own);
    CHECK(test::file_bytes(here.file(index)).size() == 48);
  }
  CHECK(*read_rtmr(here.name(), 0) == tdx::measurement{test::run<48>(0)});
}

TEST_CASE("a register that no TD has is refused", "[guest][rtmr]") {
  const registers here;
  for (const unsigned index : {4U, 5U, 0xFFFFFFFFU}) {
    CHECK(read_rtmr(here.name(), index).error() == failure{errc::bad_value, index, part::rtmr});
    CHECK(extend_rtmr(here.name(), index, digest).error() == failure{errc::bad_value, index, part::rtmr});
  }
}

TEST_CASE("a kernel without the registers says so", "[guest][rtmr]") {
  const registers here;
  const failure absent{errc::interface_absent, ENOENT, part::rtmr};
  CHECK(read_rtmr(here.name(), 0).error() == absent);
  CHECK(extend_rtmr(here.name(), 0, digest).error() == absent);
  CHECK(here.names().empty());  // nothing is made
  CHECK(read_rtmr((here / "absent").c_str(), 0).error() == absent);
  CHECK(read_rtmr("/dev/null", 0).error() == failure{errc::interface_absent, ENOTDIR, part::rtmr});
}

TEST_CASE("a register of another size is refused", "[guest][rtmr]") {
  const registers here;
  for (std::size_t size = 0; size <= 100; ++size) {
    here.make(1, size);
    const auto value = read_rtmr(here.name(), 1);
    if (size < 48) CHECK(value.error() == failure{errc::truncated, size, part::rtmr});
    if (size == 48) CHECK(value);
    if (size > 48) CHECK(value.error() == failure{errc::no_space, 48, part::rtmr});
  }
}

TEST_CASE("a register that does not open, read or extend is an I/O error with errno", "[guest][rtmr]") {
  const registers here;
  std::filesystem::create_directory(here.file(2));
  CHECK(read_rtmr(here.name(), 2).error() == failure{errc::io_error, EISDIR, part::rtmr});
  CHECK(extend_rtmr(here.name(), 2, digest).error() == failure{errc::io_error, EISDIR, part::rtmr});
  std::filesystem::create_symlink("/dev/full", here.file(3));
  CHECK(extend_rtmr(here.name(), 3, digest).error() == failure{errc::io_error, ENOSPC, part::rtmr});
}

TEST_CASE("a digest of which the kernel takes a part is refused", "[guest][rtmr]") {
  const registers here;
  here.make(0, 0);
  ::rlimit before{};
  REQUIRE(::getrlimit(RLIMIT_FSIZE, &before) == 0);
  const ::rlimit ten{10, before.rlim_max};
  REQUIRE(::setrlimit(RLIMIT_FSIZE, &ten) == 0);
  const auto done = extend_rtmr(here.name(), 0, digest);
  REQUIRE(::setrlimit(RLIMIT_FSIZE, &before) == 0);
  CHECK(done.error() == failure{errc::truncated, 10, part::rtmr});
}

}  // namespace test_rtmr
