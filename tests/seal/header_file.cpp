// SPDX-License-Identifier: Apache-2.0
#include <unitee/seal/header_file.hpp>

#include "support/child.hpp"
#include "support/files.hpp"
#include "support/folder.hpp"
#include "support/slot_changes.hpp"

#include <unitee/seal/file_source.hpp>

#include <atomic>
#include <cerrno>
#include <csignal>
#include <fstream>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include <sys/stat.h>
#include <sys/syscall.h>

namespace test_header_file {

using namespace unitee;
using namespace unitee::test::slot_changes;
using test::file_bytes;
using test::need;
using ids = std::vector<int>;

namespace {

failure io(int error) { return {errc::io_error, static_cast<std::uint64_t>(error)}; }
const failure in_use{errc::in_use, 0, part::sealed_header};

void put(const std::string& path, const octets& bytes) {
  std::ofstream out(path, std::ios::binary);
  out.write(reinterpret_cast<const char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
}

// swap_two removes the second slot of a file and adds one for key 3.
result<void> swap_two(header_file& file) {
  const secret<32> key = secret_of(1);
  auto by = slot_editor<header_file>::open(file, caller_key(key));
  if (!by) return by.error();
  if (const auto done = by->remove(1); !done) return done;
  if (const auto done = by->add(slot_for(3)); !done) return done;
  return by->commit();
}

}  // namespace

TEST_CASE("the slots of a file on disk are changed in place", "[seal][header_file]") {
  const test::folder here;
  const std::string path = here / "model";
  const octets before = file_with({1, 2});
  put(path, before);
  struct ::stat was {};
  REQUIRE(::stat(path.c_str(), &was) == 0);
  {
    auto file = need(header_file::open(path.c_str()));
    CHECK(file.size() == before.size());
    need(swap_two(file));
  }
  const octets after = file_bytes(path);
  CHECK(need(seen_by(after, 1)).ids() == ids{1, 3});
  CHECK(seen_by(after, 2).error() == no_way_in);
  CHECK(copies_are_equal(after));
  CHECK(equal(byte_view(after).subspan(16384), byte_view(before).subspan(16384)));
  struct ::stat is {};
  REQUIRE(::stat(path.c_str(), &is) == 0);
  CHECK(is.st_ino == was.st_ino);
  CHECK(is.st_size == was.st_size);
  CHECK(here.names() == std::vector<std::string>{"model"});
}

TEST_CASE("a header file reads and writes where it is told, and not beyond its end", "[seal][header_file]") {
  const test::folder here;
  const std::string path = here / "bytes";
  put(path, octets{0, 1, 2, 3, 4, 5, 6, 7});
  auto file = need(header_file::open(path.c_str()));
  octets two(2);
  need(file.read_at(3, two));
  CHECK(two == octets{3, 4});
  need(file.write_at(6, octets{8, 9}));
  need(file.sync());
  need(file.read_at(6, two));
  CHECK(two == octets{8, 9});
  need(file.read_at(8, byte_span()));
  CHECK(file.read_at(7, two).error() == failure{errc::truncated, 8});
  CHECK(file.read_at(~std::uint64_t{0}, two).error() == failure{errc::truncated, 8});
  CHECK(file_bytes(path) == octets{0, 1, 2, 3, 4, 5, 8, 9});
}

TEST_CASE("what is no regular file, or does not open for writing, is refused", "[seal][header_file]") {
  const test::folder here;
  CHECK(header_file::open((here / "absent").c_str()).error() == io(ENOENT));
  CHECK(header_file::open(here.path().c_str()).error() == io(EISDIR));
  const std::string fifo = here / "fifo";
  REQUIRE(::mkfifo(fifo.c_str(), 0600) == 0);
  CHECK(header_file::open(fifo.c_str()).error() == io(EINVAL));
  CHECK(header_file::open("/dev/null").error() == io(EINVAL));
  const std::string none = here / "none";
  put(none, {});
  auto file = need(header_file::open(none.c_str()));
  CHECK(swap_two(file).error() == failure{errc::unrecognized, 0, part::sealed_header});
  CHECK(file_bytes(none).empty());
}

TEST_CASE("of two who would change a file's slots one is told that it is in use", "[seal][header_file]") {
  const test::folder here;
  const std::string path = here / "model";
  put(path, file_with({1, 2}));
  {
    const auto first = need(header_file::open(path.c_str()));
    CHECK(header_file::open(path.c_str()).error() == in_use);
    const int child = test::in_child([&] { return header_file::open(path.c_str()).error() == in_use ? 7 : 8; });
    CHECK(child == 7);
    // Readers are not kept out.
    const secret<32> key = secret_of(2);
    CHECK(sealed_reader<file_source>::open(need(file_source::open(path.c_str())), caller_key(key)).has_value());
  }
  auto next = need(header_file::open(path.c_str()));
  {
    const auto kept = std::move(next);
    CHECK(header_file::open(path.c_str()).error() == in_use);
  }
  CHECK(header_file::open(path.c_str()).has_value());
}

TEST_CASE("the lock of a program that was killed is gone with it", "[seal][header_file]") {
  const test::folder here;
  const std::string path = here / "model";
  put(path, file_with({1, 2}));
  const int child = test::in_child([&] {
    const auto file = header_file::open(path.c_str());
    ::raise(SIGKILL);
    return file ? 0 : 1;
  });
  CHECK(child == -SIGKILL);
  auto file = need(header_file::open(path.c_str()));
  need(swap_two(file));
  CHECK(need(seen_by(file_bytes(path), 3)).ids() == ids{1, 3});
}

TEST_CASE("what the kernel refuses is passed on with its number, and the file opens", "[seal][header_file]") {
  struct refusal {
    long call;
    int error;
    bool at_open;
  };
  constexpr int no_seccomp = 250;
  for (const refusal& each : {refusal{SYS_flock, ENOLCK, true}, refusal{SYS_pwrite64, ENOSPC, false},
                              refusal{SYS_pwrite64, EIO, false}, refusal{SYS_fdatasync, EIO, false}}) {
    CAPTURE(each.call, each.error);
    const test::folder here;
    const std::string path = here / "model";
    const octets before = file_with({1, 2});
    put(path, before);
    const int answer = test::in_child([&] {
      if (!test::on_call(each.call).fails_with(each.error)) return no_seccomp;
      auto file = header_file::open(path.c_str());
      if (each.at_open) return file.error() == io(each.error) ? 0 : 1;
      return swap_two(*file).error() == io(each.error) ? 0 : 2;
    });
    if (answer == no_seccomp) return test::left_out("no seccomp");
    CHECK(answer == 0);
    CHECK(need(seen_by(file_bytes(path), 2)).ids() == ids{1, 2});
  }
}

TEST_CASE("a file is read by others all the while its slots change", "[seal][header_file]") {
  const test::folder here;
  const std::string path = here / "model";
  put(path, file_with({1, 2}));
  const secret<32> key = secret_of(1);
  std::atomic<bool> done{false};
  std::atomic<int> wrong{0};
  std::atomic<int> opened{0};
  const auto read = [&] {
    while (!done) {
      auto source = file_source::open(path.c_str());
      if (!source) {
        ++wrong;
        continue;
      }
      const auto reader = sealed_reader<file_source>::open(std::move(*source), caller_key(key));
      octets all(plaintext.size());
      const bool read_all = reader && reader->read_all(all, {.workers = 1}) && all == plaintext;
      const bool fits = read_all && reader->header().slot_count() == (reader->header().generation() % 2 == 1 ? 2u : 3u);
      ++(fits ? opened : wrong);
    }
  };
  std::thread one(read);
  std::thread two(read);
  auto file = need(header_file::open(path.c_str()));
  auto by = need(slot_editor<header_file>::open(file, caller_key(key)));
  for (int i = 0; i < 40; ++i) {
    need(i % 2 == 0 ? by.add(slot_for(3)) : by.remove(2));
    need(by.commit());
  }
  while (opened < 10 && wrong == 0) std::this_thread::yield();
  done = true;
  one.join();
  two.join();
  CHECK(wrong == 0);
  CHECK(need(seen_by(file_bytes(path), 2)).generation == 41);
}

}  // namespace test_header_file
