// SPDX-License-Identifier: Apache-2.0
//
// tests/support/segment_sinks.hpp: sealing segments with known keys, and the MAC of their tags.
#pragma once

#include "support/known_file.hpp"

#include <unitee/seal/segment_sink.hpp>

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <algorithm>
#include <cstdint>
#include <stdexcept>
#include <utility>

namespace unitee::test {

inline sealed_geometry geometry_of(std::uint64_t payload, std::uint32_t segment = 4096) {
  return *sealed_geometry::of(payload, segment);
}

// sink_of seals with secret_of(1), and makes the MAC of the table with secret_of(2).
template <class Sink>
detail::segment_sink<Sink, default_gcm_engine> sink_of(Sink& sink, const sealed_geometry& of,
                                                       protection how = protection::confidential) {
  using segments = detail::segment_sink<Sink, default_gcm_engine>;
  auto tags = wiped_buffer::create(segments::tags_size(of));
  std::ranges::fill(tags->all(), std::uint8_t{0xee});
  return {sink, of, how, secret_of(1), std::move(*hmac_sha256_stream::create(secret_of(2))), std::move(*tags)};
}

// openssl_mac is the MAC of a table, by OpenSSL alone.
inline octets openssl_mac(byte_view bytes) {
  const octets key(32, 2);
  octets out(32);
  unsigned n = 0;
  if (HMAC(EVP_sha256(), key.data(), 32, bytes.data(), bytes.size(), out.data(), &n) == nullptr)
    throw std::runtime_error("no HMAC");
  return out;
}

// nothing is progress that nobody hears of.
inline detail::shared_progress nothing() { return {work{}, 0}; }

}  // namespace unitee::test
