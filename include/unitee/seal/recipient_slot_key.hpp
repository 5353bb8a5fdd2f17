// SPDX-License-Identifier: Apache-2.0
//
// unitee/seal/recipient_slot_key.hpp: the key of a slot for a public key, in the guest that has the private half.
#pragma once

#include <unitee/bytes/view.hpp>
#include <unitee/crypto/ecdh.hpp>
#include <unitee/crypto/hkdf.hpp>
#include <unitee/crypto/secret.hpp>
#include <unitee/result.hpp>
#include <unitee/seal/recipient_params.hpp>

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace unitee::inline v0 {

namespace detail {

// recipient_salt is a part of the format.
inline constexpr std::string_view recipient_salt = "unitee sealed to public key v1";

// key_from_agreed is the slot's key from what both sides agree on. The parameters go into it, because an
// x-coordinate is that of two points: without them, other parameters would lead to the same key.
template <std::size_t N>
result<secret<32>> key_from_agreed(const secret<N>& agreed, const recipient_params& params) noexcept {
  const byte_view salt(reinterpret_cast<const std::uint8_t*>(recipient_salt.data()), recipient_salt.size());
  return hkdf_sha384<32>(agreed, salt, params.bytes());
}

}  // namespace detail

// recipient_slot_key is the key of the slot with these parameters. When the slot is for a key on another curve, or for
// another key on this one, it is errc::no_matching_slot at the curve or at the recipient; an ephemeral point that is
// not on the curve is errc::bad_value where it stands; all in part::sealed_slot.
//
// The key shows that the slot is for this guest, and not who sealed: anybody can seal to a public key.
template <class Curve>
result<secret<32>> recipient_slot_key(const ecdh_private_key<Curve>& own, const recipient_params& params) noexcept {
  using row = recipient_row<Curve>;
  const auto refused = [](errc code, std::size_t at) { return failure{code, at, part::sealed_slot}; };
  if (params.curve() != recipient_curve_of<Curve>) return refused(errc::no_matching_slot, row::curve::offset);
  if (params.recipient<Curve>() != own.public_point()) {
    return refused(errc::no_matching_slot, row::recipient::offset);
  }
  const auto agreed = own.agree(params.ephemeral<Curve>());
  if (!agreed) return refused(agreed.error().code, row::ephemeral::offset);
  return detail::key_from_agreed(*agreed, params);
}

}  // namespace unitee::inline v0
