// SPDX-License-Identifier: Apache-2.0
//
// unitee/eventlog/digest.hpp: the digests that registers are made of.
#pragma once

#include <unitee/bytes/view.hpp>
#include <unitee/crypto/hash.hpp>
#include <unitee/eventlog/event.hpp>
#include <unitee/result.hpp>

#include <array>
#include <cstdint>

namespace unitee::inline v0::eventlog {

// algorithm_of<Digest> is the TCG's number of its hash. SHA-1 has none: whoever can choose what is measured can choose
// two things with one digest, and a register of such digests proves nothing.
template <class Digest>
inline constexpr digest_algorithm algorithm_of = digest_algorithm{0};
template <>
inline constexpr digest_algorithm algorithm_of<sha256_digest> = digest_algorithm::sha256;
template <>
inline constexpr digest_algorithm algorithm_of<sha384_digest> = digest_algorithm::sha384;
template <>
inline constexpr digest_algorithm algorithm_of<sha512_digest> = digest_algorithm::sha512;

namespace detail {

// extend makes a register the hash of what it is and then of the event's digest, or leaves it and says at the event
// why: errc::unsupported_algorithm when the event has no digest of that algorithm.
template <class Digest, class Register>
result<void> extend(Register& extended, const event& by) noexcept {
  static_assert(Register::size() == Digest::size());
  const auto digest = by.digest(algorithm_of<Digest>);
  if (!digest) return failure{errc::unsupported_algorithm, by.offset, part::event_log};
  std::array<std::uint8_t, 2 * Digest::size()> input{};
  unitee::detail::copy_bytes(extended.value, input);
  unitee::detail::copy_bytes(*digest, byte_span(input).subspan(extended.size()));
  const auto next = hash<Digest>(input);
  if (!next) return failure{next.error().code, by.offset, part::event_log};
  extended.value = next->value;
  return {};
}

}  // namespace detail

}  // namespace unitee::inline v0::eventlog
