// SPDX-License-Identifier: Apache-2.0
#include <unitee/snp/key_basis.hpp>

#include "support/catch.hpp"
#include "support/sample_report.hpp"

#include <array>
#include <cstdint>

namespace test_key_basis {

using namespace unitee;
using snp::key_basis;
using snp::key_floor;

namespace {

// The sample's fields: COMMITTED_TCB at 0x1E0, VMPL 2, GUEST_SVN 0x01020304; CURRENT_TCB is another.
constexpr auto from_sample = key_basis::of(*snp::report::parse(test::sample_report()));
static_assert(from_sample == key_basis{{{0x04, 0x01, 0, 0, 0, 0, 0x19, 0xDC}}, 2, 0x01020304});

constexpr key_floor some_floor{{{1, 2, 3, 4, 5, 6, 7, 8}}, 0x0D0C0B0A};
constexpr std::array<std::uint8_t, 12> some_bytes{1, 2, 3, 4, 5, 6, 7, 8, 0x0A, 0x0B, 0x0C, 0x0D};
static_assert(some_floor.encode() == some_bytes && key_floor::parse(some_bytes) == some_floor);
static_assert(key_floor{}.encode() == std::array<std::uint8_t, 12>{});

}  // namespace

TEST_CASE("every bit of a floor is kept", "[snp][key_basis]") {
  for (unsigned bit = 0; bit < 96; ++bit) {
    auto bytes = some_bytes;
    bytes[bit / 8] = static_cast<std::uint8_t>(bytes[bit / 8] ^ 1u << bit % 8);
    CHECK(key_floor::parse(bytes).encode() == bytes);
    CHECK(key_floor::parse(bytes) != some_floor);
  }
}

TEST_CASE("a basis is what every version of a report says", "[snp][key_basis]") {
  for (const std::uint32_t version : {2u, 3u, 4u, 5u}) {
    CHECK(key_basis::of(*snp::report::parse(test::sample_report(version))) == from_sample);
  }
}

TEST_CASE("two floors together demand what either does", "[snp][key_basis]") {
  constexpr key_floor other{{{8, 7, 6, 5, 4, 3, 2, 1}}, 5};
  static_assert(some_floor.with(other) == key_floor{{{8, 7, 6, 5, 5, 6, 7, 8}}, 0x0D0C0B0A});
  static_assert(other.with(some_floor) == some_floor.with(other));
  static_assert(some_floor.with({}) == some_floor && key_floor{}.with(some_floor) == some_floor);
  static_assert(key_floor{}.with({{}, 5}).guest_svn == 5);
  for (std::size_t i = 0; i < 8; ++i) {
    key_floor more = some_floor;
    ++more.tcb.value[i];
    CHECK(some_floor.with(more) == more);
    CHECK(more.with(some_floor) == more);
  }
}

}  // namespace test_key_basis
