// SPDX-License-Identifier: Apache-2.0
//
// unitee/kdf/bounded_bytes.hpp: a byte string that has a greatest length.
#pragma once

#include <unitee/bytes/view.hpp>
#include <unitee/result.hpp>

#include <array>
#include <cstddef>
#include <cstdint>

namespace unitee::inline v0 {

// bounded_bytes<N> is 0 to N public bytes in place. It is a contiguous range, and so becomes a byte_view by itself.
template <std::size_t N>
class bounded_bytes {
 public:
  static constexpr std::size_t capacity = N;

  constexpr bounded_bytes() noexcept = default;

  // from copies the bytes; more than N are errc::bad_length at N.
  static constexpr result<bounded_bytes> from(byte_view bytes) noexcept {
    if (bytes.size() > N) return failure{errc::bad_length, N};
    bounded_bytes out;
    detail::copy_bytes(bytes, out.bytes_);
    out.size_ = bytes.size();
    return out;
  }

  [[nodiscard]] constexpr const std::uint8_t* data() const noexcept { return bytes_.data(); }
  [[nodiscard]] constexpr std::size_t size() const noexcept { return size_; }
  [[nodiscard]] constexpr auto begin() const noexcept { return byte_view(data(), size_).begin(); }
  [[nodiscard]] constexpr auto end() const noexcept { return byte_view(data(), size_).end(); }

  friend constexpr bool operator==(const bounded_bytes&, const bounded_bytes&) = default;

 private:
  std::array<std::uint8_t, N> bytes_{};  // zero from size_ on
  std::size_t size_ = 0;
};

}  // namespace unitee::inline v0
