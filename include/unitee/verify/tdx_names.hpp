// SPDX-License-Identifier: Apache-2.0
//
// unitee/verify/tdx_names.hpp: the names in Intel's chains, and how those are signed.
#pragma once

#include <unitee/crypto/asn1.hpp>
#include <unitee/crypto/certificate.hpp>
#include <unitee/crypto/chain.hpp>

#include <string_view>

namespace unitee::inline v0::tdx {

// Common names (PCK certificate and CRL specification), compared whole. Every intermediate is one of the two PCK CAs.
inline constexpr std::string_view root_name = "Intel SGX Root CA";
inline constexpr std::string_view platform_ca_name = "Intel SGX PCK Platform CA";
inline constexpr std::string_view processor_ca_name = "Intel SGX PCK Processor CA";
inline constexpr std::string_view pck_name = "Intel SGX PCK Certificate";
inline constexpr std::string_view tcb_signing_name = "Intel SGX TCB Signing";

// intel_chain is how all of Intel's chains are signed: ECDSA with SHA-256 by P-256 keys.
inline constexpr chain_rules intel_chain{signature_scheme::ecdsa_sha256, p256_key, p256_key};

// is_named asks for exactly this common name.
inline bool is_named(const certificate& one, std::string_view name) noexcept {
  const auto subject = one.subject_common_name();
  return subject && *subject == name;
}

inline bool is_pck_ca(const certificate& one) noexcept {
  return is_named(one, platform_ca_name) || is_named(one, processor_ca_name);
}

}  // namespace unitee::inline v0::tdx
