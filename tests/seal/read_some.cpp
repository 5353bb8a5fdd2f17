// SPDX-License-Identifier: Apache-2.0
#include <unitee/seal/read_some.hpp>

#include "support/catch.hpp"
#include "support/sealed_on_disk.hpp"

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <cstdint>

namespace test_read_some {

using namespace unitee;
using namespace unitee::test;

TEMPLATE_LIST_TEST_CASE("some bytes are those up to the end, or up to a changed segment", "[seal][read_some]",
                        sealed_files) {
  constexpr std::size_t size = 10'000;
  constexpr std::size_t bad = 4096;
  constexpr std::size_t good = 8192;
  const sealed_on_disk disk(size);
  disk.change(bad);
  const TestType file = disk.open<TestType>();
  for (const std::size_t n : {0U, 1U, 100U, 4095U, 4096U, 4097U, 20'000U}) {
    for (std::size_t offset = 0; offset < size + 200; offset += 50) {
      octets out(n, 0xee);
      const auto some = detail::read_some(file, offset, out);
      CAPTURE(n, offset);
      if (n != 0 && offset >= bad && offset < good) {
        REQUIRE(some.error() == failure{errc::not_authentic, bad, part::sealed_payload});
        continue;
      }
      const std::size_t end = offset < bad ? bad : std::max(size, offset);
      REQUIRE(some);
      REQUIRE(*some == std::min(n, end - offset));
      if (*some == 0) continue;
      REQUIRE(equal(byte_view(out).first(*some), byte_view(disk.plaintext).subspan(offset, *some)));
    }
  }
  octets out(1);
  CHECK(*detail::read_some(file, ~std::uint64_t{0}, out) == 0);
}

TEST_CASE("much at a time is read by several threads, little by one", "[seal][read_some]") {
  struct counting {
    std::size_t* by_one;
    std::size_t* by_several;
    [[nodiscard]] std::uint64_t size() const noexcept { return 3U << 20; }
    result<void> read_at(std::uint64_t, byte_span) const noexcept { return ++*by_one, result<void>(); }
    result<void> read_at(std::uint64_t, byte_span, const work&) const noexcept { return ++*by_several, result<void>(); }
  };
  std::size_t by_one = 0;
  std::size_t by_several = 0;
  octets out(2U << 20);
  CHECK(*detail::read_some(counting{&by_one, &by_several}, 0, byte_span(out).first((1U << 20) - 1)) == (1U << 20) - 1);
  CHECK(by_one == 1);
  CHECK(*detail::read_some(counting{&by_one, &by_several}, 0, out) == out.size());
  CHECK(by_several == 1);
  CHECK(*detail::read_some(counting{&by_one, &by_several}, 2'500'000, out) == (3U << 20) - 2'500'000);
  CHECK(by_one == 2);
}

TEMPLATE_LIST_TEST_CASE("much at a time stops at a changed segment, too", "[seal][read_some]", sealed_files) {
  constexpr std::size_t size = (3U << 20) + 100;
  constexpr std::size_t bad = (1U << 20) + 5 * 4096;
  const sealed_on_disk disk(size);
  disk.change(bad + 17);
  const TestType file = disk.open<TestType>();
  octets out(size, 0xee);
  for (const std::size_t offset : {std::size_t{0}, std::size_t{4097}, bad - 1, bad + 4096}) {
    const auto some = detail::read_some(file, offset, out);
    CAPTURE(offset);
    REQUIRE(some);
    CHECK(*some == (offset < bad ? bad : size) - offset);
    CHECK(equal(byte_view(out).first(*some), byte_view(disk.plaintext).subspan(offset, *some)));
  }
  const failure why{errc::not_authentic, bad, part::sealed_payload};
  CHECK(detail::read_some(file, bad, byte_span(out).first(1U << 20)).error() == why);
  CHECK(all_zero(byte_view(out).first(1U << 20)));
}

TEST_CASE("any other failure is that of all the bytes", "[seal][read_some]") {
  struct refusing {
    [[nodiscard]] std::uint64_t size() const noexcept { return 100; }
    result<void> read_at(std::uint64_t, byte_span) const noexcept { return failure{errc::io_error, EIO}; }
  };
  octets out(50);
  CHECK(detail::read_some(refusing{}, 0, out).error() == failure{errc::io_error, EIO});
  CHECK(*detail::read_some(refusing{}, 100, out) == 0);
}

}  // namespace test_read_some
