// SPDX-License-Identifier: Apache-2.0
//
// unitee/seal/reading.hpp: what whoever opens a sealed file decides.
#pragma once

#include <unitee/crypto/hash.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>

namespace unitee::inline v0 {

// reading is what the caller of open decides.
struct reading {
  // min_generation is the generation that the caller knows the file to have reached: a host that puts back an older
  // header, with slots that were removed since, is refused. Take it from commit that succeeded or a file that is
  // settled: a generation that was still being written may be lost with the power, and is given to another change then.
  std::uint64_t min_generation = 1;

  // mac is the header().mac() that was recorded with min_generation: another header of that generation is refused.
  // Without it, a host that lost one change to a power cut, and kept its header, can put it in the place of the next.
  std::optional<sha256_digest> mac{};

  // cached_segments is how many segments are kept for reads of less than one; each takes segment_size bytes. More of
  // them help who comes back to more places; a few stay in the processor's cache, where decryption is faster.
  std::size_t cached_segments = 4;
};

}  // namespace unitee::inline v0
