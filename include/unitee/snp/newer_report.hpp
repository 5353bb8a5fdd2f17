// SPDX-License-Identifier: Apache-2.0
//
// unitee/snp/newer_report.hpp: what can be shown of an attestation report that is newer than this library.
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
#include <utility>

namespace unitee::inline v0::snp {

// newer_row is the rows that have stood in the same place in every version so far. CURRENT_TCB is not among them: a
// TCB_VERSION may be wider, or laid out in another way.
namespace newer_row {
using shared =
    layout::table<0x180, row::version, row::guest_svn, row::policy, row::family_id, row::image_id, row::vmpl,
                  row::signature_algo, layout::unused<"tcb_of_unknown_layout", 0x038, 8>, row::platform_info,
                  row::key_info, layout::unused<"unknown_04c", 0x04C, 4>, row::report_data, row::measurement,
                  row::host_data, row::id_key_digest, row::author_key_digest, row::report_id, row::report_id_ma>;
}  // namespace newer_row

// newer_report is for people who look at one: nothing in it is verified, nothing can be, and that the fields mean what
// they used to mean is an assumption. There is no way from here to claims.
class newer_report {
  struct checked {
    std::span<const std::uint8_t, newer_row::shared::size> bytes;
  };

 public:
  static constexpr std::size_t shared_size = newer_row::shared::size;
  static constexpr std::uint32_t newest_known_version = 5;

  // parse takes a report of any length from shared_size (384) on whose version is above newest_known_version:
  // errc::truncated, errc::unsupported_version for versions that were never in use, and errc::bad_value at the version
  // for those that report::parse reads.
  static constexpr result<newer_report> parse(byte_view bytes) noexcept {
    if (bytes.size() < shared_size) return failure{errc::truncated, bytes.size(), part::report};
    const std::uint32_t version = row::version::read(bytes);
    if (version < 2) return failure{errc::unsupported_version, row::version::offset, part::report};
    if (version <= newest_known_version) return failure{errc::bad_value, row::version::offset, part::report};
    return result<newer_report>(std::in_place, checked{bytes.first<shared_size>()});
  }

  [[nodiscard]] constexpr std::uint32_t version() const noexcept { return row::version::read(bytes_); }
  [[nodiscard]] constexpr guest_policy policy() const noexcept { return {row::policy::read(bytes_)}; }
  [[nodiscard]] constexpr snp::report_data report_data() const noexcept { return row::report_data::read(bytes_); }
  [[nodiscard]] constexpr snp::measurement measurement() const noexcept { return row::measurement::read(bytes_); }
  [[nodiscard]] constexpr snp::host_data host_data() const noexcept { return row::host_data::read(bytes_); }

  // for_each_field calls f(Row{}, value) for every shared field, in order; Row has name, offset and size.
  template <class F>
  constexpr void for_each_field(F&& f) const {
    newer_row::shared::visit(bytes_, [&]<class Row>(Row row, const auto& value) {
      if constexpr (Row::offset != 0x038 && Row::offset != 0x04C) f(row, value);
    });
  }

  constexpr explicit newer_report(checked from) noexcept { unitee::detail::copy_bytes(from.bytes, bytes_); }

 private:
  std::array<std::uint8_t, shared_size> bytes_;
};

}  // namespace unitee::inline v0::snp
