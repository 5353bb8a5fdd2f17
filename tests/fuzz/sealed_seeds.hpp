// SPDX-License-Identifier: Apache-2.0
//
// tests/fuzz/sealed_seeds.hpp: the keys of the seeds (tests/vectors/sealed_forge.py), and headers that are made
// authentic with them, so that a mutated field is not the end at the next MAC.
#pragma once

#include <unitee/bytes/endian.hpp>
#include <unitee/bytes/view.hpp>
#include <unitee/crypto/hmac.hpp>
#include <unitee/crypto/secret.hpp>
#include <unitee/seal/caller_slot.hpp>
#include <unitee/seal/keys.hpp>
#include <unitee/seal/sealed_header.hpp>
#include <unitee/seal/slot.hpp>
#include <unitee/seal/slot_view.hpp>

#include "require.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

namespace unitee::fuzz {

// run is a key of ascending bytes.
inline secret<32> run(std::uint8_t first) {
  return secret<32>::made_by([&](std::span<std::uint8_t, 32> out) {
    for (std::size_t i = 0; i < out.size(); ++i) out[i] = static_cast<std::uint8_t>(first + i);
  });
}
inline const secret<32>& data_key() {
  static const secret<32> key = run(0x10);
  return key;
}
inline const secret<32>& slot_key() {
  static const secret<32> key = run(0x90);
  return key;
}
inline const secret<32>& other_slot_key() {
  static const secret<32> key = run(0x91);
  return key;
}

// key_for is the key that sign wraps with: the other one for an id that ends with an even byte.
inline const secret<32>& key_for(byte_view id) {
  return !id.empty() && id.back() % 2 == 0 ? other_slot_key() : slot_key();
}

using header_bytes = std::array<std::uint8_t, sealed_header::size>;

// take is the first n bytes, or as many as there are, which leave the input.
inline byte_view take(byte_view& input, std::size_t n) {
  const byte_view out = input.first(std::min(n, input.size()));
  input = input.subspan(out.size());
  return out;
}

// padded is a header of these bytes, and then zeros.
inline header_bytes padded(byte_view input) {
  header_bytes out{};
  std::ranges::copy(take(input, out.size()), out.begin());
  return out;
}

// binding_of and keys_of go by the bytes that stand in the header, whatever they are.
inline detail::file_binding binding_of(const header_bytes& header) {
  const std::span bytes(header);
  file_id id;
  std::ranges::copy(bytes.subspan<48, 32>(), id.value.begin());
  return *detail::file_binding::of(bytes.first<sealed_header::invariant_size>(), id);
}
inline detail::sealed_keys keys_of(const header_bytes& header) {
  return *detail::sealed_keys::derive(data_key(), binding_of(header));
}

// sign wraps the data key in each of the caller's slots that can be read, and puts the commitment and the MAC.
inline void sign(header_bytes& header, const detail::sealed_keys& keys) {
  const auto at = [&](std::size_t offset) { return header.begin() + static_cast<std::ptrdiff_t>(offset); };
  const detail::file_binding file = binding_of(header);
  for (std::size_t place = sealed_header::sector_size; place < header.size(); place += slot_view::size) {
    const auto slot = slot_view::parse(std::span(header).subspan(place).first<slot_view::size>(), place);
    if (!slot || slot->kind() != slot_kind::caller_key) continue;
    const auto unwrapped = caller_slot(key_for(slot->params()), slot->params());
    std::ranges::copy(*unwrapped->wrap_insecurely_with(slot->nonce(), file, data_key()), at(place));
  }
  std::ranges::copy(keys.commitment.value, at(128));
  auto mac = *hmac_sha256_stream::create(keys.header);
  require(mac.update(std::span(header).first(480)) && mac.update(std::span(header).subspan(512)));
  std::ranges::copy(mac.finish()->value, at(480));
}

}  // namespace unitee::fuzz
