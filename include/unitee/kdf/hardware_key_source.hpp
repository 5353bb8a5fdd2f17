// SPDX-License-Identifier: Apache-2.0
//
// unitee/kdf/hardware_key_source.hpp: what can give a key that the hardware derives for this guest alone.
#pragma once

#include <unitee/crypto/secret.hpp>
#include <unitee/result.hpp>
#include <unitee/snp/key_request.hpp>
#include <unitee/unavailable.hpp>

#include <concepts>

namespace unitee::inline v0 {

// hardware_key_source is a backend whose firmware answers key requests: derive_key(request) is the 32-byte key, or
// errc::key_denied with the firmware's status as offset.
// clang-format off
template <class Source>
concept hardware_key_source =
    requires(Source& source, const snp::key_request& request) {
      { source.derive_key(request) } -> std::same_as<result<secret<32>>>;
    } ||
    unavailable<"this backend has no hardware-derived key; derive from a released secret instead">;
// clang-format on

}  // namespace unitee::inline v0
