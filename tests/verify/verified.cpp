// SPDX-License-Identifier: Apache-2.0
#include <unitee/verify/verified.hpp>

#include <unitee/verify/attestation_result.hpp>

#include "support/catch.hpp"

#include <type_traits>

namespace test_verified {

using namespace unitee;

namespace {

struct some_claims {
  int value;
};

// Made by nobody outside of the verify floor, from anything; copied by everybody.
template <template <class> class Wrapper>
inline constexpr bool is_closed =
    !std::is_default_constructible_v<Wrapper<some_claims>> &&
    !std::is_constructible_v<Wrapper<some_claims>, some_claims> &&
    !std::is_constructible_v<Wrapper<some_claims>, const some_claims&> && !std::is_aggregate_v<Wrapper<some_claims>> &&
    !std::is_convertible_v<some_claims, Wrapper<some_claims>> && std::is_copy_constructible_v<Wrapper<some_claims>> &&
    std::is_same_v<decltype(*std::declval<Wrapper<some_claims>&>()), const some_claims&>;

}  // namespace

static_assert(is_closed<verified>);
static_assert(is_closed<accepted>);
static_assert(!std::is_constructible_v<accepted<some_claims>, verified<some_claims>>);
static_assert(!std::is_constructible_v<verified<some_claims>, accepted<some_claims>>);
static_assert(!std::is_constructible_v<attestation_result<some_claims>, result<accepted<some_claims>>>);

TEST_CASE("verified and accepted claims cannot be made by anybody else", "[verify]") {
  SUCCEED("see the static assertions");
}

}  // namespace test_verified
