// SPDX-License-Identifier: Apache-2.0
//
// unitee/verify/tdx.hpp: is this quote genuine, and how good is the platform's TCB?
#pragma once

#include <unitee/bytes/time.hpp>
#include <unitee/bytes/view.hpp>
#include <unitee/crypto/ecdsa.hpp>
#include <unitee/crypto/hash.hpp>
#include <unitee/observer.hpp>
#include <unitee/result.hpp>
#include <unitee/tdx/enclave_report.hpp>
#include <unitee/tdx/fields.hpp>
#include <unitee/tdx/pck_extension.hpp>
#include <unitee/tdx/pins.hpp>
#include <unitee/tdx/quote.hpp>
#include <unitee/verify/candidates.hpp>
#include <unitee/verify/endorsements.hpp>
#include <unitee/verify/pck_chain.hpp>
#include <unitee/verify/quoted.hpp>
#include <unitee/verify/step_times.hpp>
#include <unitee/verify/tdx_binding.hpp>
#include <unitee/verify/tdx_collateral.hpp>
#include <unitee/verify/tdx_steps.hpp>
#include <unitee/verify/tdx_tcb.hpp>
#include <unitee/verify/tdx_tcb_2024.hpp>
#include <unitee/verify/trust_anchors.hpp>
#include <unitee/verify/verified.hpp>
#include <unitee/verify/verified_pck.hpp>

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <utility>

namespace unitee::inline v0::tdx {

// verify_options is what a caller may choose about a verification.
struct verify_options {
  // collateral_grace is for how many seconds after its next update collateral still counts. The claims say when it did,
  // and a policy must accept it once more.
  std::int64_t collateral_grace = 0;
  tcb_procedure procedure = tcb_procedure::current;
};

// claims is what a genuine quote says, and on whose word. It owns everything, the collateral included.
struct claims {
  quoted quote;
  pck_extension pck;           // of the platform's PCK certificate
  tdx::collateral collateral;  // what the verdict about the TCB rests on
  tcb_verdict tcb;             // refers to the collateral
  tcb_procedure procedure;     // by which the TCB was evaluated
  utc_time at;                 // the time of judgement
  utc_time current_until;      // the first end or next update of anything that was used
  // platform_items is when the PCK chain and the list of its CA begin and end.
  std::array<collateral_item, 2> platform_items;

  // collateral_is_stale says that something was past its next update at the time of judgement.
  [[nodiscard]] bool collateral_is_stale() const noexcept { return at > current_until; }
};

}  // namespace unitee::inline v0::tdx

namespace unitee::inline v0::detail {

// genuine_quote is verified claims, and the platform that they rest on, for its other quotes.
struct genuine_quote {
  verified<tdx::claims> claims;
  tdx::verified_pck platform;
};

// collateral_for is collateral::verify with the certificates of the chain beside the endorsements: the list of a PCK CA
// may come without that CA's certificate.
inline result<tdx::collateral> collateral_for(const tdx::pck_chain& chain, tdx::tee_type tee, const endorsements& given,
                                              utc_time at, const trust_anchors& anchors, std::int64_t grace) {
  const tdx::pck_extension& said = chain.pck.extension();
  endorsements all = given;
  all.add(chain.intermediate);
  all.add(chain.root);
  const tdx::collateral_scope scope{tee, said.fmspc, said.pceid};
  auto found = tdx::collateral::verify(all, scope, at, anchors, grace);
  if (!found || found->root().has_key_of(chain.root)) return found;
  // Another trusted root has collateral of this scope, too: look again, under the chain's own.
  trust_anchors own;
  if (!own.origin_of(chain.root, tdx::intel_root_pin)) {
    own.distrust_pinned();
    own.add(chain.root);
  }
  auto under_own = tdx::collateral::verify(all, scope, at, own, grace);
  return under_own ? under_own : found;
}

// verifier is the one place that makes verified claims about quotes.
template <>
class verifier<tdx::claims> {
 public:
  // check and search take notes of the steps for an observer: see step_times.
  template <class Notes = untimed>
  static result<verified<tdx::claims>> check(const tdx::quote& q, const tdx::verified_pck& platform, utc_time at,
                                             tdx::tcb_procedure procedure, Notes notes = {}) noexcept {
    using tdx::step;
    notes.begin(step::module_identity);
    const tdx::collateral& with = platform.collateral();
    if (const auto now = platform.covers(at); !now) return now.error();
    if (q.tee_type() != with.tee()) return failure{errc::product_mismatch, 0, part::tcb_info};
    if (const auto good = tdx::check_module(q, *with.tcb_info()); !good) return good.error();
    notes.passed();
    notes.begin(step::qe_report_signature);
    if (const auto good = tdx::check_qe_report(q, platform.pck().key()); !good) return good.error();
    notes.passed();
    notes.begin(step::enclave);
    if (const auto good = tdx::check_qe_identity(q, *with.qe_identity()); !good) return good.error();
    notes.passed();
    notes.begin(step::quote_signature);
    if (const auto good = tdx::check_quote_signature(q, platform.pck().key()); !good) return good.error();
    notes.passed();

    notes.begin(step::tcb_evaluation);
    const tdx::pck_extension& pck = platform.pck().extension();
    const tdx::tcb_subject subject = tdx::subject_of(q, pck);
    const auto verdict = procedure == tdx::tcb_procedure::current
                             ? tdx::evaluate_tcb(subject, *with.tcb_info(), *with.qe_identity())
                             : tdx::evaluate_tcb_2024(subject, *with.tcb_info(), *with.qe_identity());
    if (!verdict) return verdict.error();
    notes.passed();
    return verified<tdx::claims>(
        tdx::claims{tdx::quoted(q), pck, with, *verdict, procedure, at, platform.current_until(), platform.items()});
  }

  // platform_of is verified_pck::verify for a chain that verify_pck_chain was content with, at the same time.
  static result<tdx::verified_pck> platform_of(const tdx::pck_chain& chain, const chain_validity& valid,
                                               const tdx::collateral& with, utc_time at) noexcept {
    return tdx::verified_pck::check(chain, valid, with, at);
  }

  // search tries the chains that may be the quote's; platform_of(chain, validity) adds collateral to one that is
  // genuine.
  template <class PlatformOf, class Notes = untimed>
  static result<genuine_quote> search(const tdx::quote& q, const endorsements& given, utc_time at,
                                      const trust_anchors& anchors, tdx::tcb_procedure procedure,
                                      PlatformOf platform_of, Notes notes = {}) {
    using tdx::step;
    notes.begin(step::chain_data);
    const auto chains = tdx::pck_chains(q.certification_data(), given, anchors);
    if (!chains) return chains.error();
    notes.passed();
    best_failure best(failure{errc::missing, 0, part::pck});
    for (const tdx::pck_chain& chain : *chains) {
      notes.begin(step::pck_chain);
      const auto valid = tdx::verify_pck_chain(chain, at, anchors);
      if (!valid) {
        best.came_to(1, valid.error());
        continue;
      }
      notes.passed();
      notes.begin(step::tcb_info);
      result<tdx::verified_pck> platform = platform_of(chain, *valid);
      if (!platform) {
        best.came_to(2, platform.error());
        continue;
      }
      notes.passed();
      auto genuine = check(q, *platform, at, procedure, notes);
      if (genuine) return genuine_quote{std::move(*genuine), std::move(*platform)};
      best.came_to(3, genuine.error());
    }
    return best.get();
  }

  // tell_ends tells an observer when what the claims rest on ends. Of the lists of PCK CAs it is that of the chain's.
  template <class Watch>
  static void tell_ends(Watch& watch, const tdx::claims& of) noexcept {
    tell_expiry(watch, tee_vendor::tdx, std::span(of.platform_items), of.at);
    of.collateral.tell_ends(watch, of.at);
  }
};

}  // namespace unitee::inline v0::detail

namespace unitee::inline v0::tdx {

namespace detail {

template <class Notes>
result<unitee::detail::genuine_quote> search(const quote& q, const endorsements& given, utc_time at,
                                             const trust_anchors& anchors, const verify_options& options, Notes notes) {
  using by = unitee::detail::verifier<claims>;
  const auto platform_of = [&](const pck_chain& chain, const chain_validity& valid) -> result<verified_pck> {
    const auto with = unitee::detail::collateral_for(chain, q.tee_type(), given, at, anchors, options.collateral_grace);
    if (!with) return with.error();
    return by::platform_of(chain, valid, *with, at);
  };
  return by::search(q, given, at, anchors, options.procedure, platform_of, notes);
}

}  // namespace detail

// verify says whether the quote is genuine, given the platform that made it: two P-256 signature checks and the import
// of the attestation key, without allocation by this library. In this order: collateral and chain must cover the given
// time (see verified_pck::covers), the collateral must be about the quote's kind of TEE (errc::product_mismatch in
// part::tcb_info), and then, at the field's offset in part::quote, see check_module, check_qe_report, check_qe_identity
// and check_quote_signature. A TCB that is out of date, revoked or unknown is no failure: the claims say so, and
// appraise judges.
inline result<verified<claims>> verify(const quote& q, const verified_pck& platform, utc_time at,
                                       tcb_procedure procedure = tcb_procedure::current) noexcept {
  return unitee::detail::verifier<claims>::check(q, platform, at, procedure);
}

// verify says whether the quote is genuine by Intel's whole procedure: it takes the PCK chain from the quote or from
// the endorsements, verifies it, looks for the platform's collateral among the endorsements, verifies that, checks
// revocation, and then the quote. Failures: those of pck_chains, verify_pck_chain, collateral::verify,
// verified_pck::verify and of verify above; of several chains, that of the one that came furthest. step_of names the
// step.
inline result<verified<claims>> verify(const quote& q, const endorsements& given, utc_time at,
                                       const trust_anchors& anchors = {}, const verify_options& options = {}) {
  auto found = detail::search(q, given, at, anchors, options, unitee::detail::untimed());
  if (!found) return found.error();
  return std::move(found->claims);
}

// verify with an observer tells it of these steps, by told_as: with a verified platform step::module_identity, which
// includes the look at the time, step::qe_report_signature, step::enclave, step::quote_signature and
// step::tcb_evaluation; looking for one step::chain_data, step::pck_chain and step::tcb_info before. Then it tells when
// each thing that a good verdict rests on ends.
template <observer Watch>
result<verified<claims>> verify(const quote& q, const verified_pck& platform, utc_time at, tcb_procedure procedure,
                                Watch&& watch) noexcept {
  using by = unitee::detail::verifier<claims>;
  auto answer = unitee::detail::watched<step_table>(
      watch, [&](auto notes) noexcept { return by::check(q, platform, at, procedure, notes); });
  if (answer) by::tell_ends(watch, **answer);
  return answer;
}
template <observer Watch>
result<verified<claims>> verify(const quote& q, const endorsements& given, utc_time at, const trust_anchors& anchors,
                                const verify_options& options, Watch&& watch) {
  auto found = unitee::detail::watched<step_table>(
      watch, [&](auto notes) { return detail::search(q, given, at, anchors, options, notes); });
  if (!found) return found.error();
  unitee::detail::verifier<claims>::tell_ends(watch, *found->claims);
  return std::move(found->claims);
}

}  // namespace unitee::inline v0::tdx
