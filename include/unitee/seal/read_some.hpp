// SPDX-License-Identifier: Apache-2.0
//
// unitee/seal/read_some.hpp: as many bytes as there are, in the manner of read(2).
#pragma once

#include <unitee/bytes/source.hpp>
#include <unitee/bytes/view.hpp>
#include <unitee/result.hpp>
#include <unitee/seal/work.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>

namespace unitee::inline v0::detail {

// read_threads_min is how many bytes are worth the start of threads.
inline constexpr std::size_t read_threads_min = std::size_t{1} << 20;

// read_whole is source.read_at, by several threads where the source can do that and much is wanted.
template <byte_source Source>
result<void> read_whole(const Source& source, std::uint64_t offset, byte_span out) noexcept {
  if constexpr (requires { source.read_at(offset, out, work{}); }) {
    if (out.size() >= read_threads_min) return source.read_at(offset, out, work{});
  }
  return source.read_at(offset, out);
}

// read_some reads up to out.size() bytes at `offset`, and is how many: 0 at the end of the source and beyond. Before a
// segment that was changed it stops, and fails only when it begins there: those who read ahead into a buffer learn of
// the segment no sooner than those who do not.
template <byte_source Source>
result<std::size_t> read_some(const Source& source, std::uint64_t offset, byte_span out) noexcept {
  const std::uint64_t left = source.size() - std::min(source.size(), offset);
  out = out.first(static_cast<std::size_t>(std::min<std::uint64_t>(out.size(), left)));
  if (out.empty()) return std::size_t{0};
  result<void> done = read_whole(source, offset, out);
  if (!done) {
    const failure why = done.error();
    const bool is_segment = why.code == errc::not_authentic && why.in == part::sealed_payload;
    if (is_segment && why.offset > offset && why.offset - offset < out.size()) {
      out = out.first(static_cast<std::size_t>(why.offset - offset));
      done = read_whole(source, offset, out);
    }
  }
  if (!done) return done.error();
  return out.size();
}

}  // namespace unitee::inline v0::detail
