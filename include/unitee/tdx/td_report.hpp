// SPDX-License-Identifier: Apache-2.0
//
// unitee/tdx/td_report.hpp: TDREPORT_STRUCT, what the TDX module tells a TD about itself.
#pragma once

#include <unitee/bytes/layout.hpp>
#include <unitee/bytes/view.hpp>
#include <unitee/result.hpp>
#include <unitee/tdx/attributes.hpp>
#include <unitee/tdx/fields.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

namespace unitee::inline v0::tdx {

// td_report_row has one type for each row of the three tables, with offsets in the whole.
namespace td_report_row {
// REPORTMACSTRUCT, 256 bytes.
using type = layout::le<"type", 0, std::uint8_t>;
using subtype = layout::le<"subtype", 1, std::uint8_t>;
using version = layout::le<"version", 2, std::uint8_t>;
using reserved_3 = layout::zero<3, 13>;
using cpusvn = layout::raw<"cpusvn", 16, 16, cpu_svn_tag>;
using tee_tcb_info_hash = layout::raw<"tee_tcb_info_hash", 32, 48, digest_tag>;
using tee_info_hash = layout::raw<"tee_info_hash", 80, 48, digest_tag>;
using reportdata = layout::raw<"reportdata", 128, 64, report_data_tag>;
using reserved_192 = layout::zero<192, 32>;
using mac = layout::raw<"mac", 224, 32, report_mac_tag>;
using reportmacstruct = layout::group<type, subtype, version, reserved_3, cpusvn, tee_tcb_info_hash, tee_info_hash,
                                      reportdata, reserved_192, mac>;

// TEE_TCB_INFO, 239 bytes, and the gap behind it.
using valid = layout::le<"valid", 256, std::uint64_t>;
using tee_tcb_svn = layout::raw<"tee_tcb_svn", 264, 16, tcb_svn_tag>;
using mrseam = layout::raw<"mrseam", 280, 48, measurement_tag>;
using mrsignerseam = layout::raw<"mrsignerseam", 328, 48, signer_measurement_tag>;
using seamattributes = layout::le<"seamattributes", 376, std::uint64_t>;
using tee_tcb_svn_2 = layout::raw<"tee_tcb_svn_2", 384, 16, tcb_svn_tag>;
using reserved_400 = layout::unused<"reserved_400", 400, 95>;
using reserved_495 = layout::zero<495, 17>;
using tee_tcb_info =
    layout::group<valid, tee_tcb_svn, mrseam, mrsignerseam, seamattributes, tee_tcb_svn_2, reserved_400, reserved_495>;

// TDINFO, 512 bytes. The tail depends on the version; where it is reserved, it is not promised to be zero.
using tdattributes = layout::le<"tdattributes", 512, std::uint64_t>;
using xfam = layout::le<"xfam", 520, std::uint64_t>;
using mrtd = layout::raw<"mrtd", 528, 48, measurement_tag>;
using mrconfigid = layout::raw<"mrconfigid", 576, 48, host_value_tag>;
using mrowner = layout::raw<"mrowner", 624, 48, host_value_tag>;
using mrownerconfig = layout::raw<"mrownerconfig", 672, 48, host_value_tag>;
using rtmr0 = layout::raw<"rtmr0", 720, 48, measurement_tag>;
using rtmr1 = layout::raw<"rtmr1", 768, 48, measurement_tag>;
using rtmr2 = layout::raw<"rtmr2", 816, 48, measurement_tag>;
using rtmr3 = layout::raw<"rtmr3", 864, 48, measurement_tag>;
using servtd_hash = layout::raw<"servtd_hash", 912, 48, measurement_tag>;
using tdinfo = layout::group<tdattributes, xfam, mrtd, mrconfigid, mrowner, mrownerconfig, rtmr0, rtmr1, rtmr2, rtmr3,
                             servtd_hash>;
using reserved_960 = layout::unused<"reserved_960", 960, 64>;
using td_id = layout::raw<"td_id", 960, 32, td_identifier_tag>;
using reserved_992 = layout::unused<"reserved_992", 992, 24>;
using vmid = layout::le<"vmid", 1016, std::uint8_t>;
using reserved_1017 = layout::unused<"reserved_1017", 1017, 3>;
using valid_flags = layout::le<"valid_flags", 1020, std::uint32_t>;

using version_0 = layout::table_of<1024, reportmacstruct, tee_tcb_info, tdinfo, layout::group<reserved_960>>;
using version_3 = layout::table_of<1024, reportmacstruct, tee_tcb_info, tdinfo,
                                   layout::group<td_id, reserved_992, vmid, reserved_1017, valid_flags>>;
}  // namespace td_report_row

// td_report owns the 1024 bytes and reads fields out of them. It is evidence on the platform that made it, which alone
// can check its MAC; elsewhere it proves nothing until it has become a quote.
class td_report {
 public:
  static constexpr std::size_t size = td_report_row::version_0::size;

  // parse accepts exactly one TD report, whose hashes and MAC it does not check. Failures are in part::td_report:
  // errc::bad_value at 0 for a type other than 0x81, errc::truncated and errc::trailing_data for another size than
  // 1024, errc::unsupported_version for a subtype (1) other than 0 or a version (2) above 3, and
  // errc::reserved_not_zero.
  static constexpr result<td_report> parse(byte_view bytes) noexcept {
    namespace row = td_report_row;
    if (bytes.empty()) return failure{errc::truncated, 0, part::td_report};
    if (row::type::read(bytes) != 0x81) return failure{errc::bad_value, row::type::offset, part::td_report};
    if (bytes.size() < size) return failure{errc::truncated, bytes.size(), part::td_report};
    if (bytes.size() > size) return failure{errc::trailing_data, size, part::td_report};
    if (row::subtype::read(bytes) != 0)
      return failure{errc::unsupported_version, row::subtype::offset, part::td_report};
    if (row::version::read(bytes) > 3) return failure{errc::unsupported_version, row::version::offset, part::td_report};
    // The rows that must be zero are the same in every version.
    if (const auto clean = row::version_0::check(bytes, part::td_report); !clean) return clean.error();
    return td_report(bytes.first<size>());
  }

  // bytes gives back what parse was given.
  [[nodiscard]] constexpr std::span<const std::uint8_t, size> bytes() const noexcept { return bytes_; }

  // tee_tcb_info_bytes is what tee_tcb_info_hash is the SHA-384 of, and tee_info_bytes what tee_info_hash is.
  [[nodiscard]] constexpr std::span<const std::uint8_t, 239> tee_tcb_info_bytes() const noexcept {
    return bytes().subspan<256, 239>();
  }
  [[nodiscard]] constexpr std::span<const std::uint8_t, 512> tee_info_bytes() const noexcept {
    return bytes().subspan<512, 512>();
  }

  // version is 0 to 3: whether SERVTD_HASH is in use (1), signers are, too (2), and the end of TDINFO is (3).
  [[nodiscard]] constexpr std::uint8_t version() const noexcept { return td_report_row::version::read(bytes_); }
  [[nodiscard]] constexpr cpu_svn cpusvn() const noexcept { return td_report_row::cpusvn::read(bytes_); }
  [[nodiscard]] constexpr digest tee_tcb_info_hash() const noexcept {
    return td_report_row::tee_tcb_info_hash::read(bytes_);
  }
  [[nodiscard]] constexpr digest tee_info_hash() const noexcept { return td_report_row::tee_info_hash::read(bytes_); }
  [[nodiscard]] constexpr tdx::report_data reportdata() const noexcept {
    return td_report_row::reportdata::read(bytes_);
  }
  [[nodiscard]] constexpr report_mac mac() const noexcept { return td_report_row::mac::read(bytes_); }

  // valid says which parts of TEE_TCB_INFO are meant: bit i stands for its 8 bytes from 8 * i on.
  [[nodiscard]] constexpr std::uint64_t valid() const noexcept { return td_report_row::valid::read(bytes_); }
  [[nodiscard]] constexpr tcb_svn tee_tcb_svn() const noexcept { return td_report_row::tee_tcb_svn::read(bytes_); }
  [[nodiscard]] constexpr measurement mrseam() const noexcept { return td_report_row::mrseam::read(bytes_); }
  [[nodiscard]] constexpr signer_measurement mrsignerseam() const noexcept {
    return td_report_row::mrsignerseam::read(bytes_);
  }
  [[nodiscard]] constexpr std::uint64_t seamattributes() const noexcept {
    return td_report_row::seamattributes::read(bytes_);
  }

  // tee_tcb_svn_2 is nothing unless both of its bits in valid are set: TDX 1.0 does not have it.
  [[nodiscard]] constexpr std::optional<tcb_svn> tee_tcb_svn_2() const noexcept {
    constexpr std::uint64_t both = 0x30000;
    if ((valid() & both) != both) return std::nullopt;
    return td_report_row::tee_tcb_svn_2::read(bytes_);
  }

  [[nodiscard]] constexpr td_attributes tdattributes() const noexcept {
    return {td_report_row::tdattributes::read(bytes_)};
  }
  [[nodiscard]] constexpr td_xfam xfam() const noexcept { return {td_report_row::xfam::read(bytes_)}; }
  [[nodiscard]] constexpr measurement mrtd() const noexcept { return td_report_row::mrtd::read(bytes_); }
  [[nodiscard]] constexpr host_value mrconfigid() const noexcept { return td_report_row::mrconfigid::read(bytes_); }
  [[nodiscard]] constexpr host_value mrowner() const noexcept { return td_report_row::mrowner::read(bytes_); }
  [[nodiscard]] constexpr host_value mrownerconfig() const noexcept {
    return td_report_row::mrownerconfig::read(bytes_);
  }
  [[nodiscard]] constexpr measurement rtmr0() const noexcept { return td_report_row::rtmr0::read(bytes_); }
  [[nodiscard]] constexpr measurement rtmr1() const noexcept { return td_report_row::rtmr1::read(bytes_); }
  [[nodiscard]] constexpr measurement rtmr2() const noexcept { return td_report_row::rtmr2::read(bytes_); }
  [[nodiscard]] constexpr measurement rtmr3() const noexcept { return td_report_row::rtmr3::read(bytes_); }
  [[nodiscard]] constexpr std::array<measurement, 4> rtmrs() const noexcept {
    return {rtmr0(), rtmr1(), rtmr2(), rtmr3()};
  }

  // servtd_hash is what a quote calls MRSERVICETD. Version 0 does not use it.
  [[nodiscard]] constexpr std::optional<measurement> servtd_hash() const noexcept {
    if (version() == 0) return std::nullopt;
    return td_report_row::servtd_hash::read(bytes_);
  }

  // td_id, vmid and valid_flags came with version 3.
  [[nodiscard]] constexpr std::optional<td_identifier> td_id() const noexcept {
    if (version() < 3) return std::nullopt;
    return td_report_row::td_id::read(bytes_);
  }
  [[nodiscard]] constexpr std::optional<std::uint8_t> vmid() const noexcept {
    if (version() < 3) return std::nullopt;
    return td_report_row::vmid::read(bytes_);
  }
  [[nodiscard]] constexpr std::optional<std::uint32_t> valid_flags() const noexcept {
    if (version() < 3) return std::nullopt;
    return td_report_row::valid_flags::read(bytes_);
  }

  // for_each_field calls f(Row{}, value) for every row of this version that need not be zero, in order, also where
  // `valid` or the version says that it is not in use; Row has name, offset and size.
  template <class F>
  constexpr void for_each_field(F&& f) const {
    if (version() < 3) {
      td_report_row::version_0::visit(bytes_, f);
    } else {
      td_report_row::version_3::visit(bytes_, f);
    }
  }

  friend constexpr bool operator==(const td_report&, const td_report&) = default;

 private:
  constexpr explicit td_report(std::span<const std::uint8_t, size> bytes) noexcept {
    unitee::detail::copy_bytes(bytes, bytes_);
  }

  std::array<std::uint8_t, size> bytes_{};
};

}  // namespace unitee::inline v0::tdx
