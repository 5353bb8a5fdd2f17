// SPDX-License-Identifier: Apache-2.0
//
// unitee/evidence.hpp: evidence of either vendor, told apart by its bytes.
#pragma once

#include <unitee/bytes/endian.hpp>
#include <unitee/bytes/view.hpp>
#include <unitee/result.hpp>
#include <unitee/snp/certificate_table.hpp>
#include <unitee/snp/report.hpp>
#include <unitee/tdx/quote.hpp>
#include <unitee/tdx/td_report.hpp>

#include <cstdint>
#include <optional>
#include <utility>
#include <variant>

namespace unitee::inline v0 {

// evidence_kind is what a byte string is, judged by its first bytes.
enum class evidence_kind : std::uint8_t {
  snp_report,
  certificate_table,  // endorsements that a host hands out beside a report
  quote,
  td_report,
};

// recognize says what the bytes want to be, whether or not they are whole: a truncated report is a report, so that
// parse can say where it ends. Bytes that begin like nothing known are nothing.
constexpr std::optional<evidence_kind> recognize(byte_view bytes) noexcept {
  if (bytes.size() < 4) return std::nullopt;
  if (snp::certificate_table::begins(bytes)) return evidence_kind::certificate_table;
  const auto first = load_le<std::uint32_t>(bytes.first<4>());
  // A quote begins with two 16-bit numbers, version and key type, and has the QE vendor's id at offset 12.
  const std::uint32_t number = first & 0xFFFF;
  const std::uint32_t key_type = first >> 16;
  const bool numbered = number >= 3 && number <= 5 && (key_type == 2 || key_type == 3);
  const bool vendor = bytes.size() >= 28 && equal(bytes.subspan(12, 16), tdx::intel_qe_vendor_id.value);
  if (numbered || vendor) return evidence_kind::quote;
  // A report begins with its version as a 32-bit number.
  if (first >= 2 && first <= 5) return evidence_kind::snp_report;
  // A TD report has its type in the first byte and always the same size; other types are for td_report::parse to
  // refuse.
  if (bytes.size() == tdx::td_report::size || (bytes[0] == 0x81 && bytes[1] == 0)) return evidence_kind::td_report;
  // Of reports of other versions the size must speak.
  if (bytes.size() == snp::report::size) return evidence_kind::snp_report;
  return std::nullopt;
}

// evidence is a signed statement of either vendor about a guest. A TDX or SGX quote in it refers to the bytes that
// parse was given, which must outlive it; a SEV-SNP report is a copy.
class evidence {
 public:
  // parse recognises and parses. Bytes of no known format are errc::unrecognized. A TD report is
  // errc::unsupported_format, because it proves nothing outside of the platform that made it, and so is a certificate
  // table, which is no evidence.
  static constexpr result<evidence> parse(byte_view bytes) noexcept {
    const auto kind = recognize(bytes);
    if (!kind) return errc::unrecognized;
    switch (*kind) {
      case evidence_kind::snp_report: {
        auto report = snp::report::parse(bytes);
        if (!report) return report.error();
        return evidence(*report);
      }
      case evidence_kind::quote: {
        auto quote = tdx::quote::parse(bytes);
        if (!quote) return quote.error();
        return evidence(*quote);
      }
      case evidence_kind::certificate_table: return failure{errc::unsupported_format, 0, part::certificate_table};
      case evidence_kind::td_report: break;
    }
    return failure{errc::unsupported_format, 0, part::td_report};
  }

  constexpr explicit evidence(const snp::report& report) noexcept : held_(std::in_place_index<0>, report) {}
  constexpr explicit evidence(const tdx::quote& quote) noexcept : held_(std::in_place_index<1>, quote) {}

  [[nodiscard]] constexpr evidence_kind kind() const noexcept {
    return held_.index() == 0 ? evidence_kind::snp_report : evidence_kind::quote;
  }

  // snp is the report, or nullptr; quote is the quote, or nullptr.
  [[nodiscard]] constexpr const snp::report* snp() const noexcept {
    return held_.index() == 0 ? &std::get<0>(held_) : nullptr;
  }
  [[nodiscard]] constexpr const tdx::quote* quote() const noexcept {
    return held_.index() == 1 ? &std::get<1>(held_) : nullptr;
  }

  // bytes gives back what parse was given.
  [[nodiscard]] constexpr byte_view bytes() const noexcept {
    return held_.index() == 0 ? byte_view(std::get<0>(held_).bytes()) : std::get<1>(held_).bytes();
  }

 private:
  std::variant<snp::report, tdx::quote> held_;
};

}  // namespace unitee::inline v0
