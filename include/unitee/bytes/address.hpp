// SPDX-License-Identifier: Apache-2.0
//
// unitee/bytes/address.hpp: where a vendor publishes something. Nothing here connects anywhere.
#pragma once

#include <unitee/result.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace unitee::inline v0 {

// address is an https address of at most 256 characters. More of them stop the program.
class address {
 public:
  [[nodiscard]] constexpr std::string_view text() const noexcept { return {text_.data(), size_}; }

  constexpr address& operator<<(std::string_view more) noexcept {
    for (const char c : more) {
      if (size_ == text_.size()) unitee::detail::stop();
      text_[size_++] = c;
    }
    return *this;
  }
  constexpr address& operator<<(std::uint8_t decimal) noexcept {
    char digits[3];
    std::size_t n = 0;
    unsigned value = decimal;
    do digits[n++] = static_cast<char>('0' + value % 10);
    while ((value /= 10) != 0);
    while (n != 0) *this << std::string_view(&digits[--n], 1);
    return *this;
  }

 private:
  std::array<char, 256> text_{};
  std::size_t size_ = 0;
};

}  // namespace unitee::inline v0
