// SPDX-License-Identifier: Apache-2.0
//
// unitee/tdx/td_report_body.hpp: what a quote says about a TD: TD report body 1.0 and 1.5.
#pragma once

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

// td_body_row has one type for each row of the table.
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

using common = layout::group<tee_tcb_svn, mrseam, mrsignerseam, seamattributes, tdattributes, xfam, mrtd, mrconfigid,
                             mrowner, mrownerconfig, rtmr0, rtmr1, rtmr2, rtmr3, reportdata>;
using version_1_0 = layout::table_of<584, common>;
using version_1_5 = layout::table_of<648, common, layout::group<tee_tcb_svn_2, mrservicetd>>;
}  // namespace td_body_row

// td_report_body reads fields out of 584 (1.0) or 648 (1.5) bytes that belong to somebody else and must outlive it.
class td_report_body {
 public:
  static constexpr std::size_t size_1_0 = td_body_row::version_1_0::size;
  static constexpr std::size_t size_1_5 = td_body_row::version_1_5::size;

  constexpr explicit td_report_body(std::span<const std::uint8_t, size_1_0> bytes) noexcept : bytes_(bytes) {}
  constexpr explicit td_report_body(std::span<const std::uint8_t, size_1_5> bytes) noexcept : bytes_(bytes) {}

  [[nodiscard]] constexpr byte_view bytes() const noexcept { return bytes_; }
  [[nodiscard]] constexpr bool is_1_5() const noexcept { return bytes_.size() == size_1_5; }

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
    if (!is_1_5()) return std::nullopt;
    return td_body_row::tee_tcb_svn_2::read(bytes_);
  }
  [[nodiscard]] constexpr std::optional<measurement> mrservicetd() const noexcept {
    if (!is_1_5()) return std::nullopt;
    return td_body_row::mrservicetd::read(bytes_);
  }

  // for_each_field calls f(Row{}, value) for every row that this body has, in order; Row has name, offset (in this
  // structure) and size.
  template <class F>
  constexpr void for_each_field(F&& f) const {
    if (is_1_5()) {
      td_body_row::version_1_5::visit(bytes_, f);
    } else {
      td_body_row::version_1_0::visit(bytes_, f);
    }
  }

 private:
  byte_view bytes_;
};

}  // namespace unitee::inline v0::tdx
