// SPDX-License-Identifier: Apache-2.0
#include <unitee/seal/to_memfd.hpp>

#include <unitee/posix/io.hpp>

#include "support/catch.hpp"
#include "support/child.hpp"
#include "support/files.hpp"
#include "support/sealed_on_disk.hpp"

#include <atomic>
#include <cerrno>
#include <cstddef>
#include <string>
#include <utility>

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

namespace test_to_memfd {

using namespace unitee;
using namespace unitee::test;

static_assert(writes_all<sealed_file> && writes_all<mapped_sealed_file> && writes_all<direct_sealed_file>);
static_assert(writes_all<sealed_reader<memory_source>> && !writes_all<memory_source>);

TEMPLATE_LIST_TEST_CASE("a memfd has the plaintext, for whoever opens its path", "[seal][to_memfd]", every_file) {
  for (const std::size_t size : boundary_sizes) {
    const sealed_on_disk disk(size);
    const TestType sealed = disk.open<TestType>();
    for (const std::size_t workers : {0U, 1U, 3U}) {
      const auto file = to_memfd(sealed, "model", {.workers = workers});
      REQUIRE(file);
      CHECK(file->size() == size);
      CHECK(test::file_bytes(file->path()) == disk.plaintext);
      CHECK(test::file_bytes("/proc/" + std::to_string(::getpid()) + "/fd/" + std::to_string(file->get())) ==
            disk.plaintext);
    }
  }
}

TEMPLATE_LIST_TEST_CASE("nobody writes to a memfd of plaintext", "[seal][to_memfd]", sealed_files) {
  const sealed_on_disk disk(10'000);
  const auto file = to_memfd(disk.open<TestType>(), "model");
  REQUIRE(file);
  const posix::descriptor other = posix::open_file(file->path(), O_RDWR);
  REQUIRE(other);
  errno = 0;
  CHECK(::pwrite(other.get(), "x", 1, 0) == -1);
  CHECK(errno == EPERM);
  for (const ::off_t size : {0, 9'999, 10'001}) CHECK(::ftruncate(other.get(), size) == -1);
  CHECK(::mmap(nullptr, 10'000, PROT_READ | PROT_WRITE, MAP_SHARED, other.get(), 0) == MAP_FAILED);
  void* const mapped = ::mmap(nullptr, 10'000, PROT_READ, MAP_SHARED, other.get(), 0);
  REQUIRE(mapped != MAP_FAILED);
  CHECK(equal({static_cast<const std::uint8_t*>(mapped), 10'000}, disk.plaintext));
  ::munmap(mapped, 10'000);
}

TEMPLATE_LIST_TEST_CASE("of a changed file no memfd is left", "[seal][to_memfd]", sealed_files) {
  const sealed_on_disk disk(20'000);
  disk.change(9'000);
  const TestType sealed = disk.open<TestType>();
  const auto before = open_files();
  CHECK(to_memfd(sealed, "model").error() == failure{errc::not_authentic, 8'192, part::sealed_payload});
  const std::atomic<bool> cancelled = true;
  CHECK(to_memfd(sealed, "model", {.cancelled = &cancelled}).error().code == errc::cancelled);
  CHECK(to_memfd(sealed, std::string(250, 'x').c_str()).error() == failure{errc::io_error, EINVAL});
  CHECK(open_files() == before);
  CHECK(to_memfd(sealed_on_disk(10).open<TestType>(), "model"));
  CHECK(open_files() == before);
}

}  // namespace test_to_memfd
