// SPDX-License-Identifier: Apache-2.0
//
// unitee/verify/snp_chain.hpp: from a VEK certificate to a trusted root.
#pragma once

#include <unitee/bytes/time.hpp>
#include <unitee/crypto/certificate.hpp>
#include <unitee/crypto/chain.hpp>
#include <unitee/crypto/crl.hpp>
#include <unitee/crypto/ecdsa.hpp>
#include <unitee/observer.hpp>
#include <unitee/result.hpp>
#include <unitee/snp/pins.hpp>
#include <unitee/verify/snp_steps.hpp>
#include <unitee/verify/step_times.hpp>
#include <unitee/verify/trust_anchors.hpp>
#include <unitee/verify/vek.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace unitee::inline v0::snp {

// amd_chain is how all of AMD's chains are signed: RSASSA-PSS with SHA-384, MGF1 SHA-384 and a salt of 48 bytes, by RSA
// keys of 4096 bits, over a VEK with a P-384 key.
inline constexpr chain_rules amd_chain{signature_scheme::rsa_pss_sha384, p384_key, rsa_4096_key};

// stale_crls says what to do with a revocation list that is genuine, and past its next update.
enum class stale_crls : std::uint8_t {
  refuse,
  // accept it: its entries still revoke, and the claims say that it was stale. Any list that the root ever signed will
  // do, also one from before a revocation: accept stale lists only where they do not come from the host.
  accept,
};

// revocation is what a verdict knows about revoked certificates.
enum class revocation : std::uint8_t {
  unchecked,   // no list of the root was given
  stale_list,  // no certificate is on the lists, of which one was past its next update
  // No certificate is on the lists, which were current. AMD publishes a list for VCEKs and one for VLEKs under the same
  // issuer, and nothing in them tells which is which: either counts.
  checked,
};

constexpr const char* name(revocation known) noexcept {
  constexpr const char* names[] = {"unchecked", "stale list", "checked"};
  return names[static_cast<std::size_t>(known)];
}

// verified_vek is a VEK whose chain ends in a trusted root. It verifies any number of reports, from any number of
// threads, within the time in which the chain is valid.
class verified_vek {
 public:
  // verify checks the chain vek, intermediate, root at the given time with the given revocation lists (all of which
  // must be the root's). The root must be pinned for the product or given by the caller: errc::untrusted_root. Names
  // other than the product's are errc::name_mismatch; else the failures are those of verify_chain, in part::vek,
  // part::intermediate or part::root. No list at all is not a failure: whether one was checked stands in revocation().
  static result<verified_vek> verify(const certificate& vek_certificate, const certificate& intermediate,
                                     const certificate& root, utc_time at, std::span<const crl> crls = {},
                                     const trust_anchors& anchors = {},
                                     stale_crls stale = stale_crls::refuse) noexcept {
    const auto leaf = snp::vek::parse(vek_certificate);
    if (!leaf) return leaf.error();
    const auto key = vek_certificate.ec_key<p384>();
    if (!key) return failure{key.error().code, 0, part::vek};
    return verify(*leaf, *key, intermediate, root, at, crls, anchors, stale);
  }

  // verify with an observer tells it of step::chain_signatures, which is all of the above, and then when the chain and
  // its lists end.
  template <observer Watch>
  static result<verified_vek> verify(const certificate& vek_certificate, const certificate& intermediate,
                                     const certificate& root, utc_time at, std::span<const crl> crls,
                                     const trust_anchors& anchors, stale_crls stale, Watch&& watch) noexcept {
    auto out = unitee::detail::watched<step_table>(watch, [&](auto notes) noexcept {
      notes.begin(step::chain_signatures);
      auto answer = verify(vek_certificate, intermediate, root, at, crls, anchors, stale);
      if (answer) notes.passed();
      return answer;
    });
    if (out) out->tell_ends(watch, at);
    return out;
  }

  // tell_ends tells an observer when the chain, or the first of its lists, ends.
  template <observer Watch>
  void tell_ends(Watch& watch, utc_time at) const noexcept {
    const utc_time ends = validity_.not_after;
    watch.expiry(expiry_event{tee_vendor::snp, part::vek, ends, ends.seconds - at.seconds});
  }

  // verify takes a VEK that was parsed before, and tells nobody; `key` must be its certificate's.
  static result<verified_vek> verify(const snp::vek& leaf, const ecdsa_public_key<p384>& key,
                                     const certificate& intermediate, const certificate& root, utc_time at,
                                     std::span<const crl> crls, const trust_anchors& anchors,
                                     stale_crls stale) noexcept {
    const role_names names = leaf.names();
    if (!is_named(intermediate, names.intermediate)) return failure{errc::name_mismatch, 0, part::intermediate};
    if (!is_named(root, names.root)) return failure{errc::name_mismatch, 0, part::root};
    const auto origin = anchors.origin_of(root, ark_pin(leaf.product_id()));
    if (!origin) return origin.error();
    if (intermediate.path_length() != 0) return failure{errc::certificate_unfit, 0, part::intermediate};
    const std::array<certificate, 3> chain{leaf.cert(), intermediate, root};
    chain_rules rules = amd_chain;
    rules.accept_stale_crls = stale == stale_crls::accept;
    const auto validity = verify_chain(chain, at, crls, rules);
    if (!validity) return in_role(validity.error());
    return verified_vek(leaf, key, *validity, *origin, !crls.empty());
  }

  [[nodiscard]] const snp::vek& vek() const noexcept { return vek_; }
  [[nodiscard]] const ecdsa_public_key<p384>& key() const noexcept { return key_; }
  [[nodiscard]] const chain_validity& validity() const noexcept { return validity_; }
  [[nodiscard]] anchor_origin anchor() const noexcept { return anchor_; }
  [[nodiscard]] snp::revocation revocation() const noexcept {
    if (!crl_given_) return snp::revocation::unchecked;
    return validity_.crl_is_stale ? snp::revocation::stale_list : snp::revocation::checked;
  }

 private:
  verified_vek(const snp::vek& leaf, const ecdsa_public_key<p384>& key, chain_validity validity, anchor_origin anchor,
               bool crl_given) noexcept
      : vek_(leaf), key_(key), validity_(validity), anchor_(anchor), crl_given_(crl_given) {}

  static bool is_named(const certificate& one, std::string_view name) noexcept {
    const auto subject = one.subject_common_name();
    return subject && *subject == name;
  }

  // in_role names the certificate that verify_chain counted.
  static constexpr failure in_role(failure why) noexcept {
    constexpr part roles[] = {part::vek, part::intermediate, part::root};
    if (why.in != part::certificate || why.offset > 2) return why;
    return {why.code, 0, roles[why.offset]};
  }

  snp::vek vek_;
  ecdsa_public_key<p384> key_;
  chain_validity validity_;
  anchor_origin anchor_;
  bool crl_given_;
};

}  // namespace unitee::inline v0::snp
