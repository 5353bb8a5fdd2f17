// SPDX-License-Identifier: Apache-2.0
//
// unitee/kdf/key_record.hpp: what a derived key is bound to, written down.
#pragma once

#include <unitee/bytes/endian.hpp>
#include <unitee/bytes/reader.hpp>
#include <unitee/bytes/view.hpp>
#include <unitee/bytes/writer.hpp>
#include <unitee/kdf/bounded_bytes.hpp>
#include <unitee/result.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace unitee::inline v0 {

// purpose_max and context_max are the greatest sizes of a purpose and of a context, in bytes.
inline constexpr std::size_t purpose_max = 64;
inline constexpr std::size_t context_max = 512;

// key_record is everything that one must know, besides the hardware's secret, to get the same key again: the request
// with its TCB and SVNs, the floor, the purpose and the context. It is public, and every byte of it goes into the key:
// a changed record is a record of another key. Request is snp::key_request or tdx::key_request.
//
// Canonical bytes, integers little-endian: version (u8, 1), vendor (u8, 1 SEV-SNP, 2 TDX), size of the request (u16),
// request, size of the floor (u16), floor, size of the purpose (u8), purpose, size of the context (u16), context.
template <class Request>
class key_record {
 public:
  using key_request = Request;
  using key_floor = typename Request::floor;
  static constexpr std::uint8_t version = 1;
  static constexpr std::size_t request_offset = 4;
  static constexpr std::size_t size_max =
      request_offset + Request::size_max + 2 + key_floor::size + 1 + purpose_max + 2 + context_max;
  using encoded = bounded_bytes<size_max>;

  // create puts a record together. A purpose or context of a size that is not allowed is errc::bad_length where its
  // size stands, in part::key_record. Requests are what their makers' names say: an under-bound one is taken.
  static constexpr result<key_record> create(const Request& request, const key_floor& least, std::string_view purpose,
                                             byte_view context) noexcept {
    key_record out(request, least);
    if (purpose.empty() || purpose.size() > purpose_max) return refused(errc::bad_length, out.purpose_offset());
    std::array<std::uint8_t, purpose_max> octets{};
    for (std::size_t i = 0; i < purpose.size(); ++i) octets[i] = static_cast<std::uint8_t>(purpose[i]);
    out.purpose_ = *bounded_bytes<purpose_max>::from(byte_view(octets).first(purpose.size()));
    if (context.size() > context_max) {
      return refused(errc::bad_length, out.purpose_offset() + 1 + purpose.size());
    }
    out.context_ = *bounded_bytes<context_max>::from(context);
    return out;
  }

  // parse reads a record that may come from anywhere, such as the header of a sealed file. One with a request that
  // Request::parse refuses is that failure, where the field stands in the record: errc::weak_binding for an under-bound
  // one, since whoever wrote it could have the key, too. Else the failures are those of parse_any_binding.
  static constexpr result<key_record> parse(byte_view bytes) noexcept {
    const auto any = parse_any_binding(bytes);
    if (!any) return any;
    if (const auto bound = any->check_binding(); !bound) return bound.error();
    return any;
  }

  // parse_any_binding reads exactly one record. Failures, in part::key_record: errc::truncated at the end of the bytes,
  // errc::unsupported_version at 0, errc::platform_mismatch at 1 for another vendor's, errc::bad_length where a size
  // stands that is not allowed or does not fit the request, errc::trailing_data behind the context, and those of the
  // request's parse_any_binding where the field stands in the record.
  static constexpr result<key_record> parse_any_binding(byte_view bytes) noexcept {
    reader in(bytes, part::key_record);
    const auto first = in.le<std::uint8_t>();
    if (!first) return first.error();
    if (*first != version) return refused(errc::unsupported_version, 0);
    const auto second = in.le<std::uint8_t>();
    if (!second) return second.error();
    if (*second != Request::vendor) return refused(errc::platform_mismatch, 1);
    const auto request_bytes =
        sized<std::uint16_t>(in, [](std::size_t n) { return n == Request::size || n == Request::size_max; });
    if (!request_bytes) return request_bytes.error();
    const auto floor_bytes = sized<std::uint16_t>(in, [](std::size_t n) { return n == key_floor::size; });
    if (!floor_bytes) return floor_bytes.error();
    const auto purpose_bytes = sized<std::uint8_t>(in, [](std::size_t n) { return n >= 1 && n <= purpose_max; });
    if (!purpose_bytes) return purpose_bytes.error();
    const auto context_bytes = sized<std::uint16_t>(in, [](std::size_t n) { return n <= context_max; });
    if (!context_bytes) return context_bytes.error();
    if (const auto end = in.finish(); !end) return end.error();

    const auto request = Request::parse_any_binding(*request_bytes);
    if (!request) return in_record(request.error());
    key_record out(*request, key_floor::parse(floor_bytes->template first<key_floor::size>()));
    out.purpose_ = *bounded_bytes<purpose_max>::from(*purpose_bytes);
    out.context_ = *bounded_bytes<context_max>::from(*context_bytes);
    return out;
  }

  // encode is the canonical bytes.
  [[nodiscard]] constexpr encoded encode() const noexcept {
    std::array<std::uint8_t, size_max> buffer{};
    writer to(buffer);
    to.le(version).le(Request::vendor).le(static_cast<std::uint16_t>(request_.encoded_size()));
    request_.write_to(to);
    to.le(static_cast<std::uint16_t>(key_floor::size)).bytes(floor_.encode());
    to.le(static_cast<std::uint8_t>(purpose_.size())).bytes(purpose_);
    to.le(static_cast<std::uint16_t>(context_.size())).bytes(context_);
    return *encoded::from(*to.written());
  }

  // check_binding is the failure of Request::parse for the record's request, where the field stands in the record.
  [[nodiscard]] constexpr result<void> check_binding() const noexcept {
    const encoded bytes = encode();
    if (const auto request = Request::parse(bytes_of_request(bytes)); !request) return in_record(request.error());
    return {};
  }

  // check_level is the failure of Request::check_level, where the field stands in the record.
  [[nodiscard]] constexpr result<void> check_level(const typename Request::basis& own) const noexcept {
    if (const auto same = request_.check_level(own); !same) return in_record(same.error());
    return {};
  }

  // check_floor is errc::below_floor in part::key_record where the request's first component stands that is below the
  // record's own floor or below `least`.
  [[nodiscard]] constexpr result<void> check_floor(const key_floor& least = {}) const noexcept {
    for (const key_floor& floor : {floor_, least}) {
      if (const auto at = request_.first_below(floor)) return refused(errc::below_floor, request_offset + *at);
    }
    return {};
  }

  [[nodiscard]] constexpr const Request& request() const noexcept { return request_; }
  [[nodiscard]] constexpr const key_floor& floor() const noexcept { return floor_; }
  [[nodiscard]] constexpr byte_view purpose() const& noexcept { return purpose_; }
  [[nodiscard]] constexpr byte_view context() const& noexcept { return context_; }
  byte_view purpose() const&& = delete;  // they refer to this record
  byte_view context() const&& = delete;

  // is_for says whether this is the purpose.
  [[nodiscard]] constexpr bool is_for(std::string_view purpose) const noexcept {
    const byte_view own = purpose_;
    return std::equal(own.begin(), own.end(), purpose.begin(), purpose.end(),
                      [](std::uint8_t octet, char c) { return octet == static_cast<std::uint8_t>(c); });
  }

  // purpose_offset is where the size of the purpose stands in the canonical bytes.
  [[nodiscard]] constexpr std::size_t purpose_offset() const noexcept {
    return request_offset + request_.encoded_size() + 2 + key_floor::size;
  }

  friend constexpr bool operator==(const key_record&, const key_record&) = default;

 private:
  constexpr key_record(const Request& request, const key_floor& least) noexcept : request_(request), floor_(least) {}

  static constexpr failure refused(errc code, std::size_t at) noexcept { return {code, at, part::key_record}; }

  // in_record is a failure of the request's parse, where the field stands in the record.
  static constexpr failure in_record(const failure& why) noexcept {
    const bool length = why.code == errc::truncated || why.code == errc::trailing_data;
    return length ? refused(errc::bad_length, 2) : refused(why.code, request_offset + why.offset);
  }

  static constexpr byte_view bytes_of_request(byte_view bytes) noexcept {
    return bytes.subspan(request_offset, load_le<std::uint16_t>(bytes.subspan<2, 2>()));
  }

  // sized takes a size that fits() says yes to, and that many bytes.
  template <class Size, class Fits>
  static constexpr result<byte_view> sized(reader& in, Fits fits) noexcept {
    const std::size_t at = in.offset();
    const auto n = in.le<Size>();
    if (!n) return n.error();
    if (!fits(*n)) return refused(errc::bad_length, at);
    return in.take(*n);
  }

  Request request_;
  key_floor floor_;
  bounded_bytes<purpose_max> purpose_;
  bounded_bytes<context_max> context_;
};

}  // namespace unitee::inline v0
