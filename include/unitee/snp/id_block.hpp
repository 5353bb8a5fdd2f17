// SPDX-License-Identifier: Apache-2.0
//
// unitee/snp/id_block.hpp: what a guest's owner signs before launch: ID block and ID authentication structure.
#pragma once

#include <unitee/bytes/layout.hpp>
#include <unitee/bytes/view.hpp>
#include <unitee/result.hpp>
#include <unitee/snp/bits.hpp>
#include <unitee/snp/report.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

namespace unitee::inline v0::snp {

// id_block_row has one type for each row of the vendor's table (ABI, ID Block).
namespace id_block_row {
using ld = layout::raw<"ld", 0, 48, measurement_tag>;
using family_id = layout::raw<"family_id", 48, 16, family_id_tag>;
using image_id = layout::raw<"image_id", 64, 16, image_id_tag>;
using version = layout::le<"version", 80, std::uint32_t>;
using guest_svn = layout::le<"guest_svn", 84, std::uint32_t>;
using policy = layout::le<"policy", 88, std::uint64_t>;

using all = layout::table<96, ld, family_id, image_id, version, guest_svn, policy>;
}  // namespace id_block_row

// id_block refers to 96 bytes that the caller keeps alive: the launch digest that the firmware compares with
// MEASUREMENT, and what it then writes into the report. What it says is true of a guest only if the guest's report says
// the same.
class id_block {
 public:
  static constexpr std::size_t size = id_block_row::all::size;

  // parse accepts exactly one block of version 1: errc::truncated, errc::trailing_data, errc::unsupported_version.
  static constexpr result<id_block> parse(byte_view bytes) noexcept {
    if (bytes.size() < size) return failure{errc::truncated, bytes.size()};
    if (bytes.size() > size) return failure{errc::trailing_data, size};
    if (id_block_row::version::read(bytes) != 1)
      return failure{errc::unsupported_version, id_block_row::version::offset};
    return id_block(bytes.first<size>());
  }

  // bytes gives back what parse was given.
  [[nodiscard]] constexpr std::span<const std::uint8_t, size> bytes() const noexcept { return bytes_; }

  [[nodiscard]] constexpr measurement ld() const noexcept { return id_block_row::ld::read(bytes_); }
  [[nodiscard]] constexpr snp::family_id family_id() const noexcept { return id_block_row::family_id::read(bytes_); }
  [[nodiscard]] constexpr snp::image_id image_id() const noexcept { return id_block_row::image_id::read(bytes_); }
  [[nodiscard]] constexpr std::uint32_t version() const noexcept { return id_block_row::version::read(bytes_); }
  [[nodiscard]] constexpr std::uint32_t guest_svn() const noexcept { return id_block_row::guest_svn::read(bytes_); }
  [[nodiscard]] constexpr guest_policy policy() const noexcept { return {id_block_row::policy::read(bytes_)}; }

  // for_each_field calls f(Row{}, value) for every row in order; Row has name, offset and size.
  template <class F>
  constexpr void for_each_field(F&& f) const {
    id_block_row::all::visit(bytes_, f);
  }

 private:
  constexpr explicit id_block(std::span<const std::uint8_t, size> bytes) noexcept : bytes_(bytes) {}

  std::span<const std::uint8_t, size> bytes_;
};

// id_auth_row has one type for each row of the vendor's table (ABI, ID Authentication Information Structure), with the
// signature and public key formats of ECDSA P-384 spelled out. Numbers are 72 bytes, little-endian.
namespace id_auth_row {
using id_key_algo = layout::le<"id_key_algo", 0x000, std::uint32_t>;
using auth_key_algo = layout::le<"auth_key_algo", 0x004, std::uint32_t>;
using id_block_sig_r = layout::raw<"id_block_sig_r", 0x040, 72, signature_number_tag>;
using id_block_sig_s = layout::raw<"id_block_sig_s", 0x088, 72, signature_number_tag>;
using id_key_curve = layout::le<"id_key_curve", 0x240, std::uint32_t>;
using id_key_qx = layout::raw<"id_key_qx", 0x244, 72, signature_number_tag>;
using id_key_qy = layout::raw<"id_key_qy", 0x28C, 72, signature_number_tag>;
using id_key_sig_r = layout::raw<"id_key_sig_r", 0x680, 72, signature_number_tag>;
using id_key_sig_s = layout::raw<"id_key_sig_s", 0x6C8, 72, signature_number_tag>;
using author_key_curve = layout::le<"author_key_curve", 0x880, std::uint32_t>;
using author_key_qx = layout::raw<"author_key_qx", 0x884, 72, signature_number_tag>;
using author_key_qy = layout::raw<"author_key_qy", 0x8CC, 72, signature_number_tag>;

using all =
    layout::table<4096, id_key_algo, auth_key_algo, layout::zero<0x008, 56>, id_block_sig_r, id_block_sig_s,
                  layout::zero<0x0D0, 368>, id_key_curve, id_key_qx, id_key_qy, layout::zero<0x2D4, 880>,
                  layout::zero<0x644, 60>, id_key_sig_r, id_key_sig_s, layout::zero<0x710, 368>, author_key_curve,
                  author_key_qx, author_key_qy, layout::zero<0x914, 880>, layout::zero<0xC84, 892>>;
}  // namespace id_auth_row

// id_auth refers to 4096 bytes that the caller keeps alive: who signed an ID block, and who vouches for that signer.
// The firmware checks the signatures at launch; a verifier compares the digests of the keys with those in the report.
class id_auth {
 public:
  static constexpr std::size_t size = id_auth_row::all::size;
  static constexpr std::size_t key_size = 1028;

  // parse accepts exactly one structure: errc::truncated, errc::trailing_data; errc::unsupported_algorithm at an
  // algorithm other than ECDSA P-384 with SHA-384 (1) or a curve other than P-384 (2); errc::reserved_not_zero. The
  // author key may be left out: then its algorithm, its curve and all else of it are zero.
  static constexpr result<id_auth> parse(byte_view bytes) noexcept {
    namespace row = id_auth_row;
    if (bytes.size() < size) return failure{errc::truncated, bytes.size()};
    if (bytes.size() > size) return failure{errc::trailing_data, size};
    const bool author = row::auth_key_algo::read(bytes) != 0;
    if (row::id_key_algo::read(bytes) != 1) return failure{errc::unsupported_algorithm, row::id_key_algo::offset};
    if (author && row::auth_key_algo::read(bytes) != 1) {
      return failure{errc::unsupported_algorithm, row::auth_key_algo::offset};
    }
    if (row::id_key_curve::read(bytes) != 2) return failure{errc::unsupported_algorithm, row::id_key_curve::offset};
    if (author && row::author_key_curve::read(bytes) != 2) {
      return failure{errc::unsupported_algorithm, row::author_key_curve::offset};
    }
    if (const auto clean = row::all::check(bytes, part::input); !clean) return clean.error();
    // 384-bit numbers in 72 bytes: the upper 24 are zero.
    for (const std::size_t number : {row::id_block_sig_r::offset, row::id_block_sig_s::offset, row::id_key_qx::offset,
                                     row::id_key_qy::offset, row::id_key_sig_r::offset, row::id_key_sig_s::offset,
                                     row::author_key_qx::offset, row::author_key_qy::offset}) {
      const std::size_t at = first_nonzero(bytes.subspan(number + 48, 24));
      if (at != 24) return failure{errc::reserved_not_zero, number + 48 + at};
    }
    if (!author) {
      constexpr std::size_t from = row::id_key_sig_r::offset;
      const std::size_t at = from + first_nonzero(bytes.subspan(from));
      if (at != size) return failure{errc::reserved_not_zero, at};
    }
    return id_auth(bytes.first<size>());
  }

  // bytes gives back what parse was given.
  [[nodiscard]] constexpr std::span<const std::uint8_t, size> bytes() const noexcept { return bytes_; }

  [[nodiscard]] constexpr bool has_author_key() const noexcept { return id_auth_row::auth_key_algo::read(bytes_) != 0; }

  // id_key and author_key are the structures whose SHA-384 are ID_KEY_DIGEST and AUTHOR_KEY_DIGEST.
  [[nodiscard]] constexpr std::span<const std::uint8_t, key_size> id_key() const noexcept {
    return bytes_.subspan<id_auth_row::id_key_curve::offset, key_size>();
  }
  [[nodiscard]] constexpr std::span<const std::uint8_t, key_size> author_key() const noexcept {
    return bytes_.subspan<id_auth_row::author_key_curve::offset, key_size>();
  }

  // for_each_field calls f(Row{}, value) for every row in order; Row has name, offset and size.
  template <class F>
  constexpr void for_each_field(F&& f) const {
    id_auth_row::all::visit(bytes_, f);
  }

 private:
  constexpr explicit id_auth(std::span<const std::uint8_t, size> bytes) noexcept : bytes_(bytes) {}

  std::span<const std::uint8_t, size> bytes_;
};

}  // namespace unitee::inline v0::snp
