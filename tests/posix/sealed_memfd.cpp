// SPDX-License-Identifier: Apache-2.0
#include <unitee/posix/sealed_memfd.hpp>

#include <unitee/seal/io.hpp>

#include "support/catch.hpp"
#include "support/child.hpp"
#include "support/files.hpp"

#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace test_sealed_memfd {

using namespace unitee;
using posix::sealed_memfd;
using octets = std::vector<std::uint8_t>;

static_assert(byte_sink<sealed_memfd> && !lending_sink<sealed_memfd>);

namespace {

octets counting(std::size_t n) {
  octets out(n);
  for (std::size_t i = 0; i < n; ++i) out[i] = static_cast<std::uint8_t>(i * 7 + i / 256);
  return out;
}

}  // namespace

TEST_CASE("a memfd holds what was written, by its path and by its descriptor", "[posix][sealed_memfd]") {
  for (const std::size_t size : {0U, 1U, 4095U, 4096U, 4097U, 300'000U}) {
    auto file = sealed_memfd::create("model", size);
    REQUIRE(file);
    CHECK(file->size() == size);
    CHECK(test::file_bytes(file->path()) == octets(size));
    const octets bytes = counting(size);
    REQUIRE(file->write_at(0, bytes));
    REQUIRE(file->seal());
    CHECK(test::file_bytes(file->path()) == bytes);
    CHECK(test::file_bytes(file->path()) == bytes);  // from the beginning again
    CHECK(file->path() == "/proc/self/fd/" + std::to_string(file->get()));
    octets out(size + 1);
    CHECK(::read(file->get(), out.data(), out.size()) == std::ssize(bytes));
  }
}

TEST_CASE("a memfd is of one size", "[posix][sealed_memfd]") {
  auto file = sealed_memfd::create("model", 10);
  REQUIRE(file);
  for (std::uint64_t offset = 0; offset < 14; ++offset) {
    for (std::size_t n = 0; n < 14; ++n) {
      const auto done = file->write_at(offset, octets(n, 1));
      CAPTURE(offset, n);
      REQUIRE(done.has_value() == (offset + n <= 10));
      if (!done) REQUIRE(done.error() == failure{errc::no_space, 10});
    }
  }
  CHECK(file->write_at(~std::uint64_t{0}, octets(2)).error() == failure{errc::no_space, 10});
  struct ::stat status {};
  REQUIRE(::fstat(file->get(), &status) == 0);
  CHECK(status.st_size == 10);
}

TEST_CASE("a sealed memfd cannot be changed by anybody", "[posix][sealed_memfd]") {
  auto file = sealed_memfd::create("model", 5000);
  REQUIRE(file);
  const octets bytes = counting(5000);
  REQUIRE(file->write_at(0, bytes));
  REQUIRE(file->seal());
  CHECK(file->write_at(0, octets{1}).error() == failure{errc::io_error, EPERM});
  CHECK(file->write_at(0, {}));
  CHECK(::ftruncate(file->get(), 4999) == -1);
  CHECK(errno == EPERM);
  CHECK(::ftruncate(file->get(), 5001) == -1);
  CHECK(errno == EPERM);
  CHECK(::fallocate(file->get(), FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, 0, 4096) == -1);
  CHECK(errno == EPERM);
  CHECK(::mmap(nullptr, 5000, PROT_READ | PROT_WRITE, MAP_SHARED, file->get(), 0) == MAP_FAILED);
  CHECK(errno == EPERM);
  const posix::descriptor again = posix::open_file(file->path(), O_RDWR);
  CHECK(::pwrite(again.get(), "x", 1, 0) == -1);
  const int seals = ::fcntl(file->get(), F_GET_SEALS);
  constexpr int wanted = F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE;
  CHECK((seals & wanted) == wanted);
  CHECK(file->seal().error() == failure{errc::io_error, EPERM});
  CHECK(test::file_bytes(file->path()) == bytes);
}

TEST_CASE("a memfd that somebody has mapped for writing is not sealed", "[posix][sealed_memfd]") {
  auto file = sealed_memfd::create("model", 4096);
  REQUIRE(file);
  void* const mapped = ::mmap(nullptr, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, file->get(), 0);
  REQUIRE(mapped != MAP_FAILED);
  CHECK(file->seal().error() == failure{errc::io_error, EBUSY});
  REQUIRE(::munmap(mapped, 4096) == 0);
  CHECK(file->seal());
}

TEST_CASE("a memfd is not inherited and is no program", "[posix][sealed_memfd]") {
  const auto file = sealed_memfd::create("model", 10);
  REQUIRE(file);
  CHECK(::fcntl(file->get(), F_GETFD) == FD_CLOEXEC);
  struct ::stat status {};
  REQUIRE(::fstat(file->get(), &status) == 0);
  const bool knows = (static_cast<unsigned>(::fcntl(file->get(), F_GET_SEALS)) & 0x20) != 0;  // F_SEAL_EXEC
  CHECK(((status.st_mode & 0111) == 0) == knows);
}

TEST_CASE("an older kernel makes a memfd, too, and one that refuses says why", "[posix][sealed_memfd]") {
  const auto with = [](unsigned flags, int error) {
    return test::in_child([=] {
      if (!test::on_call(SYS_memfd_create, 1, flags).fails_with(error)) return 255;
      auto file = sealed_memfd::create("model", 3);
      if (!file) return file.error().code == errc::io_error ? static_cast<int>(file.error().offset) : 254;
      return file->write_at(0, octets{1, 2, 3}) && file->seal() ? 0 : 253;
    });
  };
  if (const int first = with(8, EINVAL); first != 255) {
    CHECK(first == 0);
    CHECK(with(8, EACCES) == EACCES);
    CHECK(with(0, ENOSYS) == ENOSYS);
  }
  CHECK(sealed_memfd::create(std::string(250, 'n').c_str(), 1).error() == failure{errc::io_error, EINVAL});
  CHECK(sealed_memfd::create(std::string(249, 'n').c_str(), 1));
  CHECK(sealed_memfd::create("model", ~std::uint64_t{0}).error() == failure{errc::io_error, EINVAL});
}

TEST_CASE("a memfd goes on in a duplicate, and in what is released", "[posix][sealed_memfd]") {
  auto file = sealed_memfd::create("model", 3);
  REQUIRE(file);
  REQUIRE(file->write_at(0, octets{1, 2, 3}));
  auto second = file->duplicate();
  REQUIRE(second);
  CHECK(second->get() != file->get());
  CHECK(::fcntl(second->get(), F_GETFD) == FD_CLOEXEC);
  const int number = file->get();
  {
    const posix::descriptor released = std::move(*file).release();
    CHECK(released.get() == number);
    CHECK(test::file_bytes(file->path()) == octets{1, 2, 3});
    CHECK(file->duplicate().error() == failure{errc::io_error, EBADF});
    CHECK(file->write_at(0, octets{1}).error() == failure{errc::io_error, EBADF});
    CHECK(file->seal().error() == failure{errc::io_error, EBADF});
  }
  CHECK(::fcntl(number, F_GETFD) == -1);
  octets out(3);
  CHECK(::pread(second->get(), out.data(), 3, 0) == 3);
  CHECK(out == octets{1, 2, 3});
}

TEST_CASE("several threads write into a memfd", "[posix][sealed_memfd]") {
  constexpr std::size_t piece = 3001;
  const octets bytes = counting(64 * piece);
  auto file = sealed_memfd::create("model", bytes.size());
  REQUIRE(file);
  std::vector<std::thread> writers;
  for (std::size_t first = 0; first < 4; ++first) {
    writers.emplace_back([&, first] {
      for (std::size_t n = first; n < 64; n += 4) {
        if (!file->write_at(n * piece, byte_view(bytes).subspan(n * piece, piece))) return;
      }
    });
  }
  for (auto& each : writers) each.join();
  REQUIRE(file->seal());
  CHECK(test::file_bytes(file->path()) == bytes);
}

}  // namespace test_sealed_memfd
