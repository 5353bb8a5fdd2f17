// SPDX-License-Identifier: Apache-2.0
//
// unitee/snp/key_basis.hpp: what a request for a derived key takes from a fresh report, and what it must not go below.
#pragma once

#include <unitee/bytes/layout.hpp>
#include <unitee/snp/report.hpp>
#include <unitee/snp/tcb.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

namespace unitee::inline v0::snp {

// key_basis is what a fresh report says that a request needs. CURRENT_TCB is not in it: under provisional firmware it
// is above COMMITTED_TCB, and firmware denies a request for it.
struct key_basis {
  tcb_version committed_tcb{};
  std::uint32_t vmpl = 0;
  std::uint32_t guest_svn = 0;

  static constexpr key_basis of(const report& fresh) noexcept {
    return {fresh.committed_tcb(), fresh.vmpl(), fresh.guest_svn()};
  }

  friend constexpr bool operator==(const key_basis&, const key_basis&) = default;
};

// key_floor is the least TCB, component by component, and the least GUEST_SVN that a key may be bound to. The default
// is no floor. Canonical bytes, 12: TCB_VERSION, then GUEST_SVN, little-endian; any 12 bytes are a floor.
struct key_floor {
  tcb_version tcb{};
  std::uint32_t guest_svn = 0;

  static constexpr std::size_t size = 12;

  static constexpr key_floor parse(std::span<const std::uint8_t, size> bytes) noexcept {
    return {row::tcb::read(bytes), row::guest_svn::read(bytes)};
  }

  [[nodiscard]] constexpr std::array<std::uint8_t, size> encode() const noexcept {
    std::array<std::uint8_t, size> out{};
    row::tcb::write(out, tcb);
    row::guest_svn::write(out, guest_svn);
    return out;
  }

  // with is the floor that demands what both demand.
  [[nodiscard]] constexpr key_floor with(const key_floor& other) const noexcept {
    key_floor out = *this;
    const auto larger = [](auto a, auto b) { return a < b ? b : a; };  // std::max without <algorithm>
    for (std::size_t i = 0; i < out.tcb.size(); ++i) out.tcb.value[i] = larger(tcb.value[i], other.tcb.value[i]);
    out.guest_svn = larger(guest_svn, other.guest_svn);
    return out;
  }

  friend constexpr bool operator==(const key_floor&, const key_floor&) = default;

 private:
  struct row {
    using tcb = layout::raw<"tcb", 0, 8, tcb_version_tag>;
    using guest_svn = layout::le<"guest_svn", 8, std::uint32_t>;
    using all = layout::table<size, tcb, guest_svn>;
  };
};

}  // namespace unitee::inline v0::snp
