// expect: an observer has now, step, key, segment and expiry, all noexcept; inherit the others from no_observer
// SPDX-License-Identifier: Apache-2.0
#include <unitee/verify/snp.hpp>

using namespace unitee;

struct counting : no_observer {
  int steps = 0;
#ifdef UNITEE_CORRECTED
  void step(const step_event&) noexcept { ++steps; }
#else
  void step(const step_event&) { ++steps; }
#endif
};

auto use(const snp::report& report, const snp::verified_vek& signer, counting& watch) {
  return snp::verify(report, signer, {}, watch);
}
