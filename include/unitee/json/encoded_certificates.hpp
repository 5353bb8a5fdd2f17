// SPDX-License-Identifier: Apache-2.0
//
// unitee/json/encoded_certificates.hpp: certificates and revocation lists in the encodings in use.
#pragma once

#include <unitee/bytes/hex.hpp>
#include <unitee/bytes/view.hpp>
#include <unitee/crypto/certificate.hpp>
#include <unitee/crypto/openssl.hpp>
#include <unitee/crypto/pem.hpp>
#include <unitee/result.hpp>
#include <unitee/tdx/der.hpp>
#include <unitee/verify/endorsements.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace unitee::inline v0 {

namespace detail {

inline byte_view text_as_bytes(std::string_view text) noexcept {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}
inline std::string_view bytes_as_text(byte_view bytes) noexcept {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

inline constexpr std::string_view text_space{" \t\r\n\0", 5};  // a text that was a C string may end in its zero

// trimmed is the text without white space at its ends.
constexpr std::string_view trimmed(std::string_view text) noexcept {
  const std::size_t first = text.find_first_not_of(text_space);
  if (first == text.npos) return {};
  return text.substr(first, text.find_last_not_of(text_space) + 1 - first);
}

// add_der_sequence adds DER elements that stand one behind the other; it is errc::unrecognized when they do not, and
// errc::bad_length at element number pem_block_max.
inline result<std::size_t> add_der_sequence(endorsements& to, byte_view bytes, std::vector<certificate>* found) {
  std::size_t elements = 0;
  for (tdx::detail::der_cursor at(bytes); !at.at_end(); ++elements) {
    if (!at.next(tdx::detail::der_tag::sequence)) return errc::unrecognized;
  }
  if (elements < 2) return errc::unrecognized;
  std::size_t count = 0;
  std::size_t index = 0;
  for (tdx::detail::der_cursor at(bytes); !at.at_end();) {
    const std::size_t begin = at.offset();
    if (index++ == pem_block_max) return failure{errc::bad_length, begin};
    (void)at.next(tdx::detail::der_tag::sequence);
    const auto added = to.add(bytes.subspan(begin, at.offset() - begin), found);
    if (!added) return failure{added.error().code, begin + added.error().offset};
    count += *added;
  }
  return count;
}

// percent_decoded is the text with %XX as bytes (RFC 3986, section 2.1): errc::bad_encoding at another % sign.
inline result<std::string> percent_decoded(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      out += text[i];
      continue;
    }
    std::uint8_t byte[1];
    if (!hex_decode(text.substr(i + 1, 2), byte)) return failure{errc::bad_encoding, i};
    out += static_cast<char>(byte[0]);
    i += 2;
  }
  return out;
}

inline constexpr std::string_view percent_pem = "-----BEGIN%20";

// add_headers adds PEM text that is percent-encoded on lines of its own or behind the name of an HTTP header, as in
// "TCB-Info-Issuer-Chain: -----BEGIN%20". Other lines are passed over. Chain number pem_block_max is errc::bad_length.
inline result<std::size_t> add_headers(endorsements& to, std::string_view text, std::vector<certificate>* found) {
  std::size_t count = 0;
  std::size_t chains = 0;
  for (std::size_t at = text.find(percent_pem); at != text.npos; at = text.find(percent_pem, at)) {
    if (chains++ == pem_block_max) return failure{errc::bad_length, at};
    const std::size_t end = std::min(text.find_first_of(text_space, at), text.size());
    const auto pem = percent_decoded(text.substr(at, end - at));
    if (!pem) return failure{pem.error().code, at + pem.error().offset};
    const auto added = to.add(text_as_bytes(*pem), found);
    if (!added) return failure{added.error().code, at};
    count += *added;
    at = end;
  }
  return count;
}

// decoded_der is the bytes behind hexadecimal digits, or base64, or nothing when the text is neither: DER begins with
// 0x30, so that the first digits tell them apart.
inline std::vector<std::uint8_t> decoded_der(std::string_view text) {
  std::vector<std::uint8_t> out;
  if (text.starts_with("30") && text.size() % 2 == 0) {
    out.resize(text.size() / 2);
    if (!hex_decode(text, out)) out.clear();
  } else if (text.starts_with("M")) {
    const error_mark mark;
    out.resize(text.size() / 4 * 3 + 3);
    const auto bytes = base64(text, 0, out.data());
    out.resize(bytes ? bytes->size() : 0);
  }
  return out;
}

// add_encoded adds what endorsements::add takes, DER one behind the other, percent-encoded PEM, and hexadecimal digits
// or base64 of DER; and says how many certificates and lists it found. Bytes that are none of these are
// errc::unrecognized. Offsets count in the bytes: for a failure of what an encoded text stands for, where it begins.
// The certificates are appended to `found`, if that is given.
inline result<std::size_t> add_encoded(endorsements& to, byte_view bytes, std::vector<certificate>* found = nullptr) {
  if (const auto added = add_der_sequence(to, bytes, found); added || added.error().code != errc::unrecognized)
    return added;
  if (const auto added = to.add(bytes, found); added || added.error().code != errc::unrecognized) return added;
  const std::string_view text = bytes_as_text(bytes);
  if (text.find(percent_pem) != text.npos) return add_headers(to, text, found);
  const std::string_view digits = trimmed(text);
  const std::vector<std::uint8_t> der = decoded_der(digits);
  if (der.empty()) return errc::unrecognized;
  auto added = add_der_sequence(to, der, found);
  if (!added && added.error().code == errc::unrecognized) added = to.add(der, found);
  if (!added) return failure{added.error().code, static_cast<std::size_t>(digits.data() - text.data())};
  return added;
}

}  // namespace detail

}  // namespace unitee::inline v0
