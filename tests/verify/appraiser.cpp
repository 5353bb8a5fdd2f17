// SPDX-License-Identifier: Apache-2.0
#include <unitee/verify/appraiser.hpp>

#include "support/catch.hpp"

#include <unitee/bytes/fixed.hpp>
#include <unitee/verify/check_id.hpp>

#include <array>
#include <cstdint>
#include <optional>
#include <vector>

namespace test_appraiser {

using namespace unitee;

namespace {

constexpr std::array<check_info, 3> table{
    {{"a", "rule a", "source"}, {"b", "rule b", "source"}, {"c", "rule c", "source"}}};
using id = detail::check_id<table>;
using bytes = fixed_bytes<2>;

struct sheet : detail::answer_sheet<id> {
  using answer_sheet::any_of;
  using answer_sheet::at_least;
  using answer_sheet::flag;
  using answer_sheet::number_of;
  using answer_sheet::same;
};

}  // namespace

TEST_CASE("answers are written down in order, and the first that is not met refuses", "[verify][appraiser]") {
  sheet all;
  CHECK(all.checks().empty());
  CHECK_FALSE(all.refusal());
  all.flag("a", true, true, true);
  CHECK_FALSE(all.refusal());
  all.same("b", bytes{{1, 2}}, std::optional(bytes{{1, 3}}));
  all.flag("c", true, false, true);
  REQUIRE(all.checks().size() == 3);
  CHECK(all.checks()[1].wanted.bytes()[1] == 3);
  CHECK(all.refusal() == failure{errc::policy_not_met, 1, part::policy});
}

TEST_CASE("what nobody asked is shown and not judged", "[verify][appraiser]") {
  sheet all;
  all.flag("a", true, false, false);
  all.same("b", bytes{{1, 2}}, std::optional<bytes>());
  all.at_least("c", std::uint16_t{3}, std::optional<std::uint16_t>(), sheet::number_of);
  for (const appraisal_check& each : all.checks()) {
    CHECK(each.answer == outcome::not_asked);
    CHECK(each.choices == 0);
    CHECK(each.wanted.is() == check_value::kind::none);
    CHECK(each.found.is() != check_value::kind::none);
  }
  CHECK_FALSE(all.refusal());
}

TEST_CASE("what the evidence does not tell meets nothing that is wanted of it", "[verify][appraiser]") {
  sheet all;
  all.flag("a", std::nullopt, false, true);
  all.any_of("b", std::nullopt, std::optional(std::vector{bytes{}}));
  all.at_least("c", std::nullopt, std::optional<std::uint16_t>(0), sheet::number_of);
  for (const appraisal_check& each : all.checks()) {
    CHECK(each.answer == outcome::not_met);
    CHECK(each.found.is() == check_value::kind::none);
  }
}

}  // namespace test_appraiser
