// SPDX-License-Identifier: Apache-2.0
//
// unitee/tdx/der.hpp: a cursor over DER (X.690), for the one extension that is in DER and needs no OpenSSL.
#pragma once

#include <unitee/bytes/view.hpp>
#include <unitee/result.hpp>

#include <cstddef>
#include <cstdint>

namespace unitee::inline v0::tdx::detail {

enum class der_tag : std::uint8_t {
  boolean = 0x01,
  integer = 0x02,
  octet_string = 0x04,
  object_identifier = 0x06,
  enumerated = 0x0A,
  sequence = 0x30,
};

// der_element is the content of one element, and where it stands in the outermost input.
struct der_element {
  byte_view content;
  std::size_t tag_offset;
  std::size_t content_offset;

  [[nodiscard]] constexpr failure fail(errc code) const noexcept { return {code, tag_offset}; }
};

// der_cursor hands out one element after the other, each of the type that the caller expects. Lengths are up to 65535
// and in their shortest form. Failures are in part::input and count from the start of the outermost input.
class der_cursor {
 public:
  constexpr explicit der_cursor(byte_view bytes, std::size_t base = 0) noexcept : bytes_(bytes), base_(base) {}
  constexpr explicit der_cursor(const der_element& element) noexcept
      : der_cursor(element.content, element.content_offset) {}

  [[nodiscard]] constexpr bool at_end() const noexcept { return at_ == bytes_.size(); }
  [[nodiscard]] constexpr std::size_t offset() const noexcept { return base_ + at_; }

  // next is the next element: errc::truncated at the end of the bytes, errc::bad_encoding at another tag or at a length
  // that is not in its only form, errc::bad_length at one that goes beyond the bytes.
  constexpr result<der_element> next(der_tag tag) noexcept {
    const std::size_t start = at_;
    if (bytes_.size() - at_ < 2) return failure{errc::truncated, base_ + bytes_.size()};
    if (bytes_[at_] != static_cast<std::uint8_t>(tag)) return failure{errc::bad_encoding, base_ + at_};
    std::size_t length = bytes_[at_ + 1];
    std::size_t header = 2;
    if (length >= 0x80) {
      const std::size_t digits = length & 0x7F;
      if (digits < 1 || digits > 2) return failure{errc::bad_encoding, base_ + at_ + 1};
      header += digits;
      if (bytes_.size() - at_ < header) return failure{errc::truncated, base_ + bytes_.size()};
      length = 0;
      for (std::size_t i = 0; i < digits; ++i) length = length << 8 | bytes_[at_ + 2 + i];
      if (length < (digits == 1 ? 0x80U : 0x100U)) return failure{errc::bad_encoding, base_ + at_ + 1};
    }
    if (length > bytes_.size() - at_ - header) return failure{errc::bad_length, base_ + at_ + 1};
    at_ += header + length;
    return der_element{bytes_.subspan(start + header, length), base_ + start, base_ + start + header};
  }

  // finish is errc::trailing_data at the first byte that no element has used.
  [[nodiscard]] constexpr result<void> finish() const noexcept {
    if (!at_end()) return failure{errc::trailing_data, offset()};
    return {};
  }

 private:
  byte_view bytes_;
  std::size_t at_ = 0;
  std::size_t base_;
};

// der_unsigned is the value of an INTEGER or ENUMERATED from 0 to 65535: errc::bad_encoding when it is not in its
// shortest form, errc::bad_value when it is negative or larger.
constexpr result<std::uint16_t> der_unsigned(const der_element& element) noexcept {
  const byte_view digits = element.content;
  if (digits.empty()) return element.fail(errc::bad_encoding);
  if (digits[0] >= 0x80) return element.fail(errc::bad_value);
  if (digits.size() > 1 && digits[0] == 0 && digits[1] < 0x80) return element.fail(errc::bad_encoding);
  if (digits.size() > 3 || (digits.size() == 3 && digits[0] != 0)) return element.fail(errc::bad_value);
  std::uint32_t value = 0;
  for (const std::uint8_t digit : digits) value = value << 8 | digit;
  return static_cast<std::uint16_t>(value);
}

}  // namespace unitee::inline v0::tdx::detail
