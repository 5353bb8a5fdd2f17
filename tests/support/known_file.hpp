// SPDX-License-Identifier: Apache-2.0
//
// tests/support/known_file.hpp: the keys of a sealed file that was made with fixed_material, and what they make of it.
#pragma once

#include "support/sealed.hpp"

#include <unitee/crypto/aead.hpp>
#include <unitee/seal/keys.hpp>
#include <unitee/seal/sealed_header.hpp>
#include <unitee/seal/segment_source.hpp>

#include <cstddef>
#include <cstdint>
#include <utility>

namespace unitee::test {

inline sealed_header header_of(byte_view file) { return *sealed_header::parse(file.first(8192)); }
inline detail::sealed_keys known_keys(const sealed_header& header) {
  return *detail::sealed_keys::derive(fixed_material().data_key, *detail::file_binding::of(header));
}

// known_file is a file without metadata, and segments_of opens its segments.
inline octets known_file(const octets& plaintext, protection how = protection::confidential,
                         std::uint32_t segment = 4096) {
  return *sealed_bytes(plaintext, caller_slots({1}), {.segment_size = segment, .protection = how});
}
template <class Source, gcm_engine Engine = default_gcm_engine>
detail::segment_source<Source, Engine> segments_of(Source source, byte_view file) {
  const sealed_header header = header_of(file);
  return {std::move(source), header.geometry(), std::move(known_keys(header).segments), header.protection()};
}

// gcm_stored is one message as FORMAT.md has it, by OpenSSL alone: what stands in the file, and the tag behind it.
inline octets gcm_stored(const secret<32>& key, std::uint64_t number, byte_view plaintext, bool is_encrypted = true) {
  gcm_nonce nonce{};
  for (std::size_t i = 0; i < 8; ++i) nonce.value[i] = static_cast<std::uint8_t>(number >> 8 * i);
  octets out(plaintext.begin(), plaintext.end());
  auto engine = *aes_256_gcm::create(key);
  const auto tag = is_encrypted ? engine.seal(nonce, {}, plaintext, out) : engine.seal(nonce, plaintext, {}, {});
  out.insert(out.end(), tag->value.begin(), tag->value.end());
  return out;
}

}  // namespace unitee::test
