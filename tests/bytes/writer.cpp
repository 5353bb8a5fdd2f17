// SPDX-License-Identifier: Apache-2.0
#include <unitee/bytes/writer.hpp>

#include <unitee/bytes/reader.hpp>

#include "support/catch.hpp"

#include <array>
#include <cstdint>
#include <limits>
#include <vector>

namespace test_writer {

using unitee::byte_span;
using unitee::errc;
using unitee::failure;
using unitee::writer;

namespace {

constexpr std::array<std::uint8_t, 3> abc = {'a', 'b', 'c'};
constexpr std::array<std::uint8_t, 14> expected = {'a', 'b', 'c',  0x34, 0x12, 0x12, 0x34,
                                                   0,   0,   0x78, 0x56, 0x34, 0x12, 0xff};

constexpr writer& write_all(writer& out) {
  return out.bytes(abc)
      .le<std::uint16_t>(0x1234)
      .be<std::uint16_t>(0x1234)
      .zeros(2)
      .le<std::uint32_t>(0x12345678)
      .be<std::uint8_t>(0xff);
}

constexpr bool writes() {
  std::array<std::uint8_t, 14> buffer{};
  writer out(buffer);
  const auto written = write_all(out).written();
  return written && unitee::equal(*written, expected);
}

}  // namespace

static_assert(writes());

TEST_CASE("what is written is exactly what was given, in that order", "[bytes][writer]") {
  std::array<std::uint8_t, 20> buffer;
  buffer.fill(0xee);
  writer out(buffer);
  const auto written = write_all(out).written();
  REQUIRE(written);
  CHECK(written->data() == buffer.data());
  CHECK(unitee::equal(*written, expected));
  CHECK(buffer[14] == 0xee);
}

TEST_CASE("a buffer that is too small by any number of bytes is refused, and nothing is written behind it",
          "[bytes][writer]") {
  for (std::size_t size = 0; size < expected.size(); ++size) {
    CAPTURE(size);
    std::vector<std::uint8_t> buffer(30, 0xee);
    writer out(byte_span(buffer).first(size));
    const auto written = write_all(out).written();
    REQUIRE(!written);
    CHECK(written.error() == failure{errc::no_space, size});
    for (std::size_t i = size; i < buffer.size(); ++i) CHECK(buffer[i] == 0xee);
  }
}

TEST_CASE("after the first write that does not fit nothing more is written, although it would fit", "[bytes][writer]") {
  std::array<std::uint8_t, 4> buffer{};
  writer out(buffer);
  out.le<std::uint8_t>(1).le<std::uint64_t>(2).le<std::uint8_t>(3);
  CHECK(out.written().error() == failure{errc::no_space, 4});
  CHECK(buffer == std::array<std::uint8_t, 4>{1, 0, 0, 0});
}

TEST_CASE("a length near the largest number does not wrap a writer around", "[bytes][writer]") {
  std::array<std::uint8_t, 4> buffer{};
  writer out(buffer);
  out.le<std::uint8_t>(1).zeros(std::numeric_limits<std::size_t>::max());
  CHECK(out.written().error() == failure{errc::no_space, 4});
}

TEST_CASE("nothing written is nothing, also in no buffer", "[bytes][writer]") {
  writer out(byte_span{});
  CHECK(out.written()->empty());
  CHECK(out.bytes({}).zeros(0).written()->empty());
}

TEST_CASE("a reader reads what a writer wrote", "[bytes][writer]") {
  std::array<std::uint8_t, 15> buffer{};
  writer out(buffer);
  out.le<std::uint64_t>(0x0123456789abcdef).le<std::uint32_t>(0xfedcba98).bytes(abc);
  unitee::reader in(*out.written());
  CHECK(*in.le<std::uint64_t>() == 0x0123456789abcdef);
  CHECK(*in.le<std::uint32_t>() == 0xfedcba98);
  CHECK(unitee::equal(in.rest(), abc));
}

}  // namespace test_writer
