// SPDX-License-Identifier: Apache-2.0
//
// unitee/verify/tdx_collateral.hpp: Intel's collateral for a family of platforms, verified once for many quotes.
#pragma once

#include <unitee/bytes/time.hpp>
#include <unitee/crypto/certificate.hpp>
#include <unitee/crypto/crl.hpp>
#include <unitee/observer.hpp>
#include <unitee/result.hpp>
#include <unitee/tdx/quote_header.hpp>
#include <unitee/verify/enclave_identity.hpp>
#include <unitee/verify/endorsements.hpp>
#include <unitee/verify/step_times.hpp>
#include <unitee/verify/tcb_info.hpp>
#include <unitee/verify/tdx_collateral_reader.hpp>
#include <unitee/verify/tdx_steps.hpp>
#include <unitee/verify/trust_anchors.hpp>

#include <algorithm>
#include <cstdint>
#include <memory>
#include <span>
#include <utility>

namespace unitee::inline v0::tdx {

// collateral is TCB info, QE identity, their signing chain and the revocation lists of the root and of the PCK CAs, all
// genuine. It is immutable, copies share it, and any number of threads may verify quotes with one.
class collateral {
 public:
  // verify looks for the collateral of a scope among the endorsements and verifies it for the given time. The root must
  // be Intel's pinned one or the caller's. Where there are several documents or lists of a kind, the newest that is
  // genuine counts. `grace` is for how many seconds after its next update a document or list still counts: nobody knows
  // then what has been revoked since, and current_until tells. The steps, in this order:
  // 1. part::root: errc::missing, errc::untrusted_root, errc::certificate_unfit unless its path length is 1,
  //    errc::revoked when it is on its own list, and the failures of verify_chain for a root alone;
  // 2. part::root_crl: errc::missing; errc::extension_missing without CRL number or authority key identifier; else the
  //    failures of crl::verify;
  // 3. part::tcb_signing: errc::missing, errc::name_mismatch, errc::revoked, and the failures of verify_chain;
  // 4. part::tcb_info: errc::missing; errc::product_mismatch when it is about SGX and the scope about TDs, or the
  //    reverse; errc::platform_mismatch when FMSPC or PCE-ID are others; errc::signature_invalid, or errc::bad_value
  //    where r or s is out of range; errc::untrusted_root when the issuer chain that it came with has another root;
  //    errc::not_yet_valid before its issue date, errc::expired after its next update;
  // 5. part::qe_identity: the same, with errc::product_mismatch when it is not of the scope's quoting enclave.
  // Lists of PCK CAs are verified as far as they are there; verified_pck demands the one that it needs.
  static result<collateral> verify(const endorsements& given, const collateral_scope& scope, utc_time at,
                                   const trust_anchors& anchors = {}, std::int64_t grace = 0);

  // verify with an observer tells it of step::tcb_info, which is all of the above, and then when each piece ends.
  template <observer Watch>
  static result<collateral> verify(const endorsements& given, const collateral_scope& scope, utc_time at,
                                   const trust_anchors& anchors, std::int64_t grace, Watch&& watch);

  // tell_ends tells an observer when each piece ends but the lists of PCK CAs, of which a quote needs one.
  template <observer Watch>
  void tell_ends(Watch& watch, utc_time at) const noexcept {
    const auto is_list = [](const collateral_item& one) { return one.what == part::pck_crl; };
    const auto lists = std::find_if(held_->items.begin(), held_->items.end(), is_list);  // they stand last
    unitee::detail::tell_expiry(watch, tee_vendor::tdx, std::span(held_->items.begin(), lists), at);
  }

  // == says that both are copies of one.
  friend bool operator==(const collateral& a, const collateral& b) noexcept { return a.held_ == b.held_; }

  [[nodiscard]] const tcb_info_document& tcb_info() const noexcept { return held_->info; }
  [[nodiscard]] const enclave_identity_document& qe_identity() const noexcept { return held_->identity; }
  [[nodiscard]] const certificate& root() const noexcept { return held_->root; }
  [[nodiscard]] anchor_origin anchor() const noexcept { return held_->origin; }
  [[nodiscard]] const crl& root_crl() const noexcept { return held_->root_list; }
  [[nodiscard]] tee_type tee() const noexcept { return held_->info->id; }

  // pck_crl is the list of the PCK CA with the name and key of this certificate: errc::missing in part::pck_crl when
  // there is none of any PCK CA, errc::issuer_mismatch when there are lists of others only, or what is wrong with the
  // list.
  [[nodiscard]] result<crl> pck_crl(const certificate& intermediate) const noexcept {
    for (const detail::pck_ca_list& each : held_->cas) {
      if (each.ca == intermediate || each.ca.has_key_of(intermediate)) return each.list;
    }
    return failure{held_->has_pck_crls ? errc::issuer_mismatch : errc::missing, 0, part::pck_crl};
  }

  // items is when each piece begins and ends, in the order of the steps, then lists of PCK CAs.
  [[nodiscard]] std::span<const collateral_item> items() const noexcept { return held_->items; }

  // current_until is the last second at which everything but the lists of PCK CAs is current.
  [[nodiscard]] utc_time current_until() const noexcept { return held_->current_until; }

  // judged_from and judged_until is the time for which verify's answer holds: certificates are valid, and documents and
  // lists begun and not over, or within the grace.
  [[nodiscard]] utc_time judged_from() const noexcept { return held_->from; }
  [[nodiscard]] utc_time judged_until() const noexcept { return held_->until; }
  [[nodiscard]] std::int64_t grace() const noexcept { return held_->grace; }

  // superseded_from is when verify might choose otherwise among the same endorsements, because something in them begins.
  [[nodiscard]] utc_time superseded_from() const noexcept { return held_->superseded_from; }

  // covers says that verify's answer holds at another time, or names the piece that is over (errc::expired) or has not
  // begun (errc::not_yet_valid).
  [[nodiscard]] result<void> covers(utc_time at) const noexcept {
    if (judged_from() <= at && at <= judged_until()) return {};
    for (const collateral_item& each : items()) {
      if (each.what == part::pck_crl) continue;
      if (at < each.issued) return failure{errc::not_yet_valid, 0, each.what};
      if (at.seconds - each.next_update.seconds > grace_of(each.what)) return failure{errc::expired, 0, each.what};
    }
    return {};
  }

 private:
  using parts = detail::collateral_parts;

  // grace_of is the grace of a piece: certificates have none.
  [[nodiscard]] std::int64_t grace_of(part what) const noexcept {
    return what == part::root || what == part::tcb_signing ? 0 : grace();
  }

  explicit collateral(parts held) : held_(std::make_shared<const parts>(std::move(held))) {}

  std::shared_ptr<const parts> held_;
};

inline result<collateral> collateral::verify(const endorsements& given, const collateral_scope& scope, utc_time at,
                                             const trust_anchors& anchors, std::int64_t grace) {
  auto found = detail::collateral_reader(given, scope, at, anchors, grace).read();
  if (!found) return found.error();
  return collateral(std::move(*found));
}

template <observer Watch>
result<collateral> collateral::verify(const endorsements& given, const collateral_scope& scope, utc_time at,
                                      const trust_anchors& anchors, std::int64_t grace, Watch&& watch) {
  auto out = unitee::detail::watched<step_table>(watch, [&](auto notes) {
    notes.begin(step::tcb_info);
    auto answer = verify(given, scope, at, anchors, grace);
    if (answer) notes.passed();
    return answer;
  });
  if (out) out->tell_ends(watch, at);
  return out;
}

}  // namespace unitee::inline v0::tdx
