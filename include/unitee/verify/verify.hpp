// SPDX-License-Identifier: Apache-2.0
//
// unitee/verify/verify.hpp: is this evidence genuine, whichever vendor's it is?
#pragma once

#include <unitee/bytes/time.hpp>
#include <unitee/evidence.hpp>
#include <unitee/observer.hpp>
#include <unitee/result.hpp>
#include <unitee/verify/claims.hpp>
#include <unitee/verify/endorsements.hpp>
#include <unitee/verify/snp.hpp>
#include <unitee/verify/snp_chain.hpp>
#include <unitee/verify/tdx.hpp>
#include <unitee/verify/trust_anchors.hpp>
#include <unitee/verify/verified.hpp>

#include <utility>

namespace unitee::inline v0 {

// verify_options is what a caller may choose about a verification, for each vendor.
struct verify_options {
  snp::stale_crls stale_crls = snp::stale_crls::refuse;
  tdx::verify_options tdx;
};

namespace detail {

template <>
class verifier<claims> {
 public:
  template <class Claims>
  static result<verified<claims>> either(const result<verified<Claims>>& of) noexcept {
    if (!of) return of.error();
    return verified<claims>(claims(**of));
  }
};

}  // namespace detail

// verify says whether the evidence is genuine, looking among the endorsements for what its vendor publishes about it:
// see snp::verify and tdx::verify, whose failures it has.
inline result<verified<claims>> verify(const evidence& of, const endorsements& given, utc_time at,
                                       const trust_anchors& anchors = {}, const verify_options& options = {}) {
  using either = detail::verifier<claims>;
  if (const auto* report = of.snp()) {
    return either::either(snp::verify(*report, given, at, anchors, options.stale_crls));
  }
  return either::either(tdx::verify(*of.quote(), given, at, anchors, options.tdx));
}

// verify with an observer tells it what snp::verify or tdx::verify does.
template <observer Watch>
result<verified<claims>> verify(const evidence& of, const endorsements& given, utc_time at,
                                const trust_anchors& anchors, const verify_options& options, Watch&& watch) {
  using either = detail::verifier<claims>;
  if (const auto* report = of.snp()) {
    return either::either(snp::verify(*report, given, at, anchors, options.stale_crls, watch));
  }
  return either::either(tdx::verify(*of.quote(), given, at, anchors, options.tdx, watch));
}

}  // namespace unitee::inline v0
