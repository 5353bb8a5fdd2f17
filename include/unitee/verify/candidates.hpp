// SPDX-License-Identifier: Apache-2.0
//
// unitee/verify/candidates.hpp: what among the endorsements could have a role in a chain, and how far the best came.
#pragma once

#include <unitee/bytes/time.hpp>
#include <unitee/crypto/certificate.hpp>
#include <unitee/result.hpp>
#include <unitee/verify/endorsements.hpp>
#include <unitee/verify/trust_anchors.hpp>

#include <algorithm>
#include <string_view>
#include <vector>

namespace unitee::inline v0::detail {

// best_failure keeps the failure of the attempt that came furthest.
class best_failure {
 public:
  explicit best_failure(failure nothing_found) noexcept : why_(nothing_found) {}

  void came_to(int step, failure why) noexcept {
    if (step <= step_) return;
    step_ = step;
    why_ = why;
  }
  [[nodiscard]] failure get() const noexcept { return why_; }

 private:
  int step_ = 0;
  failure why_;
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
    if (std::find(out.begin(), out.end(), one) == out.end()) out.push_back(one);
  }
  return out;
}

// valid_first moves what is valid at the given time to the front: vendors re-issue certificates for the same key.
inline void valid_first(std::vector<certificate>& all, utc_time at) {
  std::stable_partition(all.begin(), all.end(), [&](const certificate& one) {
    const auto from = one.not_before();
    const auto until = one.not_after();
    return from && until && *from <= at && at <= *until;
  });
}

}  // namespace unitee::inline v0::detail
