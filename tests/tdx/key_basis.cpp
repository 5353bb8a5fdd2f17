// SPDX-License-Identifier: Apache-2.0
#include <unitee/tdx/key_basis.hpp>

#include "support/catch.hpp"
#include "support/sample_quote.hpp"

#include <algorithm>
#include <array>
#include <cstdint>

namespace test_key_basis {

using namespace unitee;
using tdx::key_basis;
using tdx::key_floor;

namespace {

constexpr key_floor some_floor{{{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15}}, 0x1110, 0x1312, 0x1514};

constexpr std::array<std::uint8_t, 22> counting() {
  std::array<std::uint8_t, 22> out{};
  for (std::size_t i = 0; i < out.size(); ++i) out[i] = static_cast<std::uint8_t>(i);
  return out;
}

static_assert(some_floor.encode() == counting() && key_floor::parse(counting()) == some_floor);
static_assert(key_floor{}.encode() == std::array<std::uint8_t, 22>{});

}  // namespace

TEST_CASE("a basis is the CPUSVN and TEE_TCB_SVN of a TD report, and no SVN that it does not say", "[tdx][key_basis]") {
  for (unsigned version = 0; version < 4; ++version) {
    const auto sample = test::sample_td_report(version);
    const auto basis = key_basis::of(*tdx::td_report::parse(sample.bytes()));
    CHECK(std::ranges::equal(basis.cpusvn.value, sample.bytes().subspan(16, 16)));
    CHECK(std::ranges::equal(basis.tee_tcb_svn.value, sample.bytes().subspan(264, 16)));
    CHECK(basis == key_basis{basis.cpusvn, basis.tee_tcb_svn, 0, 0, 0});
    CHECK_FALSE(basis.cpusvn.is_zero());
    CHECK_FALSE(basis.tee_tcb_svn.is_zero());
  }
}

TEST_CASE("every bit of a floor is kept", "[tdx][key_basis]") {
  for (unsigned bit = 0; bit < 8 * 22; ++bit) {
    auto bytes = counting();
    bytes[bit / 8] = static_cast<std::uint8_t>(bytes[bit / 8] ^ 1u << bit % 8);
    CHECK(key_floor::parse(bytes).encode() == bytes);
    CHECK(key_floor::parse(bytes) != some_floor);
  }
}

TEST_CASE("two floors together demand what either does", "[tdx][key_basis]") {
  CHECK(some_floor.with({}) == some_floor);
  CHECK(key_floor{}.with(some_floor) == some_floor);
  for (std::size_t i = 0; i < 16; ++i) {
    key_floor more;
    more.tee_tcb_svn.value[i] = 200;
    key_floor both = some_floor;
    both.tee_tcb_svn.value[i] = 200;
    CHECK(some_floor.with(more) == both);
    CHECK(more.with(some_floor) == both);
  }
  for (const auto svn : {&key_floor::isvsvn, &key_floor::mrconfigsvn, &key_floor::mrownerconfigsvn}) {
    key_floor more;
    more.*svn = 0xF000;
    key_floor both = some_floor;
    both.*svn = 0xF000;
    CHECK(some_floor.with(more) == both);
    CHECK(more.with(some_floor) == both);
  }
}

}  // namespace test_key_basis
