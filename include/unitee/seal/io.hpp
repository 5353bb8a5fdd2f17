// SPDX-License-Identifier: Apache-2.0
//
// unitee/seal/io.hpp: where plain and sealed bytes go to. Where they come from is unitee/bytes/source.hpp.
#pragma once

#include <unitee/bytes/source.hpp>
#include <unitee/bytes/view.hpp>
#include <unitee/result.hpp>

#include <concepts>
#include <cstddef>
#include <cstdint>

namespace unitee::inline v0 {

// byte_sink is anything that can be written at an offset, and never throws. write_at writes all of `in`, or fails. A
// sink is empty at first.
template <class S>
concept byte_sink = requires(S& sink, std::uint64_t offset, byte_view in) {
  { sink.write_at(offset, in) }
  noexcept->std::same_as<result<void>>;
};

// lending_sink is a sink in memory that can be written to in place. Nobody else writes to that memory meanwhile: tags
// are made over what stands there. Memory that is shared with somebody outside lends nothing, and is written to.
template <class S>
concept lending_sink = byte_sink<S> && requires(S& sink, std::uint64_t offset, std::size_t n) {
  { sink.span_at(offset, n) }
  noexcept->std::same_as<result<byte_span>>;
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
