// SPDX-License-Identifier: Apache-2.0
#include <unitee/guest/tsm_entry.hpp>

#include "support/catch.hpp"
#include "support/files.hpp"
#include "support/folder.hpp"

#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>

namespace test_tsm_entry {

using namespace unitee;
using guest::detail::tsm_entry;
using guest::detail::tsm_failure;

namespace {

using bytes = std::vector<std::uint8_t>;

failure refusal(errc code, std::uint64_t offset) { return {code, offset, part::tsm_report}; }

// configfs is an ordinary folder, where attributes are what a test makes them. The kernel removes those with an entry;
// here, tidy does.
struct configfs : test::folder {
  [[nodiscard]] result<tsm_entry> create(const std::string& name = "entry") const {
    return tsm_entry::create(path().c_str(), name);
  }
  void put(const std::string& attribute, const std::string& content) const {
    std::ofstream(path() / "entry" / attribute, std::ios::binary) << content;
  }
  [[nodiscard]] bytes content(const std::string& attribute) const {
    return test::file_bytes(path() / "entry" / attribute);
  }
  void tidy() const {
    for (const auto& attribute : std::filesystem::directory_iterator(path() / "entry")) {
      std::filesystem::remove(attribute);
    }
  }
};

}  // namespace

TEST_CASE("an entry is a directory of its owner's as long as the object lives", "[guest][tsm_entry]") {
  const configfs here;
  {
    const auto entry = here.create("unitee-1");
    REQUIRE(entry);
    CHECK(here.names() == std::vector<std::string>{"unitee-1"});
    struct ::stat status {};
    REQUIRE(::stat((here / "unitee-1").c_str(), &status) == 0);
    CHECK((status.st_mode & 07777) == 0700);
  }
  CHECK(here.names().empty());
}

TEST_CASE("an entry that is moved is removed once, by its last owner", "[guest][tsm_entry]") {
  const configfs here;
  std::optional<tsm_entry> kept;
  {
    auto entry = here.create();
    REQUIRE(entry);
    kept.emplace(std::move(*entry));
  }
  CHECK(here.names() == std::vector<std::string>{"entry"});
  kept.reset();
  CHECK(here.names().empty());
}

TEST_CASE("an entry is removed where it was made, wherever the program or the folder goes", "[guest][tsm_entry]") {
  const configfs here;
  std::filesystem::create_directory(here / "before");
  {
    const auto entry = tsm_entry::create((here / "before").c_str(), "entry");
    REQUIRE(entry);
    std::filesystem::rename(here / "before", here / "after");
    CHECK(std::filesystem::is_directory(here / "after/entry"));
  }
  CHECK(std::filesystem::is_empty(here / "after"));
}

TEST_CASE("a name that is taken is a failure, and the entry of that name stays", "[guest][tsm_entry]") {
  const configfs here;
  const auto first = here.create();
  REQUIRE(first);
  CHECK(here.create().error() == refusal(errc::entry_taken, 1));
  CHECK(here.names() == std::vector<std::string>{"entry"});
  CHECK(here.create("other"));
  CHECK(here.names() == std::vector<std::string>{"entry"});
}

TEST_CASE("where there is no configfs-tsm the interface is absent", "[guest][tsm_entry]") {
  const configfs here;
  CHECK(tsm_entry::create((here / "absent").c_str(), "entry").error() == refusal(errc::interface_absent, ENOENT));
  CHECK(tsm_entry::create("/dev/null", "entry").error() == refusal(errc::interface_absent, ENOTDIR));
  CHECK(here.create("absent/entry").error() == refusal(errc::interface_absent, ENOENT));
}

TEST_CASE("an entry that cannot be made is an I/O error with errno", "[guest][tsm_entry]") {
  const configfs here;
  CHECK(here.create(std::string(256, 'n')).error() == refusal(errc::io_error, ENAMETOOLONG));
  CHECK(here.names().empty());
}

TEST_CASE("errno of an entry says who failed", "[guest][tsm_entry]") {
  CHECK(tsm_failure(ENOTTY) == refusal(errc::channel_lost, ENOTTY));
  CHECK(tsm_failure(ETIMEDOUT) == refusal(errc::no_answer, ETIMEDOUT));
  for (const int error : {EINVAL, ENXIO, EBUSY, EFBIG, ENOMEM, EIO, EACCES, EPERM, EINTR}) {
    CHECK(tsm_failure(error) == refusal(errc::io_error, static_cast<std::uint64_t>(error)));
  }
}

TEST_CASE("an attribute is read whole, whatever its size", "[guest][tsm_entry]") {
  const configfs here;
  const auto entry = here.create();
  for (const std::size_t size : {0U, 1U, 1184U, 8191U, 8192U, 8193U, 16384U, 32768U, (1U << 20) - 1}) {
    std::string content(size, '\0');
    for (std::size_t i = 0; i < size; ++i) content[i] = static_cast<char>(i * 7);
    here.put("outblob", content);
    const auto read = entry->read("outblob");
    CAPTURE(size);
    REQUIRE(read);
    CHECK(*read == bytes(content.begin(), content.end()));
  }
  here.tidy();
}

TEST_CASE("an attribute that has no end is given up", "[guest][tsm_entry]") {
  const configfs here;
  const auto entry = here.create();
  std::filesystem::create_symlink("/dev/zero", here / "entry/outblob");
  CHECK(entry->read("outblob").error() == refusal(errc::no_space, 1 << 20));
  here.tidy();
}

TEST_CASE(
    "an attribute that does not open, read or write is an I/O error with errno, and absent if it is not there to write",
    "[guest][tsm_entry]") {
  const configfs here;
  const auto entry = here.create();
  const bytes value{1, 2, 3};
  CHECK(entry->read("privlevel").error() == refusal(errc::io_error, ENOENT));
  CHECK(entry->write("privlevel", value).error() == refusal(errc::interface_absent, ENOENT));
  CHECK(here.names().size() == 1);
  std::filesystem::create_directory(here / "entry/outblob");
  CHECK(entry->read("outblob").error() == refusal(errc::io_error, EISDIR));
  std::filesystem::create_symlink("/dev/full", here / "entry/inblob");
  CHECK(entry->write("inblob", value).error() == refusal(errc::io_error, ENOSPC));
  CHECK(entry->number("generation").error() == refusal(errc::io_error, ENOENT));
  here.tidy();
}

TEST_CASE("an attribute is written at once, as it is", "[guest][tsm_entry]") {
  const configfs here;
  const auto entry = here.create();
  here.put("inblob", "");
  bytes value(64);
  for (std::size_t i = 0; i < 64; ++i) value[i] = static_cast<std::uint8_t>(i);
  REQUIRE(entry->write("inblob", value));
  CHECK(here.content("inblob") == value);
  here.tidy();
}

TEST_CASE("an attribute that takes a part of its value is refused", "[guest][tsm_entry]") {
  const configfs here;
  const auto entry = here.create();
  here.put("inblob", "");
  ::rlimit before{};
  REQUIRE(::getrlimit(RLIMIT_FSIZE, &before) == 0);
  const ::rlimit ten{10, before.rlim_max};
  REQUIRE(::setrlimit(RLIMIT_FSIZE, &ten) == 0);
  const auto written = entry->write("inblob", bytes(64, 1));
  REQUIRE(::setrlimit(RLIMIT_FSIZE, &before) == 0);
  REQUIRE_FALSE(written);
  CHECK(written.error() == refusal(errc::truncated, 10));
  here.tidy();
}

TEST_CASE("a number is decimal digits and a newline", "[guest][tsm_entry]") {
  struct expectation {
    const char* text;
    std::uint64_t value;
  };
  const configfs here;
  const auto entry = here.create();
  for (const auto& [text, value] : {expectation{"0\n", 0},
                                    {"7", 7},
                                    {"12\n", 12},
                                    {"0012\n", 12},
                                    {"4294967295\n", 4294967295},
                                    {"9999999999999999999\n", 9999999999999999999u}}) {
    here.put("generation", text);
    const auto read = entry->number("generation");
    CAPTURE(text);
    REQUIRE(read);
    CHECK(*read == value);
  }
  struct nonsense {
    const char* text;
    std::uint64_t offset;
  };
  for (const auto& [text, offset] : {nonsense{"", 0},
                                     {"\n", 0},
                                     {"\n\n", 0},
                                     {"1\n\n", 1},
                                     {" 1\n", 0},
                                     {"-1\n", 0},
                                     {"+1\n", 0},
                                     {"12a4\n", 2},
                                     {"0x12\n", 1},
                                     {"1 \n", 1},
                                     {"12345678901234567890\n", 0},
                                     {"tdx_guest\n", 0}}) {
    here.put("generation", text);
    CAPTURE(text);
    CHECK(entry->number("generation").error() == refusal(errc::bad_value, offset));
  }
  here.tidy();
}

}  // namespace test_tsm_entry
