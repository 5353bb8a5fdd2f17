// SPDX-License-Identifier: Apache-2.0
//
// unitee/bytes/fixed.hpp: byte strings whose length and meaning are part of their type.
#pragma once

#include <unitee/bytes/view.hpp>
#include <unitee/result.hpp>

#include <array>
#include <cstddef>
#include <cstdint>

namespace unitee::inline v0 {

// fixed_bytes<N, Tag> is N public bytes that mean Tag: a measurement is not report data, although both are bytes.
// For key bytes there is secret<N>.
template <std::size_t N, class Tag = void>
struct fixed_bytes {
  std::array<std::uint8_t, N> value{};

  static constexpr std::size_t size() noexcept { return N; }

  // from copies exactly N bytes: fewer is errc::truncated, more errc::trailing_data.
  static constexpr result<fixed_bytes> from(byte_view bytes) noexcept {
    if (bytes.size() < N) return failure{errc::truncated, bytes.size()};
    if (bytes.size() > N) return failure{errc::trailing_data, N};
    fixed_bytes out;
    for (std::size_t i = 0; i < N; ++i) out.value[i] = bytes[i];
    return out;
  }

  [[nodiscard]] constexpr std::span<const std::uint8_t, N> view() const noexcept { return value; }
  [[nodiscard]] constexpr bool is_zero() const noexcept { return all_zero(value); }

  friend constexpr bool operator==(const fixed_bytes&, const fixed_bytes&) = default;
};

}  // namespace unitee::inline v0
