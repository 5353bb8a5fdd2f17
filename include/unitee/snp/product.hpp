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
  turin,
  venice
};

// tcb_layout says which byte of a TCB_VERSION is which component.
enum class tcb_layout : std::uint8_t {
  milan_genoa,
  turin,
  venice
};

// cpuid is the combined family and model and the stepping of the processor, from version 3 of the report on.
struct cpuid {
  std::uint8_t family = 0;
  std::uint8_t model = 0;
  std::uint8_t stepping = 0;

  friend constexpr bool operator==(const cpuid&, const cpuid&) = default;
};

// model_range is the processors of one family from a first to a last model.
struct model_range {
  std::uint8_t family = 0;
  std::uint8_t first = 1;  // a range of no models unless it says otherwise
  std::uint8_t last = 0;

  [[nodiscard]] constexpr bool has(const cpuid& id) const noexcept {
    return id.family == family && first <= id.model && id.model <= last;
  }
};

// product is what a generation decides: the only place that knows.
struct product {
  generation id;
  std::string_view name;        // in the VEK's extensions and in key server addresses
  std::string_view ark;         // common names: of the root,
  std::string_view ask;         // of the issuer of VCEKs,
  std::string_view asvk;        // and of the issuer of VLEKs
  tcb_layout layout;            // of every TCB_VERSION
  std::size_t chip_id_size;     // meaningful bytes of CHIP_ID and of the VCEK's hwID; the rest of CHIP_ID is zero
  std::uint8_t struct_version;  // of the VEK certificate's extensions
  bool verifiable;              // AMD publishes a root and certificates: evidence can be verified
  std::array<model_range, 4> models;
};

// Venice is known by its processors and by its TCB layout alone: there is nothing yet to verify its evidence with.
inline constexpr std::array<product, 4> products{{
    {generation::milan,
     "Milan",
     "ARK-Milan",
     "SEV-Milan",
     "SEV-VLEK-Milan",
     tcb_layout::milan_genoa,
     64,
     0,
     true,
     {{{0x19, 0x00, 0x0F}}}},
    {generation::genoa,
     "Genoa",
     "ARK-Genoa",
     "SEV-Genoa",
     "SEV-VLEK-Genoa",
     tcb_layout::milan_genoa,
     64,
     0,
     true,
     {{{0x19, 0x10, 0x1F}, {0x19, 0xA0, 0xAF}}}},  // the second range is Bergamo and Siena
    {generation::turin,
     "Turin",
     "ARK-Turin",
     "SEV-Turin",
     "SEV-VLEK-Turin",
     tcb_layout::turin,
     8,
     1,
     true,
     {{{0x1A, 0x00, 0x11}}}},
    {generation::venice,
     "Venice",
     "ARK-Venice",
     "SEV-Venice",
     "SEV-VLEK-Venice",
     tcb_layout::venice,
     0,
     0,
     false,
     {{{0x1A, 0x50, 0x57}, {0x1A, 0x90, 0x9F}, {0x1A, 0xA0, 0xAF}, {0x1A, 0xC0, 0xC7}}}},
}};

constexpr const product& product_of(generation id) noexcept { return products[static_cast<std::size_t>(id)]; }

// generation_of is the generation of a processor, or nothing for one that is newer than this library.
constexpr std::optional<generation> generation_of(const cpuid& id) noexcept {
  for (const product& p : products) {
    for (const model_range& range : p.models) {
      if (range.has(id)) return p.id;
    }
  }
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
