// SPDX-License-Identifier: Apache-2.0
#include <unitee/posix/direct_file.hpp>

#include <unitee/posix/plain_memory.hpp>

#include "support/catch.hpp"
#include "support/child.hpp"
#include "support/folder.hpp"

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace test_direct_file {

using namespace unitee;
using posix::direct_file;
using octets = std::vector<std::uint8_t>;

static_assert(byte_source<direct_file> && !lending_source<direct_file>);

namespace {

octets written_to(const std::string& path, std::size_t size) {
  octets out(size);
  for (std::size_t i = 0; i < size; ++i) out[i] = static_cast<std::uint8_t>(i * 13 + i / 251);
  std::ofstream(path, std::ios::binary).write(reinterpret_cast<const char*>(out.data()), std::ssize(out));
  return out;
}

// reads_all says that every offset, length and address near block boundaries reads the right bytes and no others.
bool reads_all(const direct_file& file, byte_view bytes) {
  auto memory = posix::plain_memory::create(bytes.size() + 3 * direct_file::block);
  if (!memory) return false;
  for (const std::size_t skew : {0U, 1U, 511U, 512U, 4095U}) {
    for (const std::size_t offset : {0U, 1U, 512U, 4095U, 4096U, 4097U, 12'288U}) {
      for (const std::size_t n : {0U, 1U, 511U, 4095U, 4096U, 4097U, 8192U, 12'287U, 20'000U, 1'000'000U}) {
        const byte_span all = memory->span();
        std::memset(all.data(), 0xee, all.size());
        const std::size_t length = std::min<std::size_t>(n, bytes.size() - offset);
        const byte_span out = all.subspan(direct_file::block + skew, length);
        if (!file.read_at(offset, out)) return false;
        if (std::memcmp(out.data(), bytes.data() + offset, length) != 0) return false;
        const byte_view after = all.subspan(direct_file::block + skew + length);
        for (const byte_view outside : {byte_view(all).first(direct_file::block + skew), after}) {
          if (outside[0] != 0xee) return false;
          if (std::memcmp(outside.data(), outside.data() + 1, outside.size() - 1) != 0) return false;
        }
      }
    }
  }
  return true;
}

// is_direct says whether this is an open file that is read directly.
bool is_direct(int fd) {
  const int flags = ::fcntl(fd, F_GETFL);
  return flags >= 0 && (flags & O_DIRECT) != 0;
}

// pages_in_cache is how many pages of a file are in the page cache.
std::ptrdiff_t pages_in_cache(const std::string& path, std::size_t size) {
  const posix::descriptor fd = posix::open_file(path.c_str(), O_RDONLY);
  void* const mapped = ::mmap(nullptr, size, PROT_READ, MAP_SHARED, fd.get(), 0);
  if (mapped == MAP_FAILED) return -1;
  std::vector<unsigned char> pages(size / posix::page_size() + 1);
  const int done = ::mincore(mapped, size, pages.data());
  ::munmap(mapped, size);
  return done != 0 ? -1 : std::ranges::count_if(pages, [](unsigned char each) { return (each & 1) != 0; });
}

}  // namespace

TEST_CASE("a file is read past the cache at any offset, into any address", "[posix][direct_file]") {
  const test::folder folder;
  for (const std::size_t size : {12'288U, 12'289U, 16'384U, 40'000U, 65'536U}) {
    const std::string path = folder / "file";
    const octets bytes = written_to(path, size);
    const auto file = direct_file::open(path.c_str());
    REQUIRE(file);
    REQUIRE(file->size() == size);
    CHECK(reads_all(*file, bytes));
    const auto from = direct_file::from(posix::open_file(path.c_str(), O_RDONLY));
    REQUIRE(from);
    CHECK(reads_all(*from, bytes));
  }
}

TEST_CASE("whole blocks do not go through the cache", "[posix][direct_file]") {
  const test::folder folder;
  const std::string path = folder / "file";
  const octets bytes = written_to(path, 64 * direct_file::block);
  const auto file = direct_file::open(path.c_str());
  REQUIRE(file);
  const posix::descriptor fd = posix::open_file(path.c_str(), O_RDWR);
  REQUIRE(::fsync(fd.get()) == 0);
  REQUIRE(::posix_fadvise(fd.get(), 0, 0, POSIX_FADV_DONTNEED) == 0);
  if (!file->is_direct() || pages_in_cache(path, bytes.size()) != 0)
    return test::left_out("this file system is all cache");
  auto memory = posix::plain_memory::create(bytes.size());
  REQUIRE(memory);
  REQUIRE(file->read_at(0, memory->span()));
  CHECK(equal(memory->view(), bytes));
  CHECK(pages_in_cache(path, bytes.size()) == 0);
  REQUIRE(file->read_at(1, memory->span().first(100)));
  CHECK(pages_in_cache(path, bytes.size()) > 0);
}

TEST_CASE("a file is read at its end and not beyond", "[posix][direct_file]") {
  const test::folder folder;
  const std::string path = folder / "file";
  written_to(path, 10'000);
  const auto file = direct_file::open(path.c_str());
  REQUIRE(file);
  auto memory = posix::plain_memory::create(20'000);
  REQUIRE(memory);
  CHECK(file->read_at(10'000, {}));
  for (const std::uint64_t offset :
       {std::uint64_t{0}, std::uint64_t{4096}, std::uint64_t{10'000}, std::uint64_t{10'001}, ~std::uint64_t{0}}) {
    CHECK(file->read_at(offset, memory->span()).error() == failure{errc::truncated, 10'000});
  }
  for (const std::size_t shrunk : {9'999U, 9'000U, 8'192U, 8'191U, 100U, 0U}) {
    std::filesystem::resize_file(path, shrunk);
    for (const std::size_t skew : {0U, 1U}) {
      CHECK(file->read_at(0, memory->span().subspan(skew, 10'000)).error() == failure{errc::truncated, shrunk});
    }
  }
  written_to(path, 0);
  CHECK(direct_file::open(path.c_str())->read_at(0, {}));
}

TEST_CASE("where direct reading is refused the file is read all the same", "[posix][direct_file]") {
  const test::folder folder;
  const std::string path = folder / "file";
  const octets bytes = written_to(path, 40'000);
  const int answer = test::in_child([&] {
    if (!test::on_call(SYS_openat, 2, O_DIRECT).fails_with(EINVAL)) return 2;
    const auto file = direct_file::open(path.c_str());
    return file && !file->is_direct() && reads_all(*file, bytes) ? 0 : 1;
  });
  if (answer == 2) return test::left_out("no seccomp");
  CHECK(answer == 0);
}

TEST_CASE("where direct reads are refused or end early the file is read all the same", "[posix][direct_file]") {
  const test::folder folder;
  const std::string path = folder / "file";
  const std::string beginning = folder / "beginning";
  const octets bytes = written_to(path, 40'000);
  written_to(beginning, 5'000);
  for (const posix::descriptor& instead :
       {posix::open_file(path.c_str(), O_WRONLY), posix::open_file(beginning.c_str(), O_RDONLY)}) {
    const auto file = direct_file::open(path.c_str());
    REQUIRE(file);
    if (!file->is_direct()) return test::left_out("no direct reading");
    int direct = 0;
    while (direct < 1024 && !is_direct(direct)) ++direct;
    REQUIRE(::dup3(instead.get(), direct, O_CLOEXEC) == direct);
    CHECK(reads_all(*file, bytes));
  }
}

TEST_CASE("a file in memory is read all the same", "[posix][direct_file]") {
  if (::access("/dev/shm", W_OK) != 0) return test::left_out("no /dev/shm");
  const std::string path = "/dev/shm/unitee-test-" + std::to_string(::getpid());
  const octets bytes = written_to(path, 40'000);
  const auto file = direct_file::open(path.c_str());
  std::filesystem::remove(path);
  REQUIRE(file);
  CHECK(reads_all(*file, bytes));
}

TEST_CASE("what cannot be read directly at all is refused with errno", "[posix][direct_file]") {
  const test::folder folder;
  CHECK(direct_file::open((folder / "none").c_str()).error() == failure{errc::io_error, ENOENT});
  CHECK(direct_file::open(folder.path().c_str()).error() == failure{errc::io_error, EINVAL});
  CHECK(direct_file::from(posix::descriptor(-1)).error() == failure{errc::io_error, EBADF});
}

TEST_CASE("several threads read one file past the cache", "[posix][direct_file]") {
  const test::folder folder;
  const std::string path = folder / "file";
  constexpr std::size_t piece = 16'384;
  const octets bytes = written_to(path, 64 * piece + 77);
  const auto file = direct_file::open(path.c_str());
  REQUIRE(file);
  auto memory = posix::plain_memory::create(bytes.size());
  REQUIRE(memory);
  std::atomic<std::size_t> next = 0;
  std::atomic<std::size_t> failed = 0;
  std::vector<std::thread> readers;
  for (int i = 0; i < 4; ++i) {
    readers.emplace_back([&] {
      for (std::size_t at = 0; (at = piece * next++) < bytes.size();) {
        const byte_span out = memory->span().subspan(at, std::min(piece, bytes.size() - at));
        if (!file->read_at(at, out)) ++failed;
      }
    });
  }
  for (auto& each : readers) each.join();
  CHECK(failed == 0);
  CHECK(equal(memory->view(), bytes));
}

}  // namespace test_direct_file
