// SPDX-License-Identifier: Apache-2.0
//
// unitee/tdx/rtmr_set.hpp: a choice of runtime measurement registers.
#pragma once

#include <unitee/result.hpp>

#include <cstdint>
#include <initializer_list>

namespace unitee::inline v0::tdx {

// rtmr_set is some of RTMR0 to RTMR4, the registers that a seal key can be bound to: rtmr_set{1, 2}. A number above 4
// stops the program.
class rtmr_set {
 public:
  static constexpr unsigned count = 5;

  constexpr rtmr_set() noexcept = default;
  constexpr rtmr_set(std::initializer_list<unsigned> registers) noexcept {
    for (const unsigned n : registers) {
      if (n >= count) unitee::detail::stop();
      bits_ = static_cast<std::uint8_t>(bits_ | 1u << n);
    }
  }

  // bits has bit n set where RTMR n is in the set.
  [[nodiscard]] constexpr std::uint8_t bits() const noexcept { return bits_; }
  [[nodiscard]] constexpr bool empty() const noexcept { return bits_ == 0; }
  [[nodiscard]] constexpr bool has(unsigned n) const noexcept { return n < count && (bits_ >> n & 1u) != 0; }

  friend constexpr rtmr_set operator|(rtmr_set a, const rtmr_set& b) noexcept {
    a.bits_ = static_cast<std::uint8_t>(a.bits_ | b.bits_);
    return a;
  }
  friend constexpr bool operator==(const rtmr_set&, const rtmr_set&) = default;

 private:
  std::uint8_t bits_ = 0;
};

}  // namespace unitee::inline v0::tdx
