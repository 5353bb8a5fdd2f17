// SPDX-License-Identifier: Apache-2.0
#include <unitee/seal/sealed_file.hpp>

#include <unitee/posix/io.hpp>

#include "support/catch.hpp"
#include "support/sealed_on_disk.hpp"

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <thread>
#include <type_traits>
#include <utility>
#include <vector>

#include <fcntl.h>

namespace test_sealed_file {

using namespace unitee;
using namespace unitee::test;

static_assert(byte_source<sealed_file> && byte_source<mapped_sealed_file> && byte_source<direct_sealed_file>);
static_assert(std::is_nothrow_move_constructible_v<sealed_file> && std::is_nothrow_move_assignable_v<sealed_file>);
static_assert(!std::is_copy_constructible_v<sealed_file>);

TEMPLATE_LIST_TEST_CASE("a sealed file gives the same plaintext in every way of reading", "[seal][sealed_file]",
                        every_file) {
  for (const std::size_t size : boundary_sizes) {
    const sealed_on_disk disk(size);
    const auto file = disk.open<TestType>();
    CAPTURE(size);
    REQUIRE(file.size() == size);
    CHECK(file.header().geometry().payload_size() == size);
    CHECK(file.is_settled());
    CHECK(file.check());
    const auto loaded = file.load();
    REQUIRE(loaded);
    CHECK(equal(loaded->view(), disk.plaintext));
    octets all(size, 0xee);
    REQUIRE(file.read_all(all));
    CHECK(all == disk.plaintext);
    octets written(size, 0xee);
    plain_sink sink{written};
    REQUIRE(file.write_to(sink));
    CHECK(written == disk.plaintext);
    for (const std::size_t n : {0U, 1U, 17U, 4096U, 9000U}) {
      for (std::size_t offset = 0; offset + n <= size; offset += 61) {
        octets piece(n, 0xee);
        REQUIRE(file.read_at(offset, piece));
        REQUIRE(equal(piece, byte_view(disk.plaintext).subspan(offset, n)));
      }
    }
    octets beyond(1);
    CHECK(file.read_at(size, beyond).error() == failure{errc::truncated, size, part::sealed_payload});
  }
}

TEMPLATE_LIST_TEST_CASE("a file of several runs is loaded by any number of workers", "[seal][sealed_file]",
                        every_file) {
  for (const std::size_t size : {std::size_t{2} << 20, (std::size_t{5} << 20) + 4099}) {
    const sealed_on_disk disk(size, {.segment_size = 65'536});
    const auto file = disk.open<TestType>();
    for (const std::size_t workers : {0U, 1U, 3U}) {
      std::atomic<std::uint64_t> seen = 0;
      const auto tell = [&](std::uint64_t done, std::uint64_t total) {
        CHECK(total == size);
        seen = done;
      };
      const auto loaded = file.load({.workers = workers, .progress = tell});
      REQUIRE(loaded);
      CHECK(equal(loaded->view(), disk.plaintext));
      CHECK(seen == size);
    }
  }
}

TEMPLATE_LIST_TEST_CASE("of a file with a changed segment nothing is loaded", "[seal][sealed_file]", every_file) {
  for (const std::size_t offset : {0U, 4096U, 9000U, 12'288U, 19'999U}) {
    const sealed_on_disk disk(20'000);
    disk.change(offset);
    const auto file = disk.open<TestType>();
    const failure why{errc::not_authentic, offset / 4096 * 4096, part::sealed_payload};
    CAPTURE(offset);
    CHECK(file.load().error() == why);
    CHECK(file.check().error() == why);
    octets out(20'000, 0xee);
    CHECK(file.read_all(out).error() == why);
    CHECK(all_zero(out));
    octets one(1, 0xee);
    CHECK(file.read_at(offset, one).error() == why);
    CHECK(one[0] == 0);
  }
}

TEST_CASE("a load that is called off says so", "[seal][sealed_file]") {
  const sealed_on_disk disk(20'000);
  const std::atomic<bool> cancelled = true;
  CHECK(disk.open().load({.cancelled = &cancelled}).error().code == errc::cancelled);
}

TEMPLATE_TEST_CASE("a file that is cut short later is refused where it ends", "[seal][sealed_file]", sealed_file,
                   direct_sealed_file) {
  const sealed_on_disk disk(20'000);
  const auto file = disk.open<TestType>();
  const std::uint64_t end = std::filesystem::file_size(disk.path) - 100;
  std::filesystem::resize_file(disk.path, end);
  CHECK(file.load().error() == failure{errc::truncated, end});
}

TEMPLATE_LIST_TEST_CASE("open passes on what is wrong, and closes the file", "[seal][sealed_file]", every_file) {
  const sealed_on_disk disk(10'000);
  const auto before = open_files();
  const secret<32> key = secret_of(1);
  const secret<32> wrong = secret_of(2);
  CHECK(disk.try_open<TestType>(2).error() == failure{errc::no_matching_slot, 0, part::sealed_header});
  CHECK(disk.try_open<TestType>(1, {.min_generation = 2}).error() ==
        failure{errc::below_floor, 192, part::sealed_header});
  CHECK(TestType::open("/nowhere/model", caller_key(key)).error() == failure{errc::io_error, ENOENT});
  CHECK(TestType::open("/", caller_key(key)).error() == failure{errc::io_error, EINVAL});
  CHECK(TestType::open(posix::descriptor(-1), caller_key(key)).error() == failure{errc::io_error, EBADF});
  CHECK(TestType::open(posix::open_file(disk.path.c_str(), O_RDONLY), caller_key(wrong)).error().code ==
        errc::no_matching_slot);
  CHECK(open_files() == before);
}

TEMPLATE_LIST_TEST_CASE("a sealed file opens by its descriptor, moves, and closes at the end", "[seal][sealed_file]",
                        every_file) {
  const sealed_on_disk disk(10'000);
  const sealed_on_disk other(5'000);
  const secret<32> key = secret_of(1);
  const auto before = open_files();
  {
    auto opened = TestType::open(posix::open_file(disk.path.c_str(), O_RDONLY), caller_key(key));
    REQUIRE(opened);
    const sealed_header* const header = &opened->header();
    TestType file = std::move(*opened);
    CHECK(&file.header() == header);
    file = other.open<TestType>();
    CHECK(file.size() == 5'000);
    file = disk.open<TestType>();
    const auto loaded = file.load();
    REQUIRE(loaded);
    CHECK(equal(loaded->view(), disk.plaintext));
  }
  CHECK(open_files() == before);
}

TEMPLATE_TEST_CASE("several threads read one sealed file", "[seal][sealed_file]", sealed_file, mapped_sealed_file,
                   direct_sealed_file) {
  const sealed_on_disk disk(100'000);
  const auto opened = disk.try_open<TestType>(1, {.cached_segments = 2});
  REQUIRE(opened);
  const TestType& file = *opened;
  std::atomic<int> wrong = 0;
  std::vector<std::thread> readers;
  for (std::size_t thread = 0; thread < 4; ++thread) {
    readers.emplace_back([&, thread] {
      for (std::size_t i = 0; i < 200; ++i) {
        const std::size_t offset = (i * 7919 + thread * 104'729) % 90'000;
        octets out(1 + (i * 37) % 9'000);
        if (!file.read_at(offset, out) || !equal(out, byte_view(disk.plaintext).subspan(offset, out.size()))) ++wrong;
      }
    });
  }
  for (auto& each : readers) each.join();
  CHECK(wrong == 0);
}

}  // namespace test_sealed_file
