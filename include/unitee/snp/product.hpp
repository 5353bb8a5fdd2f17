// SPDX-License-Identifier: Apache-2.0
//
// unitee/snp/product.hpp: the processor generations, and everything about evidence that depends on them.
#pragma once

#include <unitee/result.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace unitee::inline v0::snp {

// generation is a product line with its own root key, key server name and TCB layout. Bergamo and Siena use Genoa's.
enum class generation : std::uint8_t {
  milan,
  genoa,
  turin
};

// tcb_layout says which byte of a TCB_VERSION is which component.
enum class tcb_layout : std::uint8_t {
  milan_genoa,
  turin
};

// product is what a generation decides: the only place that knows.
struct product {
  generation id;
  std::string_view name;        // in certificate names and key server addresses
  tcb_layout layout;            // of every TCB_VERSION
  std::size_t chip_id_size;     // meaningful bytes of CHIP_ID and of the VCEK's hwID; the rest of CHIP_ID is zero
  std::uint8_t struct_version;  // of the VEK certificate's extensions
};

inline constexpr std::array<product, 3> products{{
    {generation::milan, "Milan", tcb_layout::milan_genoa, 64, 0},
    {generation::genoa, "Genoa", tcb_layout::milan_genoa, 64, 0},
    {generation::turin, "Turin", tcb_layout::turin, 8, 1},
}};

constexpr const product& product_of(generation id) noexcept { return products[static_cast<std::size_t>(id)]; }

// cpuid is the combined family and model and the stepping of the processor, from version 3 of the report on.
struct cpuid {
  std::uint8_t family = 0;
  std::uint8_t model = 0;
  std::uint8_t stepping = 0;

  friend constexpr bool operator==(const cpuid&, const cpuid&) = default;
};

// generation_of is the generation of a processor, or nothing for one that is newer than this library.
constexpr std::optional<generation> generation_of(const cpuid& id) noexcept {
  if (id.family == 0x19 && id.model <= 0x0F) return generation::milan;
  if (id.family == 0x19 && id.model >= 0x10 && id.model <= 0x1F) return generation::genoa;
  if (id.family == 0x19 && id.model >= 0xA0 && id.model <= 0xAF) return generation::genoa;  // Bergamo, Siena
  if (id.family == 0x1A && id.model <= 0x11) return generation::turin;
  return std::nullopt;
}

// generation_named is the generation of an exact name such as "Milan".
constexpr std::optional<generation> generation_named(std::string_view name) noexcept {
  for (const product& p : products) {
    if (p.name == name) return p.id;
  }
  return std::nullopt;
}

}  // namespace unitee::inline v0::snp
