// SPDX-License-Identifier: Apache-2.0
//
// unitee/bytes/endian.hpp: integers in little- and big-endian bytes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <type_traits>
#include <utility>

namespace unitee::inline v0 {

// load_le reads a little-endian unsigned integer. The fold becomes one instruction; a loop would stay a loop on GCC 12.
template <class T>
constexpr T load_le(std::span<const std::uint8_t, sizeof(T)> bytes) noexcept {
  static_assert(std::is_unsigned_v<T>);
  return [&]<std::size_t... I>(std::index_sequence<I...>) {
    return static_cast<T>((... | (static_cast<std::uint64_t>(bytes[I]) << (8 * I))));
  }
  (std::make_index_sequence<sizeof(T)>{});
}

// store_le writes a little-endian unsigned integer.
template <class T>
constexpr void store_le(std::span<std::uint8_t, sizeof(T)> bytes, T value) noexcept {
  static_assert(std::is_unsigned_v<T>);
  for (std::size_t i = 0; i < sizeof(T); ++i) {
    bytes[i] = static_cast<std::uint8_t>(static_cast<std::uint64_t>(value) >> (8 * i));
  }
}

// load_be reads a big-endian unsigned integer.
template <class T>
constexpr T load_be(std::span<const std::uint8_t, sizeof(T)> bytes) noexcept {
  static_assert(std::is_unsigned_v<T>);
  return [&]<std::size_t... I>(std::index_sequence<I...>) {
    return static_cast<T>((... | (static_cast<std::uint64_t>(bytes[I]) << (8 * (sizeof(T) - 1 - I)))));
  }
  (std::make_index_sequence<sizeof(T)>{});
}

// store_be writes a big-endian unsigned integer.
template <class T>
constexpr void store_be(std::span<std::uint8_t, sizeof(T)> bytes, T value) noexcept {
  static_assert(std::is_unsigned_v<T>);
  for (std::size_t i = 0; i < sizeof(T); ++i) {
    bytes[sizeof(T) - 1 - i] = static_cast<std::uint8_t>(static_cast<std::uint64_t>(value) >> (8 * i));
  }
}

}  // namespace unitee::inline v0
