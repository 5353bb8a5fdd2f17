// SPDX-License-Identifier: Apache-2.0
//
// unitee/seal/keys.hpp: what a sealed file's data key is turned into (FORMAT.md, "Keys").
#pragma once

#include <unitee/bytes/endian.hpp>
#include <unitee/bytes/view.hpp>
#include <unitee/crypto/aead.hpp>
#include <unitee/crypto/hkdf.hpp>
#include <unitee/crypto/random.hpp>
#include <unitee/crypto/secret.hpp>
#include <unitee/result.hpp>
#include <unitee/seal/sealed_header.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>

namespace unitee::inline v0::detail {

// ascii is the characters of a literal without its terminator.
template <std::size_t N>
consteval std::array<std::uint8_t, N - 1> ascii(const char (&text)[N]) {
  std::array<std::uint8_t, N - 1> out{};
  for (std::size_t i = 0; i < N - 1; ++i) out[i] = static_cast<std::uint8_t>(text[i]);
  return out;
}

// sealed_keys is the three keys of one file, and the string that commits to the data key.
struct sealed_keys {
  secret<32> payload;  // AES-256-GCM of the segments
  secret<32> tags;     // HMAC-SHA-256 of the tag table
  secret<32> header;   // HMAC-SHA-256 of the header
  key_commitment commitment;

  static result<sealed_keys> derive(const secret<32>& data_key, const sealed_salt& salt) noexcept {
    auto payload = hkdf_sha256<32>(data_key, salt.view(), ascii("unitee sealed v1 payload"));
    auto tags = hkdf_sha256<32>(data_key, salt.view(), ascii("unitee sealed v1 tags"));
    auto header = hkdf_sha256<32>(data_key, salt.view(), ascii("unitee sealed v1 header"));
    const auto stored = hkdf_sha256<32>(data_key, salt.view(), ascii("unitee sealed v1 commitment"));
    if (!payload || !tags || !header || !stored) return errc::crypto_error;
    key_commitment commitment;
    std::ranges::copy(stored->expose(), commitment.value.begin());  // public from here on: it stands in the header
    return sealed_keys{std::move(*payload), std::move(*tags), std::move(*header), commitment};
  }
};

// sealing_material is everything random about a new file. Used for two files, or known to anyone, it protects nothing:
// only tests choose it.
struct sealing_material {
  secret<32> data_key;
  sealed_salt file_salt;
  gcm_nonce slot_nonce;

  static result<sealing_material> random() noexcept {
    auto data_key = random_secret<32>();
    if (!data_key) return data_key.error();
    sealing_material out{std::move(*data_key), {}, {}};
    if (const auto done = random_bytes(out.file_salt.value); !done) return done.error();
    if (const auto done = random_bytes(out.slot_nonce.value); !done) return done.error();
    return out;
  }
};

// segment_nonce is the segment's number: it is used once, because a payload key serves one file, written once.
inline gcm_nonce segment_nonce(std::uint64_t segment) noexcept {
  gcm_nonce out;
  store_le<std::uint64_t>(std::span(out.value).first<8>(), segment);
  return out;
}

}  // namespace unitee::inline v0::detail
