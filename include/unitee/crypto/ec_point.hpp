// SPDX-License-Identifier: Apache-2.0
//
// unitee/crypto/ec_point.hpp: public keys on P-256 and P-384 as coordinates and as SubjectPublicKeyInfo.
#pragma once

#include <unitee/bytes/fixed.hpp>
#include <unitee/bytes/view.hpp>
#include <unitee/crypto/ecdsa.hpp>
#include <unitee/result.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>

namespace unitee::inline v0 {

// ec_point<Curve> is big-endian x || y: 64 bytes on P-256, 96 on P-384. Not every value is a point on the curve:
// whatever computes with one checks it.
template <class Curve>
using ec_point = fixed_bytes<2 * Curve::field, struct ec_point_tag>;

namespace detail {

// spki_head is what stands before the coordinates in the DER of a key on Curve: the algorithm id-ecPublicKey with the
// named curve, and the mark of an uncompressed point (RFC 5480, section 2; SEC 1, section 2.3.3).
template <class Curve>
inline constexpr std::array<std::uint8_t, 0> spki_head{};
template <>
inline constexpr std::array<std::uint8_t, 27> spki_head<p256>{0x30, 0x59, 0x30, 0x13, 0x06, 0x07, 0x2a, 0x86, 0x48,
                                                              0xce, 0x3d, 0x02, 0x01, 0x06, 0x08, 0x2a, 0x86, 0x48,
                                                              0xce, 0x3d, 0x03, 0x01, 0x07, 0x03, 0x42, 0x00, 0x04};
template <>
inline constexpr std::array<std::uint8_t, 24> spki_head<p384>{0x30, 0x76, 0x30, 0x10, 0x06, 0x07, 0x2a, 0x86,
                                                              0x48, 0xce, 0x3d, 0x02, 0x01, 0x06, 0x05, 0x2b,
                                                              0x81, 0x04, 0x00, 0x22, 0x03, 0x62, 0x00, 0x04};

}  // namespace detail

// ec_spki<Curve> is the DER SubjectPublicKeyInfo of a key: 91 bytes on P-256, 120 on P-384.
template <class Curve>
using ec_spki = fixed_bytes<detail::spki_head<Curve>.size() + ec_point<Curve>::size(), struct ec_spki_tag>;

// spki_of is the one encoding of a point that point_of_spki reads.
template <class Curve>
constexpr ec_spki<Curve> spki_of(const ec_point<Curve>& point) noexcept {
  ec_spki<Curve> out;
  detail::copy_bytes(detail::spki_head<Curve>, out.value);
  detail::copy_bytes(point.value, byte_span(out.value).subspan(detail::spki_head<Curve>.size()));
  return out;
}

// point_of_spki reads exactly one key on Curve, with the curve named and the point uncompressed. Any other algorithm,
// curve or encoding is errc::unsupported_algorithm at 0; fewer bytes are errc::truncated at their end, more
// errc::trailing_data where they begin. Whether the point is on the curve is not asked here.
template <class Curve>
constexpr result<ec_point<Curve>> point_of_spki(byte_view der) noexcept {
  constexpr auto& head = detail::spki_head<Curve>;
  const std::size_t there = std::min(der.size(), head.size());
  if (!equal(der.first(there), byte_view(head).first(there))) return errc::unsupported_algorithm;
  if (der.size() < ec_spki<Curve>::size()) return failure{errc::truncated, der.size()};
  if (der.size() > ec_spki<Curve>::size()) return failure{errc::trailing_data, ec_spki<Curve>::size()};
  return ec_point<Curve>::from(der.subspan(head.size()));
}

}  // namespace unitee::inline v0
