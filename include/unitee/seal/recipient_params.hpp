// SPDX-License-Identifier: Apache-2.0
//
// unitee/seal/recipient_params.hpp: what a slot for a public key says of itself (FORMAT.md, "Kind 4: a public key").
#pragma once

#include <unitee/bytes/layout.hpp>
#include <unitee/bytes/view.hpp>
#include <unitee/crypto/ec_point.hpp>
#include <unitee/crypto/ecdsa.hpp>
#include <unitee/result.hpp>

#include <array>
#include <cstddef>
#include <cstdint>

namespace unitee::inline v0 {

// recipient_curve is the curve of both points of a slot, as the file numbers it.
enum class recipient_curve : std::uint8_t {
  nist_p256 = 1,
  nist_p384 = 2
};

template <class Curve>
inline constexpr recipient_curve recipient_curve_of = recipient_curve{0};
template <>
inline constexpr recipient_curve recipient_curve_of<p256> = recipient_curve::nist_p256;
template <>
inline constexpr recipient_curve recipient_curve_of<p384> = recipient_curve::nist_p384;

// recipient_row is the layout on one curve: 129 bytes on P-256, 193 on P-384.
template <class Curve>
struct recipient_row {
  static constexpr std::size_t point_size = ec_point<Curve>::size();
  using curve = layout::le<"curve", 0, std::uint8_t>;
  using ephemeral = layout::raw<"ephemeral", 1, point_size, ec_point_tag>;
  using recipient = layout::raw<"recipient", 1 + point_size, point_size, ec_point_tag>;
  using all = layout::table<1 + 2 * point_size, curve, ephemeral, recipient>;
};

// recipient_params owns a slot's two public keys: the one that was drawn for the slot alone, and the guest's. Nothing
// of it is secret, and all of it goes into the slot's key.
class recipient_params {
 public:
  static constexpr std::size_t size_max = recipient_row<p384>::all::size;

  // parse reads exactly one. A curve that this version does not know is errc::unsupported_algorithm at 0, fewer bytes
  // are errc::truncated at their end, more errc::trailing_data where they begin; all in part::sealed_slot. Whether the
  // points are on the curve is found out by whoever computes with them.
  static constexpr result<recipient_params> parse(byte_view bytes) noexcept {
    if (bytes.empty()) return refused(errc::truncated, 0);
    switch (recipient_curve{bytes[0]}) {
      case recipient_curve::nist_p256: return exactly(bytes, recipient_row<p256>::all::size);
      case recipient_curve::nist_p384: return exactly(bytes, recipient_row<p384>::all::size);
    }
    return refused(errc::unsupported_algorithm, 0);
  }

  // of puts the two together. They are on the curve, or no reader gets a key.
  template <class Curve>
  static constexpr recipient_params of(const ec_point<Curve>& ephemeral, const ec_point<Curve>& recipient) noexcept {
    using row = recipient_row<Curve>;
    recipient_params out(row::all::size);
    row::curve::write(out.bytes_, static_cast<std::uint8_t>(recipient_curve_of<Curve>));
    row::ephemeral::write(out.bytes_, ephemeral);
    row::recipient::write(out.bytes_, recipient);
    return out;
  }

  [[nodiscard]] constexpr recipient_curve curve() const noexcept { return recipient_curve{bytes_[0]}; }

  // ephemeral and recipient are the points of a slot on Curve; on another curve they stop the program.
  template <class Curve>
  [[nodiscard]] constexpr ec_point<Curve> ephemeral() const noexcept {
    require<Curve>();
    return recipient_row<Curve>::ephemeral::read(bytes());
  }
  template <class Curve>
  [[nodiscard]] constexpr ec_point<Curve> recipient() const noexcept {
    require<Curve>();
    return recipient_row<Curve>::recipient::read(bytes());
  }

  // bytes is the encoding; it refers to this object.
  [[nodiscard]] constexpr byte_view bytes() const& noexcept { return byte_view(bytes_).first(size_); }
  byte_view bytes() const&& = delete;

  friend constexpr bool operator==(const recipient_params&, const recipient_params&) = default;

 private:
  constexpr explicit recipient_params(std::size_t size) noexcept : size_(size) {}

  static constexpr failure refused(errc code, std::size_t at) noexcept { return {code, at, part::sealed_slot}; }

  static constexpr result<recipient_params> exactly(byte_view bytes, std::size_t size) noexcept {
    if (bytes.size() < size) return refused(errc::truncated, bytes.size());
    if (bytes.size() > size) return refused(errc::trailing_data, size);
    recipient_params out(size);
    detail::copy_bytes(bytes, out.bytes_);
    return out;
  }

  template <class Curve>
  constexpr void require() const noexcept {
    if (curve() != recipient_curve_of<Curve>) detail::stop();
  }

  std::array<std::uint8_t, size_max> bytes_{};  // zero from size_ on
  std::size_t size_;
};

}  // namespace unitee::inline v0
