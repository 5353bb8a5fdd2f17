// SPDX-License-Identifier: Apache-2.0
//
// unitee/seal/slot_view.hpp: one slot of a sealed file's header, as bytes (FORMAT.md, "Slots").
#pragma once

#include <unitee/bytes/fixed.hpp>
#include <unitee/bytes/layout.hpp>
#include <unitee/bytes/view.hpp>
#include <unitee/crypto/aead.hpp>
#include <unitee/result.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace unitee::inline v0 {

// slot_kind says where the key comes from that opens a slot. Other numbers are for later versions; a reader passes over
// a slot of such a kind.
enum class slot_kind : std::uint32_t {
  snp_derived_key = 1,  // SEV-SNP firmware derives it; params is its record (key_record)
  caller_key = 2,       // the caller has it; params is an id of up to 64 bytes by which the caller finds it, or nothing
  tdx_derived_key = 3,  // the TDX module derives it; params is its record
  public_key = 4,       // it is agreed with a public key of the guest's; params is recipient_params
  broker_key = 5,       // a key broker releases it; params is what its client needs, 1 to 400 bytes
  simulated_snp_derived_key = 0x80000001,  // like the kinds without the name, but hardware and firmware are a
  simulated_tdx_derived_key = 0x80000003,  // simulation: they protect nothing
};

// name is the enumerator's spelling: stable, for logs and JSON.
constexpr const char* name(slot_kind kind) noexcept {
  switch (kind) {
    case slot_kind::snp_derived_key: return "snp_derived_key";
    case slot_kind::caller_key: return "caller_key";
    case slot_kind::tdx_derived_key: return "tdx_derived_key";
    case slot_kind::public_key: return "public_key";
    case slot_kind::broker_key: return "broker_key";
    case slot_kind::simulated_snp_derived_key: return "simulated_snp_derived_key";
    case slot_kind::simulated_tdx_derived_key: return "simulated_tdx_derived_key";
  }
  return "unknown";
}

using slot_bytes = std::array<std::uint8_t, 512>;

// slot_view reads a slot's 512 bytes, which the caller keeps alive.
class slot_view {
 public:
  static constexpr std::size_t size = 512;
  static constexpr std::size_t max_params = 400;
  static constexpr std::size_t authenticated_size = 452;

  // parse refuses what no writer makes. `base` is where the slot stands in the header: failures count from there.
  static constexpr result<slot_view> parse(std::span<const std::uint8_t, size> bytes, std::uint64_t base) noexcept {
    const auto fail = [&](errc code, std::size_t at) { return failure{code, base + at, part::sealed_header}; };
    const std::uint32_t kind = row::kind::read(bytes);
    const std::uint32_t used = row::params_size::read(bytes);
    if (kind == 0) return fail(errc::bad_value, row::kind::offset);
    if (!fits(slot_kind{kind}, used)) return fail(errc::bad_length, row::params_size::offset);
    const byte_view padding = row::params::view(bytes).subspan(used);
    if (const std::size_t at = first_nonzero(padding); at != padding.size()) {
      return fail(errc::reserved_not_zero, row::params::offset + used + at);
    }
    if (const auto clean = row::all::check(bytes, part::sealed_header); !clean) {
      return fail(clean.error().code, static_cast<std::size_t>(clean.error().offset));
    }
    return slot_view(bytes);
  }

  // encode is a slot that wraps nothing yet. Parameters that do not fit the kind are errc::bad_length, a kind that this
  // version does not write errc::unsupported_format; the offset counts in the slot.
  static constexpr result<slot_bytes> encode(slot_kind kind, byte_view params) noexcept {
    if (!is_known(kind)) return failure{errc::unsupported_format, row::kind::offset, part::sealed_header};
    if (!fits(kind, params.size())) return failure{errc::bad_length, row::params_size::offset, part::sealed_header};
    slot_bytes out{};
    row::kind::write(out, static_cast<std::uint32_t>(kind));
    row::params_size::write(out, static_cast<std::uint32_t>(params.size()));
    detail::copy_bytes(params, byte_span(out).subspan(row::params::offset));
    return out;
  }

  // put_wrapped_key completes an encoded slot.
  static constexpr void put_wrapped_key(slot_bytes& slot, const gcm_nonce& nonce, const fixed_bytes<32>& wrapped,
                                        const gcm_tag& tag) noexcept {
    row::nonce::write(slot, nonce);
    row::wrapped_key::write(slot, wrapped);
    row::tag::write(slot, tag);
  }

  // is_known says whether this version opens and writes slots of that kind.
  static constexpr bool is_known(slot_kind kind) noexcept { return std::string_view(name(kind)) != "unknown"; }

  [[nodiscard]] constexpr slot_kind kind() const noexcept { return slot_kind{row::kind::read(bytes_)}; }
  [[nodiscard]] constexpr byte_view params() const noexcept {
    return row::params::view(bytes_).first(row::params_size::read(bytes_));
  }
  [[nodiscard]] constexpr gcm_nonce nonce() const noexcept { return row::nonce::read(bytes_); }
  [[nodiscard]] constexpr fixed_bytes<32> wrapped_key() const noexcept { return row::wrapped_key::read(bytes_); }
  [[nodiscard]] constexpr gcm_tag tag() const noexcept { return row::tag::read(bytes_); }

  [[nodiscard]] constexpr std::span<const std::uint8_t, size> bytes() const noexcept { return bytes_; }

  // authenticated is the part of the slot that the wrapping covers: everything before the nonce.
  [[nodiscard]] constexpr byte_view authenticated() const noexcept { return bytes_.first<authenticated_size>(); }

 private:
  struct row {
    using kind = layout::le<"kind", 0, std::uint32_t>;
    using params_size = layout::le<"params_size", 4, std::uint32_t>;
    using params = layout::raw<"params", 8, max_params>;
    using nonce = layout::raw<"nonce", authenticated_size, 12, gcm_nonce_tag>;
    using wrapped_key = layout::raw<"wrapped_key", 464, 32>;
    using tag = layout::raw<"tag", 496, 16, gcm_tag_tag>;
    using all = layout::table<size, kind, params_size, params, layout::zero<408, 44>, nonce, wrapped_key, tag>;
  };

  static constexpr bool fits(slot_kind kind, std::size_t params_size) noexcept {
    switch (kind) {
      case slot_kind::snp_derived_key:
      case slot_kind::simulated_snp_derived_key: return params_size == 71 || params_size == 79;
      case slot_kind::tdx_derived_key:
      case slot_kind::simulated_tdx_derived_key: return params_size == 177;
      case slot_kind::caller_key: return params_size <= 64;
      case slot_kind::public_key: return params_size == 129 || params_size == 193;
      case slot_kind::broker_key: return params_size >= 1 && params_size <= max_params;
    }
    return params_size <= max_params;
  }

  constexpr explicit slot_view(std::span<const std::uint8_t, size> bytes) noexcept : bytes_(bytes) {}

  std::span<const std::uint8_t, size> bytes_;
};

}  // namespace unitee::inline v0
