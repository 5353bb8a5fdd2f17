// SPDX-License-Identifier: Apache-2.0
#include <unitee/json/trust_rows.hpp>

#include "support/catch.hpp"

#include <array>

namespace test_trust_rows {

using namespace unitee;

namespace {

constexpr std::array questions{check_info{"one", "", ""}, check_info{"two", "", ""}};
constexpr trust_row one{"one", trust_claim::hardware, 2, 97, ""};
constexpr trust_row two{"two", trust_claim::executables, 0, 33, ""};

constexpr bool fits(std::initializer_list<trust_row> rows) {
  return unitee::detail::has_rows_of({rows.begin(), rows.size()}, questions);
}

static_assert(fits({one, two}));
static_assert(!fits({two, one}));
static_assert(!fits({one}));
static_assert(!fits({one, two, two}));

appraisal_check answered(const char* name, outcome answer) { return {name, "", "", answer, {}, {}, 0}; }

}  // namespace

TEST_CASE("a row adds its value to its claim, and only when somebody asked", "[json][trustworthiness]") {
  constexpr std::array rows{one, two};
  const auto adds = [&](outcome first, outcome second, std::int8_t hardware, std::int8_t executables) {
    const std::array checks{answered("one", first), answered("two", second), answered("three", outcome::not_met)};
    trustworthiness_vector expected;
    expected.add(trust_claim::hardware, hardware);
    expected.add(trust_claim::executables, executables);
    trustworthiness_vector out;
    unitee::detail::add_checks(out, rows, checks);
    return out == expected;
  };
  CHECK(adds(outcome::not_asked, outcome::not_asked, 0, 0));
  CHECK(adds(outcome::met, outcome::not_asked, 2, 0));
  CHECK(adds(outcome::not_met, outcome::met, 97, 0));
  CHECK(adds(outcome::met, outcome::not_met, 2, 33));
}

}  // namespace test_trust_rows
