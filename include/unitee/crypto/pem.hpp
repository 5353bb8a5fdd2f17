// SPDX-License-Identifier: Apache-2.0
//
// unitee/crypto/pem.hpp: the blocks of a PEM text (RFC 7468).
#pragma once

#include <unitee/bytes/view.hpp>
#include <unitee/crypto/openssl.hpp>
#include <unitee/crypto/wiped_buffer.hpp>
#include <unitee/result.hpp>

#include <openssl/evp.h>

#include <climits>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <utility>

namespace unitee::inline v0 {

// pem_block_max is how many blocks a text may have.
inline constexpr std::size_t pem_block_max = 64;

namespace detail {

// base64 decodes lines of text that stand at `base` in the whole to `out`, which has room for three quarters of them.
inline result<byte_view> base64(std::string_view text, std::size_t base, std::uint8_t* out) noexcept {
  std::size_t digits = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    const bool digit =
        (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '+' || c == '/' || c == '=';
    if (!digit && c != '\n' && c != '\r' && c != ' ' && c != '\t') return failure{errc::bad_encoding, base + i};
    digits += digit ? 1 : 0;
  }
  const handle<EVP_ENCODE_CTX, EVP_ENCODE_CTX_free> context(EVP_ENCODE_CTX_new());
  if (!context) return errc::crypto_error;
  EVP_DecodeInit(context.get());
  int written = 0;
  int last = 0;
  if (digits == 0 || digits % 4 != 0 ||
      EVP_DecodeUpdate(context.get(), out, &written, reinterpret_cast<const unsigned char*>(text.data()),
                       static_cast<int>(text.size())) < 0 ||
      EVP_DecodeFinal(context.get(), out + written, &last) != 1) {
    return failure{errc::bad_encoding, base};
  }
  return byte_view(out, static_cast<std::size_t>(written + last));
}

}  // namespace detail

// for_each_pem calls f(label, der) for every block of the text, in order; f returns result<void>, and its failure
// ends the walk. Both arguments are valid during the call; der is wiped after the walk. Lines end in LF or CRLF; text
// between the blocks, also a zero byte at the end, is skipped. Offsets count in the text: of a BEGIN line without its
// END line errc::truncated at the end of the text, and errc::bad_value at a label that is not one; of what is not
// base64 errc::bad_encoding; of block number pem_block_max errc::bad_length.
template <class F>
result<void> for_each_pem(byte_view text, F&& f) {
  constexpr std::string_view begin = "-----BEGIN ";
  constexpr std::string_view dashes = "-----";
  const detail::error_mark mark;
  if (text.size() > INT_MAX) return failure{errc::bad_length, INT_MAX};
  const std::string_view all(reinterpret_cast<const char*>(text.data()), text.size());
  std::size_t count = 0;
  std::size_t from = 0;
  for (;;) {
    const std::size_t head = all.find(begin, from);
    if (head == all.npos) return {};
    from = head + begin.size();
    if (head != 0 && all[head - 1] != '\n' && all[head - 1] != '\0') continue;  // not a line of its own
    if (count++ == pem_block_max) return failure{errc::bad_length, head};

    const std::size_t label_end = all.find(dashes, from);
    if (label_end == all.npos) return failure{errc::truncated, all.size()};
    const std::string_view label = all.substr(from, label_end - from);
    if (label.empty() || label.size() > 64 || label.find_first_of("\r\n") != label.npos) {
      return failure{errc::bad_value, from};
    }
    const std::size_t body = label_end + dashes.size();
    const std::size_t foot = all.find(dashes, body);
    if (foot == all.npos) return failure{errc::truncated, all.size()};
    std::string_view rest = all.substr(foot + dashes.size());
    const auto skip = [&rest](std::string_view expected) {
      if (!rest.starts_with(expected)) return false;
      rest.remove_prefix(expected.size());
      return true;
    };
    if (!skip("END ") || !skip(label) || !skip(dashes)) return failure{errc::bad_encoding, foot};

    auto out = wiped_buffer::create((foot - body) / 4 * 3 + 3);
    if (!out) return out.error();
    const auto der = detail::base64(all.substr(body, foot - body), body, out->all().data());
    if (!der) return der.error();
    if (const result<void> done = f(label, *der); !done) return done.error();
    from = all.size() - rest.size();
  }
}

}  // namespace unitee::inline v0
