// SPDX-License-Identifier: Apache-2.0
#include <unitee/posix/plain_memory.hpp>

#include "support/catch.hpp"
#include "support/child.hpp"

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <fstream>
#include <limits>
#include <sstream>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/syscall.h>

namespace test_plain_memory {

using namespace unitee;
using posix::plain_memory;

static_assert(!std::is_copy_constructible_v<plain_memory> && std::is_nothrow_move_constructible_v<plain_memory>);
static_assert(plain_memory::huge_page == 2097152);

namespace {

constexpr std::size_t two_mib = 2097152;

// flags is what the kernel says of the mapping that an address is in: two letters for each.
std::string flags_of(const void* address) {
  std::ifstream maps("/proc/self/smaps");
  bool here = false;
  for (std::string line; std::getline(maps, line);) {
    char* dash = nullptr;
    const auto begin = std::strtoull(line.c_str(), &dash, 16);
    if (dash != line.c_str() && *dash == '-') {
      const auto at = reinterpret_cast<std::uintptr_t>(address);
      here = begin <= at && at < std::strtoull(dash + 1, nullptr, 16);
    } else if (here && line.starts_with("VmFlags:")) {
      return line + " ";
    }
  }
  return "";
}

// touched is how many pages hold anything.
std::size_t touched(byte_view bytes) {
  std::vector<unsigned char> pages((bytes.size() + posix::page_size() - 1) / posix::page_size());
  if (::mincore(const_cast<std::uint8_t*>(bytes.data()), bytes.size(), pages.data()) != 0) return ~std::size_t{0};
  return static_cast<std::size_t>(std::ranges::count_if(pages, [](unsigned char each) { return (each & 1) != 0; }));
}

bool all_zero(byte_view bytes) { return first_nonzero(bytes) == bytes.size(); }

}  // namespace

TEST_CASE("plain memory is exactly as large as was asked for, zero and writable", "[posix][plain_memory]") {
  for (const std::size_t size : {std::size_t{1}, std::size_t{4095}, std::size_t{4096}, std::size_t{4097}, two_mib - 1,
                                 two_mib, two_mib + 1, 2 * two_mib - 1, 3 * two_mib + 5}) {
    CAPTURE(size);
    auto memory = plain_memory::create(size);
    REQUIRE(memory);
    REQUIRE(memory->span().size() == size);
    CHECK(memory->size() == size);
    CHECK(memory->view().data() == memory->span().data());
    const auto address = reinterpret_cast<std::uintptr_t>(memory->span().data());
    CHECK(address % (size < two_mib ? posix::page_size() : two_mib) == 0);
    CHECK(touched(memory->span()) == 0);
    CHECK(all_zero(memory->span()));
    std::ranges::fill(memory->span(), std::uint8_t{0xa5});
    CHECK(memory->view().back() == 0xa5);
  }
}

TEST_CASE("no plain memory is fine, and more than there is is refused", "[posix][plain_memory]") {
  auto none = plain_memory::create(0);
  REQUIRE(none);
  CHECK(none->span().empty());
  constexpr auto most = std::numeric_limits<std::size_t>::max();
  for (const std::size_t size : {most, most - two_mib, most - 2 * two_mib, most - 2 * two_mib - 1, most / 2}) {
    CHECK(plain_memory::create(size).error() == failure{errc::io_error, ENOMEM});
  }
}

TEST_CASE("plain memory has one owner", "[posix][plain_memory]") {
  auto first = *plain_memory::create(10);
  first.span()[9] = 7;
  auto second(std::move(first));
  CHECK(first.span().empty());
  CHECK(first.size() == 0);
  REQUIRE(second.size() == 10);
  CHECK(second.view()[9] == 7);
  first = std::move(second);
  CHECK(second.span().empty());
  CHECK(first.view()[9] == 7);
}

TEST_CASE("plain memory is not in core dumps, not in children, and in huge pages", "[posix][plain_memory]") {
  for (const std::size_t size : {std::size_t{100}, two_mib + 1}) {
    const auto memory = plain_memory::create(size);
    REQUIRE(memory);
    const std::string flags = flags_of(memory->view().data());
    CAPTURE(size, flags);
    CHECK(flags.find(" dd ") != flags.npos);
    CHECK(flags.find(" wf ") != flags.npos);
    const bool has_huge_pages = std::ifstream("/sys/kernel/mm/transparent_hugepage/enabled").good();
    CHECK((flags.find(" hg ") != flags.npos) == (has_huge_pages && size >= two_mib));
    CHECK(flags_of(memory->view().data() + size - 1) == flags);
  }
}

TEST_CASE("a child sees zeros, and may end the object", "[posix][plain_memory]") {
  auto memory = plain_memory::create(3 * two_mib);
  REQUIRE(memory);
  std::ranges::fill(memory->span(), std::uint8_t{1});
  CHECK(test::in_child([&] {
          const bool zero = all_zero(memory->view());
          const plain_memory ends_here(std::move(*memory));
          return zero ? 0 : 1;
        }) == 0);
  CHECK(memory->view().front() == 1);
  CHECK(memory->view().back() == 1);
}

TEST_CASE("to wipe plain memory touches what was used, and nothing else", "[posix][plain_memory]") {
  const std::size_t page = posix::page_size();
  auto memory = plain_memory::create(1500 * page - 7);  // more than is looked at in one go
  REQUIRE(memory);
  ::madvise(memory->span().data(), 1500 * page, MADV_NOHUGEPAGE);
  const std::size_t used[] = {0, 1, 511 * page, 512 * page, 1000 * page + 17, 1023 * page, 1500 * page - 8};
  for (const std::size_t at : used) memory->span()[at] = 1;
  CHECK(touched(memory->span()) == 6);
  posix::wipe_resident(memory->span());
  CHECK(touched(memory->span()) == 6);
  CHECK(all_zero(memory->span()));
  posix::wipe_resident({});
}

TEST_CASE("wiping ends where the bytes end", "[posix][plain_memory]") {
  auto memory = plain_memory::create(5 * posix::page_size());
  REQUIRE(memory);
  for (std::size_t size = 0; size <= memory->size(); size += size < 10 || size % 97 == 0 ? 1 : 97) {
    std::ranges::fill(memory->span(), std::uint8_t{1});
    posix::wipe_resident(memory->span().first(size));
    REQUIRE(all_zero(memory->span().first(size)));
    REQUIRE(std::ranges::count(memory->span().subspan(size), std::uint8_t{1}) ==
            std::ssize(memory->span()) - static_cast<std::ptrdiff_t>(size));
  }
}

TEST_CASE("plain memory is wiped before it is given back", "[posix][plain_memory]") {
  // In a process whose munmap fails the memory is still there afterwards and can be looked at.
  const int answer = test::in_child([] {
    if (!test::on_call(SYS_munmap).fails_with(EPERM)) return 2;
    byte_span seen;
    {
      auto memory = plain_memory::create(two_mib + 12345);
      if (!memory) return 3;
      seen = memory->span();
      std::ranges::fill(seen, std::uint8_t{1});
    }
    return all_zero(seen) ? 0 : 1;
  });
  if (answer == 2) return test::left_out("no seccomp");
  CHECK(answer == 0);
}

TEST_CASE("plain memory that cannot be kept to ourselves is not given out", "[posix][plain_memory]") {
  for (const int advice : {MADV_DONTDUMP, MADV_WIPEONFORK}) {
    const int answer = test::in_child([&] {
      // All advice that has these bits, which MADV_HUGEPAGE (14) has not: 16 and 18.
      if (!test::on_call(SYS_madvise, 2, static_cast<unsigned>(advice)).fails_with(EACCES)) return 2;
      const auto memory = plain_memory::create(10);
      return !memory && memory.error() == failure{errc::io_error, EACCES} ? 0 : 1;
    });
    if (answer == 2) return test::left_out("no seccomp");
    CHECK(answer == 0);
  }
}

TEST_CASE("plain memory comes without huge pages where there are none", "[posix][plain_memory]") {
  const int answer = test::in_child([] {
    if (!test::on_call(SYS_madvise, 2, MADV_HUGEPAGE).fails_with(EINVAL)) return 2;
    auto memory = plain_memory::create(two_mib);
    if (!memory) return 1;
    memory->span()[two_mib - 1] = 1;
    return flags_of(memory->view().data()).find(" hg ") == std::string::npos ? 0 : 3;
  });
  if (answer == 2) return test::left_out("no seccomp");
  CHECK(answer == 0);
}

TEST_CASE("plain memory gives back everything that it has mapped", "[posix][plain_memory]") {
  const auto pages = [] {
    std::size_t out = 0;
    std::ifstream("/proc/self/statm") >> out;
    return out;
  };
  pages();
  const std::size_t before = pages();
  for (std::size_t n = 0; n < 200; ++n) CHECK(plain_memory::create(two_mib * 50 + n));
  CHECK(pages() < before + two_mib * 100 / posix::page_size());
}

TEST_CASE("large memory is wiped to its last byte, on several threads", "[posix][plain_memory]") {
  constexpr std::size_t piece = std::size_t{64} << 20;
  auto memory = posix::plain_memory::create(2 * piece + 5000);
  REQUIRE(memory);
  for (const std::size_t size : {std::size_t{0}, std::size_t{5000}, piece, piece + 1, 2 * piece + 5000}) {
    const byte_span all = memory->span();
    for (const std::size_t at : {std::size_t{0}, piece - 1, piece, 2 * piece - 1, 2 * piece, 2 * piece + 4999})
      all[at] = 1;
    posix::wipe_on_threads(all.first(size));
    CAPTURE(size);
    CHECK(all_zero(all.first(size)));
    CHECK(all[2 * piece + 4999] == (size == all.size() ? 0 : 1));
  }
}

}  // namespace test_plain_memory
