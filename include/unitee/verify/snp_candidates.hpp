// SPDX-License-Identifier: Apache-2.0
//
// unitee/verify/snp_candidates.hpp: what among the endorsements could be part of a report's chain.
#pragma once

#include <unitee/bytes/time.hpp>
#include <unitee/crypto/certificate.hpp>
#include <unitee/crypto/crl.hpp>
#include <unitee/result.hpp>
#include <unitee/snp/bits.hpp>
#include <unitee/snp/report.hpp>
#include <unitee/verify/endorsements.hpp>
#include <unitee/verify/trust_anchors.hpp>

#include <algorithm>
#include <iterator>
#include <string_view>
#include <vector>

namespace unitee::inline v0::detail {

// best_failure keeps the failure of the attempt that came furthest.
class best_failure {
 public:
  void came_to(int step, failure why) noexcept {
    if (step <= step_) return;
    step_ = step;
    why_ = why;
  }
  [[nodiscard]] failure get() const noexcept { return why_; }

 private:
  int step_ = 0;
  failure why_{errc::missing, 0, part::vek};
};

inline std::vector<certificate> named(const std::vector<certificate>& all, std::string_view name) {
  std::vector<certificate> out;
  for (const certificate& one : all) {
    if (const auto subject = one.subject_common_name(); subject && *subject == name) out.push_back(one);
  }
  return out;
}

// candidate_roots is the roots by name; the caller's anchors come first and need not be among the endorsements.
inline std::vector<certificate> candidate_roots(const endorsements& given, const trust_anchors& anchors,
                                                std::string_view name) {
  std::vector<certificate> out = named(anchors.given(), name);
  for (const certificate& one : named(given.certificates(), name)) {
    if (std::ranges::find(out, one) == out.end()) out.push_back(one);
  }
  return out;
}

// crls_of is the root's lists. Where one is current, those that were superseded before say nothing more.
inline std::vector<crl> crls_of(const endorsements& given, const certificate& root, utc_time at) {
  std::vector<crl> out;
  std::ranges::copy_if(given.crls(), std::back_inserter(out), [&](const crl& one) { return one.is_issued_by(root); });
  const auto begun = [&](const crl& one) { return one.this_update() && *one.this_update() <= at; };
  const auto ended = [&](const crl& one) { return one.next_update() && *one.next_update() <= at; };
  if (std::ranges::any_of(out, [&](const crl& one) { return begun(one) && !ended(one); })) std::erase_if(out, ended);
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

// valid_first moves what is valid at the given time to the front: AMD issues a new certificate at every request.
inline void valid_first(std::vector<certificate>& all, utc_time at) {
  std::stable_partition(all.begin(), all.end(), [&](const certificate& one) {
    const auto from = one.not_before();
    const auto until = one.not_after();
    return from && until && *from <= at && at <= *until;
  });
}

}  // namespace unitee::inline v0::detail
