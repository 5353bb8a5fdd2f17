// SPDX-License-Identifier: Apache-2.0
//
// unitee/seal/attested_recipient.hpp: sealing to a guest whose evidence one has appraised, from outside.
#pragma once

#include <unitee/bytes/view.hpp>
#include <unitee/crypto/ec_point.hpp>
#include <unitee/crypto/ecdh.hpp>
#include <unitee/crypto/ecdsa.hpp>
#include <unitee/crypto/secret.hpp>
#include <unitee/report_data.hpp>
#include <unitee/result.hpp>
#include <unitee/seal/recipient_binding.hpp>
#include <unitee/seal/recipient_params.hpp>
#include <unitee/seal/recipient_slot_key.hpp>
#include <unitee/unavailable.hpp>
#include <unitee/verify/attestation_result.hpp>
#include <unitee/verify/claims.hpp>

#include <utility>
#include <variant>

namespace unitee::inline v0 {

namespace detail {

template <class T>
inline constexpr bool is_accepted = false;
template <class Claims>
inline constexpr bool is_accepted<accepted<Claims>> = true;

inline report_data report_data_in(const snp::claims& of) noexcept { return {of.report.report_data().value}; }
inline report_data report_data_in(const tdx::claims& of) noexcept { return {of.quote.report_data().value}; }
inline report_data report_data_in(const claims& of) noexcept { return of.report_data(); }

}  // namespace detail

// appraised_claims is the claims that an appraisal's verdict holds: accepted<snp::claims>, accepted<tdx::claims> or
// accepted<claims>. Those that are genuine and no more could be those of any guest, one of an attacker's included.
template <class T>
concept appraised_claims = detail::is_accepted<T> ||
    unavailable<"nobody has appraised these claims: seal to the key in claims that a policy has accepted">;

// recipient_agreement is a way into one file for a recipient: what the slot says of itself, and the slot's key.
struct recipient_agreement {
  recipient_params params;
  secret<32> key;
};

// sealing_recipient is a public key on P-256 or P-384 to which one may seal. It is known to be on its curve.
class sealing_recipient {
 public:
  // bound_in is the key of this DER SubjectPublicKeyInfo, once the appraised evidence vouches for it: its report data
  // are those of the binding with this key. If they are not, it is errc::binding_mismatch. An SPKI that is not of a key
  // on one of the two curves, with the curve named and the point uncompressed, is errc::unsupported_algorithm,
  // errc::truncated or errc::trailing_data; a point that is not on its curve is errc::bad_value where it stands. A
  // binding that makes no report data is the transcript's failure. All are in part::input.
  template <appraised_claims Appraised>
  [[nodiscard]] static result<sealing_recipient> bound_in(const Appraised& appraised, const recipient_binding& binding,
                                                          byte_view spki) noexcept {
    auto key = of_spki(spki);
    if (!key) return key;
    const auto expected = binding.report_data_of(spki);
    if (!expected) return expected.error();
    if (detail::report_data_in(*appraised) != *expected) return errc::binding_mismatch;
    return key;
  }

  // unattested is the key of this SPKI on the caller's word alone: nothing shows that its private half is in a guest,
  // and whoever has that half reads the payload. The failures are those of bound_in.
  [[nodiscard]] static result<sealing_recipient> unattested(byte_view spki) noexcept { return of_spki(spki); }

  // agree_with draws a fresh ephemeral key for one slot, agrees with the recipient and destroys the ephemeral key: from
  // here on, only the guest gets the slot's key from its parameters. errc::crypto_error is the only failure.
  [[nodiscard]] friend result<recipient_agreement> agree_with(const sealing_recipient& recipient) noexcept {
    if (const auto* const small = std::get_if<0>(&recipient.point_)) return agreement<p256>(*small);
    return agreement<p384>(*std::get_if<1>(&recipient.point_));
  }

  friend bool operator==(const sealing_recipient&, const sealing_recipient&) = default;

 private:
  using any_point = std::variant<ec_point<p256>, ec_point<p384>>;

  explicit sealing_recipient(const any_point& point) noexcept : point_(point) {}

  static result<sealing_recipient> of_spki(byte_view spki) noexcept {
    const auto small = point_of_spki<p256>(spki);
    if (small) return checked<p256>(*small);
    if (small.error().code != errc::unsupported_algorithm) return small.error();
    const auto large = point_of_spki<p384>(spki);
    if (large) return checked<p384>(*large);
    return large.error();
  }

  template <class Curve>
  static result<sealing_recipient> checked(const ec_point<Curve>& point) noexcept {
    const auto there = detail::public_ec_key<Curve>(point.view());
    if (!there) return failure{there.error().code, ec_spki<Curve>::size() - ec_point<Curve>::size()};
    return sealing_recipient(point);
  }

  template <class Curve>
  static result<recipient_agreement> agreement(const ec_point<Curve>& point) noexcept {
    const auto ephemeral = ecdh_private_key<Curve>::generate();
    if (!ephemeral) return ephemeral.error();
    const auto agreed = ephemeral->agree(point);
    if (!agreed) return agreed.error();
    const auto params = recipient_params::of<Curve>(ephemeral->public_point(), point);
    auto key = detail::key_from_agreed(*agreed, params);
    if (!key) return key.error();
    return recipient_agreement{params, *std::move(key)};
  }

  any_point point_;
};

}  // namespace unitee::inline v0
