// SPDX-License-Identifier: Apache-2.0

#include <unitee/verify/endorsements.hpp>
#include <unitee/verify/snp.hpp>
#include <unitee/verify/snp_verifier.hpp>

#include "task.hpp"

#include <memory>

namespace benchmarks {

namespace snp = unitee::snp;

snp_verifier unitee_verifier(const snp_evidence& evidence) {
  const unitee::utc_time at{evidence.at};
  const auto vcek = unitee::certificate::from_der(evidence.vcek);
  const auto ask = unitee::certificate::from_der(evidence.ask);
  const auto ark = unitee::certificate::from_der(evidence.ark);
  const auto report = snp::report::parse(evidence.report);
  if (!vcek || !ask || !ark || !report) return {};
  unitee::trust_anchors anchors;
  anchors.add(*ark);

  snp_verifier out{[] { return false; }, {}};
  if (const auto signer = snp::verified_vek::verify(*vcek, *ask, *ark, at, {}, anchors)) {
    out.report = [r = *report, s = *signer, at] { return snp::verify(r, s, at).has_value(); };
  }
  unitee::endorsements known;
  known.add(*ask);
  const auto fleet = std::make_shared<snp::verifier>(known, anchors);
  out.fleet = [&evidence, r = *report, fleet, at] { return fleet->verify(r, evidence.vcek, at).has_value(); };
  out.all = [&evidence, anchors, at] {
    unitee::endorsements found;
    for (const auto* der : {&evidence.vcek, &evidence.ask, &evidence.ark}) {
      if (!found.add(*der)) return false;
    }
    const auto parsed = snp::report::parse(evidence.report);
    return parsed && snp::verify(*parsed, found, at, anchors);
  };
  return out;
}

}  // namespace benchmarks
