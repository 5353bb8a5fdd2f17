// SPDX-License-Identifier: Apache-2.0
//
// tests/support/failing.hpp: sources in memory that fail when they have been read so many times.
#pragma once

#include <unitee/bytes/source.hpp>
#include <unitee/result.hpp>

#include <atomic>
#include <cstddef>
#include <cstdint>

namespace unitee::test {

// failing_source gives `left` reads, and fails with EIO from then on.
struct failing_source {
  byte_view bytes;
  std::atomic<int>* left;
  [[nodiscard]] std::uint64_t size() const noexcept { return bytes.size(); }
  result<void> read_at(std::uint64_t offset, byte_span out) const noexcept {
    if ((*left)-- > 0) return memory_source(bytes).read_at(offset, out);
    return failure{errc::io_error, 5};
  }
};
struct failing_run_source : failing_source {
  static constexpr std::size_t run_size = 8192;
  static constexpr std::size_t readers = 2;
};
// failing_lender lends its bytes, and fails like failing_source.
struct failing_lender : failing_source {
  result<byte_view> view_at(std::uint64_t offset, std::size_t n) const noexcept {
    if ((*left)-- > 0) return memory_source(bytes).view_at(offset, n);
    return failure{errc::io_error, 5};
  }
};
static_assert(!lending_source<failing_run_source> && lending_source<failing_lender>);

}  // namespace unitee::test
