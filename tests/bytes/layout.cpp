// SPDX-License-Identifier: Apache-2.0
#include <unitee/bytes/layout.hpp>

#include "support/catch.hpp"
#include "support/stops.hpp"

#include <array>
#include <cstdint>
#include <numeric>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

namespace test_layout {

namespace layout = unitee::layout;
using unitee::byte_view;
using unitee::errc;
using unitee::failure;
using unitee::part;

namespace {

struct report_data_tag;

namespace row {
using version = layout::le<"version", 0x00, std::uint32_t>;
using small = layout::le<"small", 0x04, std::uint8_t>;
using reserved_5 = layout::zero<0x05, 3>;
using policy = layout::le<"policy", 0x08, std::uint64_t>;
using report_data = layout::raw<"report_data", 0x10, 64, report_data_tag>;
using anything = layout::unused<"reserved_50", 0x50, 4>;
using reserved_54 = layout::zero<0x54, 20>;
using all = layout::table<0x68, version, small, reserved_5, policy, report_data, anything, reserved_54>;
}  // namespace row

constexpr std::array<std::uint8_t, row::all::size> counting() {
  std::array<std::uint8_t, row::all::size> bytes{};
  std::iota(bytes.begin(), bytes.end(), std::uint8_t{1});
  return bytes;
}

// is_reserved is written down here once more, apart from the table.
constexpr bool is_reserved(std::size_t at) { return (at >= 5 && at < 8) || (at >= 84 && at < 104); }

}  // namespace

static_assert(row::all::size == 104);
static_assert(row::version::read(counting()) == 0x04030201);
static_assert(row::small::read(counting()) == 5);
static_assert(row::policy::read(counting()) == 0x100f0e0d0c0b0a09);
static_assert(row::report_data::read(counting()).value[63] == 0x50);
static_assert(row::report_data::view(counting()).size() == 64);
static_assert(std::is_same_v<row::report_data::type, unitee::fixed_bytes<64, report_data_tag>>);
static_assert(row::all::check(std::array<std::uint8_t, 104>{}, part::report).has_value());
static_assert(row::all::check(counting(), part::report).error() == failure{errc::reserved_not_zero, 5, part::report});

TEST_CASE("a reserved byte that is not zero is refused where it is, and no other byte", "[bytes][layout]") {
  for (std::size_t bit = 0; bit < 8 * row::all::size; ++bit) {
    std::array<std::uint8_t, row::all::size> bytes{};
    bytes[bit / 8] = static_cast<std::uint8_t>(1u << bit % 8);
    const auto answer = row::all::check(bytes, part::td_report);
    CAPTURE(bit);
    REQUIRE(answer.has_value() == !is_reserved(bit / 8));
    if (!answer) CHECK(answer.error() == failure{errc::reserved_not_zero, bit / 8, part::td_report});
  }
}

TEST_CASE("of two reserved bytes that are not zero the first is named", "[bytes][layout]") {
  std::array<std::uint8_t, row::all::size> bytes{};
  bytes[103] = 1;
  bytes[84] = 1;
  CHECK(row::all::check(bytes, part::report).error().offset == 84);
  bytes[7] = 1;
  CHECK(row::all::check(bytes, part::report).error().offset == 7);
}

TEST_CASE("what is written to a row is read from it, and no other byte changes", "[bytes][layout]") {
  std::array<std::uint8_t, row::all::size> bytes{};
  bytes.fill(0xee);
  auto expected = bytes;

  row::policy::write(bytes, 0x0123456789abcdef);
  for (std::size_t i = 0; i < 8; ++i) expected[8 + i] = static_cast<std::uint8_t>(0x0123456789abcdef >> (8 * i));
  CHECK(bytes == expected);
  CHECK(row::policy::read(bytes) == 0x0123456789abcdef);

  row::report_data::type data;
  std::iota(data.value.begin(), data.value.end(), std::uint8_t{1});
  row::report_data::write(bytes, data);
  std::iota(expected.begin() + 16, expected.begin() + 80, std::uint8_t{1});
  CHECK(bytes == expected);
  CHECK(row::report_data::read(bytes) == data);
}

TEST_CASE("a visitor sees every row that has a value, in order, with its name and place", "[bytes][layout]") {
  std::vector<std::string> seen;
  row::all::visit(counting(), [&]<class Row>(Row, const auto& value) {
    std::string text = std::string(Row::name) + "@" + std::to_string(Row::offset) + "+" + std::to_string(Row::size);
    if constexpr (std::is_integral_v<std::remove_cvref_t<decltype(value)>>) {
      text += "=" + std::to_string(value);
    } else {
      text += "=" + std::to_string(value.value[0]) + "..";
    }
    seen.push_back(text);
  });
  CHECK(seen == std::vector<std::string>{"version@0+4=67305985", "small@4+1=5", "policy@8+8=1157159078456920585",
                                         "report_data@16+64=17..", "reserved_50@80+4=81.."});
}

TEST_CASE("reading a row in a view that is too short stops the program", "[bytes][layout]") {
  const std::array<std::uint8_t, 15> bytes{};
  CHECK(unitee::test::stops([&] { return row::policy::read(bytes); }));
  CHECK(unitee::test::stops([&] { return row::all::check(byte_view(bytes).first(7), part::input).has_value(); }));
  CHECK_FALSE(unitee::test::stops([&] { return row::version::read(bytes); }));
}

}  // namespace test_layout
