// SPDX-License-Identifier: Apache-2.0
//
// unitee/snp/pins.hpp: AMD's root keys, by their digests.
#pragma once

#include <unitee/bytes/fixed.hpp>
#include <unitee/bytes/hex.hpp>
#include <unitee/snp/product.hpp>

#include <array>
#include <cstddef>
#include <optional>
#include <string_view>

namespace unitee::inline v0::snp {

// key_pin is the SHA-384 of a DER SubjectPublicKeyInfo.
using key_pin = fixed_bytes<48, struct key_pin_tag>;

namespace detail {

consteval key_pin pin(std::string_view digits) { return *from_hex<key_pin>(digits); }

inline constexpr std::array<std::optional<key_pin>, products.size()> ark_pins{{
    pin("1249f67f15cf229a4069195e1a9ce537d1765ef706a1f4a123c36be9518786515d25ecc007f366b564d2b3f31c48082e"),
    pin("32ab53a6ce5ec14926207396e5c475ae768a6a9831b7e860b5acf2e1c1dff222bc5a8bfc43eb5e06393189c1f246d880"),
    pin("3475f08a9727f8ac9a1deaea5f2a2097aa59d64d05c2a678c229c873e6359d3a6926287a2a22cd5f88a385e333a2fcc5"),
    std::nullopt,  // Venice: AMD has published no root
}};

}  // namespace detail

// ark_pin is the pin of a generation's ARK, where AMD has published one. Whatever else calls itself "ARK-Milan" is not
// AMD's root.
constexpr const std::optional<key_pin>& ark_pin(generation id) noexcept {
  return detail::ark_pins[static_cast<std::size_t>(id)];
}

}  // namespace unitee::inline v0::snp
