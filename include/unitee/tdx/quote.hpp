// SPDX-License-Identifier: Apache-2.0
//
// unitee/tdx/quote.hpp: a quote, the signed evidence of a TD or of an SGX enclave.
#pragma once

#include <unitee/bytes/endian.hpp>
#include <unitee/bytes/layout.hpp>
#include <unitee/bytes/view.hpp>
#include <unitee/result.hpp>
#include <unitee/tdx/certification_data.hpp>
#include <unitee/tdx/enclave_report.hpp>
#include <unitee/tdx/fields.hpp>
#include <unitee/tdx/qe_certification.hpp>
#include <unitee/tdx/quote_header.hpp>
#include <unitee/tdx/td_report_body.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

namespace unitee::inline v0::tdx {

// quote_body_type says what a quote is about, with the numbers of version 5, which alone writes them down.
enum class quote_body_type : std::uint16_t {
  enclave = 1,
  td_1_0 = 2,
  td_1_5 = 3,
  td_1_5_extended = 4
};

// name is what a person calls the kind of TEE that a quote is about.
constexpr const char* name(quote_body_type type) noexcept {
  switch (type) {
    case quote_body_type::enclave: return "SGX enclave";
    case quote_body_type::td_1_0: return "TD 1.0";
    case quote_body_type::td_1_5: return "TD 1.5";
    case quote_body_type::td_1_5_extended: return "TD 1.5 extended";
  }
  return "unknown";
}

// trailing_bytes says what may follow a quote. Platforms pad with zeros and with garbage; no signature covers it.
enum class trailing_bytes : std::uint8_t {
  any,
  zero_only,
  none
};

// quote_row has one type for each row of the descriptor before the body of version 5, and of the fixed parts of the
// signature data; certification data type and size are there in versions 4 and 5 only.
namespace quote_row {
using body_type = layout::le<"body_type", 0, std::uint16_t>;
using body_size = layout::le<"body_size", 2, std::uint32_t>;
using descriptor = layout::table<6, body_type, body_size>;

using signature = layout::raw<"signature", 0, 64>;
using attestation_key = layout::raw<"attestation_key", 64, 64>;
using certification_data_type = layout::le<"certification_data_type", 128, std::uint16_t>;
using certification_data_size = layout::le<"certification_data_size", 130, std::uint32_t>;
using signature_data_3 = layout::table<128, signature, attestation_key>;
using signature_data_4 =
    layout::table<134, signature, attestation_key, certification_data_type, certification_data_size>;
}  // namespace quote_row

// quote reads fields out of bytes that belong to the caller and must outlive it and all that it hands out. Copying it
// copies no bytes.
class quote {
 public:
  // parse accepts a quote of version 3 (SGX), 4 or 5 (TDX and SGX) and says nothing about who signed it. Failures are
  // in part::quote and count from the start of bytes: those of check_quote_header; errc::truncated at the end of bytes;
  // errc::bad_value at a body type other than 1 to 4, at one that does not fit the TEE type, and at an outer
  // certification data type other than 6; errc::unsupported_format at an inner certification data type other than 1 to
  // 5; errc::bad_length at a length that does not fit, also one of signature data that counts more than their parts;
  // errc::trailing_data at the first byte beyond what is `allowed`.
  static constexpr result<quote> parse(byte_view bytes, trailing_bytes allowed = trailing_bytes::any) noexcept {
    if (const auto header = check_quote_header(bytes); !header) return header.error();
    const auto type = find_body(bytes);
    if (!type) return type.error();

    const std::size_t length_offset = body_end(bytes, *type);
    const std::size_t data_offset = length_offset + 4;
    if (bytes.size() < data_offset) return failure{errc::truncated, bytes.size(), part::quote};
    const std::uint32_t length = load_le<std::uint32_t>(bytes.subspan(length_offset).first<4>());
    if (length > bytes.size() - data_offset) return failure{errc::truncated, bytes.size(), part::quote};
    const byte_view data = bytes.subspan(data_offset, length);

    const auto qe = find_qe_certification(bytes, data, length_offset);
    if (!qe) return qe.error();
    const quote out(bytes, *type, data, *qe);
    if (allowed == trailing_bytes::any) return out;
    const byte_view more = out.trailing();
    const std::size_t at = allowed == trailing_bytes::zero_only ? first_nonzero(more) : 0;
    if (at != more.size()) return failure{errc::trailing_data, data_offset + length + at, part::quote};
    return out;
  }

  // bytes gives back what parse was given.
  [[nodiscard]] constexpr byte_view bytes() const noexcept { return bytes_; }

  [[nodiscard]] constexpr quote_version version() const noexcept {
    return static_cast<quote_version>(quote_header_row::version::read(bytes_));
  }
  [[nodiscard]] constexpr std::uint16_t att_key_type() const noexcept {
    return quote_header_row::att_key_type::read(bytes_);
  }
  [[nodiscard]] constexpr tdx::tee_type tee_type() const noexcept {
    return static_cast<tdx::tee_type>(quote_header_row::tee_type::read(bytes_));
  }
  [[nodiscard]] constexpr vendor_id qe_vendor_id() const noexcept {
    return quote_header_row::qe_vendor_id::read(bytes_);
  }
  [[nodiscard]] constexpr quote_user_data user_data() const noexcept {
    return quote_header_row::user_data::read(bytes_);
  }

  // qe_svn and pce_svn stand in the header of version 3 only. In every version, ISVSVN of the QE report is signed, too.
  [[nodiscard]] constexpr std::optional<std::uint16_t> qe_svn() const noexcept {
    if (version() != quote_version::v3) return std::nullopt;
    return quote_header_row::qe_svn::read(bytes_);
  }
  [[nodiscard]] constexpr std::optional<std::uint16_t> pce_svn() const noexcept {
    if (version() != quote_version::v3) return std::nullopt;
    return quote_header_row::pce_svn::read(bytes_);
  }

  [[nodiscard]] constexpr quote_body_type body_type() const noexcept { return body_type_; }
  [[nodiscard]] constexpr byte_view body() const noexcept { return signed_bytes().subspan(body_offset(bytes_)); }

  // td is the body of a quote about a TD, and enclave that of one about an SGX enclave; the other is nothing.
  [[nodiscard]] constexpr std::optional<td_report_body> td() const noexcept {
    switch (body_type_) {
      case quote_body_type::td_1_0: return td_report_body(body().first<td_report_body::size_1_0>());
      case quote_body_type::td_1_5: return td_report_body(body().first<td_report_body::size_1_5>());
      case quote_body_type::td_1_5_extended: return td_report_body(body().first<td_report_body::size_1_5_extended>());
      default: return std::nullopt;
    }
  }
  [[nodiscard]] constexpr std::optional<enclave_report> enclave() const noexcept {
    if (body_type_ != quote_body_type::enclave) return std::nullopt;
    return enclave_report(body().first<enclave_report::size>());
  }

  // signed_bytes is what the attestation key signs: header, descriptor of version 5, body.
  [[nodiscard]] constexpr byte_view signed_bytes() const noexcept { return bytes_.first(body_end(bytes_, body_type_)); }

  // signature_data_length is the field behind the body: the size of all that is not trailing.
  [[nodiscard]] constexpr std::uint32_t signature_data_length() const noexcept {
    return static_cast<std::uint32_t>(signature_data_.size());
  }

  // signature is r and then s, and attestation_key x and then y: 32 bytes each, big-endian. Nothing says yet that the
  // key is a point on the curve. The bytes of a quote are no identity: for (r, s), (r, n - s) verifies as well.
  [[nodiscard]] constexpr std::span<const std::uint8_t, 64> signature() const noexcept {
    return quote_row::signature::view(signature_data_);
  }
  [[nodiscard]] constexpr std::span<const std::uint8_t, 64> attestation_key() const noexcept {
    return quote_row::attestation_key::view(signature_data_);
  }

  [[nodiscard]] constexpr enclave_report qe_report() const noexcept { return qe_.qe_report(); }
  [[nodiscard]] constexpr std::span<const std::uint8_t, 64> qe_report_signature() const noexcept {
    return qe_.qe_report_signature();
  }
  [[nodiscard]] constexpr byte_view qe_authentication_data() const noexcept { return qe_.qe_authentication_data(); }

  // certification_data is the inner one, of type 1 to 5.
  [[nodiscard]] constexpr tdx::certification_data certification_data() const noexcept {
    return qe_.certification_data();
  }

  // trailing is what follows the signature data.
  [[nodiscard]] constexpr byte_view trailing() const noexcept {
    return bytes_.subspan(signed_bytes().size() + 4 + signature_data_.size());
  }

  // for_each_field calls f(Row{}, value) for every row of the header, the descriptor of version 5 and the body, in
  // order; Row has name, offset (in its own structure) and size. The QE report has a for_each_field of its own.
  template <class F>
  constexpr void for_each_field(F&& f) const {
    if (version() == quote_version::v3) {
      quote_header_row::version_3::visit(bytes_, f);
    } else {
      quote_header_row::version_4::visit(bytes_, f);
    }
    if (version() == quote_version::v5) quote_row::descriptor::visit(bytes_.subspan(quote_header_size), f);
    if (const auto report = td()) report->for_each_field(f);
    if (const auto report = enclave()) report->for_each_field(f);
  }

 private:
  constexpr quote(byte_view bytes, quote_body_type type, byte_view signature_data, qe_certification qe) noexcept
      : bytes_(bytes), signature_data_(signature_data), qe_(qe), body_type_(type) {}

  // The functions below take the bytes of a quote whose header is known to be good.
  static constexpr std::size_t body_offset(byte_view bytes) noexcept {
    const bool described = quote_header_row::version::read(bytes) == 5;
    return quote_header_size + (described ? quote_row::descriptor::size : 0);
  }

  static constexpr std::size_t body_size(quote_body_type type) noexcept {
    switch (type) {
      case quote_body_type::td_1_0: return td_report_body::size_1_0;
      case quote_body_type::td_1_5: return td_report_body::size_1_5;
      case quote_body_type::td_1_5_extended: return td_report_body::size_1_5_extended;
      default: return enclave_report::size;
    }
  }

  static constexpr std::size_t body_end(byte_view bytes, quote_body_type type) noexcept {
    return body_offset(bytes) + body_size(type);
  }

  static constexpr std::size_t size_before_qe_certification(byte_view bytes) noexcept {
    const bool enveloped = quote_header_row::version::read(bytes) > 3;
    return enveloped ? quote_row::signature_data_4::size : quote_row::signature_data_3::size;
  }

  // find_body is the body's type: told by the TEE type up to version 4, and by the descriptor in version 5.
  static constexpr result<quote_body_type> find_body(byte_view bytes) noexcept {
    const bool about_td = quote_header_row::tee_type::read(bytes) != 0;
    if (quote_header_row::version::read(bytes) < 5)
      return about_td ? quote_body_type::td_1_0 : quote_body_type::enclave;

    constexpr std::size_t at = quote_header_size;
    const byte_view descriptor = bytes.subspan(at);
    if (descriptor.size() < quote_row::descriptor::size) return failure{errc::truncated, bytes.size(), part::quote};
    const std::uint16_t type = quote_row::body_type::read(descriptor);
    if (type < 1 || type > 4 || (type != 1) != about_td) return failure{errc::bad_value, at, part::quote};
    const auto known = static_cast<quote_body_type>(type);
    if (quote_row::body_size::read(descriptor) != body_size(known)) {
      return failure{errc::bad_length, at + quote_row::body_size::offset, part::quote};
    }
    return known;
  }

  // find_qe_certification takes the signature data apart. Its length was read at length_offset and is followed by it.
  static constexpr result<qe_certification> find_qe_certification(byte_view bytes, byte_view data,
                                                                  std::size_t length_offset) noexcept {
    namespace row = quote_row;
    const std::size_t offset = length_offset + 4;
    const std::size_t before = size_before_qe_certification(bytes);
    if (data.size() < before) return failure{errc::bad_length, length_offset, part::quote};
    const byte_view parts = data.subspan(before);
    if (quote_header_row::version::read(bytes) == 3)
      return qe_certification::parse(parts, offset + before, length_offset);

    const std::size_t size_offset = offset + row::certification_data_size::offset;
    if (row::certification_data_type::read(data) != static_cast<std::uint16_t>(certification_data_type::qe_report)) {
      return failure{errc::bad_value, offset + row::certification_data_type::offset, part::quote};
    }
    const std::uint32_t size = row::certification_data_size::read(data);
    if (size > parts.size()) return failure{errc::bad_length, size_offset, part::quote};
    auto qe = qe_certification::parse(parts.first(size), offset + before, size_offset);
    // Padding stands behind the signature data and is not counted, in everything that was recorded on a machine.
    if (qe && size < parts.size()) return failure{errc::bad_length, length_offset, part::quote};
    return qe;
  }

  byte_view bytes_;
  byte_view signature_data_;
  qe_certification qe_;
  quote_body_type body_type_;
};

}  // namespace unitee::inline v0::tdx
