// SPDX-License-Identifier: Apache-2.0
//
// unitee/verify/quoted.hpp: what is signed in a quote, by itself.
#pragma once

#include <unitee/bytes/fixed.hpp>
#include <unitee/bytes/view.hpp>
#include <unitee/tdx/enclave_report.hpp>
#include <unitee/tdx/fields.hpp>
#include <unitee/tdx/quote.hpp>
#include <unitee/tdx/quote_header.hpp>
#include <unitee/tdx/td_report_body.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

namespace unitee::inline v0::tdx {

// unsigned_bytes is what follows a quote. No signature covers it and nobody interprets it: platforms pad.
struct unsigned_bytes {
  std::size_t count = 0;
  bool all_zero = true;
};

// quoted owns a copy of what is signed in a quote: header and body, by the attestation key, and the QE report, by the
// PCK. It needs the quote's bytes no more.
class quoted {
 public:
  explicit quoted(const quote& from) noexcept
      : size_(from.signed_bytes().size()),
        body_offset_(size_ - from.body().size()),
        version_(from.version()),
        tee_type_(from.tee_type()),
        body_type_(from.body_type()),
        qe_svn_(from.qe_svn()),
        pce_svn_(from.pce_svn()),
        rest_{from.trailing().size(), all_zero(from.trailing())} {
    unitee::detail::copy_bytes(from.signed_bytes(), signed_);
    unitee::detail::copy_bytes(from.qe_report().bytes(), qe_report_);
  }

  [[nodiscard]] quote_version version() const noexcept { return version_; }
  [[nodiscard]] tdx::tee_type tee_type() const noexcept { return tee_type_; }
  [[nodiscard]] quote_body_type body_type() const noexcept { return body_type_; }
  // qe_svn and pce_svn stand in the header of version 3 only.
  [[nodiscard]] std::optional<std::uint16_t> qe_svn() const noexcept { return qe_svn_; }
  [[nodiscard]] std::optional<std::uint16_t> pce_svn() const noexcept { return pce_svn_; }
  [[nodiscard]] quote_user_data user_data() const noexcept { return quote_header_row::user_data::read(signed_); }
  [[nodiscard]] const unsigned_bytes& rest() const noexcept { return rest_; }

  // signed_bytes is header, descriptor of version 5, and body. What the members from here on give refers to this
  // object.
  [[nodiscard]] byte_view signed_bytes() const& noexcept { return std::span(signed_).first(size_); }
  // td is the report on a TD, enclave that on an SGX enclave; the other is nothing.
  [[nodiscard]] std::optional<td_report_body> td() const& noexcept {
    const byte_view body = signed_bytes().subspan(body_offset_);
    switch (body_type_) {
      case quote_body_type::td_1_0: return td_report_body(body.first<td_report_body::size_1_0>());
      case quote_body_type::td_1_5: return td_report_body(body.first<td_report_body::size_1_5>());
      case quote_body_type::td_1_5_extended: return td_report_body(body.first<td_report_body::size_1_5_extended>());
      default: return std::nullopt;
    }
  }
  [[nodiscard]] std::optional<enclave_report> enclave() const& noexcept {
    if (body_type_ != quote_body_type::enclave) return std::nullopt;
    return enclave_report(signed_bytes().subspan(body_offset_).first<enclave_report::size>());
  }
  [[nodiscard]] enclave_report qe_report() const& noexcept { return enclave_report(qe_report_); }

  byte_view signed_bytes() && = delete;
  std::optional<td_report_body> td() && = delete;
  std::optional<enclave_report> enclave() && = delete;
  enclave_report qe_report() && = delete;

  // report_data is REPORTDATA of the TD or enclave.
  [[nodiscard]] tdx::report_data report_data() const noexcept {
    if (const auto about = td()) return about->reportdata();
    return enclave()->reportdata();
  }

 private:
  static constexpr std::size_t size_max = quote_header_size + quote_row::descriptor::size + td_report_body::size_max;

  std::array<std::uint8_t, size_max> signed_{};
  std::array<std::uint8_t, enclave_report::size> qe_report_{};
  std::size_t size_;
  std::size_t body_offset_;
  quote_version version_;
  tdx::tee_type tee_type_;
  quote_body_type body_type_;
  std::optional<std::uint16_t> qe_svn_;
  std::optional<std::uint16_t> pce_svn_;
  unsigned_bytes rest_;
};

}  // namespace unitee::inline v0::tdx
