// SPDX-License-Identifier: Apache-2.0
//
// unitee/verify/snp.hpp: is this attestation report genuine?
#pragma once

#include <unitee/bytes/time.hpp>
#include <unitee/crypto/certificate.hpp>
#include <unitee/crypto/crl.hpp>
#include <unitee/crypto/ecdsa.hpp>
#include <unitee/observer.hpp>
#include <unitee/result.hpp>
#include <unitee/snp/bits.hpp>
#include <unitee/snp/pins.hpp>
#include <unitee/snp/product.hpp>
#include <unitee/snp/report.hpp>
#include <unitee/verify/candidates.hpp>
#include <unitee/verify/endorsements.hpp>
#include <unitee/verify/snp_candidates.hpp>
#include <unitee/verify/snp_chain.hpp>
#include <unitee/verify/snp_form.hpp>
#include <unitee/verify/snp_steps.hpp>
#include <unitee/verify/step_times.hpp>
#include <unitee/verify/trust_anchors.hpp>
#include <unitee/verify/vek.hpp>
#include <unitee/verify/verified.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

namespace unitee::inline v0::snp {

// claims is what a genuine report says, and on whose word.
struct claims {
  snp::report report;
  snp::vek vek;  // whose key signed it: kind of key, product, chip or cloud provider
  anchor_origin anchor;
  chain_validity validity;  // of the chain that was used, and of its revocation lists
  bool chip_id_masked;      // a VCEK signed, but CHIP_ID is zero: nobody could compare the certificate's chip
  snp::revocation revocation;
};

// Endorsements may come from a hostile host: signature_attempts_max bounds how many VEKs that fit the report by what
// they say are tried on its signature, and chain_attempts_max how many chains of those that signed.
inline constexpr std::size_t signature_attempts_max = 128;
inline constexpr std::size_t chain_attempts_max = 32;

}  // namespace unitee::inline v0::snp

namespace unitee::inline v0::detail {

// genuine_report is verified claims, and the chain that they rest on, for other reports by the same key.
struct genuine_report {
  verified<snp::claims> claims;
  snp::verified_vek signer;
};

// verifier is the one place that makes verified claims about SEV-SNP reports.
template <>
class verifier<snp::claims> {
 public:
  // check and search take notes of the steps for an observer: see step_times.
  template <class Notes = untimed>
  static result<verified<snp::claims>> check(const snp::report& r, const snp::verified_vek& signer, utc_time at,
                                             Notes notes = {}) noexcept {
    notes.begin(snp::step::vek_certificate);
    auto answer = check_all_but_signature(r, signer, at);
    if (!answer) return answer;
    notes.passed();
    notes.begin(snp::step::report_signature);
    if (const auto good = check_signature(r, signer.key()); !good) return good.error();
    notes.passed();
    return answer;
  }

  // search looks for a chain among the endorsements; see snp::verify.
  template <class Notes = untimed>
  static result<genuine_report> search(const snp::report& r, const endorsements& given, utc_time at,
                                       const trust_anchors& anchors, snp::stale_crls stale, Notes notes = {});

  // tell_ends tells an observer when what the claims rest on ends.
  template <class Watch>
  static void tell_ends(Watch& watch, const snp::claims& of, utc_time at) noexcept {
    const utc_time ends = of.validity.not_after;
    watch.expiry(expiry_event{tee_vendor::snp, part::vek, ends, ends.seconds - at.seconds});
  }

 private:
  static result<void> check_signature(const snp::report& r, const ecdsa_public_key<p384>& key) noexcept {
    std::array<std::uint8_t, 96> rs{};  // big-endian, where the report is little-endian
    unitee::detail::copy_reversed(r.signature_r().view().first<48>(), byte_span(rs).first<48>());
    unitee::detail::copy_reversed(r.signature_s().view().first<48>(), byte_span(rs).last<48>());
    const auto good = key.verify(r.signed_bytes(), rs);
    if (good) return {};
    const std::size_t offset = good.error().offset != 0 ? snp::row::signature_s::offset : snp::row::signature_r::offset;
    return failure{good.error().code, offset, part::report};
  }

  // check_all_but_signature is for callers that check the signature with the signer's key, before or after.
  static result<verified<snp::claims>> check_all_but_signature(const snp::report& r, const snp::verified_vek& signer,
                                                               utc_time at) noexcept {
    namespace row = snp::row;
    if (const auto form = snp::check_form(r); !form) return form.error();
    const snp::vek& vek = signer.vek();
    if (const auto matches = vek.check_against(r); !matches) return matches.error();
    const auto fail = [](errc code, std::size_t offset) { return failure{code, offset, part::report}; };
    const snp::tcb_layout layout = snp::product_of(vek.product_id()).layout;
    // The form says that no byte of the other versions is above the one of CURRENT_TCB.
    if (!reserved_are_zero(r.current_tcb(), layout)) return fail(errc::reserved_not_zero, row::current_tcb::offset);
    if (at < signer.validity().not_before) return failure{errc::not_yet_valid, 0, part::vek};
    if (at > signer.validity().not_after) return failure{errc::expired, 0, part::vek};
    const bool masked = vek.kind() == snp::signing_key_kind::vcek && r.chip_id().is_zero();
    return verified<snp::claims>(snp::claims{r, vek, signer.anchor(), signer.validity(), masked, signer.revocation()});
  }
};

template <class Notes>
result<genuine_report> verifier<snp::claims>::search(const snp::report& r, const endorsements& given, utc_time at,
                                                     const trust_anchors& anchors, snp::stale_crls stale, Notes notes) {
  using snp::step;
  notes.begin(step::known_product);
  if (const auto form = snp::check_form(r); !form) return form.error();
  notes.passed();
  best_failure best(failure{errc::missing, 0, part::vek});
  std::size_t signatures = 0;
  std::size_t chains = 0;
  std::vector<certificate> candidates = candidate_veks(r, given);
  valid_first(candidates, at);
  for (const certificate& candidate : candidates) {
    notes.begin(step::vek_certificate);
    const auto leaf = snp::vek::parse(candidate);
    if (!leaf) {
      best.came_to(1, leaf.error());
      continue;
    }
    if (const auto matches = leaf->check_against(r); !matches) {
      best.came_to(2, matches.error());
      continue;
    }
    notes.passed();
    notes.begin(step::report_signature);
    if (signatures++ == snp::signature_attempts_max) return best.get();
    const auto key = candidate.ec_key<p384>();
    const auto signed_by = key ? check_signature(r, *key) : failure{key.error().code, 0, part::vek};
    if (!signed_by) {
      best.came_to(3, signed_by.error());
      continue;
    }
    notes.passed();
    notes.begin(step::chain_signatures);
    best.came_to(4, failure{errc::missing, 0, part::intermediate});
    const snp::role_names names = leaf->names();
    const std::vector<certificate> roots = candidate_roots(given, anchors, names.root);
    for (const certificate& intermediate : named(given.certificates(), names.intermediate)) {
      best.came_to(5, failure{errc::missing, 0, part::root});
      for (const certificate& root : roots) {
        if (const auto origin = anchors.origin_of(root, snp::ark_pin(leaf->product_id())); !origin) {
          best.came_to(6, origin.error());
          continue;
        }
        if (chains++ == snp::chain_attempts_max) return best.get();
        const std::vector<crl> crls = crls_of(given, root, at);
        auto signer = snp::verified_vek::verify(*leaf, *key, intermediate, root, at, crls, anchors, stale);
        if (!signer) {
          best.came_to(7, signer.error());
          continue;
        }
        auto genuine = check_all_but_signature(r, *signer, at);
        if (genuine) {
          notes.passed();
          return genuine_report{std::move(*genuine), std::move(*signer)};
        }
        best.came_to(8, genuine.error());
      }
    }
  }
  return best.get();
}

}  // namespace unitee::inline v0::detail

namespace unitee::inline v0::snp {

// verify says whether the report is genuine, given a VEK whose chain has been verified: one P-384 signature check,
// without allocation by this library. Failures: those of check_form and vek::check_against; reserved bytes of a TCB
// version that are not zero; errc::expired and errc::not_yet_valid of the chain at the given time, in part::vek; and of
// the signature, at its offset in part::report, errc::signature_invalid, or errc::bad_value where r or s is out of
// range.
inline result<verified<claims>> verify(const report& r, const verified_vek& signer, utc_time at) noexcept {
  return unitee::detail::verifier<claims>::check(r, signer, at);
}

// verify says whether the report is genuine, looking for its VEK, the intermediate and the root among the endorsements.
// It tries the VEKs that fit, those that signed the report, and their chains until one is good, within the bounds
// above. Revocation lists of the root must all be genuine and clear, and current unless stale ones are accepted by
// name; a stale one beside a current one is left out. What is not there is errc::missing in part::vek,
// part::intermediate or part::root, and missing_endorsements says where to get it. When several fit and none is good,
// the failure is that of the attempt that came furthest; step_of names its step.
inline result<verified<claims>> verify(const report& r, const endorsements& given, utc_time at,
                                       const trust_anchors& anchors = {}, stale_crls stale = stale_crls::refuse) {
  auto found = unitee::detail::verifier<claims>::search(r, given, at, anchors, stale);
  if (!found) return found.error();
  return std::move(found->claims);
}

// verify with an observer tells it of these steps, by told_as: with a verified VEK step::vek_certificate, for
// everything that certificate and report say, and step::report_signature; looking for one step::known_product,
// step::vek_certificate, step::report_signature and step::chain_signatures. Then it tells when a good verdict ends.
template <observer Watch>
result<verified<claims>> verify(const report& r, const verified_vek& signer, utc_time at, Watch&& watch) noexcept {
  using by = unitee::detail::verifier<claims>;
  auto answer =
      unitee::detail::watched<step_table>(watch, [&](auto notes) noexcept { return by::check(r, signer, at, notes); });
  if (answer) by::tell_ends(watch, **answer, at);
  return answer;
}
template <observer Watch>
result<verified<claims>> verify(const report& r, const endorsements& given, utc_time at, const trust_anchors& anchors,
                                stale_crls stale, Watch&& watch) {
  using by = unitee::detail::verifier<claims>;
  auto found = unitee::detail::watched<step_table>(
      watch, [&](auto notes) { return by::search(r, given, at, anchors, stale, notes); });
  if (!found) return found.error();
  by::tell_ends(watch, *found->claims, at);
  return std::move(found->claims);
}

}  // namespace unitee::inline v0::snp
