// SPDX-License-Identifier: Apache-2.0
//
// unitee/crypto/digest_hash.hpp: digests as keys of hash tables.
#pragma once

#include <unitee/crypto/hash.hpp>

#include <cstddef>
#include <cstring>

namespace unitee::inline v0::detail {

// digest_hash: a digest is as good a hash as any, at any of its bytes.
struct digest_hash {
  std::size_t operator()(const sha256_digest& of) const noexcept {
    std::size_t out = 0;
    std::memcpy(&out, of.value.data(), sizeof out);
    return out;
  }
};

}  // namespace unitee::inline v0::detail
