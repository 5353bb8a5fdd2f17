// SPDX-License-Identifier: Apache-2.0
//
// unitee/tdx/enclave_report.hpp: the report body of an SGX enclave, of which the quoting enclave is one.
#pragma once

#include <unitee/bytes/endian.hpp>
#include <unitee/bytes/layout.hpp>
#include <unitee/bytes/view.hpp>
#include <unitee/tdx/attributes.hpp>
#include <unitee/tdx/fields.hpp>

#include <cstddef>
#include <cstdint>
#include <span>

namespace unitee::inline v0::tdx {

// enclave_row has one type for each row of the table. The reserved areas are not promised to be zero.
namespace enclave_row {
using cpusvn = layout::raw<"cpusvn", 0, 16, cpu_svn_tag>;
using miscselect = layout::le<"miscselect", 16, std::uint32_t>;
using reserved_20 = layout::unused<"reserved_20", 20, 12>;
using isvextprodid = layout::raw<"isvextprodid", 32, 16, enclave_id_tag>;
using attributes = layout::raw<"attributes", 48, 16, enclave_attributes_tag>;
using mrenclave = layout::raw<"mrenclave", 64, 32, enclave_measurement_tag>;
using reserved_96 = layout::unused<"reserved_96", 96, 32>;
using mrsigner = layout::raw<"mrsigner", 128, 32, enclave_signer_tag>;
using reserved_160 = layout::unused<"reserved_160", 160, 32>;
using configid = layout::raw<"configid", 192, 64, enclave_config_tag>;
using isvprodid = layout::le<"isvprodid", 256, std::uint16_t>;
using isvsvn = layout::le<"isvsvn", 258, std::uint16_t>;
using configsvn = layout::le<"configsvn", 260, std::uint16_t>;
using reserved_262 = layout::unused<"reserved_262", 262, 42>;
using isvfamilyid = layout::raw<"isvfamilyid", 304, 16, enclave_id_tag>;
using reportdata = layout::raw<"reportdata", 320, 64, report_data_tag>;

using all =
    layout::table<384, cpusvn, miscselect, reserved_20, isvextprodid, attributes, mrenclave, reserved_96, mrsigner,
                  reserved_160, configid, isvprodid, isvsvn, configsvn, reserved_262, isvfamilyid, reportdata>;
}  // namespace enclave_row

// enclave_report reads fields out of 384 bytes that belong to somebody else and must outlive it. There is nothing to
// refuse: every 384 bytes are one. It is the body of SGX quotes and the QE report of every quote.
class enclave_report {
 public:
  static constexpr std::size_t size = enclave_row::all::size;

  constexpr explicit enclave_report(std::span<const std::uint8_t, size> bytes) noexcept : bytes_(bytes) {}

  [[nodiscard]] constexpr std::span<const std::uint8_t, size> bytes() const noexcept { return bytes_; }

  [[nodiscard]] constexpr cpu_svn cpusvn() const noexcept { return enclave_row::cpusvn::read(bytes_); }
  [[nodiscard]] constexpr std::uint32_t miscselect() const noexcept { return enclave_row::miscselect::read(bytes_); }
  [[nodiscard]] constexpr enclave_id isvextprodid() const noexcept { return enclave_row::isvextprodid::read(bytes_); }
  [[nodiscard]] constexpr enclave_attributes_bytes attributes() const noexcept {
    return enclave_row::attributes::read(bytes_);
  }
  [[nodiscard]] constexpr enclave_measurement mrenclave() const noexcept {
    return enclave_row::mrenclave::read(bytes_);
  }
  [[nodiscard]] constexpr enclave_signer mrsigner() const noexcept { return enclave_row::mrsigner::read(bytes_); }
  [[nodiscard]] constexpr enclave_config configid() const noexcept { return enclave_row::configid::read(bytes_); }
  [[nodiscard]] constexpr std::uint16_t isvprodid() const noexcept { return enclave_row::isvprodid::read(bytes_); }
  [[nodiscard]] constexpr std::uint16_t isvsvn() const noexcept { return enclave_row::isvsvn::read(bytes_); }
  [[nodiscard]] constexpr std::uint16_t configsvn() const noexcept { return enclave_row::configsvn::read(bytes_); }
  [[nodiscard]] constexpr enclave_id isvfamilyid() const noexcept { return enclave_row::isvfamilyid::read(bytes_); }
  [[nodiscard]] constexpr tdx::report_data reportdata() const noexcept { return enclave_row::reportdata::read(bytes_); }

  // flags and xfrm are the two halves of ATTRIBUTES.
  [[nodiscard]] constexpr enclave_flags flags() const noexcept {
    return {load_le<std::uint64_t>(bytes_.subspan<48, 8>())};
  }
  [[nodiscard]] constexpr std::uint64_t xfrm() const noexcept {
    return load_le<std::uint64_t>(bytes_.subspan<56, 8>());
  }

  // for_each_field calls f(Row{}, value) for every row in order; Row has name, offset (in this structure) and size.
  template <class F>
  constexpr void for_each_field(F&& f) const {
    enclave_row::all::visit(bytes_, f);
  }

 private:
  std::span<const std::uint8_t, size> bytes_;
};

}  // namespace unitee::inline v0::tdx
