// SPDX-License-Identifier: Apache-2.0
//
// unitee/launch/vcpu_signature.hpp: which processor a virtual processor says it is.
#pragma once

#include <unitee/result.hpp>

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

namespace unitee::inline v0::snp {

// vcpu_signature is CPUID leaf 1, EAX, as the host's processor model has it; it need not be that of the host's
// processor. 0 is no processor.
struct vcpu_signature {
  std::uint32_t value = 0;

  friend constexpr bool operator==(const vcpu_signature&, const vcpu_signature&) = default;
};

// make_vcpu_signature packs family (at most 270) and model (at most 255), both with their extended parts, and stepping
// (at most 15). A larger number is errc::bad_value at offset 0, 1 or 2: which of the three. Families below 15 have no
// extended part (AMD64 manual, volume 3, CPUID function 1).
constexpr result<vcpu_signature> make_vcpu_signature(std::uint32_t family, std::uint32_t model,
                                                     std::uint32_t stepping) noexcept {
  if (family > 15 + 255) return failure{errc::bad_value, 0};
  if (model > 255) return failure{errc::bad_value, 1};
  if (stepping > 15) return failure{errc::bad_value, 2};
  const std::uint32_t base = family < 15 ? family : 15;
  return vcpu_signature{(family - base) << 20 | model >> 4 << 16 | base << 8 | (model & 15) << 4 | stepping};
}

// vcpu_model is a processor model of QEMU. Its versions (EPYC-Milan-v2) differ in features, never in the signature.
struct vcpu_model {
  std::string_view name;
  char versions;  // the last one
  vcpu_signature signature;
};

inline constexpr std::array<vcpu_model, 5> vcpu_models{{
    {"EPYC", '5', *make_vcpu_signature(23, 1, 2)},
    {"EPYC-IBPB", '0', *make_vcpu_signature(23, 1, 2)},
    {"EPYC-Rome", '5', *make_vcpu_signature(23, 49, 0)},
    {"EPYC-Milan", '3', *make_vcpu_signature(25, 1, 1)},
    {"EPYC-Genoa", '2', *make_vcpu_signature(25, 17, 0)},
}};

// vcpu_signature_named is the signature of a model by its exact name, with or without "-v1" and so on; nothing for a
// name that is not in the table.
constexpr std::optional<vcpu_signature> vcpu_signature_named(std::string_view name) noexcept {
  for (const vcpu_model& model : vcpu_models) {
    if (name == model.name) return model.signature;
    if (!name.starts_with(model.name)) continue;
    const std::string_view version = name.substr(model.name.size());
    if (version.size() == 3 && version.starts_with("-v") && version[2] >= '1' && version[2] <= model.versions) {
      return model.signature;
    }
  }
  return std::nullopt;
}

}  // namespace unitee::inline v0::snp
