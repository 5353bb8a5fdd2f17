// SPDX-License-Identifier: Apache-2.0
#include <unitee/kdf/bound_to.hpp>

#include "support/catch.hpp"

#include <array>

namespace test_bound_to {

using unitee::bound_to;
using unitee::tdx::rtmr_set;

namespace {

constexpr auto enough = bound_to::measurement_and_policy();
constexpr auto under_debug = bound_to::measurement_even_where_the_host_may_debug();
constexpr auto shared = bound_to::shared_by_every_guest_the_host_allows();

static_assert(enough.measurement() && enough.policy() && !enough.is_under_bound());
static_assert(under_debug.measurement() && !under_debug.policy() && under_debug.is_under_bound());
static_assert(!shared.measurement() && !shared.policy() && shared.is_under_bound());
static_assert(!enough.owner() && !enough.guest_svn() && !enough.configuration() && !enough.chip() &&
              enough.runtime_measurements().empty());

static_assert(enough.and_owner().owner() && enough.and_guest_svn().guest_svn() && enough.and_chip().chip());
static_assert(enough.and_configuration().configuration());
static_assert(enough.and_runtime_measurements({1}).and_runtime_measurements({2}).runtime_measurements() ==
              rtmr_set{1, 2});

}  // namespace

TEST_CASE("what is added makes a binding another one, and an under-bound one no better", "[kdf]") {
  const auto more = [](const bound_to& to) {
    return std::array{to,
                      to.and_owner(),
                      to.and_guest_svn(),
                      to.and_configuration(),
                      to.and_chip(),
                      to.and_runtime_measurements({0}),
                      to.and_runtime_measurements({4})};
  };
  for (const bound_to& base : {enough, under_debug, shared}) {
    const auto all = more(base);
    for (std::size_t i = 0; i < all.size(); ++i) {
      CHECK(all[i].is_under_bound() == base.is_under_bound());
      for (std::size_t j = 0; j < all.size(); ++j) CHECK((all[i] == all[j]) == (i == j));
    }
  }
  CHECK(enough.and_owner().and_chip() == enough.and_chip().and_owner().and_owner());
}

}  // namespace test_bound_to
