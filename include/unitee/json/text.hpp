// SPDX-License-Identifier: Apache-2.0
//
// unitee/json/text.hpp: bytes and masks as the strings that JSON carries.
#pragma once

#include <unitee/bytes/base64url.hpp>
#include <unitee/bytes/hex.hpp>
#include <unitee/bytes/view.hpp>

#include <nlohmann/json.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace unitee::inline v0 {

// hex_text is two lower-case digits for each byte.
inline std::string hex_text(byte_view bytes) {
  std::string out(2 * bytes.size(), '0');
  (void)hex_encode(bytes, out);
  return out;
}

// hex_number is 0x and 16 lower-case digits. JSON readers round integers of more than 53 bits (RFC 8259, section 6).
inline std::string hex_number(std::uint64_t value) {
  std::string out = "0x0000000000000000";
  for (std::size_t at = out.size(); value != 0; value >>= 4) out[--at] = "0123456789abcdef"[value & 15];
  return out;
}

// base64url_text is base64url without padding (RFC 4648, section 5).
inline std::string base64url_text(byte_view bytes) {
  std::string out(base64url_length(bytes.size()), '\0');
  (void)base64url_encode(bytes, out);
  return out;
}

// is_utf8 says that JSON can carry the text as it is. Writing any other text out would end the program.
inline bool is_utf8(std::string_view text) {
  using handler = nlohmann::json::error_handler_t;
  const nlohmann::json value = text;
  return value.dump(-1, ' ', false, handler::ignore) == value.dump(-1, ' ', false, handler::replace);
}

}  // namespace unitee::inline v0
