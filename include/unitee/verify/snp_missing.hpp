// SPDX-License-Identifier: Apache-2.0
//
// unitee/verify/snp_missing.hpp: what to fetch before a report can be verified, and from where.
#pragma once

#include <unitee/result.hpp>
#include <unitee/snp/kds.hpp>
#include <unitee/snp/product.hpp>
#include <unitee/snp/report.hpp>
#include <unitee/verify/endorsements.hpp>
#include <unitee/verify/snp.hpp>
#include <unitee/verify/trust_anchors.hpp>
#include <unitee/verify/vek.hpp>

#include <optional>
#include <vector>

namespace unitee::inline v0::snp {

// missing_endorsement is a certificate that the verifier needs and was not given.
struct missing_endorsement {
  part what;  // part::vek, part::intermediate or part::root
  generation product;
  signing_key_kind signer;
  // source is where AMD publishes it; nothing for a VLEK, which the host hands out, and for a VCEK under a masked chip
  // id.
  std::optional<address> source;
};

namespace detail {

// possible_generations is the report's generation, or those that a version 2 report, which does not say, can be of.
inline std::vector<generation> possible_generations(const report& r) {
  if (const auto id = r.cpuid()) {
    const auto known = generation_of(*id);
    return known ? std::vector{*known} : std::vector<generation>{};
  }
  std::vector<generation> out;
  for (const product& p : products) {
    if (!r.layout() || *r.layout() == p.layout) out.push_back(p.id);
  }
  return out;
}

}  // namespace detail

// missing_endorsements lists what to fetch for this report: nothing when all is there, whether or not it is any good. A
// version 2 report does not name its product, so without its VEK the answer has an entry for each that it can be.
inline std::vector<missing_endorsement> missing_endorsements(const report& r, const endorsements& given,
                                                             const trust_anchors& anchors = {}) {
  const signing_key_kind signer = r.key_info().signer();
  std::vector<generation> generations = detail::possible_generations(r);
  bool have_vek = false;
  for (const certificate& candidate : unitee::detail::candidate_veks(r, given)) {
    const auto leaf = vek::parse(candidate);
    if (!leaf || !leaf->check_against(r)) continue;
    have_vek = true;
    generations = {leaf->product_id()};
  }
  std::vector<missing_endorsement> out;
  for (const generation id : generations) {
    const role_names names = names_of(signer, id);
    if (!have_vek) {
      const auto source = signer == signing_key_kind::vcek ? vcek_address(r, id) : result<address>(errc::missing);
      out.push_back({part::vek, id, signer, source ? std::optional(*source) : std::nullopt});
    }
    if (unitee::detail::named(given.certificates(), names.intermediate).empty()) {
      out.push_back({part::intermediate, id, signer, chain_address(signer, id)});
    }
    if (unitee::detail::candidate_roots(given, anchors, names.root).empty()) {
      out.push_back({part::root, id, signer, chain_address(signer, id)});
    }
  }
  return out;
}

}  // namespace unitee::inline v0::snp
