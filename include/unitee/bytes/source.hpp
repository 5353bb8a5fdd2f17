// SPDX-License-Identifier: Apache-2.0
//
// unitee/bytes/source.hpp: bytes that are read at an offset, wherever they are.
#pragma once

#include <unitee/bytes/view.hpp>
#include <unitee/result.hpp>

#include <concepts>
#include <cstddef>
#include <cstdint>

namespace unitee::inline v0 {

// byte_source is anything that can be read at an offset, and never throws. read_at fills all of `out`, or fails:
// errc::truncated at size() when the source ends first. A source may be read by several threads if its read_at may.
template <class S>
concept byte_source = requires(const S& source, std::uint64_t offset, byte_span out) {
  { source.size() }
  noexcept->std::same_as<std::uint64_t>;
  { source.read_at(offset, out) }
  noexcept->std::same_as<result<void>>;
};

// lending_source is a source whose bytes lie in memory and can be used there. They must be the program's own: whoever
// can write to them while they are being decrypted (a host that shares the page) can make the check see other bytes
// than the decryption. A source over such memory offers read_at alone.
template <class S>
concept lending_source = byte_source<S> && requires(const S& source, std::uint64_t offset, std::size_t n) {
  { source.view_at(offset, n) }
  noexcept->std::same_as<result<byte_view>>;
};

namespace detail {

// is_inside says whether [offset, offset + n) lies inside of `size` bytes, without overflowing.
constexpr bool is_inside(std::uint64_t offset, std::uint64_t n, std::uint64_t size) noexcept {
  return offset <= size && n <= size - offset;
}

// expect_all tells a source that cares, such as a file, that all of it is about to be read.
template <byte_source Source>
void expect_all(const Source& source) noexcept {
  if constexpr (requires { source.expect_all(); }) source.expect_all();
}

}  // namespace detail

// memory_source reads bytes that the caller keeps alive and that nobody writes to meanwhile.
class memory_source {
 public:
  constexpr explicit memory_source(byte_view bytes) noexcept : bytes_(bytes) {}

  [[nodiscard]] constexpr std::uint64_t size() const noexcept { return bytes_.size(); }
  constexpr result<void> read_at(std::uint64_t offset, byte_span out) const noexcept {
    const auto from = view_at(offset, out.size());
    if (!from) return from.error();
    detail::copy_bytes(*from, out);
    return {};
  }
  constexpr result<byte_view> view_at(std::uint64_t offset, std::size_t n) const noexcept {
    if (!detail::is_inside(offset, n, bytes_.size())) return failure{errc::truncated, bytes_.size()};
    return bytes_.subspan(static_cast<std::size_t>(offset), n);
  }

 private:
  byte_view bytes_;
};

}  // namespace unitee::inline v0
