// SPDX-License-Identifier: Apache-2.0
#include <unitee/verify/vek_name.hpp>

#include "support/verdicts.hpp"

#include <string>
#include <string_view>
#include <utility>

namespace test_vek_name {

using namespace unitee;
using namespace unitee::test;
using snp::generation;
using snp::names_of;
using snp::signing_key_kind;

namespace {

failure in_vek(errc code) { return {code, 0, part::vek}; }

// product_named is what these two common names say, in a certificate of this kind.
result<const snp::product*> product_named(const std::string& subject, const std::string& issuer,
                                          signing_key_kind kind) {
  auto plan = vcek_plan(simulated_platform());
  plan.subject = subject;
  plan.issuer = issuer;
  return snp::detail::product_of_issuer(plan.issue(), kind);
}

constexpr bool are(const snp::role_names& names, std::string_view vek, std::string_view intermediate,
                   std::string_view root) {
  return names.vek == vek && names.intermediate == intermediate && names.root == root;
}

}  // namespace

static_assert(are(names_of(signing_key_kind::vcek, generation::milan), "SEV-VCEK", "SEV-Milan", "ARK-Milan"));
static_assert(are(names_of(signing_key_kind::vcek, generation::genoa), "SEV-VCEK", "SEV-Genoa", "ARK-Genoa"));
static_assert(are(names_of(signing_key_kind::vcek, generation::turin), "SEV-VCEK", "SEV-Turin", "ARK-Turin"));
static_assert(are(names_of(signing_key_kind::vlek, generation::milan), "SEV-VLEK", "SEV-VLEK-Milan", "ARK-Milan"));
static_assert(are(names_of(signing_key_kind::vlek, generation::genoa), "SEV-VLEK", "SEV-VLEK-Genoa", "ARK-Genoa"));
static_assert(are(names_of(signing_key_kind::vlek, generation::turin), "SEV-VLEK", "SEV-VLEK-Turin", "ARK-Turin"));

TEST_CASE("subject and issuer say kind and product, of products that can be verified", "[verify][vek_name]") {
  for (const auto kind : {signing_key_kind::vcek, signing_key_kind::vlek}) {
    const auto other = kind == signing_key_kind::vcek ? signing_key_kind::vlek : signing_key_kind::vcek;
    for (const snp::product& p : snp::products) {
      CAPTURE(p.name, name(kind));
      const snp::role_names names = names_of(kind, p.id);
      const std::string subject(names.vek), issuer(names.intermediate);
      const auto found = product_named(subject, issuer, kind);
      if (p.id == generation::venice) {
        CHECK(refusal(found) == in_vek(errc::unsupported_product));
      } else {
        CHECK(need(found) == &p);
      }
      CHECK(refusal(product_named(subject, issuer, other)) == in_vek(errc::name_mismatch));
      CHECK(refusal(product_named(subject, std::string(names_of(other, p.id).intermediate), kind)) ==
            in_vek(errc::name_mismatch));
    }
  }
}

TEST_CASE("names other than AMD's are refused, and so are those of two chains mixed", "[verify][vek_name]") {
  using pair = std::pair<const char*, const char*>;
  for (const auto& [subject, issuer] :
       {pair{"VCEK", "SEV-Milan"}, pair{"SEV-VCEK ", "SEV-Milan"}, pair{"SEV-VCEK-Milan", "SEV-Milan"},
        pair{"SEV-VLEK", "SEV-Milan"}, pair{"SEV-VCEK", "SEV-VLEK-Milan"}, pair{"SEV-VCEK", "ARK-Milan"},
        pair{"SEV-VCEK", "SEV-"}, pair{"SEV-VCEK", "SEV-Milan "}, pair{"SEV-VCEK", "SEV-milan"},
        pair{"SEV-VCEK", "SEV-Bergamo"}, pair{"SEV-VCEK", "SEV-Siena"}, pair{"SEV-VLEK-Milan", "ARK-Milan"},
        pair{"SEV-Milan", "ARK-Milan"}, pair{"sev-vcek", "SEV-Milan"}, pair{"SEV-VCEK", "SEV-VCEK"}}) {
    CAPTURE(subject, issuer);
    auto plan = vcek_plan(simulated_platform());
    plan.subject = subject;
    plan.issuer = issuer;
    CHECK(refusal(snp::vek::parse(plan.issue())) == in_vek(errc::name_mismatch));
  }
}

}  // namespace test_vek_name
