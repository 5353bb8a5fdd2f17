// SPDX-License-Identifier: Apache-2.0
#include <unitee/seal/new_file.hpp>

#include "support/catch.hpp"
#include "support/child.hpp"
#include "support/files.hpp"
#include "support/folder.hpp"
#include "support/new_files.hpp"

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>

#include <fcntl.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace test_new_file_faults {

using namespace unitee;
using namespace test::new_files;
using test::octets;

namespace {

// on_rename does something to every system call that renames.
template <class Call>
bool on_rename(Call call) {
  bool done = call(test::on_call(SYS_renameat2));
#ifdef SYS_renameat
  done = done && call(test::on_call(SYS_renameat));
#endif
#ifdef SYS_rename
  done = done && call(test::on_call(SYS_rename));
#endif
  return done;
}

}  // namespace

TEST_CASE("a file system that cannot rename without replacing links", "[seal][new_file]") {
  for (const int error : {EINVAL, ENOSYS, EPERM}) {
    const test::folder folder;
    const std::string target = folder / "model";
    const int answer = test::in_child([&] {
      if (!without_nameless() || !test::on_call(SYS_renameat2).fails_with(error)) return no_seccomp;
      auto file = new_file::create(target.c_str(), if_exists::refuse);
      if (!file || !file->write_at(0, fresh)) return no_file;
      put_old(target);
      if (number_of(file->commit()) != (error == EPERM ? EPERM : EEXIST)) return 1;
      std::filesystem::remove(target);
      const auto done = file->commit();
      return done && folder.names() != only_model ? 2 : number_of(done);
    });
    if (answer == no_seccomp) return test::left_out("no seccomp");
    CHECK(answer == (error == EPERM ? EPERM : 0));
    CHECK(folder.names() == (error == EPERM ? std::vector<std::string>{} : only_model));
  }
}

TEST_CASE("without /proc a new file has a temporary name", "[seal][new_file]") {
  const test::folder folder;
  const std::string target = folder / "model";
  const int answer = test::in_child([&] {
    bool done = test::on_call(SYS_faccessat).fails_with(ENOENT);
#ifdef SYS_access
    done = done && test::on_call(SYS_access).fails_with(ENOENT);
#endif
    if (!done) return no_seccomp;
    auto file = new_file::create(target.c_str());
    if (!file || !file->write_at(0, fresh) || folder.names().size() != 1) return no_file;
    return number_of(file->commit());
  });
  if (answer == no_seccomp) return test::left_out("no seccomp");
  CHECK(answer == 0);
  CHECK(folder.names() == only_model);
}

TEST_CASE("a system call that fails leaves the old file and nothing else", "[seal][new_file]") {
  struct step {
    const char* name;
    bool (*refuse)();
  };
  const step steps[] = {
      {"write", [] { return test::on_call(SYS_pwrite64).fails_with(EDQUOT); }},
      {"sync", [] { return test::on_call(SYS_fsync).fails_with(EDQUOT); }},
      {"link", [] { return test::on_call(SYS_linkat).fails_with(EDQUOT); }},
      {"rename", [] { return on_rename([](const auto& call) { return call.fails_with(EDQUOT); }); }},
  };
  for (const step& each : steps) {
    CAPTURE(each.name);
    in_both(
        put_old,
        [&](const std::string& target) {
          auto file = new_file::create(target.c_str());
          if (!file) return no_file;
          if (!each.refuse()) return no_seccomp;
          if (const auto done = file->write_at(0, fresh); !done) return number_of(done);
          return number_of(file->commit());
        },
        [&](const test::folder& folder, int answer, bool nameless) {
          CHECK(folder.names() == only_model);
          const bool is_used = each.name != std::string("link") || nameless;
          if (is_used || answer != 0) {  // a file system without nameless files does not link either
            CHECK(answer == EDQUOT);
            CHECK(test::file_bytes(folder / "model") == old);
          }
        });
  }
}

TEST_CASE("what could not be made durable is not committed later", "[seal][new_file]") {
  in_both(
      put_old,
      [](const std::string& target) {
        auto file = new_file::create(target.c_str());
        if (!file || !test::on_call(SYS_fsync).fails_with(ENOSPC)) return no_seccomp;
        if (file->commit().error() != io(ENOSPC)) return 1;
        return number_of(file->commit());
      },
      [](const test::folder& folder, int answer, bool) {
        CHECK(answer == EIO);
        CHECK(folder.names() == only_model);
        CHECK(test::file_bytes(folder / "model") == old);
      });
}

TEST_CASE("a writer that is killed leaves the old file and nothing half-made", "[seal][new_file]") {
  struct point {
    const char* name;
    bool (*kill)();
  };
  const point points[] = {
      {"write", [] { return test::on_call(SYS_pwrite64).kills(); }},
      {"sync", [] { return test::on_call(SYS_fsync).kills(); }},
      {"link", [] { return test::on_call(SYS_linkat).kills(); }},
      {"rename", [] { return on_rename([](const auto& call) { return call.kills(); }); }},
  };
  for (const point& each : points) {
    CAPTURE(each.name);
    for (const bool taken : {false, true}) {
      const test::folder folder;
      const std::string target = folder / "model";
      if (taken) put_old(target);
      const int answer = test::in_child([&] {
        auto file = new_file::create(target.c_str());
        if (!file) return no_file;
        if (!folder.names().empty() && folder.names() != only_model) return no_seccomp;  // not on this file system
        if (!each.kill()) return no_seccomp;
        return file->write_at(0, fresh) && file->commit() ? 0 : 1;
      });
      if (answer == no_seccomp) return test::left_out("no seccomp, or no files without a name");
      if (each.name == std::string("rename") && !taken) {  // a free name needs no renaming
        CHECK(answer == 0);
        CHECK(test::file_bytes(target) == fresh);
        continue;
      }
      CHECK(answer == -SIGSYS);
      const auto names = folder.names();
      if (taken) CHECK(test::file_bytes(target) == old);
      // Between two system calls the file has a temporary name. It is whole then.
      const bool is_between = each.name == std::string("rename");
      REQUIRE(names.size() == (taken ? 1U : 0U) + (is_between ? 1U : 0U));
      if (is_between) CHECK(test::file_bytes(folder / names.front()) == fresh);
    }
  }
}

TEST_CASE("a writer that is killed at any time leaves a whole file", "[seal][new_file]") {
  const test::folder folder;
  const std::string target = folder / "model";
  const octets contents[] = {octets(70'000, 1), octets(50'000, 2)};
  for (unsigned round = 0; round < 25; ++round) {
    const ::pid_t child = test::start([&] {
      for (std::size_t n = 0;; ++n) {
        auto file = new_file::create(target.c_str());
        const octets& content = contents[n % 2];
        for (std::size_t at = 0; at < content.size(); at += 10'000) {
          if (!file || !file->write_at(at, byte_view(content).subspan(at, 10'000))) return 1;
        }
        if (!file->commit()) return 1;
      }
    });
    ::usleep(1000 + 777 * round);
    REQUIRE(::kill(child, SIGKILL) == 0);
    REQUIRE(test::ended(child) == -SIGKILL);
    for (const std::string& name : folder.names()) {
      CAPTURE(round, name);
      const bool is_ours = name == "model" || name.starts_with(".unitee-");
      CHECK(is_ours);
      const bool nameless = posix::open_file(folder.path().c_str(), O_WRONLY | O_TMPFILE, AT_FDCWD, 0600).get() >= 0;
      if (name == "model" || nameless) CHECK(std::ranges::count(contents, test::file_bytes(folder / name)) == 1);
      if (name != "model") std::filesystem::remove(folder / name);
    }
  }
}

TEST_CASE("a file that grows too large is refused, and the old one stays", "[seal][new_file]") {
  in_both(
      put_old,
      [](const std::string& target) {
        auto file = new_file::create(target.c_str());
        if (!file) return no_file;
        std::signal(SIGXFSZ, SIG_IGN);
        const ::rlimit limit{10'000, 10'000};
        if (::setrlimit(RLIMIT_FSIZE, &limit) != 0) return no_file;
        return number_of(file->write_at(0, octets(20'000)));  // 10,000 bytes of it are written first
      },
      [](const test::folder& folder, int answer, bool) {
        CHECK(answer == EFBIG);
        CHECK(folder.names() == only_model);
        CHECK(test::file_bytes(folder / "model") == old);
      });
}

TEST_CASE("a disk that is full says so where room is reserved, and otherwise where it is full", "[seal][new_file]") {
  const test::folder folder;
  const int answer = test::in_child([&] {
    if (::unshare(CLONE_NEWNS) != 0 || ::mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0 ||
        ::mount("none", folder.path().c_str(), "tmpfs", 0, "size=1m") != 0) {
      return no_seccomp;
    }
    const std::string target = folder / "model";
    auto file = new_file::create(target.c_str());
    if (!file || file->reserve(2 << 20).error() != io(ENOSPC)) return 1;
    auto other = new_file::create(target.c_str());
    if (!other || !other->reserve(100'000) || !other->write_at(0, octets(100'000))) return 2;
    if (other->write_at(100'000, octets(2 << 20)).error() != io(ENOSPC)) return 3;
    return folder.names().empty() ? 0 : 4;
  });
  if (answer == no_seccomp) return test::left_out("no file system may be mounted");
  CHECK(answer == 0);
}

TEST_CASE("to reserve room does not change the file", "[seal][new_file]") {
  const test::folder folder;
  const std::string target = folder / "model";
  auto file = new_file::create(target.c_str());
  REQUIRE(file);
  CHECK(file->reserve(0));
  CHECK(file->reserve(~std::uint64_t{0}).error() == io(EFBIG));
  CHECK(file->reserve(std::uint64_t{1} << 63).error() == io(EFBIG));
  REQUIRE(file->reserve((std::uint64_t{1} << 28) + 5000));  // in two steps
  REQUIRE(file->write_at(0, fresh));
  REQUIRE(file->commit());
  CHECK(test::file_bytes(target) == fresh);
}

TEST_CASE("a file system that cannot reserve room is no failure, another refusal is", "[seal][new_file]") {
  for (const int error : {EOPNOTSUPP, ENOSYS, EDQUOT}) {
    const test::folder folder;
    const std::string target = folder / "model";
    const int answer = test::in_child([&] {
      auto file = new_file::create(target.c_str());
      if (!file || !test::on_call(SYS_fallocate).fails_with(error)) return no_seccomp;
      return number_of(file->reserve(1000));
    });
    if (answer == no_seccomp) return test::left_out("no seccomp");
    CHECK(answer == (error == EDQUOT ? EDQUOT : 0));
  }
}

TEST_CASE("a name that could not be made durable is there all the same", "[seal][new_file]") {
  in_both(
      put_old,
      [](const std::string& target) {
        // The folder is descriptor 63 and the file 64, so that only one of them has these bits.
        while (::open("/dev/null", O_RDONLY) < 62) {
        }
        auto file = new_file::create(target.c_str());
        if (!file || !file->write_at(0, fresh)) return no_file;
        if (!test::on_call(SYS_fsync, 0, 63).fails_with(EDQUOT)) return no_seccomp;
        if (file->is_committed() || file->commit().error() != io(EDQUOT)) return 1;
        return file->is_committed() ? number_of(file->commit()) : 2;
      },
      [](const test::folder& folder, int answer, bool) {
        CHECK(answer == EALREADY);
        CHECK(folder.names() == only_model);
        CHECK(test::file_bytes(folder / "model") == fresh);
      });
}

}  // namespace test_new_file_faults
