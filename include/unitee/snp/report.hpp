// SPDX-License-Identifier: Apache-2.0
//
// unitee/snp/report.hpp: the SEV-SNP attestation report.
#pragma once

#include <unitee/bytes/fixed.hpp>
#include <unitee/bytes/layout.hpp>
#include <unitee/bytes/view.hpp>
#include <unitee/result.hpp>
#include <unitee/snp/bits.hpp>
#include <unitee/snp/product.hpp>
#include <unitee/snp/tcb.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <utility>

namespace unitee::inline v0::snp {

// What the bytes of a report mean. Each is its own type: a measurement does not compare with a digest of a key.
using measurement = fixed_bytes<48, struct measurement_tag>;
using report_data = fixed_bytes<64, struct report_data_tag>;
using host_data = fixed_bytes<32, struct host_data_tag>;
using family_id = fixed_bytes<16, struct family_id_tag>;
using image_id = fixed_bytes<16, struct image_id_tag>;
using key_digest = fixed_bytes<48, struct key_digest_tag>;
using report_id = fixed_bytes<32, struct report_id_tag>;
using chip_id = fixed_bytes<64, struct chip_id_tag>;
using signature_number = fixed_bytes<72, struct signature_number_tag>;

// row has one type for each row of the vendor's table.
namespace row {
using version = layout::le<"version", 0x000, std::uint32_t>;
using guest_svn = layout::le<"guest_svn", 0x004, std::uint32_t>;
using policy = layout::le<"policy", 0x008, std::uint64_t>;
using family_id = layout::raw<"family_id", 0x010, 16, family_id_tag>;
using image_id = layout::raw<"image_id", 0x020, 16, image_id_tag>;
using vmpl = layout::le<"vmpl", 0x030, std::uint32_t>;
using signature_algo = layout::le<"signature_algo", 0x034, std::uint32_t>;
using current_tcb = layout::raw<"current_tcb", 0x038, 8, tcb_version_tag>;
using platform_info = layout::le<"platform_info", 0x040, std::uint64_t>;
using key_info = layout::le<"key_info", 0x048, std::uint32_t>;
using report_data = layout::raw<"report_data", 0x050, 64, report_data_tag>;
using measurement = layout::raw<"measurement", 0x090, 48, measurement_tag>;
using host_data = layout::raw<"host_data", 0x0C0, 32, host_data_tag>;
using id_key_digest = layout::raw<"id_key_digest", 0x0E0, 48, key_digest_tag>;
using author_key_digest = layout::raw<"author_key_digest", 0x110, 48, key_digest_tag>;
using report_id = layout::raw<"report_id", 0x140, 32, report_id_tag>;
using report_id_ma = layout::raw<"report_id_ma", 0x160, 32, report_id_tag>;
using reported_tcb = layout::raw<"reported_tcb", 0x180, 8, tcb_version_tag>;
using cpuid_fam_id = layout::le<"cpuid_fam_id", 0x188, std::uint8_t>;
using cpuid_mod_id = layout::le<"cpuid_mod_id", 0x189, std::uint8_t>;
using cpuid_step = layout::le<"cpuid_step", 0x18A, std::uint8_t>;
using chip_id = layout::raw<"chip_id", 0x1A0, 64, chip_id_tag>;
using committed_tcb = layout::raw<"committed_tcb", 0x1E0, 8, tcb_version_tag>;
using current_build = layout::le<"current_build", 0x1E8, std::uint8_t>;
using current_minor = layout::le<"current_minor", 0x1E9, std::uint8_t>;
using current_major = layout::le<"current_major", 0x1EA, std::uint8_t>;
using committed_build = layout::le<"committed_build", 0x1EC, std::uint8_t>;
using committed_minor = layout::le<"committed_minor", 0x1ED, std::uint8_t>;
using committed_major = layout::le<"committed_major", 0x1EE, std::uint8_t>;
using launch_tcb = layout::raw<"launch_tcb", 0x1F0, 8, tcb_version_tag>;
using launch_mit_vector = layout::le<"launch_mit_vector", 0x1F8, std::uint64_t>;
using current_mit_vector = layout::le<"current_mit_vector", 0x200, std::uint64_t>;
using signature_r = layout::raw<"signature_r", 0x2A0, 72, signature_number_tag>;
using signature_s = layout::raw<"signature_s", 0x2E8, 72, signature_number_tag>;

using to_reported_tcb =
    layout::group<version, guest_svn, policy, family_id, image_id, vmpl, signature_algo, current_tcb, platform_info,
                  key_info, layout::zero<0x04C, 4>, report_data, measurement, host_data, id_key_digest,
                  author_key_digest, report_id, report_id_ma, reported_tcb>;
using no_cpuid = layout::group<layout::zero<0x188, 24>>;
using cpuid = layout::group<cpuid_fam_id, cpuid_mod_id, cpuid_step, layout::zero<0x18B, 21>>;
using to_launch_tcb =
    layout::group<chip_id, committed_tcb, current_build, current_minor, current_major, layout::zero<0x1EB, 1>,
                  committed_build, committed_minor, committed_major, layout::zero<0x1EF, 1>, launch_tcb>;
using no_mitigations = layout::group<layout::zero<0x1F8, 168>>;
using mitigations = layout::group<launch_mit_vector, current_mit_vector, layout::zero<0x208, 152>>;
using signature = layout::group<signature_r, signature_s, layout::zero<0x330, 368>>;

using version_2 = layout::table_of<0x4A0, to_reported_tcb, no_cpuid, to_launch_tcb, no_mitigations, signature>;
using version_3 = layout::table_of<0x4A0, to_reported_tcb, cpuid, to_launch_tcb, no_mitigations, signature>;
using version_5 = layout::table_of<0x4A0, to_reported_tcb, cpuid, to_launch_tcb, mitigations, signature>;
}  // namespace row

// report owns the 1184 bytes (ABI table ATTESTATION_REPORT) and reads fields out of them: there is no second copy to
// drift.
class report {
  // checked is a proof that parse has looked: no one else can name it.
  struct checked {
    std::span<const std::uint8_t, 0x4A0> bytes;
  };

 public:
  static constexpr std::size_t size = 0x4A0;
  static constexpr std::size_t signed_size = 0x2A0;

  // parse accepts exactly one report of version 2, 3, 4 (laid out as 3) or 5. Other versions are
  // errc::unsupported_version; too few or too many bytes, a signature algorithm other than ECDSA P-384 with SHA-384 and
  // a reserved byte that is not zero for that version are failures, too. It says nothing about who signed the report.
  static constexpr result<report> parse(byte_view bytes) noexcept {
    if (bytes.size() < sizeof(std::uint32_t)) return failure{errc::truncated, bytes.size(), part::report};
    const std::uint32_t version = row::version::read(bytes);
    if (version < 2 || version > 5) return failure{errc::unsupported_version, row::version::offset, part::report};
    if (bytes.size() < size) return failure{errc::truncated, bytes.size(), part::report};
    if (bytes.size() > size) return failure{errc::trailing_data, size, part::report};
    if (row::signature_algo::read(bytes) != 1) {
      return failure{errc::unsupported_algorithm, row::signature_algo::offset, part::report};
    }
    const auto clean = version == 2  ? row::version_2::check(bytes, part::report)
                       : version < 5 ? row::version_3::check(bytes, part::report)
                                     : row::version_5::check(bytes, part::report);
    if (!clean) return clean.error();
    for (const auto number : {row::signature_r::view(bytes), row::signature_s::view(bytes)}) {
      // 384-bit numbers in 72 bytes: the upper 24 are zero, or two byte strings would carry one signature.
      const std::size_t at = first_nonzero(number.subspan<48>());
      const auto offset = static_cast<std::size_t>(number.data() - bytes.data());
      if (at != 24) return failure{errc::reserved_not_zero, offset + 48 + at, part::report};
    }
    return result<report>(std::in_place, checked{bytes.first<size>()});
  }

  // bytes gives back what parse was given.
  [[nodiscard]] constexpr std::span<const std::uint8_t, size> bytes() const noexcept { return bytes_; }

  // signed_bytes is the part under the signature, 0x000 to 0x29F.
  [[nodiscard]] constexpr std::span<const std::uint8_t, signed_size> signed_bytes() const noexcept {
    return std::span(bytes_).first<signed_size>();
  }

  [[nodiscard]] constexpr std::uint32_t version() const noexcept { return row::version::read(bytes_); }
  [[nodiscard]] constexpr std::uint32_t guest_svn() const noexcept { return row::guest_svn::read(bytes_); }
  [[nodiscard]] constexpr guest_policy policy() const noexcept { return {row::policy::read(bytes_)}; }
  [[nodiscard]] constexpr snp::family_id family_id() const noexcept { return row::family_id::read(bytes_); }
  [[nodiscard]] constexpr snp::image_id image_id() const noexcept { return row::image_id::read(bytes_); }
  // vmpl is 0 to 3, or 0xFFFFFFFF in a report that the host requested for itself.
  [[nodiscard]] constexpr std::uint32_t vmpl() const noexcept { return row::vmpl::read(bytes_); }
  [[nodiscard]] constexpr std::uint32_t signature_algo() const noexcept { return row::signature_algo::read(bytes_); }
  [[nodiscard]] constexpr tcb_version current_tcb() const noexcept { return row::current_tcb::read(bytes_); }
  [[nodiscard]] constexpr snp::platform_info platform_info() const noexcept {
    return {row::platform_info::read(bytes_)};
  }
  [[nodiscard]] constexpr snp::key_info key_info() const noexcept { return {row::key_info::read(bytes_)}; }
  [[nodiscard]] constexpr snp::report_data report_data() const noexcept { return row::report_data::read(bytes_); }
  [[nodiscard]] constexpr snp::measurement measurement() const noexcept { return row::measurement::read(bytes_); }
  [[nodiscard]] constexpr snp::host_data host_data() const noexcept { return row::host_data::read(bytes_); }
  [[nodiscard]] constexpr key_digest id_key_digest() const noexcept { return row::id_key_digest::read(bytes_); }
  // author_key_digest means nothing unless KEY_INFO.AUTHOR_KEY_EN is set.
  [[nodiscard]] constexpr key_digest author_key_digest() const noexcept { return row::author_key_digest::read(bytes_); }
  [[nodiscard]] constexpr snp::report_id report_id() const noexcept { return row::report_id::read(bytes_); }
  [[nodiscard]] constexpr snp::report_id report_id_ma() const noexcept { return row::report_id_ma::read(bytes_); }
  [[nodiscard]] constexpr tcb_version reported_tcb() const noexcept { return row::reported_tcb::read(bytes_); }
  // chip_id is all zero when the host masks it and in reports signed by a VLEK.
  [[nodiscard]] constexpr snp::chip_id chip_id() const noexcept { return row::chip_id::read(bytes_); }
  [[nodiscard]] constexpr tcb_version committed_tcb() const noexcept { return row::committed_tcb::read(bytes_); }
  [[nodiscard]] constexpr tcb_version launch_tcb() const noexcept { return row::launch_tcb::read(bytes_); }

  [[nodiscard]] constexpr firmware_version current_version() const noexcept {
    return {row::current_major::read(bytes_), row::current_minor::read(bytes_), row::current_build::read(bytes_)};
  }
  [[nodiscard]] constexpr firmware_version committed_version() const noexcept {
    return {row::committed_major::read(bytes_), row::committed_minor::read(bytes_), row::committed_build::read(bytes_)};
  }

  // cpuid is nothing in version 2, which does not say.
  [[nodiscard]] constexpr std::optional<snp::cpuid> cpuid() const noexcept {
    if (version() < 3) return std::nullopt;
    return snp::cpuid{row::cpuid_fam_id::read(bytes_), row::cpuid_mod_id::read(bytes_), row::cpuid_step::read(bytes_)};
  }

  // launch_mit_vector and current_mit_vector are unknown, not zero, before version 5.
  [[nodiscard]] constexpr std::optional<std::uint64_t> launch_mit_vector() const noexcept {
    if (version() < 5) return std::nullopt;
    return row::launch_mit_vector::read(bytes_);
  }
  [[nodiscard]] constexpr std::optional<std::uint64_t> current_mit_vector() const noexcept {
    if (version() < 5) return std::nullopt;
    return row::current_mit_vector::read(bytes_);
  }

  // layout is how this report's TCB versions are to be read: by CPUID, or in version 2 by the shape of the chip id,
  // which has 8 bytes on Turin. It is nothing for an unknown processor and for version 2 with a zero chip id.
  [[nodiscard]] constexpr std::optional<tcb_layout> layout() const noexcept {
    if (const auto id = cpuid()) {
      const auto known = generation_of(*id);
      if (!known) return std::nullopt;
      return product_of(*known).layout;
    }
    const snp::chip_id id = chip_id();
    if (!all_zero(id.view().subspan(8))) return tcb_layout::milan_genoa;
    if (!id.is_zero()) return tcb_layout::turin;
    return std::nullopt;
  }

  // signature_r and signature_s are as in the report: 72 bytes, little-endian, the upper 24 zero.
  [[nodiscard]] constexpr signature_number signature_r() const noexcept { return row::signature_r::read(bytes_); }
  [[nodiscard]] constexpr signature_number signature_s() const noexcept { return row::signature_s::read(bytes_); }

  // for_each_field calls f(Row{}, value) for every field that this version of the report has, in order; Row has name,
  // offset and size.
  template <class F>
  constexpr void for_each_field(F&& f) const {
    if (version() == 2) {
      row::version_2::visit(bytes_, f);
    } else if (version() < 5) {
      row::version_3::visit(bytes_, f);
    } else {
      row::version_5::visit(bytes_, f);
    }
  }

  constexpr explicit report(checked from) noexcept { unitee::detail::copy_bytes(from.bytes, bytes_); }

  friend constexpr bool operator==(const report&, const report&) = default;

 private:
  std::array<std::uint8_t, size> bytes_;
};

}  // namespace unitee::inline v0::snp
