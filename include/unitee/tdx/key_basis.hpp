// SPDX-License-Identifier: Apache-2.0
//
// unitee/tdx/key_basis.hpp: what a request for a seal key takes from a fresh TD report, and what it must not go below.
#pragma once

#include <unitee/bytes/layout.hpp>
#include <unitee/tdx/fields.hpp>
#include <unitee/tdx/td_report.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

namespace unitee::inline v0::tdx {

// key_basis is what a fresh TD report says that a request needs. The SVNs of the TD's software and configuration are
// not in a TD report: they are 0 unless the caller knows better.
struct key_basis {
  cpu_svn cpusvn{};
  tcb_svn tee_tcb_svn{};
  std::uint16_t isvsvn = 0;
  std::uint16_t mrconfigsvn = 0;
  std::uint16_t mrownerconfigsvn = 0;

  static constexpr key_basis of(const td_report& fresh) noexcept { return {fresh.cpusvn(), fresh.tee_tcb_svn()}; }

  friend constexpr bool operator==(const key_basis&, const key_basis&) = default;
};

// key_floor is the least that a key may be bound to: TEE_TCB_SVN, byte by byte, and the three SVNs. The default is no
// floor. There is none for CPUSVN, whose bytes have no order that software could know: the module alone refuses a newer
// one. Canonical bytes, 22: TEE_TCB_SVN, ISVSVN, MRCONFIGSVN, MROWNERCONFIGSVN; any 22 bytes are a floor.
struct key_floor {
  tcb_svn tee_tcb_svn{};
  std::uint16_t isvsvn = 0;
  std::uint16_t mrconfigsvn = 0;
  std::uint16_t mrownerconfigsvn = 0;

  static constexpr std::size_t size = 22;

  static constexpr key_floor parse(std::span<const std::uint8_t, size> bytes) noexcept {
    return {row::tee_tcb_svn::read(bytes), row::isvsvn::read(bytes), row::mrconfigsvn::read(bytes),
            row::mrownerconfigsvn::read(bytes)};
  }

  [[nodiscard]] constexpr std::array<std::uint8_t, size> encode() const noexcept {
    std::array<std::uint8_t, size> out{};
    row::tee_tcb_svn::write(out, tee_tcb_svn);
    row::isvsvn::write(out, isvsvn);
    row::mrconfigsvn::write(out, mrconfigsvn);
    row::mrownerconfigsvn::write(out, mrownerconfigsvn);
    return out;
  }

  // with is the floor that demands what both demand.
  [[nodiscard]] constexpr key_floor with(const key_floor& other) const noexcept {
    key_floor out = *this;
    const auto larger = [](auto a, auto b) { return a < b ? b : a; };  // std::max without <algorithm>
    for (std::size_t i = 0; i < tcb_svn::size(); ++i) {
      out.tee_tcb_svn.value[i] = larger(tee_tcb_svn.value[i], other.tee_tcb_svn.value[i]);
    }
    out.isvsvn = larger(isvsvn, other.isvsvn);
    out.mrconfigsvn = larger(mrconfigsvn, other.mrconfigsvn);
    out.mrownerconfigsvn = larger(mrownerconfigsvn, other.mrownerconfigsvn);
    return out;
  }

  friend constexpr bool operator==(const key_floor&, const key_floor&) = default;

 private:
  struct row {
    using tee_tcb_svn = layout::raw<"tee_tcb_svn", 0, 16, tcb_svn_tag>;
    using isvsvn = layout::le<"isvsvn", 16, std::uint16_t>;
    using mrconfigsvn = layout::le<"mrconfigsvn", 18, std::uint16_t>;
    using mrownerconfigsvn = layout::le<"mrownerconfigsvn", 20, std::uint16_t>;
    using all = layout::table<size, tee_tcb_svn, isvsvn, mrconfigsvn, mrownerconfigsvn>;
  };
};

}  // namespace unitee::inline v0::tdx
