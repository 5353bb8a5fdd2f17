// SPDX-License-Identifier: Apache-2.0
#include <unitee/verify/candidates.hpp>

#include "support/forged_intel.hpp"

#include <cstdint>
#include <vector>

namespace test_candidates {

using namespace unitee;
using namespace unitee::test;
using unitee::detail::best_failure;
using unitee::detail::candidate_roots;
using unitee::detail::named;
using unitee::detail::valid_first;

namespace {

const auto& own() { return simulated_tdx_platform().get(); }
const auto& other() { return other_simulated_tdx_platform().get(); }

}  // namespace

TEST_CASE("the failure that is kept is the first of those that came furthest", "[verify][candidates]") {
  const auto at = [](std::uint64_t offset) { return failure{errc::bad_value, offset, part::quote}; };
  best_failure best(at(0));
  CHECK(best.get() == at(0));
  best.came_to(0, at(1));  // no further than nothing
  CHECK(best.get() == at(0));
  best.came_to(2, at(2));
  best.came_to(1, at(3));
  best.came_to(2, at(4));
  CHECK(best.get() == at(2));
  best.came_to(3, at(5));
  CHECK(best.get() == at(5));
}

TEST_CASE("certificates are found by their whole common name, in their order", "[verify][candidates]") {
  const certificate again = root_link().issue();
  const std::vector<certificate> all{own().ca, own().root, other().root, own().pck, again};
  CHECK(named(all, tdx::root_name) == std::vector{own().root, other().root, again});
  CHECK(named(all, tdx::pck_name) == std::vector{own().pck});
  CHECK(named(all, "Intel SGX Root C").empty());
  CHECK(named(all, "").empty());
  CHECK(named({}, tdx::root_name).empty());
}

TEST_CASE("the caller's roots come first, and each root once", "[verify][candidates]") {
  endorsements given;
  given.add(other().root);
  given.add(own().root);
  given.add(own().ca);
  CHECK(candidate_roots(given, {}, tdx::root_name) == std::vector{other().root, own().root});
  trust_anchors anchors;
  anchors.add(own().ca);  // of another name
  anchors.add(own().root);
  CHECK(candidate_roots(given, anchors, tdx::root_name) == std::vector{own().root, other().root});
  CHECK(candidate_roots({}, anchors, tdx::root_name) == std::vector{own().root});
  CHECK(candidate_roots({}, {}, tdx::root_name).empty());
}

TEST_CASE("what is valid comes first, and otherwise the order stays", "[verify][candidates]") {
  const auto dated = [](std::int64_t from, std::int64_t until) {
    forged_link link = tcb_signing_link();
    link.request.not_before = simulated_tdx_now + from;
    link.request.not_after = simulated_tdx_now + until;
    return link.issue();
  };
  const certificate over = dated(-9, -1);
  const certificate last_second = dated(-9, 0);
  const certificate not_yet = dated(1, 9);
  const certificate first_second = dated(0, 9);
  std::vector<certificate> all{over, last_second, not_yet, first_second};
  valid_first(all, simulated_tdx_now);
  CHECK(all == std::vector{last_second, first_second, over, not_yet});
}

}  // namespace test_candidates
