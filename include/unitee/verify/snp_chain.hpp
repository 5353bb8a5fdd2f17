// SPDX-License-Identifier: Apache-2.0
//
// unitee/verify/snp_chain.hpp: from a VEK certificate to a trusted root.
#pragma once

#include <unitee/bytes/time.hpp>
#include <unitee/crypto/certificate.hpp>
#include <unitee/crypto/chain.hpp>
#include <unitee/crypto/crl.hpp>
#include <unitee/crypto/ecdsa.hpp>
#include <unitee/result.hpp>
#include <unitee/snp/pins.hpp>
#include <unitee/verify/trust_anchors.hpp>
#include <unitee/verify/vek.hpp>

#include <array>
#include <span>
#include <string_view>
#include <utility>

namespace unitee::inline v0::snp {

// amd_chain is how all of AMD's chains are signed: RSASSA-PSS with SHA-384, MGF1 SHA-384 and a salt of 48 bytes, by RSA
// keys of 4096 bits, over a VEK with a P-384 key.
inline constexpr chain_rules amd_chain{signature_scheme::rsa_pss_sha384, p384_key, rsa_4096_key};

// verified_vek is a VEK whose chain ends in a trusted root. It verifies any number of reports, from any number of
// threads, within the time in which the chain is valid.
class verified_vek {
 public:
  // verify checks the chain vek, intermediate, root at the given time with the given revocation lists (all of which
  // must be the root's). The root must be pinned for the product or given by the caller: errc::untrusted_root. Names
  // other than the product's are errc::name_mismatch; else the failures are those of verify_chain, in part::vek,
  // part::intermediate or part::root. No list at all is not a failure: whether one was checked stands in crl_checked().
  static result<verified_vek> verify(const certificate& vek_certificate, const certificate& intermediate,
                                     const certificate& root, utc_time at, std::span<const crl> crls = {},
                                     const trust_anchors& anchors = {}) noexcept {
    auto leaf = vek::parse(vek_certificate);
    if (!leaf) return leaf.error();
    const role_names names = leaf->names();
    if (!is_named(intermediate, names.intermediate)) return failure{errc::name_mismatch, 0, part::intermediate};
    if (!is_named(root, names.root)) return failure{errc::name_mismatch, 0, part::root};
    const auto origin = anchors.origin_of(root, ark_pin(leaf->product_id()));
    if (!origin) return origin.error();
    if (intermediate.path_length() != 0) return failure{errc::certificate_unfit, 0, part::intermediate};
    const std::array<certificate, 3> chain{vek_certificate, intermediate, root};
    const auto validity = verify_chain(chain, at, crls, amd_chain);
    if (!validity) return in_role(validity.error());
    auto key = vek_certificate.ec_key<p384>();
    if (!key) return failure{key.error().code, 0, part::vek};
    return verified_vek(std::move(*leaf), std::move(*key), *validity, *origin, !crls.empty());
  }

  [[nodiscard]] const snp::vek& vek() const noexcept { return vek_; }
  [[nodiscard]] const ecdsa_public_key<p384>& key() const noexcept { return key_; }
  [[nodiscard]] const chain_validity& validity() const noexcept { return validity_; }
  [[nodiscard]] anchor_origin anchor() const noexcept { return anchor_; }
  [[nodiscard]] bool crl_checked() const noexcept { return crl_checked_; }

 private:
  verified_vek(snp::vek&& leaf, ecdsa_public_key<p384>&& key, chain_validity validity, anchor_origin anchor,
               bool crl_checked) noexcept
      : vek_(std::move(leaf)), key_(std::move(key)), validity_(validity), anchor_(anchor), crl_checked_(crl_checked) {}

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
  bool crl_checked_;
};

}  // namespace unitee::inline v0::snp
