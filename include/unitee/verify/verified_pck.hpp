// SPDX-License-Identifier: Apache-2.0
//
// unitee/verify/verified_pck.hpp: a platform whose PCK certificate is genuine, not revoked, and described.
#pragma once

#include <unitee/bytes/time.hpp>
#include <unitee/crypto/certificate.hpp>
#include <unitee/crypto/chain.hpp>
#include <unitee/crypto/ecdsa.hpp>
#include <unitee/observer.hpp>
#include <unitee/result.hpp>
#include <unitee/tdx/pck_extension.hpp>
#include <unitee/tdx/pins.hpp>
#include <unitee/verify/pck.hpp>
#include <unitee/verify/pck_chain.hpp>
#include <unitee/verify/step_times.hpp>
#include <unitee/verify/tdx_collateral.hpp>
#include <unitee/verify/tdx_names.hpp>
#include <unitee/verify/tdx_steps.hpp>
#include <unitee/verify/trust_anchors.hpp>
#include <unitee/verify/verified.hpp>

#include <algorithm>
#include <array>
#include <span>

namespace unitee::inline v0::tdx {

namespace detail {

// in_role names the certificate that verify_chain counted.
constexpr failure in_role(failure why) noexcept {
  constexpr part roles[] = {part::pck, part::intermediate, part::root};
  if (why.in != part::certificate || why.offset > 2) return why;
  return {why.code, 0, roles[why.offset]};
}

}  // namespace detail

// verify_pck_chain says that the chain ends in Intel's pinned root or one of the caller's, and gives the time in which
// all three certificates are valid; revocation is for verified_pck. Failures, in part::pck, part::intermediate or
// part::root: errc::name_mismatch, errc::untrusted_root, errc::certificate_unfit (path lengths other than 1 of the root
// and 0 of the intermediate, a leaf that is a CA or may not sign data), and those of verify_chain.
inline result<chain_validity> verify_pck_chain(const pck_chain& chain, utc_time at,
                                               const trust_anchors& anchors) noexcept {
  if (!is_pck_ca(chain.intermediate)) return failure{errc::name_mismatch, 0, part::intermediate};
  if (!is_named(chain.root, root_name)) return failure{errc::name_mismatch, 0, part::root};
  const auto origin = anchors.origin_of(chain.root, intel_root_pin);
  if (!origin) return origin.error();
  const certificate& leaf = chain.pck.cert();
  if (leaf.is_ca() || !leaf.may_sign_data()) return failure{errc::certificate_unfit, 0, part::pck};
  if (chain.intermediate.path_length() != 0) return failure{errc::certificate_unfit, 0, part::intermediate};
  if (chain.root.path_length() != 1) return failure{errc::certificate_unfit, 0, part::root};
  const std::array<certificate, 3> three{leaf, chain.intermediate, chain.root};
  const auto valid = verify_chain(three, at, {}, intel_chain);
  if (!valid) return detail::in_role(valid.error());
  return valid;
}

struct claims;

// verified_pck is a PCK certificate whose chain ends in a trusted root, whose revocation was checked, and the
// collateral of its platform. It verifies any number of quotes by that platform, from any number of threads, within the
// time for which it was judged.
class verified_pck {
 public:
  // verify checks the chain (see verify_pck_chain) and then: a root with another key than the collateral's is
  // errc::untrusted_root; an intermediate on the root's list is errc::revoked in part::intermediate; the list of the
  // chain's PCK CA must be there and good (errc::missing, errc::issuer_mismatch when there are lists of other CAs only,
  // and the failures of crl::verify, in part::pck_crl); a PCK certificate on it is errc::revoked in part::pck; and FMSPC
  // and PCE-ID must be the collateral's: errc::platform_mismatch in part::tcb_info.
  static result<verified_pck> verify(const pck_chain& chain, const tdx::collateral& with, utc_time at,
                                     const trust_anchors& anchors = {}) noexcept {
    return verify(chain, with, at, anchors, no_observer{});
  }

  // verify with an observer tells it of step::pck_chain, of step::tcb_info, which is the platform's revocation and that
  // the collateral is its own, and then when the chain and its list end.
  template <observer Watch>
  static result<verified_pck> verify(const pck_chain& chain, const tdx::collateral& with, utc_time at,
                                     const trust_anchors& anchors, Watch&& watch) noexcept {
    auto out = unitee::detail::watched<step_table>(watch, [&](auto notes) noexcept -> result<verified_pck> {
      notes.begin(step::pck_chain);
      const auto valid = verify_pck_chain(chain, at, anchors);
      if (!valid) return valid.error();
      notes.passed();
      notes.begin(step::tcb_info);
      auto answer = check(chain, *valid, with, at);
      if (answer) notes.passed();
      return answer;
    });
    if (out) out->tell_ends(watch, at);
    return out;
  }

  // tell_ends tells an observer when the chain and the PCK CA's list end.
  template <observer Watch>
  void tell_ends(Watch& watch, utc_time at) const noexcept {
    const auto each = items();
    unitee::detail::tell_expiry(watch, tee_vendor::tdx, std::span(each), at);
  }

  [[nodiscard]] const tdx::pck& pck() const noexcept { return pck_; }
  [[nodiscard]] const tdx::collateral& collateral() const noexcept { return collateral_; }

  // covers says that what was verified holds at another time, or names what is over (errc::expired) or has not begun
  // (errc::not_yet_valid): a certificate of the chain in part::pck, the PCK CA's list, or a piece of the collateral.
  [[nodiscard]] result<void> covers(utc_time at) const noexcept {
    if (at < chain_.not_before) return failure{errc::not_yet_valid, 0, part::pck};
    if (at > chain_.not_after) return failure{errc::expired, 0, part::pck};
    if (at < list_from_) return failure{errc::not_yet_valid, 0, part::pck_crl};
    if (at.seconds - list_until_.seconds > collateral_.grace()) return failure{errc::expired, 0, part::pck_crl};
    return collateral_.covers(at);
  }

  // chain_validity is when all certificates of the chain are valid. current_until is the last second at which nothing
  // is past its next update or its end; after it, something counts by the collateral's grace alone.
  [[nodiscard]] const unitee::chain_validity& chain_validity() const noexcept { return chain_; }
  [[nodiscard]] utc_time current_until() const noexcept {
    return std::min({chain_.not_after, list_until_, collateral_.current_until()});
  }

  // items is when the chain, with the first of its certificates to end, and the PCK CA's list begin and end.
  [[nodiscard]] std::array<collateral_item, 2> items() const noexcept {
    return {{{part::pck, chain_.not_before, chain_.not_after}, {part::pck_crl, list_from_, list_until_}}};
  }

 private:
  friend class unitee::detail::verifier<claims>;

  // check is verify for a chain that verify_pck_chain was content with, at the same time.
  static result<verified_pck> check(const pck_chain& chain, const unitee::chain_validity& chain_valid,
                                    const tdx::collateral& with, utc_time at) noexcept {
    if (!(chain.root == with.root()) && !chain.root.has_key_of(with.root())) {
      return failure{errc::untrusted_root, 0, part::root};
    }
    if (with.root_crl().lists(chain.intermediate)) return failure{errc::revoked, 0, part::intermediate};
    const auto list = with.pck_crl(chain.intermediate);
    if (!list) return list.error();
    if (list->lists(chain.pck.cert())) return failure{errc::revoked, 0, part::pck};
    const pck_extension& said = chain.pck.extension();
    if (said.fmspc != with.tcb_info()->fmspc || said.pceid != with.tcb_info()->pceid) {
      return failure{errc::platform_mismatch, 0, part::tcb_info};
    }
    verified_pck out(chain.pck, chain_valid, with, *list);
    if (const auto now = out.covers(at); !now) return now.error();
    return out;
  }

  verified_pck(const tdx::pck& of, const unitee::chain_validity& chain, const tdx::collateral& with,
               const crl& list) noexcept
      : pck_(of),
        chain_(chain),
        collateral_(with),
        list_from_(*list.this_update()),  // both dates were read when the list was verified
        list_until_(*list.next_update()) {}

  tdx::pck pck_;
  unitee::chain_validity chain_;
  tdx::collateral collateral_;
  utc_time list_from_;
  utc_time list_until_;
};

}  // namespace unitee::inline v0::tdx
