// SPDX-License-Identifier: Apache-2.0
//
// unitee/verify/tdx_collateral_reader.hpp: how Intel's collateral is found among endorsements, and verified.
#pragma once

#include <unitee/bytes/time.hpp>
#include <unitee/crypto/certificate.hpp>
#include <unitee/crypto/chain.hpp>
#include <unitee/crypto/crl.hpp>
#include <unitee/crypto/ecdsa.hpp>
#include <unitee/result.hpp>
#include <unitee/tdx/pck_extension.hpp>
#include <unitee/tdx/pins.hpp>
#include <unitee/tdx/quote_header.hpp>
#include <unitee/verify/candidates.hpp>
#include <unitee/verify/enclave_identity.hpp>
#include <unitee/verify/endorsements.hpp>
#include <unitee/verify/tcb_info.hpp>
#include <unitee/verify/tdx_collateral_parts.hpp>
#include <unitee/verify/tdx_names.hpp>
#include <unitee/verify/trust_anchors.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <utility>
#include <vector>

namespace unitee::inline v0::tdx {

namespace detail {

// collateral_reader verifies collateral, step by step, and notes when each piece begins and ends.
class collateral_reader {
 public:
  collateral_reader(const endorsements& given, const collateral_scope& scope, utc_time at, const trust_anchors& anchors,
                    std::int64_t grace) noexcept
      : given_(given),
        scope_(scope),
        at_(at),
        anchors_(anchors),
        grace_(std::clamp(grace, std::int64_t{0}, grace_max)) {}

  result<collateral_parts> read() {
    unitee::detail::best_failure best(failure{errc::missing, 0, part::root});
    for (const certificate& root : unitee::detail::candidate_roots(given_, anchors_, root_name)) {
      const auto origin = anchors_.origin_of(root, intel_root_pin);
      if (!origin) {
        best.came_to(1, origin.error());
        continue;
      }
      items_.clear();
      signer_.reset();
      auto found = read_under(root, *origin);
      if (found) return found;
      best.came_to(2 + static_cast<int>(items_.size()), found.error());
    }
    return best.get();
  }

 private:
  // below_root is for chains under a root that read_under has verified.
  static constexpr chain_rules below_root{signature_scheme::ecdsa_sha256, p256_key, p256_key, false, true};

  result<collateral_parts> read_under(const certificate& root, anchor_origin origin) {
    const std::array alone{root};
    const auto valid = verify_chain(alone, at_, {}, intel_chain);
    if (!valid) return failure{valid.error().code, 0, part::root};
    if (root.path_length() != 1) return failure{errc::certificate_unfit, 0, part::root};
    note(part::root, valid->not_before, valid->not_after);
    auto list = newest_list(root, part::root_crl);
    if (!list) return list.error();
    if (list->lists(root)) return failure{errc::revoked, 0, part::root};
    note(part::root_crl, *list->this_update(), *list->next_update());
    const auto info =
        newest(given_.tcb_infos(), part::tcb_info, root, *list, [&](const auto& one) { return fits(*one); });
    if (!info) return info.error();
    const auto identity = newest(given_.enclave_identities(), part::qe_identity, root, *list,
                                 [&](const auto& one) { return fits(*one); });
    if (!identity) return identity.error();

    collateral_parts out{*info, *identity, root, origin, *list,          {}, has_pck_crls(), {},
                         {},    {},        {},   grace_, next_to_begin()};
    bound(out);
    for (const certificate& ca : given_.certificates()) {
      if (out.cas.size() == documents_max) break;
      const auto by_ca = [&](const crl& one) { return one.is_issued_by(ca); };
      if (!is_pck_ca(ca) || !ca.is_issued_by(root) || std::none_of(given_.crls().begin(), given_.crls().end(), by_ca))
        continue;
      const std::array chain{ca, root};
      if (!verify_chain(chain, at_, {}, below_root)) continue;
      out.cas.push_back({ca, newest_list(ca, part::pck_crl)});
      if (const auto& last = out.cas.back().list) note(part::pck_crl, *last->this_update(), *last->next_update());
    }
    out.items = std::move(items_);
    return out;
  }

  [[nodiscard]] bool has_pck_crls() const noexcept {
    return std::any_of(given_.crls().begin(), given_.crls().end(), [](const crl& one) {
      const auto issuer = one.issuer_common_name();
      return issuer && (*issuer == platform_ca_name || *issuer == processor_ca_name);
    });
  }

  // next_to_begin is the first time after the given one at which a document, list or certificate begins that may be
  // chosen then.
  [[nodiscard]] utc_time next_to_begin() const noexcept {
    utc_time out{std::numeric_limits<std::int64_t>::max()};
    const auto see = [&](utc_time begin) {
      if (begin > at_) out = std::min(out, begin);
    };
    for (const auto& each : given_.tcb_infos()) see(each.document->issue_date);
    for (const auto& each : given_.enclave_identities()) see(each.document->issue_date);
    for (const crl& each : given_.crls()) see(each.this_update() ? *each.this_update() : utc_time{});
    for (const certificate& each : given_.certificates()) see(each.not_before() ? *each.not_before() : utc_time{});
    return out;
  }

  // bound is the time that the items so far leave. Certificates have no grace.
  void bound(collateral_parts& out) const noexcept {
    out.from = items_.front().issued;
    out.until = out.current_until = items_.front().next_update;
    for (const collateral_item& each : items_) {
      const bool has_grace = each.what != part::root && each.what != part::tcb_signing;
      out.from = std::max(out.from, each.issued);
      out.current_until = std::min(out.current_until, each.next_update);
      out.until = std::min(out.until, utc_time{each.next_update.seconds + (has_grace ? grace_ : 0)});
    }
  }

  void note(part what, utc_time issued, utc_time until) { items_.push_back({what, issued, until}); }

  // is_over says that not even the grace helps.
  [[nodiscard]] bool is_over(utc_time next_update) const noexcept { return at_.seconds - next_update.seconds > grace_; }

  // by_age is what had begun at the given time before what had not, and the newest first.
  template <class T, class Issued>
  std::vector<const T*> by_age(const std::vector<T>& all, Issued issued) const {
    std::vector<const T*> out;
    out.reserve(all.size());
    for (const T& each : all) out.push_back(&each);
    std::stable_sort(out.begin(), out.end(), [&](const T* a, const T* b) {
      const bool a_begun = issued(*a) <= at_;
      const bool b_begun = issued(*b) <= at_;
      return a_begun != b_begun ? a_begun : issued(*a) > issued(*b);
    });
    return out;
  }

  result<crl> newest_list(const certificate& issuer, part what) const {
    unitee::detail::best_failure best(failure{errc::missing, 0, what});
    const auto issued = [](const crl& one) { return one.this_update() ? *one.this_update() : utc_time{}; };
    std::size_t tried = 0;
    for (const crl* each : by_age(given_.crls(), issued)) {
      if (!each->is_issued_by(issuer)) continue;
      if (tried++ == documents_max) break;
      const auto good = check(*each, issuer);
      if (good) return *each;
      best.came_to(1, failure{good.error().code, 0, what});
    }
    return best.get();
  }

  result<void> check(const crl& list, const certificate& issuer) const noexcept {
    if (!list.number() || !list.has_authority_key_identifier()) return errc::extension_missing;
    const auto good = list.verify(issuer, at_, intel_chain.scheme);
    const bool stale = !good && good.error().code == errc::expired;  // only a genuine list is
    if (stale && !is_over(*list.next_update())) return {};
    return good;
  }

  result<void> fits(const tdx::tcb_info& info) const noexcept {
    if (info.id != scope_.tee) return failure{errc::product_mismatch, 0, part::tcb_info};
    if (info.fmspc != scope_.fmspc || info.pceid != scope_.pceid) {
      return failure{errc::platform_mismatch, 0, part::tcb_info};
    }
    return {};
  }
  result<void> fits(const enclave_identity& identity) const noexcept {
    const auto wanted = scope_.tee == tee_type::tdx ? enclave_kind::td_qe : enclave_kind::qe;
    if (identity.id != wanted) return failure{errc::product_mismatch, 0, part::qe_identity};
    return {};
  }

  // newest is the newest document that fits, is genuine, and speaks for the given time.
  template <class Document, class Fits>
  result<Document> newest(const std::vector<issued<Document>>& all, part what, const certificate& root,
                          const crl& root_list, Fits fits) {
    unitee::detail::best_failure best(failure{errc::missing, 0, what});
    const auto issue_date = [](const issued<Document>& one) { return one.document->issue_date; };
    std::size_t tried = 0;
    for (const issued<Document>* each : by_age(all, issue_date)) {
      const Document& document = each->document;
      if (const auto ours = fits(document); !ours) {
        const bool same_kind = ours.error().code == errc::platform_mismatch;
        best.came_to(same_kind ? 2 : 1, ours.error());
        continue;
      }
      if (tried++ == documents_max) break;
      const auto signer = signer_of(*each, what, root, root_list);
      if (!signer) {
        best.came_to(3, signer.error());
      } else if (at_ < document->issue_date) {
        best.came_to(4, failure{errc::not_yet_valid, 0, what});
      } else if (is_over(document->next_update)) {
        best.came_to(4, failure{errc::expired, 0, what});
      } else {
        note(part::tcb_signing, signer->not_before, signer->not_after);
        note(what, document->issue_date, document->next_update);
        return document;
      }
    }
    return best.get();
  }

  // signer_of is the validity of the TCB signing certificate whose key signed the document.
  template <class Document>
  result<chain_validity> signer_of(const issued<Document>& of, part what, const certificate& root,
                                   const crl& root_list) {
    const bool delivered = !of.issuers.empty();
    std::vector<certificate> signers =
        unitee::detail::named(delivered ? of.issuers : given_.certificates(), tcb_signing_name);
    unitee::detail::valid_first(signers, at_);
    if (signers.size() > documents_max) signers.erase(signers.begin() + documents_max, signers.end());
    unitee::detail::best_failure best(failure{delivered ? errc::name_mismatch : errc::missing, 0, part::tcb_signing});
    for (const certificate& signer : signers) {
      const auto valid = check_signer(signer, root, root_list);
      if (!valid) {
        best.came_to(1, valid.error());
        continue;
      }
      const auto key = signer.ec_key<p256>();
      if (!key) {
        best.came_to(1, failure{key.error().code, 0, part::tcb_signing});
        continue;
      }
      const auto good = key->verify(of.document.text(), of.document.signature().value);
      if (good && !ends_in(root, of.issuers)) return failure{errc::untrusted_root, 0, what};
      if (good) return valid;
      best.came_to(2, failure{good.error().code, 0, what});
    }
    return best.get();
  }

  // ends_in says that the chain that a document was delivered with has no root but this one, or the same issued again.
  // A verdict rests on a trusted root and never on one that was delivered; but a chain that ends elsewhere is not what
  // Intel sends with the document, and Intel's verifier refuses it, too. Roots that came with no document, also in the
  // chain of a list, are passed over: endorsements may be those of many platforms, and of simulated ones.
  [[nodiscard]] bool ends_in(const certificate& root, const std::vector<certificate>& delivered) const noexcept {
    return std::all_of(delivered.begin(), delivered.end(), [&](const certificate& each) {
      if (each == root || !each.is_issued_by(each)) return true;
      const std::array alone{each};
      return each.has_key_of(root) && verify_chain(alone, at_, {}, intel_chain).has_value();
    });
  }

  // check_signer remembers the last certificate that was good: both documents usually have the same signer.
  result<chain_validity> check_signer(const certificate& signer, const certificate& root, const crl& root_list) {
    if (signer_ && signer_->first == signer) return signer_->second;
    const auto fail = [](errc code) { return failure{code, 0, part::tcb_signing}; };
    const std::array chain{signer, root};
    const auto valid = verify_chain(chain, at_, {}, below_root);
    if (!valid) return failure{valid.error().code, 0, valid.error().offset == 0 ? part::tcb_signing : part::root};
    if (signer.is_ca() || !signer.may_sign_data()) return fail(errc::certificate_unfit);
    if (root_list.lists(signer)) return fail(errc::revoked);
    signer_ = {signer, *valid};
    return valid;
  }

  const endorsements& given_;
  const collateral_scope& scope_;
  const utc_time at_;
  const trust_anchors& anchors_;
  const std::int64_t grace_;
  std::vector<collateral_item> items_;
  std::optional<std::pair<certificate, chain_validity>> signer_;
};

}  // namespace detail

}  // namespace unitee::inline v0::tdx
