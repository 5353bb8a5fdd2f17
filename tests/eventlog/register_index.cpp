// SPDX-License-Identifier: Apache-2.0
#include <unitee/eventlog/register_index.hpp>

#include "support/catch.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>

namespace test_register_index {

using namespace unitee::eventlog;

namespace {

static_assert(rtmr_of(1, index_kind::cc_register) == std::optional<std::size_t>(0));
static_assert(rtmr_of(1, index_kind::pcr) == std::optional<std::size_t>(0));

}  // namespace

TEST_CASE("indexes stand for the registers that the table of UEFI gives them", "[eventlog][register_index]") {
  constexpr int none = -1;
  constexpr std::array cc{none, 0, 1, 2, 3};
  constexpr std::array pcr{none, 0, 1, 1, 1, 1, 1, 0, 2, 2, 2, 2, 2, 2, 2, 2};
  const auto number = [](std::uint32_t index, index_kind kind) {
    const auto rtmr = rtmr_of(index, kind);
    return rtmr ? static_cast<int>(*rtmr) : none;
  };
  for (std::uint32_t i = 0; i < 40; ++i) {
    CAPTURE(i);
    CHECK(number(i, index_kind::cc_register) == (i < cc.size() ? cc[i] : none));
    CHECK(number(i, index_kind::pcr) == (i < pcr.size() ? pcr[i] : none));
  }
  CHECK(number(0xFFFFFFFF, index_kind::cc_register) == none);
  CHECK(number(0xFFFFFFFF, index_kind::pcr) == none);
}

}  // namespace test_register_index
