// SPDX-License-Identifier: Apache-2.0
//
// unitee/guest/attestation.hpp: what an attester hands out.
#pragma once

#include <unitee/bytes/view.hpp>

#include <cstdint>
#include <vector>

namespace unitee::inline v0::guest {

// attestation is evidence, and what the host gave beside it. Of these bytes only the evidence is authentic, and only
// for a verifier that has verified it.
struct attestation {
  std::vector<std::uint8_t> evidence;      // an attestation report or a quote
  std::vector<std::uint8_t> certificates;  // a certificate table (SEV-SNP), or nothing
  std::vector<std::uint8_t> manifest;      // the manifest of an SVSM's services, or nothing

  static attestation of(byte_view evidence, byte_view certificates = {}, byte_view manifest = {}) {
    const auto copy = [](byte_view from) { return std::vector<std::uint8_t>(from.begin(), from.end()); };
    return {copy(evidence), copy(certificates), copy(manifest)};
  }
};

}  // namespace unitee::inline v0::guest
