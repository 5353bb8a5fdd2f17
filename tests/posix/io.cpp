// SPDX-License-Identifier: Apache-2.0
#include <unitee/posix/io.hpp>

#include "support/catch.hpp"
#include "support/child.hpp"
#include "support/files.hpp"
#include "support/folder.hpp"

#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <fstream>
#include <numeric>
#include <stdexcept>
#include <string>
#include <thread>
#include <type_traits>
#include <utility>
#include <vector>

#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <unistd.h>

namespace test_io {

using namespace unitee;
using posix::descriptor;

static_assert(!std::is_copy_constructible_v<descriptor> && std::is_nothrow_move_constructible_v<descriptor>);

namespace {

bool is_open(int fd) { return ::fcntl(fd, F_GETFD) != -1; }

descriptor opened(const std::string& path, int flags = O_RDONLY) { return posix::open_file(path.c_str(), flags); }

std::vector<std::uint8_t> counting(std::size_t n) {
  std::vector<std::uint8_t> out(n);
  std::iota(out.begin(), out.end(), std::uint8_t{1});
  return out;
}

void put(const std::string& path, byte_view bytes) {
  std::ofstream(path, std::ios::binary).write(reinterpret_cast<const char*>(bytes.data()), std::ssize(bytes));
}

struct pipe_ends {
  descriptor reads{-1};
  descriptor writes{-1};

  pipe_ends() {
    int ends[2];
    if (::pipe2(ends, O_CLOEXEC) != 0) throw std::runtime_error("no pipe");
    reads = descriptor(ends[0]);
    writes = descriptor(ends[1]);
  }
};

// interrupts sends this process a signal that nothing restarts after, every 5 ms, as long as the object lives.
class interrupts {
 public:
  interrupts() {
    struct ::sigaction handler {};
    handler.sa_handler = [](int) {};
    ::sigaction(SIGALRM, &handler, &before_);
    every(5000);
  }
  ~interrupts() {
    every(0);
    ::sigaction(SIGALRM, &before_, nullptr);
  }
  interrupts(const interrupts&) = delete;
  interrupts& operator=(const interrupts&) = delete;

 private:
  static void every(long microseconds) {
    const ::itimerval timer{{0, microseconds}, {0, microseconds}};
    ::setitimer(ITIMER_REAL, &timer, nullptr);
  }

  struct ::sigaction before_ {};
};

}  // namespace

TEST_CASE("a descriptor is closed once, by its last owner", "[posix][io]") {
  int fd = -1;
  {
    descriptor first = opened("/dev/null");
    fd = first.get();
    REQUIRE(first);
    CHECK(is_open(fd));
    const descriptor second(std::move(first));
    CHECK_FALSE(first);
    CHECK(first.get() == -1);
    CHECK(second.get() == fd);
    CHECK(is_open(fd));
  }
  CHECK_FALSE(is_open(fd));
  CHECK_FALSE(descriptor(-1));
}

TEST_CASE("a released descriptor is no longer closed", "[posix][io]") {
  int fd = -1;
  {
    descriptor first = opened("/dev/null");
    fd = first.release();
    CHECK_FALSE(first);
    CHECK(first.release() == -1);
  }
  CHECK(is_open(fd));
  CHECK(::close(fd) == 0);
}

TEST_CASE("an assigned descriptor closes what it held", "[posix][io]") {
  descriptor held = opened("/dev/null");
  const int before = held.get();
  held = opened("/dev/zero");
  CHECK(held.get() != before);
  CHECK(is_open(held.get()));
  CHECK_FALSE(is_open(before));
  held = descriptor(-1);
  CHECK_FALSE(held);
}

TEST_CASE("a file that does not open is no descriptor, and errno says why", "[posix][io]") {
  const test::folder here;
  CHECK_FALSE(opened(here / "absent"));
  CHECK(errno == ENOENT);
  CHECK(posix::io_failure() == failure{errc::io_error, ENOENT, part::input});
  CHECK_FALSE(opened("/dev/null/below"));
  CHECK(posix::io_failure(part::rtmr) == failure{errc::io_error, ENOTDIR, part::rtmr});
}

TEST_CASE("an open file is not inherited, and may be named below a directory", "[posix][io]") {
  const test::folder here;
  put(here / "name", counting(3));
  const descriptor directory = opened(here.path(), O_RDONLY | O_DIRECTORY);
  const descriptor file = posix::open_file("name", O_RDONLY, directory.get());
  REQUIRE(file);
  CHECK(::fcntl(file.get(), F_GETFD) == FD_CLOEXEC);
  CHECK_FALSE(posix::open_file("other", O_RDONLY, directory.get()));
  const descriptor made = posix::open_file("made", O_WRONLY | O_CREAT, directory.get(), 0600);
  struct ::stat status {};
  REQUIRE(::fstat(made.get(), &status) == 0);
  CHECK((status.st_mode & 0777) == 0600);
}

TEST_CASE("an open file never has the number of a standard file that is closed", "[posix][io]") {
  for (int closed = 0; closed < 8; ++closed) {
    const int answer = test::in_child([&] {
      for (int fd = 0; fd < 3; ++fd) {
        if ((closed >> fd & 1) != 0) ::close(fd);
      }
      const descriptor file = posix::open_file("/dev/null", O_WRONLY);
      if (file.get() < 3 || ::fcntl(file.get(), F_GETFD) != FD_CLOEXEC) return 1;
      for (int fd = 0; fd < 3; ++fd) {
        if ((closed >> fd & 1) != 0 && is_open(fd)) return 2;
      }
      ::rlimit files{3, 3};  // then there is no such number
      if (::setrlimit(RLIMIT_NOFILE, &files) != 0) return 3;
      const descriptor none = posix::open_file("/dev/null", O_WRONLY);
      const int error = errno;
      if (none || error != (closed == 0 ? EMFILE : EINVAL)) return 4;
      for (int fd = 0; fd < 3; ++fd) {
        if ((closed >> fd & 1) != 0 && is_open(fd)) return 5;
      }
      return 0;
    });
    CAPTURE(closed);
    CHECK(answer == 0);
  }
}

TEST_CASE("a file is read whole, or not at all when the space is too small for it", "[posix][io]") {
  const test::folder here;
  const std::string path = here / "file";
  for (std::size_t size = 0; size <= 33; ++size) {
    const auto bytes = counting(size);
    put(path, bytes);
    for (std::size_t space = 0; space <= 35; ++space) {
      std::vector<std::uint8_t> out(space);
      const auto read = posix::read_to_end(opened(path).get(), out, part::event_log);
      CAPTURE(size, space);
      REQUIRE(read.has_value() == (size <= space));
      if (!read) {
        REQUIRE(read.error() == failure{errc::no_space, space, part::event_log});
        continue;
      }
      REQUIRE(*read == size);
      out.resize(size);
      REQUIRE(out == bytes);
    }
  }
}

TEST_CASE("what does not read or write is an I/O error with errno", "[posix][io]") {
  std::vector<std::uint8_t> out(8);
  CHECK(posix::read_to_end(-1, out).error() == failure{errc::io_error, EBADF});
  CHECK(posix::read_to_end(opened("/").get(), out, part::tsm_report).error() ==
        failure{errc::io_error, EISDIR, part::tsm_report});
  CHECK(posix::write_all(-1, out).error() == failure{errc::io_error, EBADF});
  CHECK(posix::write_all(opened("/dev/full", O_WRONLY).get(), out, part::rtmr).error() ==
        failure{errc::io_error, ENOSPC, part::rtmr});
  CHECK(posix::write_all(-1, {}));
}

TEST_CASE("what is written is all there", "[posix][io]") {
  const test::folder here;
  for (const std::size_t size : {0U, 1U, 4095U, 4096U, 4097U, 100'000U}) {
    const std::string path = here / std::to_string(size);
    const auto bytes = counting(size);
    const descriptor file = posix::open_file(path.c_str(), O_WRONLY | O_CREAT, AT_FDCWD, 0600);
    REQUIRE(posix::write_all(file.get(), bytes));
    CHECK(test::file_bytes(path) == bytes);
  }
}

TEST_CASE("neither pieces nor signals disturb a pipe", "[posix][io]") {
  const auto bytes = counting(1'000'000);  // more than a pipe holds
  std::vector<std::uint8_t> out(bytes.size());
  pipe_ends pipe;
  const interrupts every_5_ms;
  result<void> written = errc::missing;
  std::thread other([&] {
    ::usleep(20'000);  // the reader waits, and is interrupted
    written = posix::write_all(pipe.writes.get(), bytes);
    pipe.writes = descriptor(-1);
  });
  const auto read = posix::read_to_end(pipe.reads.get(), out);
  other.join();
  CHECK(written);
  REQUIRE(read);
  CHECK(*read == bytes.size());
  CHECK(out == bytes);
}

TEST_CASE("a writer that is interrupted goes on", "[posix][io]") {
  const auto bytes = counting(300'000);
  std::vector<std::uint8_t> out(bytes.size());
  pipe_ends pipe;
  result<std::size_t> read = errc::missing;
  ::sigset_t alarm;
  ::sigset_t before;
  ::sigemptyset(&alarm);
  ::sigaddset(&alarm, SIGALRM);
  ::pthread_sigmask(SIG_BLOCK, &alarm, &before);  // signals come to this thread alone
  std::thread other([&] {
    ::usleep(20'000);  // the pipe is full, and the writer is interrupted
    read = posix::read_to_end(pipe.reads.get(), out);
  });
  ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
  {
    const interrupts every_5_ms;
    CHECK(posix::write_all(pipe.writes.get(), bytes));
  }
  pipe.writes = descriptor(-1);
  other.join();
  REQUIRE(read);
  CHECK(out == bytes);
}

}  // namespace test_io
