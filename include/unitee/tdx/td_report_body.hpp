// SPDX-License-Identifier: Apache-2.0
//
// unitee/tdx/td_report_body.hpp: what a quote says about a TD: TD report body 1.0, 1.5 and 1.5 extended.
#pragma once

#include <unitee/bytes/fixed.hpp>
#include <unitee/bytes/layout.hpp>
#include <unitee/bytes/view.hpp>
#include <unitee/tdx/attributes.hpp>
#include <unitee/tdx/fields.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

namespace unitee::inline v0::tdx {

// td_body_row has one type for each row of the tables. The rows from vmid on are named after the words of the published
// layout, with "init" for initial, "curr" for current and "attr" for attributes.
namespace td_body_row {
using tee_tcb_svn = layout::raw<"tee_tcb_svn", 0, 16, tcb_svn_tag>;
using mrseam = layout::raw<"mrseam", 16, 48, measurement_tag>;
using mrsignerseam = layout::raw<"mrsignerseam", 64, 48, signer_measurement_tag>;
using seamattributes = layout::le<"seamattributes", 112, std::uint64_t>;
using tdattributes = layout::le<"tdattributes", 120, std::uint64_t>;
using xfam = layout::le<"xfam", 128, std::uint64_t>;
using mrtd = layout::raw<"mrtd", 136, 48, measurement_tag>;
using mrconfigid = layout::raw<"mrconfigid", 184, 48, host_value_tag>;
using mrowner = layout::raw<"mrowner", 232, 48, host_value_tag>;
using mrownerconfig = layout::raw<"mrownerconfig", 280, 48, host_value_tag>;
using rtmr0 = layout::raw<"rtmr0", 328, 48, measurement_tag>;
using rtmr1 = layout::raw<"rtmr1", 376, 48, measurement_tag>;
using rtmr2 = layout::raw<"rtmr2", 424, 48, measurement_tag>;
using rtmr3 = layout::raw<"rtmr3", 472, 48, measurement_tag>;
using reportdata = layout::raw<"reportdata", 520, 64, report_data_tag>;
using tee_tcb_svn_2 = layout::raw<"tee_tcb_svn_2", 584, 16, tcb_svn_tag>;
using mrservicetd = layout::raw<"mrservicetd", 600, 48, measurement_tag>;
using vmid = layout::le<"vmid", 648, std::uint8_t>;
using td_id = layout::raw<"td_id", 649, 32, td_identifier_tag>;
using devinfo = layout::raw<"devinfo", 681, 48>;
using init_servtd_hash = layout::raw<"init_servtd_hash", 729, 48, measurement_tag>;
using init_servtd_attr = layout::le<"init_servtd_attr", 777, std::uint64_t>;
using init_cpusvn = layout::raw<"init_cpusvn", 785, 16, cpu_svn_tag>;
using init_tee_tcb_svn = layout::raw<"init_tee_tcb_svn", 801, 16, tcb_svn_tag>;
using init_fmspc = layout::raw<"init_fmspc", 817, 12>;
using curr_servtd_hash = layout::raw<"curr_servtd_hash", 829, 48, measurement_tag>;
using curr_servtd_attr = layout::le<"curr_servtd_attr", 877, std::uint64_t>;

using common = layout::group<tee_tcb_svn, mrseam, mrsignerseam, seamattributes, tdattributes, xfam, mrtd, mrconfigid,
                             mrowner, mrownerconfig, rtmr0, rtmr1, rtmr2, rtmr3, reportdata>;
using version_1_0 = layout::table_of<584, common>;
using since_1_5 = layout::group<tee_tcb_svn_2, mrservicetd>;
using version_1_5 = layout::table_of<648, common, since_1_5>;
using version_1_5_extended =
    layout::table_of<885, common, since_1_5,
                     layout::group<vmid, td_id, devinfo, init_servtd_hash, init_servtd_attr, init_cpusvn,
                                   init_tee_tcb_svn, init_fmspc, curr_servtd_hash, curr_servtd_attr>>;
}  // namespace td_body_row

namespace detail {

// read_if_there reads a row that shorter bodies do not have.
template <class Row>
constexpr std::optional<decltype(Row::read(byte_view()))> read_if_there(byte_view body) noexcept {
  if (body.size() < Row::offset + Row::size) return std::nullopt;
  return Row::read(body);
}

}  // namespace detail

// td_report_body reads fields out of 584 (1.0), 648 (1.5) or 885 (1.5 extended) bytes that belong to somebody else and
// must outlive it.
class td_report_body {
 public:
  static constexpr std::size_t size_1_0 = td_body_row::version_1_0::size;
  static constexpr std::size_t size_1_5 = td_body_row::version_1_5::size;
  static constexpr std::size_t size_1_5_extended = td_body_row::version_1_5_extended::size;
  static constexpr std::size_t size_max = size_1_5_extended;

  constexpr explicit td_report_body(std::span<const std::uint8_t, size_1_0> bytes) noexcept : bytes_(bytes) {}
  constexpr explicit td_report_body(std::span<const std::uint8_t, size_1_5> bytes) noexcept : bytes_(bytes) {}
  constexpr explicit td_report_body(std::span<const std::uint8_t, size_1_5_extended> bytes) noexcept : bytes_(bytes) {}

  [[nodiscard]] constexpr byte_view bytes() const noexcept { return bytes_; }
  // is_1_5 is true of a body that has all of 1.5: of the extended one, too.
  [[nodiscard]] constexpr bool is_1_5() const noexcept { return bytes_.size() >= size_1_5; }
  [[nodiscard]] constexpr bool is_1_5_extended() const noexcept { return bytes_.size() == size_1_5_extended; }

  // tee_tcb_svn is from when the TD was launched.
  [[nodiscard]] constexpr tcb_svn tee_tcb_svn() const noexcept { return td_body_row::tee_tcb_svn::read(bytes_); }
  [[nodiscard]] constexpr measurement mrseam() const noexcept { return td_body_row::mrseam::read(bytes_); }
  [[nodiscard]] constexpr signer_measurement mrsignerseam() const noexcept {
    return td_body_row::mrsignerseam::read(bytes_);
  }
  [[nodiscard]] constexpr std::uint64_t seamattributes() const noexcept {
    return td_body_row::seamattributes::read(bytes_);
  }
  [[nodiscard]] constexpr td_attributes tdattributes() const noexcept {
    return {td_body_row::tdattributes::read(bytes_)};
  }
  [[nodiscard]] constexpr td_xfam xfam() const noexcept { return {td_body_row::xfam::read(bytes_)}; }
  [[nodiscard]] constexpr measurement mrtd() const noexcept { return td_body_row::mrtd::read(bytes_); }
  [[nodiscard]] constexpr host_value mrconfigid() const noexcept { return td_body_row::mrconfigid::read(bytes_); }
  [[nodiscard]] constexpr host_value mrowner() const noexcept { return td_body_row::mrowner::read(bytes_); }
  [[nodiscard]] constexpr host_value mrownerconfig() const noexcept { return td_body_row::mrownerconfig::read(bytes_); }
  [[nodiscard]] constexpr measurement rtmr0() const noexcept { return td_body_row::rtmr0::read(bytes_); }
  [[nodiscard]] constexpr measurement rtmr1() const noexcept { return td_body_row::rtmr1::read(bytes_); }
  [[nodiscard]] constexpr measurement rtmr2() const noexcept { return td_body_row::rtmr2::read(bytes_); }
  [[nodiscard]] constexpr measurement rtmr3() const noexcept { return td_body_row::rtmr3::read(bytes_); }
  [[nodiscard]] constexpr std::array<measurement, 4> rtmrs() const noexcept {
    return {rtmr0(), rtmr1(), rtmr2(), rtmr3()};
  }
  [[nodiscard]] constexpr tdx::report_data reportdata() const noexcept { return td_body_row::reportdata::read(bytes_); }

  // tee_tcb_svn_2 is from when the report was made, and mrservicetd a hash over the bound service TDs, zero when there
  // are none. Body 1.0 does not say: they are unknown then, not zero, also on platforms that have them.
  [[nodiscard]] constexpr std::optional<tcb_svn> tee_tcb_svn_2() const noexcept {
    return detail::read_if_there<td_body_row::tee_tcb_svn_2>(bytes_);
  }
  [[nodiscard]] constexpr std::optional<measurement> mrservicetd() const noexcept {
    return detail::read_if_there<td_body_row::mrservicetd>(bytes_);
  }

  // What follows is in the extended body only, and unknown otherwise: first VMID, TD_ID and device info.
  [[nodiscard]] constexpr std::optional<std::uint8_t> vmid() const noexcept {
    return detail::read_if_there<td_body_row::vmid>(bytes_);
  }
  [[nodiscard]] constexpr std::optional<td_identifier> td_id() const noexcept {
    return detail::read_if_there<td_body_row::td_id>(bytes_);
  }
  [[nodiscard]] constexpr std::optional<fixed_bytes<48>> devinfo() const noexcept {
    return detail::read_if_there<td_body_row::devinfo>(bytes_);
  }

  // init_servtd_hash and init_servtd_attr are the hash and the attributes of the initial service TD. init_cpusvn,
  // init_tee_tcb_svn and init_fmspc are the initial platform; init_fmspc, 12 bytes as they stand, does not compare with
  // the FMSPC of a PCK certificate (6).
  [[nodiscard]] constexpr std::optional<measurement> init_servtd_hash() const noexcept {
    return detail::read_if_there<td_body_row::init_servtd_hash>(bytes_);
  }
  [[nodiscard]] constexpr std::optional<std::uint64_t> init_servtd_attr() const noexcept {
    return detail::read_if_there<td_body_row::init_servtd_attr>(bytes_);
  }
  [[nodiscard]] constexpr std::optional<cpu_svn> init_cpusvn() const noexcept {
    return detail::read_if_there<td_body_row::init_cpusvn>(bytes_);
  }
  [[nodiscard]] constexpr std::optional<tcb_svn> init_tee_tcb_svn() const noexcept {
    return detail::read_if_there<td_body_row::init_tee_tcb_svn>(bytes_);
  }
  [[nodiscard]] constexpr std::optional<fixed_bytes<12>> init_fmspc() const noexcept {
    return detail::read_if_there<td_body_row::init_fmspc>(bytes_);
  }

  // curr_servtd_hash and curr_servtd_attr are the hash and the attributes of the current service TD.
  [[nodiscard]] constexpr std::optional<measurement> curr_servtd_hash() const noexcept {
    return detail::read_if_there<td_body_row::curr_servtd_hash>(bytes_);
  }
  [[nodiscard]] constexpr std::optional<std::uint64_t> curr_servtd_attr() const noexcept {
    return detail::read_if_there<td_body_row::curr_servtd_attr>(bytes_);
  }

  // for_each_field calls f(Row{}, value) for every row that this body has, in order; Row has name, offset (in this
  // structure) and size.
  template <class F>
  constexpr void for_each_field(F&& f) const {
    if (is_1_5_extended()) {
      td_body_row::version_1_5_extended::visit(bytes_, f);
    } else if (is_1_5()) {
      td_body_row::version_1_5::visit(bytes_, f);
    } else {
      td_body_row::version_1_0::visit(bytes_, f);
    }
  }

 private:
  byte_view bytes_;
};

}  // namespace unitee::inline v0::tdx
