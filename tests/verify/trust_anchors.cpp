// SPDX-License-Identifier: Apache-2.0
#include <unitee/verify/trust_anchors.hpp>

#include "support/verdicts.hpp"

#include <unitee/snp/pins.hpp>

namespace test_trust_anchors {

using namespace unitee;
using namespace unitee::test;
using snp::generation;

static_assert(std::string_view(name(anchor_origin::pinned)) == "pinned");
static_assert(std::string_view(name(anchor_origin::given_by_caller)) == "given by caller");

TEST_CASE("each vendor's root is pinned for its own product only", "[verify][anchors]") {
  UNITEE_REQUIRE_EVIDENCE();
  for (const auto& p : snp::products) {
    if (!p.verifiable) continue;  // AMD has published no root
    std::string file = "snp/roots/" + std::string(p.name) + "/ark.der";
    file[10] = static_cast<char>(file[10] | 0x20);
    const auto root = recorded(file).at(0);
    for (const auto& other : snp::products) {
      const auto origin = trust_anchors{}.origin_of(root, snp::ark_pin(other.id));
      if (other.id == p.id) {
        CHECK(need(origin) == anchor_origin::pinned);
      } else {
        CHECK(refusal(origin) == failure{errc::untrusted_root, 0, part::root});
      }
    }
  }
}

TEST_CASE("a caller may trust the given roots alone", "[verify][anchors]") {
  const auto& own = simulated_platform();
  const auto digest = need(own.root().spki_sha384());
  const std::optional<sha384_digest> pin = digest;  // as if the vendor's root were this
  trust_anchors anchors;
  CHECK(need(anchors.origin_of(own.root(), pin)) == anchor_origin::pinned);
  anchors.add(own.root());
  CHECK(need(anchors.origin_of(own.root(), pin)) == anchor_origin::pinned);
  anchors.distrust_pinned();
  CHECK(need(anchors.origin_of(own.root(), pin)) == anchor_origin::given_by_caller);
  trust_anchors none;
  none.distrust_pinned();
  CHECK(refusal(none.origin_of(own.root(), pin)) == failure{errc::untrusted_root, 0, part::root});
  CHECK(refusal(none.origin_of(own.root(), std::optional<sha384_digest>())) ==
        failure{errc::untrusted_root, 0, part::root});
}

TEST_CASE("a root of the caller's own is trusted in every byte, and nothing is by its name", "[verify][anchors]") {
  const auto& own = simulated_platform();
  const auto& pin = snp::ark_pin(generation::milan);
  CHECK(refusal(trust_anchors{}.origin_of(own.root(), pin)) == failure{errc::untrusted_root, 0, part::root});
  CHECK(need(anchors_of(own).origin_of(own.root(), pin)) == anchor_origin::given_by_caller);
  // The same names and key again, another signature: RSASSA-PSS draws a salt.
  const guest::detail::simulated_name name("ARK-", "Milan");
  const auto again = need(
      guest::detail::simulated_ca(name, own.get().ark_key, name, own.get().ark_key, 1, std::nullopt, simulated_begin));
  CHECK(refusal(anchors_of(own).origin_of(again, pin)) == failure{errc::untrusted_root, 0, part::root});
  CHECK(refusal(anchors_of(own).origin_of(own.get().ask, pin)) == failure{errc::untrusted_root, 0, part::root});
}

}  // namespace test_trust_anchors
