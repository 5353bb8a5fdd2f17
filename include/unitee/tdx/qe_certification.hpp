// SPDX-License-Identifier: Apache-2.0
//
// unitee/tdx/qe_certification.hpp: why the attestation key of a quote is to be believed.
#pragma once

#include <unitee/bytes/endian.hpp>
#include <unitee/bytes/layout.hpp>
#include <unitee/bytes/view.hpp>
#include <unitee/result.hpp>
#include <unitee/tdx/certification_data.hpp>
#include <unitee/tdx/enclave_report.hpp>

#include <cstddef>
#include <cstdint>
#include <span>

namespace unitee::inline v0::tdx {

// qe_row has one type for each row before the parts of variable size.
namespace qe_row {
using qe_report = layout::raw<"qe_report", 0, 384>;
using qe_report_signature = layout::raw<"qe_report_signature", 384, 64>;
using qe_authentication_data_size = layout::le<"qe_authentication_data_size", 448, std::uint16_t>;
using all = layout::table<450, qe_report, qe_report_signature, qe_authentication_data_size>;

// The rows behind the authentication data.
using type = layout::le<"certification_data_type", 0, std::uint16_t>;
using size = layout::le<"certification_data_size", 2, std::uint32_t>;
using certification_data = layout::table<6, type, size>;
}  // namespace qe_row

// qe_certification is the QE report, its signature, the QE authentication data and the certification data: the content
// of certification data type 6 in quotes of version 4 and 5, and the same bytes without an envelope in version 3. It
// refers to bytes that belong to somebody else and must outlive it.
class qe_certification {
 public:
  // size_without_data is the size when authentication data and certification data are empty.
  static constexpr std::size_t size_without_data = qe_row::all::size + qe_row::certification_data::size;

  // parse accepts bytes that the parts fill exactly. They stand at `offset` of the quote, and their size was read from
  // the field at `size_offset`; failures count from the start of the quote: errc::bad_length at the length that does
  // not fit, or errc::unsupported_format at a certification data type other than 1 to 5.
  static constexpr result<qe_certification> parse(byte_view bytes, std::size_t offset,
                                                  std::size_t size_offset) noexcept {
    if (bytes.size() < size_without_data) return failure{errc::bad_length, size_offset, part::quote};
    const std::size_t authentication_size = qe_row::qe_authentication_data_size::read(bytes);
    if (authentication_size > bytes.size() - size_without_data) {
      return failure{errc::bad_length, offset + qe_row::qe_authentication_data_size::offset, part::quote};
    }
    const byte_view rest = bytes.subspan(qe_row::all::size + authentication_size);
    const std::size_t rest_offset = offset + qe_row::all::size + authentication_size;
    const std::uint16_t type = qe_row::type::read(rest);
    if (type < 1 || type > 5) return failure{errc::unsupported_format, rest_offset, part::quote};
    const byte_view data = rest.subspan(qe_row::certification_data::size);
    if (qe_row::size::read(rest) != data.size()) {
      return failure{errc::bad_length, rest_offset + qe_row::size::offset, part::quote};
    }
    return qe_certification(
        bytes, bytes.subspan(qe_row::all::size, authentication_size),
        {static_cast<certification_data_type>(type), data, rest_offset + qe_row::certification_data::size});
  }

  // qe_report is of the quoting enclave; its REPORTDATA is bound to the attestation key.
  [[nodiscard]] constexpr enclave_report qe_report() const noexcept {
    return enclave_report(qe_row::qe_report::view(bytes_));
  }

  // qe_report_signature is r and then s, 32 bytes each, big-endian, over the QE report by the PCK.
  [[nodiscard]] constexpr std::span<const std::uint8_t, 64> qe_report_signature() const noexcept {
    return qe_row::qe_report_signature::view(bytes_);
  }

  // qe_authentication_data is any number of bytes up to 65535, also none.
  [[nodiscard]] constexpr byte_view qe_authentication_data() const noexcept { return authentication_data_; }

  [[nodiscard]] constexpr tdx::certification_data certification_data() const noexcept { return certification_data_; }

  [[nodiscard]] constexpr byte_view bytes() const noexcept { return bytes_; }

 private:
  constexpr qe_certification(byte_view bytes, byte_view authentication_data,
                             tdx::certification_data certification_data) noexcept
      : bytes_(bytes), authentication_data_(authentication_data), certification_data_(certification_data) {}

  byte_view bytes_;
  byte_view authentication_data_;
  tdx::certification_data certification_data_;
};

}  // namespace unitee::inline v0::tdx
