// SPDX-License-Identifier: Apache-2.0
//
// unitee/verify/snp_missing.hpp: what to fetch before a report can be verified, and from where.
#pragma once

#include <unitee/bytes/time.hpp>
#include <unitee/crypto/certificate.hpp>
#include <unitee/crypto/crl.hpp>
#include <unitee/result.hpp>
#include <unitee/snp/kds.hpp>
#include <unitee/snp/pins.hpp>
#include <unitee/snp/product.hpp>
#include <unitee/snp/report.hpp>
#include <unitee/verify/endorsements.hpp>
#include <unitee/verify/snp.hpp>
#include <unitee/verify/snp_chain.hpp>
#include <unitee/verify/trust_anchors.hpp>
#include <unitee/verify/vek.hpp>

#include <algorithm>
#include <optional>
#include <vector>

namespace unitee::inline v0::snp {

// missing_endorsement is a certificate or revocation list that the verifier needs and was not given.
struct missing_endorsement {
  part what;  // part::vek, part::intermediate, part::root or part::crl
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
    return known && product_of(*known).verifiable ? std::vector{*known} : std::vector<generation>{};
  }
  std::vector<generation> out;
  for (const product& p : products) {
    if (p.verifiable && (!r.layout() || *r.layout() == p.layout)) out.push_back(p.id);
  }
  return out;
}

}  // namespace detail

// missing_endorsements lists what to fetch for this report: nothing when all is there, whether or not it is any good. A
// version 2 report does not name its product, so without its VEK the answer has an entry for each that it can be. For a
// product that cannot be verified there is nothing to fetch. A root counts when it is trusted, and the others by what
// they say. With a time, a revocation list that is current then is asked for, too: a policy may require one.
inline std::vector<missing_endorsement> missing_endorsements(const report& r, const endorsements& given,
                                                             const trust_anchors& anchors = {},
                                                             std::optional<utc_time> crl_at = std::nullopt) {
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
    auto roots = unitee::detail::candidate_roots(given, anchors, names.root);
    std::erase_if(roots, [&](const certificate& root) { return !anchors.origin_of(root, ark_pin(id)); });
    if (roots.empty()) out.push_back({part::root, id, signer, chain_address(signer, id)});
    if (!crl_at) continue;
    const auto is_current = [&](const crl& list) {
      return std::any_of(roots.begin(), roots.end(), [&](const certificate& root) {
        return list.verify(root, *crl_at, amd_chain.scheme).has_value();
      });
    };
    if (std::none_of(given.crls().begin(), given.crls().end(), is_current)) {
      out.push_back({part::crl, id, signer, crl_address(signer, id)});
    }
  }
  return out;
}

}  // namespace unitee::inline v0::snp
