// SPDX-License-Identifier: Apache-2.0
#include <unitee/seal/new_file.hpp>

#include <unitee/seal/io.hpp>

#include "support/catch.hpp"
#include "support/child.hpp"
#include "support/files.hpp"
#include "support/folder.hpp"
#include "support/new_files.hpp"

#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include <sys/stat.h>
#include <unistd.h>

namespace test_new_file {

using namespace unitee;
using namespace test::new_files;
using test::octets;

static_assert(byte_sink<new_file> && !lending_sink<new_file>);

TEST_CASE("a new file has its name only once it is committed, and is its owner's only", "[seal][new_file]") {
  const test::folder folder;
  const std::string target = folder / "model";
  const ::mode_t mask = ::umask(0);
  auto file = new_file::create(target.c_str());
  ::umask(mask);
  REQUIRE(file);
  REQUIRE(file->write_at(2, octets{3, 4}));
  REQUIRE(file->write_at(0, octets{1, 2}));
  CHECK_FALSE(std::filesystem::exists(target));
  REQUIRE(file->commit());
  CHECK(folder.names() == only_model);
  CHECK(test::file_bytes(target) == fresh);
  struct ::stat status {};
  REQUIRE(::stat(target.c_str(), &status) == 0);
  CHECK((status.st_mode & 0777) == 0600);
  CHECK(file->commit().error() == io(EALREADY));
}

TEST_CASE("a new file has no name before it is committed, or a temporary one", "[seal][new_file]") {
  in_both([](const std::string&) {},
          [](const std::string& target) {
            const auto file = new_file::create(target.c_str());
            if (!file) return no_file;
            int names = 0;
            const auto folder = std::filesystem::path(target).parent_path();
            for (const auto& each : std::filesystem::directory_iterator(folder)) {
              const std::string name = each.path().filename();
              struct ::stat status {};
              const bool ours = ::stat(each.path().c_str(), &status) == 0 && (status.st_mode & 07777) == 0600;
              names += name.starts_with(".unitee-") && name.size() == 24 && ours ? 1 : 100;
            }
            return names;
          },
          [](const test::folder& folder, int answer, bool nameless) {
            if (!nameless) CHECK(answer == 1);
            if (nameless) CHECK((answer == 0 || answer == 1));  // as the file system can
            CHECK(folder.names().empty());
          });
}

TEST_CASE("a committed file takes a free name or the place of what had it", "[seal][new_file]") {
  for (const bool taken : {false, true}) {
    for (const auto existing : {if_exists::replace, if_exists::refuse}) {
      if (taken && existing == if_exists::refuse) continue;
      in_both([&](const std::string& target) { taken ? put_old(target) : void(); },
              [&](const std::string& target) {
                auto file = new_file::create(target.c_str(), existing);
                if (!file || !file->write_at(0, fresh)) return no_file;
                if (const auto done = file->commit(); !done) return number_of(done);
                return file->commit().error() == io(EALREADY) ? 0 : 1;
              },
              [&](const test::folder& folder, int answer, bool) {
                CHECK(answer == 0);
                CHECK(folder.names() == only_model);
                CHECK(test::file_bytes(folder / "model") == fresh);
              });
    }
  }
}

TEST_CASE("a file that is not committed leaves nothing behind, and what had its name stays", "[seal][new_file]") {
  in_both(
      put_old,
      [](const std::string& target) {
        auto file = new_file::create(target.c_str());
        if (!file || !file->write_at(0, octets(100'000, 1))) return no_file;
        const std::optional<new_file> moved(std::move(*file));
        return 0;
      },
      [](const test::folder& folder, int answer, bool) {
        CHECK(answer == 0);
        CHECK(folder.names() == only_model);
        CHECK(test::file_bytes(folder / "model") == old);
      });
}

TEST_CASE("what cannot be a new file is refused with errno at once", "[seal][new_file]") {
  const test::folder folder;
  const auto refusal = [&](const std::string& name, if_exists existing = if_exists::replace) {
    return new_file::create((folder / name).c_str(), existing).error();
  };
  CHECK(refusal("none/model") == io(ENOENT));
  CHECK(refusal("") == io(EISDIR));
  CHECK(refusal(".") == io(EISDIR));
  CHECK(refusal("..") == io(EISDIR));
  CHECK(new_file::create("").error() == io(EISDIR));
  CHECK(new_file::create("/").error() == io(EISDIR));
  CHECK(refusal(std::string(256, 'n')) == io(ENAMETOOLONG));
  put_old(folder / "file");
  CHECK(refusal("file/model") == io(ENOTDIR));
  CHECK(refusal("file", if_exists::refuse) == io(EEXIST));
  std::filesystem::create_directory(folder / "directory");
  CHECK(refusal("directory") == io(EISDIR));
  CHECK(refusal("directory", if_exists::refuse) == io(EEXIST));
  CHECK(refusal("directory/") == io(EISDIR));
  REQUIRE(::mkfifo((folder / "pipe").c_str(), 0600) == 0);
  CHECK(refusal("pipe") == io(EEXIST));
  CHECK(new_file::create("/dev/null").error() == io(EEXIST));
  std::filesystem::create_symlink("nowhere", folder / "link");
  CHECK(refusal("link", if_exists::refuse) == io(EEXIST));
  CHECK(folder.names() == std::vector<std::string>{"directory", "file", "link", "pipe"});
}

TEST_CASE("a folder that is not to be written to is refused at once", "[seal][new_file]") {
  const test::folder folder;
  const std::string below = folder / "below";
  REQUIRE(::mkdir(below.c_str(), 0700) == 0);
  REQUIRE(::chmod(folder.path().c_str(), 0755) == 0);
  REQUIRE(::chmod(below.c_str(), 0555) == 0);
  CHECK(test::in_child([&] {
          if (::geteuid() == 0 && ::setuid(65534) != 0) return no_file;
          return number_of(new_file::create((below + "/model").c_str()));
        }) == EACCES);
}

TEST_CASE("a committed file takes the place of a link, and not of what that leads to", "[seal][new_file]") {
  in_both(
      [](const std::string& target) {
        put_old(target + ".elsewhere");
        std::filesystem::create_symlink("model.elsewhere", target);
      },
      [](const std::string& target) {
        auto file = new_file::create(target.c_str());
        return file && file->write_at(0, fresh) ? number_of(file->commit()) : no_file;
      },
      [](const test::folder& folder, int answer, bool) {
        CHECK(answer == 0);
        CHECK_FALSE(std::filesystem::is_symlink(folder / "model"));
        CHECK(test::file_bytes(folder / "model") == fresh);
        CHECK(test::file_bytes(folder / "model.elsewhere") == old);
        CHECK(folder.names().size() == 2);
      });
}

TEST_CASE("a target that appears meanwhile stays where it is to be refused", "[seal][new_file]") {
  in_both([](const std::string&) {},
          [](const std::string& target) {
            auto file = new_file::create(target.c_str(), if_exists::refuse);
            if (!file || !file->write_at(0, fresh)) return no_file;
            put_old(target);
            if (file->commit().error() != io(EEXIST) || test::file_bytes(target) != old) return 1;
            std::filesystem::remove(target);
            if (!file->commit() || test::file_bytes(target) != fresh) return 2;  // the name is free now
            return file->commit().error() == io(EALREADY) ? 0 : 3;
          },
          [](const test::folder& folder, int answer, bool) {
            CHECK(answer == 0);
            CHECK(folder.names() == only_model);
          });
}

TEST_CASE("a directory that takes the target's name meanwhile stays, and nothing else", "[seal][new_file]") {
  in_both([](const std::string&) {},
          [](const std::string& target) {
            auto file = new_file::create(target.c_str());
            if (!file || !file->write_at(0, fresh)) return no_file;
            std::filesystem::create_directory(target);
            if (file->commit().error() != io(EISDIR)) return 1;
            return file->commit().error() == io(EISDIR) ? 0 : 2;
          },
          [](const test::folder& folder, int answer, bool) {
            CHECK(answer == 0);
            CHECK(folder.names() == only_model);
            CHECK(std::filesystem::is_directory(folder / "model"));
          });
}

TEST_CASE("a new file without a folder is made in the current directory, which may change", "[seal][new_file]") {
  const test::folder folder;
  const test::folder elsewhere;
  const auto before = std::filesystem::current_path();
  std::filesystem::current_path(folder.path());
  auto file = new_file::create("model");
  std::filesystem::current_path(elsewhere.path());
  REQUIRE(file);
  CHECK(file->commit());
  std::filesystem::current_path(before);
  CHECK(folder.names() == only_model);
  CHECK(elsewhere.names().empty());
}

TEST_CASE("a folder that is moved keeps its new file, and one that is removed has none", "[seal][new_file]") {
  for (const bool removed : {false, true}) {
    in_both([](const std::string& target) { std::filesystem::create_directory(target); },
            [&](const std::string& target) {
              auto file = new_file::create((target + "/inner").c_str());
              if (!file || !file->write_at(0, fresh)) return no_file;
              if (removed) {
                std::filesystem::remove_all(target);
              } else {
                std::filesystem::rename(target, target + "2");
                std::filesystem::create_directory(target);
              }
              return number_of(file->commit());
            },
            [&](const test::folder& folder, int answer, bool) {
              CHECK(answer == (removed ? ENOENT : 0));
              CHECK(folder.names().size() == (removed ? 0 : 2));
              if (removed) return;
              CHECK(test::file_bytes(folder / "model2/inner") == fresh);
              CHECK(std::filesystem::is_empty(folder / "model"));
            });
  }
}

TEST_CASE("several threads write one new file", "[seal][new_file]") {
  constexpr std::size_t piece = 3001;
  octets bytes(64 * piece);
  for (std::size_t i = 0; i < bytes.size(); ++i) bytes[i] = static_cast<std::uint8_t>(i * 7 + i / 256);
  const test::folder folder;
  const std::string target = folder / "model";
  auto file = new_file::create(target.c_str());
  REQUIRE(file);
  REQUIRE(file->reserve(bytes.size()));
  std::vector<std::thread> writers;
  for (std::size_t first = 0; first < 4; ++first) {
    writers.emplace_back([&, first] {
      for (std::size_t n = first; n < 64; n += 4) {
        if (!file->write_at(n * piece, byte_view(bytes).subspan(n * piece, piece))) return;
      }
    });
  }
  for (auto& each : writers) each.join();
  REQUIRE(file->commit());
  CHECK(test::file_bytes(target) == bytes);
  CHECK(file->write_at(~std::uint64_t{0}, octets(1)).error() == io(EINVAL));
}

}  // namespace test_new_file
