// SPDX-License-Identifier: Apache-2.0
//
// unitee/eventlog/ccel_table.hpp: the ACPI table "CCEL", which says where a guest's event log is.
#pragma once

#include <unitee/bytes/layout.hpp>
#include <unitee/bytes/view.hpp>
#include <unitee/result.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

namespace unitee::inline v0::eventlog {

// ccel_row has one type for each row of the table (ACPI 6.5, section 5.2.34).
namespace ccel_row {
using signature = layout::raw<"signature", 0, 4>;
using length = layout::le<"length", 4, std::uint32_t>;
using revision = layout::le<"revision", 8, std::uint8_t>;
using checksum = layout::le<"checksum", 9, std::uint8_t>;
using oem_id = layout::raw<"oem_id", 10, 6>;
using oem_table_id = layout::raw<"oem_table_id", 16, 8>;
using oem_revision = layout::le<"oem_revision", 24, std::uint32_t>;
using creator_id = layout::raw<"creator_id", 28, 4>;
using creator_revision = layout::le<"creator_revision", 32, std::uint32_t>;
using cc_type = layout::le<"cc_type", 36, std::uint8_t>;
using cc_subtype = layout::le<"cc_subtype", 37, std::uint8_t>;
using reserved_38 = layout::unused<"reserved_38", 38, 2>;
using log_area_minimum_length = layout::le<"log_area_minimum_length", 40, std::uint64_t>;
using log_area_start_address = layout::le<"log_area_start_address", 48, std::uint64_t>;

using all =
    layout::table<56, signature, length, revision, checksum, oem_id, oem_table_id, oem_revision, creator_id,
                  creator_revision, cc_type, cc_subtype, reserved_38, log_area_minimum_length, log_area_start_address>;
}  // namespace ccel_row

// cc_type is the kind of guest that the log is of.
enum class cc_type : std::uint8_t {
  sev = 1,
  tdx = 2
};

// ccel_table refers to the 56 bytes of /sys/firmware/acpi/tables/CCEL, which the caller keeps alive. Nobody signs it.
class ccel_table {
 public:
  static constexpr std::size_t size = ccel_row::all::size;

  // parse accepts exactly one table: errc::truncated, errc::trailing_data, errc::bad_value for another signature,
  // errc::bad_length when the table gives another length, errc::bad_value at the checksum unless all bytes add up to 0
  // modulo 256, and errc::unsupported_format for a kind of guest other than SEV and TDX.
  static constexpr result<ccel_table> parse(byte_view bytes) noexcept {
    if (bytes.size() < size) return failure{errc::truncated, bytes.size()};
    if (bytes.size() > size) return failure{errc::trailing_data, size};
    if (!equal(ccel_row::signature::view(bytes), signature))
      return failure{errc::bad_value, ccel_row::signature::offset};
    if (ccel_row::length::read(bytes) != size) return failure{errc::bad_length, ccel_row::length::offset};
    std::uint8_t sum = 0;
    for (const std::uint8_t byte : bytes) sum = static_cast<std::uint8_t>(sum + byte);
    if (sum != 0) return failure{errc::bad_value, ccel_row::checksum::offset};
    const std::uint8_t type = ccel_row::cc_type::read(bytes);
    if (type != 1 && type != 2) return failure{errc::unsupported_format, ccel_row::cc_type::offset};
    return ccel_table(bytes.first<size>());
  }

  // bytes gives back what parse was given.
  [[nodiscard]] constexpr std::span<const std::uint8_t, size> bytes() const noexcept { return bytes_; }

  [[nodiscard]] constexpr eventlog::cc_type cc_type() const noexcept {
    return static_cast<eventlog::cc_type>(ccel_row::cc_type::read(bytes_));
  }
  // log_area_minimum_length is in bytes, and log_area_start_address a guest physical address.
  [[nodiscard]] constexpr std::uint64_t log_area_minimum_length() const noexcept {
    return ccel_row::log_area_minimum_length::read(bytes_);
  }
  [[nodiscard]] constexpr std::uint64_t log_area_start_address() const noexcept {
    return ccel_row::log_area_start_address::read(bytes_);
  }

  // for_each_field calls f(Row{}, value) for every row in order; Row has name, offset and size.
  template <class F>
  constexpr void for_each_field(F&& f) const {
    ccel_row::all::visit(bytes_, f);
  }

 private:
  static constexpr std::array<std::uint8_t, 4> signature{'C', 'C', 'E', 'L'};

  constexpr explicit ccel_table(std::span<const std::uint8_t, size> bytes) noexcept : bytes_(bytes) {}

  std::span<const std::uint8_t, size> bytes_;
};

}  // namespace unitee::inline v0::eventlog
