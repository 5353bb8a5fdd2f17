// SPDX-License-Identifier: Apache-2.0
//
// unitee/seal/io.hpp: where sealed and plain bytes come from and go to.
#pragma once

#include <unitee/bytes/view.hpp>
#include <unitee/result.hpp>

#include <algorithm>
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

// byte_sink is anything that can be written at an offset, and never throws. write_at writes all of `in`, or fails. A
// sink is empty at first.
template <class S>
concept byte_sink = requires(S& sink, std::uint64_t offset, byte_view in) {
  { sink.write_at(offset, in) }
  noexcept->std::same_as<result<void>>;
};

// lending_sink is a sink in memory that can be written to in place.
template <class S>
concept lending_sink = byte_sink<S> && requires(S& sink, std::uint64_t offset, std::size_t n) {
  { sink.span_at(offset, n) }
  noexcept->std::same_as<result<byte_span>>;
};

namespace detail {

// is_inside says whether [offset, offset + n) lies inside of `size` bytes, without overflowing.
constexpr bool is_inside(std::uint64_t offset, std::uint64_t n, std::uint64_t size) noexcept {
  return offset <= size && n <= size - offset;
}

// copy_bytes is one memmove; std::ranges::copy of spans is a loop over bytes in libstdc++ 12. `out` is as long as `in`.
constexpr void copy_bytes(byte_view in, byte_span out) noexcept { std::copy(in.begin(), in.end(), out.begin()); }

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

// memory_sink writes to bytes that the caller keeps alive; beyond them is errc::no_space with their size.
class memory_sink {
 public:
  constexpr explicit memory_sink(byte_span bytes) noexcept : bytes_(bytes) {}

  constexpr result<void> write_at(std::uint64_t offset, byte_view in) noexcept {
    const auto to = span_at(offset, in.size());
    if (!to) return to.error();
    detail::copy_bytes(in, *to);
    return {};
  }
  constexpr result<byte_span> span_at(std::uint64_t offset, std::size_t n) noexcept {
    if (!detail::is_inside(offset, n, bytes_.size())) return failure{errc::no_space, bytes_.size()};
    return bytes_.subspan(static_cast<std::size_t>(offset), n);
  }

 private:
  byte_span bytes_;
};

}  // namespace unitee::inline v0
