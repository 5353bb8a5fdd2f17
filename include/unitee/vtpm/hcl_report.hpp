// SPDX-License-Identifier: Apache-2.0
//
// unitee/vtpm/hcl_report.hpp: the report of the Azure paravisor (HCL), which binds a virtual TPM to hardware evidence.
#pragma once

#include <unitee/bytes/layout.hpp>
#include <unitee/bytes/view.hpp>
#include <unitee/result.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

namespace unitee::inline v0::vtpm {

// hcl_report_type says what the hardware report is (REPORT_TYPE).
enum class hcl_report_type : std::uint32_t {
  snp = 2,
  tdx = 4
};

// hcl_hash says which digest of the runtime data the hardware report's data begins with (HASH_TYPE).
enum class hcl_hash : std::uint32_t {
  sha256 = 1,
  sha384 = 2,
  sha512 = 3
};

// hcl_row has one type for each row of the two tables before the runtime data, with offsets in the whole.
namespace hcl_row {
using signature = layout::raw<"signature", 0x000, 4, struct hcl_signature_tag>;
using version = layout::le<"version", 0x004, std::uint32_t>;
using report_size = layout::le<"report_size", 0x008, std::uint32_t>;
using request_type = layout::le<"request_type", 0x00C, std::uint32_t>;
using status = layout::le<"status", 0x010, std::uint32_t>;
using reserved_20 = layout::unused<"reserved_20", 0x014, 12>;
using hardware_report = layout::raw<"hardware_report", 0x020, 1184, struct hcl_hardware_report_tag>;
using header = layout::group<signature, version, report_size, request_type, status, reserved_20, hardware_report>;

using data_size = layout::le<"data_size", 0x4C0, std::uint32_t>;
using data_version = layout::le<"data_version", 0x4C4, std::uint32_t>;
using report_type = layout::le<"report_type", 0x4C8, std::uint32_t>;
using hash_type = layout::le<"hash_type", 0x4CC, std::uint32_t>;
using variable_data_size = layout::le<"variable_data_size", 0x4D0, std::uint32_t>;
using data = layout::group<data_size, data_version, report_type, hash_type, variable_data_size>;

using all = layout::table_of<0x4D4, header, data>;
}  // namespace hcl_row

// hcl_report refers to the content of the vTPM's NV index 0x01400001, which the caller keeps alive. Nothing of the
// container is signed: the hardware report is, and its report data hold a digest of runtime_data() as it stands here.
class hcl_report {
 public:
  // parse accepts version 1 or 2 of the container around a report of an SNP or a TDX guest. Its three sizes must agree
  // and stay inside `bytes`; what follows the runtime data must be zero, and may be of any length. Failures are in
  // part::hcl_report: errc::truncated, errc::bad_value for another signature or request type, errc::unsupported_version
  // for the container or its data, errc::unsupported_format for another report type, errc::unsupported_algorithm for
  // another hash type, errc::bad_length at the size that is wrong, and errc::reserved_not_zero behind the runtime data.
  static constexpr result<hcl_report> parse(byte_view bytes) noexcept {
    if (bytes.size() < hcl_row::version::offset + hcl_row::version::size) return at(errc::truncated, bytes.size());
    if (!equal(hcl_row::signature::view(bytes), hcla)) return at(errc::bad_value, hcl_row::signature::offset);
    const std::uint32_t version = hcl_row::version::read(bytes);
    if (version != 1 && version != 2) return at(errc::unsupported_version, hcl_row::version::offset);
    if (bytes.size() < hcl_row::all::size) return at(errc::truncated, bytes.size());

    if (hcl_row::request_type::read(bytes) != 2) return at(errc::bad_value, hcl_row::request_type::offset);
    if (hcl_row::data_version::read(bytes) != 1) return at(errc::unsupported_version, hcl_row::data_version::offset);
    const std::uint32_t report = hcl_row::report_type::read(bytes);
    if (report != 2 && report != 4) return at(errc::unsupported_format, hcl_row::report_type::offset);
    const std::uint32_t hash = hcl_row::hash_type::read(bytes);
    if (hash < 1 || hash > 3) return at(errc::unsupported_algorithm, hcl_row::hash_type::offset);

    const std::uint64_t variable = hcl_row::variable_data_size::read(bytes);
    const std::uint64_t data = hcl_row::data_size::read(bytes);
    if (variable > bytes.size() - hcl_row::all::size) return at(errc::bad_length, hcl_row::variable_data_size::offset);
    if (data != data_header_size + variable) return at(errc::bad_length, hcl_row::data_size::offset);
    if (hcl_row::report_size::read(bytes) != hcl_row::data_size::offset + data) {
      return at(errc::bad_length, hcl_row::report_size::offset);
    }
    const std::size_t end = hcl_row::all::size + static_cast<std::size_t>(variable);
    const std::size_t first = end + first_nonzero(bytes.subspan(end));
    if (first != bytes.size()) return at(errc::reserved_not_zero, first);
    return hcl_report(bytes, end);
  }

  // bytes gives back what parse was given.
  [[nodiscard]] constexpr byte_view bytes() const noexcept { return bytes_; }

  [[nodiscard]] constexpr std::uint32_t version() const noexcept { return hcl_row::version::read(bytes_); }
  [[nodiscard]] constexpr std::uint32_t report_size() const noexcept { return hcl_row::report_size::read(bytes_); }
  [[nodiscard]] constexpr std::uint32_t request_type() const noexcept { return hcl_row::request_type::read(bytes_); }
  // status is 0 in every report seen. Whoever could change it could change it back: it decides nothing.
  [[nodiscard]] constexpr std::uint32_t status() const noexcept { return hcl_row::status::read(bytes_); }
  [[nodiscard]] constexpr std::uint32_t data_size() const noexcept { return hcl_row::data_size::read(bytes_); }
  [[nodiscard]] constexpr std::uint32_t data_version() const noexcept { return hcl_row::data_version::read(bytes_); }
  [[nodiscard]] constexpr hcl_report_type report_type() const noexcept {
    return static_cast<hcl_report_type>(hcl_row::report_type::read(bytes_));
  }
  [[nodiscard]] constexpr hcl_hash hash_type() const noexcept {
    return static_cast<hcl_hash>(hcl_row::hash_type::read(bytes_));
  }
  [[nodiscard]] constexpr std::uint32_t variable_data_size() const noexcept {
    return hcl_row::variable_data_size::read(bytes_);
  }

  // hardware_report is the area of the hardware report, used in part by TDX.
  [[nodiscard]] constexpr std::span<const std::uint8_t, 1184> hardware_report() const noexcept {
    return hcl_row::hardware_report::view(bytes_);
  }

  // snp_report is an SEV-SNP attestation report, not parsed yet, or nothing on TDX.
  [[nodiscard]] constexpr std::optional<std::span<const std::uint8_t, 1184>> snp_report() const noexcept {
    if (report_type() != hcl_report_type::snp) return std::nullopt;
    return hardware_report();
  }

  // td_report is a TDREPORT_STRUCT, not parsed yet, or nothing on SEV-SNP. The other 160 bytes of the area are filler.
  [[nodiscard]] constexpr std::optional<std::span<const std::uint8_t, 1024>> td_report() const noexcept {
    if (report_type() != hcl_report_type::tdx) return std::nullopt;
    return hardware_report().first<1024>();
  }

  // runtime_data is JSON, with the vTPM's attestation key in it. Its digest is taken over exactly these bytes.
  [[nodiscard]] constexpr byte_view runtime_data() const noexcept {
    return bytes_.first(end_).subspan(hcl_row::all::size);
  }

  // for_each_field calls f(Row{}, value) for every row before the runtime data, in order; Row has name, offset and
  // size.
  template <class F>
  constexpr void for_each_field(F&& f) const {
    hcl_row::all::visit(bytes_, f);
  }

 private:
  static constexpr std::array<std::uint8_t, 4> hcla{'H', 'C', 'L', 'A'};
  static constexpr std::uint64_t data_header_size = hcl_row::all::size - hcl_row::data_size::offset;

  constexpr hcl_report(byte_view bytes, std::size_t end) noexcept : bytes_(bytes), end_(end) {}

  static constexpr failure at(errc code, std::size_t offset) noexcept { return {code, offset, part::hcl_report}; }

  byte_view bytes_;
  std::size_t end_;  // of the runtime data
};

}  // namespace unitee::inline v0::vtpm
