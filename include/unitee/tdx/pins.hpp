// SPDX-License-Identifier: Apache-2.0
//
// unitee/tdx/pins.hpp: Intel's root key, by its digest.
#pragma once

#include <unitee/bytes/fixed.hpp>
#include <unitee/bytes/hex.hpp>

#include <optional>

namespace unitee::inline v0::tdx {

// key_pin is the SHA-384 of a DER SubjectPublicKeyInfo.
using key_pin = fixed_bytes<48, struct key_pin_tag>;

// intel_root_pin is the pin of the Intel SGX Root CA, which all of Intel's chains end in. Whatever else calls itself so
// is not Intel's root.
inline constexpr std::optional<key_pin> intel_root_pin = *from_hex<key_pin>(
    "3cdf1feb4e5eac629170f17625648da4a16effa22ae2bcca030b4358a8961c1bf26cf54a9598cd6a2d4a9cbb62377d22");

}  // namespace unitee::inline v0::tdx
