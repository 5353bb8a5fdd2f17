// SPDX-License-Identifier: Apache-2.0
//
// ratio.hpp: how much longer a sealed model takes to load than a plain one.
#pragma once

#include <unitee/crypto/aead.hpp>
#include <unitee/crypto/default_engine.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <concepts>
#include <cstddef>
#include <optional>
#include <string_view>

namespace runtimes {

// ratio_target is for files in the page cache: OpenSSL decrypts at a fraction of the speed of Intel's library.
inline constexpr double ratio_target = std::same_as<unitee::default_gcm_engine, unitee::aes_256_gcm> ? 1.6 : 1.15;

// print_ratio loads the same model in two ways, in turns, and prints the medians, how they compare, and how they should.
template <class Plain, class Sealed>
void print_ratio(std::string_view what, Plain plain, Sealed sealed, std::optional<double> target = ratio_target) {
  constexpr std::size_t rounds = 9;
  const auto milliseconds = [](auto& load) {
    const auto from = std::chrono::steady_clock::now();
    load();
    return std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - from).count();
  };
  std::array<std::array<double, rounds>, 2> took;
  plain();
  sealed();
  for (std::size_t i = 0; i < rounds; ++i) took[0][i] = milliseconds(plain), took[1][i] = milliseconds(sealed);
  for (auto& each : took) std::ranges::sort(each);
  const double of_plain = took[0][rounds / 2];
  const double of_sealed = took[1][rounds / 2];
  const double ratio = of_sealed / of_plain;
  fmt::print("load, {}: plain {:.2f} ms, sealed {:.2f} ms: {:.2f} times", what, of_plain, of_sealed, ratio);
  if (target) fmt::print(" (target {:.2f}: {})", *target, ratio <= *target ? "met" : "missed");
  fmt::print("\n");
}

}  // namespace runtimes
