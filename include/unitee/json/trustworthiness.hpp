// SPDX-License-Identifier: Apache-2.0
//
// unitee/json/trustworthiness.hpp: what a verifier believes of an attester, in eight numbers (AR4SI).
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>

namespace unitee::inline v0 {

// trust_claim is one of the eight trustworthiness claims (draft-ietf-rats-ar4si, section 2.3), in the order of their
// CBOR keys 0 to 7.
enum class trust_claim : std::uint8_t {
  instance_identity,
  configuration,
  executables,
  file_system,
  hardware,
  runtime_opaque,
  storage_opaque,
  sourced_data
};

inline constexpr std::array trust_claims{trust_claim::instance_identity, trust_claim::configuration,
                                         trust_claim::executables,       trust_claim::file_system,
                                         trust_claim::hardware,          trust_claim::runtime_opaque,
                                         trust_claim::storage_opaque,    trust_claim::sourced_data};

// name is the claim's member in JSON.
constexpr const char* name(trust_claim claim) noexcept {
  constexpr const char* names[] = {"instance-identity", "configuration",  "executables",    "file-system",
                                   "hardware",          "runtime-opaque", "storage-opaque", "sourced-data"};
  return names[static_cast<std::size_t>(claim)];
}

// trust_tier is how good a claim's value is; a larger one is worse. The numbers are those of EAR in CBOR.
enum class trust_tier : std::uint8_t {
  none = 0,
  affirming = 2,
  warning = 32,
  contraindicated = 96
};

// name is the tier as ear.status spells it in JSON.
constexpr const char* name(trust_tier tier) noexcept {
  switch (tier) {
    case trust_tier::none: return "none";
    case trust_tier::affirming: return "affirming";
    case trust_tier::warning: return "warning";
    case trust_tier::contraindicated: return "contraindicated";
  }
  return "unknown";
}

// tier_of is the tier of a claim's value (section 2.3.2): -1 to 1 say nothing about the attester; of the others, -32 to
// 31 affirm, -96 to 95 warn, and the rest contraindicate.
constexpr trust_tier tier_of(std::int8_t value) noexcept {
  if (value >= -1 && value <= 1) return trust_tier::none;
  const int distance = value < 0 ? -value - 1 : value;
  if (distance < 32) return trust_tier::affirming;
  return distance < 96 ? trust_tier::warning : trust_tier::contraindicated;
}

// Values that any claim may have.
inline constexpr std::int8_t verifier_malfunction = -1;
inline constexpr std::int8_t no_claim = 0;
inline constexpr std::int8_t cryptographic_validation_failed = 99;

// trustworthiness_vector is a value for each claim, no_claim at first.
class trustworthiness_vector {
 public:
  constexpr trustworthiness_vector() noexcept = default;
  // trustworthiness_vector(value) is this value for every claim.
  constexpr explicit trustworthiness_vector(std::int8_t value) noexcept { values_.fill(value); }

  constexpr std::int8_t operator[](trust_claim claim) const noexcept {
    return values_[static_cast<std::size_t>(claim)];
  }

  // add keeps the worse of the value and what the claim had: the one of the worse tier, or the larger of one tier.
  constexpr void add(trust_claim claim, std::int8_t value) noexcept {
    std::int8_t& has = values_[static_cast<std::size_t>(claim)];
    const trust_tier was = tier_of(has);
    const trust_tier is = tier_of(value);
    if (is > was || (is == was && value > has)) has = value;
  }

  // worst is the worst tier of any claim. Claims that are not made do not count: with none at all it is none.
  [[nodiscard]] constexpr trust_tier worst() const noexcept {
    trust_tier out = trust_tier::none;
    for (const std::int8_t value : values_) out = std::max(out, tier_of(value));
    return out;
  }

  friend constexpr bool operator==(const trustworthiness_vector&, const trustworthiness_vector&) = default;

 private:
  std::array<std::int8_t, 8> values_{};
};

// status_of is ear.status (draft-ietf-rats-ear, section 3.2): never better than the worst claim, and contraindicated
// when the appraisal refuses, whatever the claims say. A stale report has good claims.
constexpr trust_tier status_of(const trustworthiness_vector& claims, bool accepted) noexcept {
  return std::max(claims.worst(), accepted ? trust_tier::affirming : trust_tier::contraindicated);
}

}  // namespace unitee::inline v0
