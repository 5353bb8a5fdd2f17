// SPDX-License-Identifier: Apache-2.0
//
// unitee/tdx/quote_service_message.hpp: what a TD and a quote service (QGS) on its host say to each other.
#pragma once

#include <unitee/bytes/endian.hpp>
#include <unitee/bytes/layout.hpp>
#include <unitee/bytes/view.hpp>
#include <unitee/bytes/writer.hpp>
#include <unitee/result.hpp>
#include <unitee/tdx/td_report.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

namespace unitee::inline v0::tdx {

// quote_service_type is the type of a message (Intel DCAP, qgs_msg_lib).
enum class quote_service_type : std::uint32_t {
  get_quote_request = 0,
  get_quote_response = 1
};

// quote_service_row is the header of every message, 16 bytes. `size` counts the message with its header.
namespace quote_service_row {
using major_version = layout::le<"major_version", 0, std::uint16_t>;
using minor_version = layout::le<"minor_version", 2, std::uint16_t>;
using type = layout::le<"type", 4, std::uint32_t>;
using size = layout::le<"size", 8, std::uint32_t>;
using error_code = layout::le<"error_code", 12, std::uint32_t>;
using header = layout::table<16, major_version, minor_version, type, size, error_code>;
// What follows the header of a request and of a response for a quote.
using report_size = layout::le<"report_size", 16, std::uint32_t>;
using id_list_size = layout::le<"id_list_size", 20, std::uint32_t>;
using selected_id_size = layout::le<"selected_id_size", 16, std::uint32_t>;
using quote_size = layout::le<"quote_size", 20, std::uint32_t>;
inline constexpr std::size_t payload = 24;
}  // namespace quote_service_row

// quote_service_message_max is more than any quote needs: a longer message is not read.
inline constexpr std::size_t quote_service_message_max = std::size_t{1} << 20;

// get_quote_request is the message that asks for a quote of this report by any key, behind its length (32 bits,
// big-endian): 4 + 24 + 1024 bytes.
constexpr std::array<std::uint8_t, 4 + quote_service_row::payload + td_report::size> get_quote_request(
    const td_report& report) noexcept {
  namespace row = quote_service_row;
  std::array<std::uint8_t, 4 + row::payload + td_report::size> out{};
  constexpr std::uint32_t size = row::payload + td_report::size;
  store_be<std::uint32_t>(std::span(out).first<4>(), size);
  const byte_span message = byte_span(out).subspan(4);
  row::major_version::write(message, 1);
  row::minor_version::write(message, 1);
  row::type::write(message, static_cast<std::uint32_t>(quote_service_type::get_quote_request));
  row::size::write(message, size);
  row::report_size::write(message, td_report::size);
  (void)writer(message.subspan(row::payload)).bytes(report.bytes());
  return out;
}

// quote_service_length is the length of the message that follows: at least a header, at most quote_service_message_max,
// and errc::bad_length in part::quote_service otherwise.
constexpr result<std::size_t> quote_service_length(std::span<const std::uint8_t, 4> prefix) noexcept {
  const std::size_t size = load_be<std::uint32_t>(prefix);
  if (size < quote_service_row::header::size || size > quote_service_message_max) {
    return failure{errc::bad_length, 0, part::quote_service};
  }
  return size;
}

// quote_in is the quote in a response, without its length in front. Offsets count in the message, in
// part::quote_service: errc::truncated; errc::unsupported_version for another major version; errc::bad_value for
// another type; errc::bad_length for sizes that do not add up; errc::service_error with the service's code;
// errc::no_quote for a quote of no bytes.
constexpr result<byte_view> quote_in(byte_view message) noexcept {
  namespace row = quote_service_row;
  const auto fail = [](errc code, std::uint64_t at) { return failure{code, at, part::quote_service}; };
  if (message.size() < row::header::size) return fail(errc::truncated, message.size());
  if (row::major_version::read(message) != 1) return fail(errc::unsupported_version, row::major_version::offset);
  if (row::type::read(message) != static_cast<std::uint32_t>(quote_service_type::get_quote_response)) {
    return fail(errc::bad_value, row::type::offset);
  }
  if (row::size::read(message) != message.size()) return fail(errc::bad_length, row::size::offset);
  if (const std::uint32_t code = row::error_code::read(message); code != 0) return fail(errc::service_error, code);
  if (message.size() < row::payload) return fail(errc::truncated, message.size());
  const std::uint32_t id_size = row::selected_id_size::read(message);
  if (id_size != 0 && id_size != 16) return fail(errc::bad_length, row::selected_id_size::offset);
  const std::uint64_t quote_size = row::quote_size::read(message);
  if (row::payload + id_size + quote_size != message.size()) return fail(errc::bad_length, row::quote_size::offset);
  if (quote_size == 0) return fail(errc::no_quote, 0);
  return message.subspan(row::payload + id_size);
}

}  // namespace unitee::inline v0::tdx
