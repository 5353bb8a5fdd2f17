// SPDX-License-Identifier: Apache-2.0
#include <unitee/bytes/endian.hpp>

#include "support/catch.hpp"

#include <algorithm>
#include <array>
#include <cstdint>

namespace test_endian {

using unitee::load_be;
using unitee::load_le;
using unitee::store_be;
using unitee::store_le;

namespace {

constexpr std::array<std::uint8_t, 8> bytes = {0x01, 0x23, 0x45, 0x67, 0x89, 0xab, 0xcd, 0xef};

template <class T>
constexpr auto first = std::span<const std::uint8_t, 8>(bytes).first<sizeof(T)>();

}  // namespace

static_assert(load_le<std::uint8_t>(first<std::uint8_t>) == 0x01);
static_assert(load_le<std::uint16_t>(first<std::uint16_t>) == 0x2301);
static_assert(load_le<std::uint32_t>(first<std::uint32_t>) == 0x67452301);
static_assert(load_le<std::uint64_t>(first<std::uint64_t>) == 0xefcdab8967452301);
static_assert(load_be<std::uint8_t>(first<std::uint8_t>) == 0x01);
static_assert(load_be<std::uint16_t>(first<std::uint16_t>) == 0x0123);
static_assert(load_be<std::uint32_t>(first<std::uint32_t>) == 0x01234567);
static_assert(load_be<std::uint64_t>(first<std::uint64_t>) == 0x0123456789abcdef);

TEMPLATE_TEST_CASE("every bit is stored at its place and read back", "[bytes][endian]", std::uint8_t, std::uint16_t,
                   std::uint32_t, std::uint64_t) {
  for (std::size_t bit = 0; bit < 8 * sizeof(TestType); ++bit) {
    const auto value = static_cast<TestType>(std::uint64_t{1} << bit);
    std::array<std::uint8_t, sizeof(TestType)> little{};
    std::array<std::uint8_t, sizeof(TestType)> big{};
    store_le<TestType>(little, value);
    store_be<TestType>(big, value);
    CHECK(little[bit / 8] == 1u << bit % 8);
    std::ranges::reverse(big);
    CHECK(little == big);
    CHECK(load_le<TestType>(little) == value);
    std::ranges::reverse(big);
    CHECK(load_be<TestType>(big) == value);
  }
}

TEMPLATE_TEST_CASE("storing overwrites what was there", "[bytes][endian]", std::uint8_t, std::uint16_t, std::uint32_t,
                   std::uint64_t) {
  std::array<std::uint8_t, sizeof(TestType)> out;
  out.fill(0xff);
  store_le<TestType>(out, 0);
  CHECK(std::ranges::count(out, 0) == sizeof(TestType));
  out.fill(0xff);
  store_be<TestType>(out, 0);
  CHECK(std::ranges::count(out, 0) == sizeof(TestType));
}

}  // namespace test_endian
