// SPDX-License-Identifier: Apache-2.0
//
// unitee/verify/snp_candidates.hpp: what among the endorsements could be part of a report's chain.
#pragma once

#include <unitee/bytes/time.hpp>
#include <unitee/crypto/certificate.hpp>
#include <unitee/crypto/crl.hpp>
#include <unitee/snp/bits.hpp>
#include <unitee/snp/report.hpp>
#include <unitee/verify/candidates.hpp>
#include <unitee/verify/endorsements.hpp>

#include <algorithm>
#include <vector>

namespace unitee::inline v0::detail {

// crls_of is the root's lists. Where one is current, those that were superseded before say nothing more.
inline std::vector<crl> crls_of(const endorsements& given, const certificate& root, utc_time at) {
  std::vector<crl> out;
  for (const crl& one : given.crls()) {
    if (one.is_issued_by(root)) out.push_back(one);
  }
  const auto begun = [&](const crl& one) { return one.this_update() && *one.this_update() <= at; };
  const auto ended = [&](const crl& one) { return one.next_update() && *one.next_update() < at; };
  if (std::any_of(out.begin(), out.end(), [&](const crl& one) { return begun(one) && !ended(one); }))
    std::erase_if(out, ended);
  return out;
}

// candidate_veks is everything that calls itself a VCEK or VLEK, the kind that the report names first.
inline std::vector<certificate> candidate_veks(const snp::report& r, const endorsements& given) {
  const bool vlek = r.key_info().signer() == snp::signing_key_kind::vlek;
  std::vector<certificate> out = named(given.certificates(), vlek ? "SEV-VLEK" : "SEV-VCEK");
  const std::vector<certificate> others = named(given.certificates(), vlek ? "SEV-VCEK" : "SEV-VLEK");
  out.insert(out.end(), others.begin(), others.end());
  return out;
}

}  // namespace unitee::inline v0::detail
