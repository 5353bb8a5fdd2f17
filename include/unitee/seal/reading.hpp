// SPDX-License-Identifier: Apache-2.0
//
// unitee/seal/reading.hpp: what whoever opens a sealed file decides.
#pragma once

#include <unitee/crypto/hash.hpp>
#include <unitee/result.hpp>
#include <unitee/seal/header_copies.hpp>
#include <unitee/seal/keys.hpp>
#include <unitee/seal/sealed_header.hpp>

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

  // cached_segments is how many segments are kept for reads of less than one; each takes segment_size bytes.
  std::size_t cached_segments = 8;
};

namespace detail {

// check_age is errc::below_floor in part::sealed_header for a header that is older than the caller knows: at
// generation, or, where it is another one of the same generation, at the MAC. What is compared is the MAC of the
// settled header.
inline result<void> check_age(const opened_header& opened, const reading& how) noexcept {
  const std::uint64_t generation = opened.header.generation();
  if (generation < how.min_generation) return failure{errc::below_floor, 192, part::sealed_header};
  if (generation > how.min_generation || !how.mac) return {};
  const auto mac = mac_of(opened.header.with_state(header_state::settled), opened.keys.header);
  if (!mac) return mac.error();
  if (*mac == *how.mac) return {};
  return failure{errc::below_floor, 480, part::sealed_header};
}

}  // namespace detail

}  // namespace unitee::inline v0
