// SPDX-License-Identifier: Apache-2.0
//
// unitee/snp/tcb.hpp: TCB_VERSION, eight security patch levels.
#pragma once

#include <unitee/bytes/fixed.hpp>
#include <unitee/result.hpp>
#include <unitee/snp/product.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>

namespace unitee::inline v0::snp {

// tcb_version is TCB_VERSION: eight bytes, each the patch level of a component or reserved. Which is which depends on
// the product. It is never one number: two versions can be incomparable.
using tcb_version = fixed_bytes<8, struct tcb_version_tag>;

// at_least says that every component of `a` is at least that of `b`. The byte positions do not matter for that.
constexpr bool at_least(const tcb_version& a, const tcb_version& b) noexcept {
  for (std::size_t i = 0; i < tcb_version::size(); ++i) {
    if (a.value[i] < b.value[i]) return false;
  }
  return true;
}

enum class tcb_component : std::uint8_t {
  fmc,
  boot_loader,
  tee,
  snp,
  microcode
};

inline constexpr std::array tcb_components{tcb_component::fmc, tcb_component::boot_loader, tcb_component::tee,
                                           tcb_component::snp, tcb_component::microcode};

constexpr const char* name(tcb_component component) noexcept {
  constexpr const char* names[] = {"fmc", "boot_loader", "tee", "snp", "microcode"};
  return names[static_cast<std::size_t>(component)];
}

namespace detail {

// tcb_bytes has a row for each layout, in the order of tcb_component; no_byte is a component that the layout lacks.
inline constexpr std::uint8_t no_byte = 0xFF;
inline constexpr std::uint8_t tcb_bytes[][tcb_components.size()] = {
    {no_byte, 0, 1, 6, 7},        // Milan, Genoa
    {0, 1, 2, 3, 7},              // Turin
    {0, no_byte, 1, 2, no_byte},  // Venice
};

}  // namespace detail

// byte_of is the position of a component in a TCB_VERSION, or nothing where the layout lacks it.
constexpr std::optional<std::size_t> byte_of(tcb_component component, tcb_layout layout) noexcept {
  const std::uint8_t at = detail::tcb_bytes[static_cast<std::size_t>(layout)][static_cast<std::size_t>(component)];
  return at == detail::no_byte ? std::nullopt : std::optional<std::size_t>(at);
}

// spl is the patch level of a component, or nothing where the layout lacks it.
constexpr std::optional<std::uint8_t> spl(const tcb_version& tcb, tcb_component component, tcb_layout layout) noexcept {
  const auto at = byte_of(component, layout);
  if (!at) return std::nullopt;
  return tcb.value[*at];
}

// reserved_are_zero says that all bytes of `tcb` that are no component in this layout are zero.
constexpr bool reserved_are_zero(const tcb_version& tcb, tcb_layout layout) noexcept {
  tcb_version rest = tcb;
  for (const tcb_component component : tcb_components) {
    if (const auto at = byte_of(component, layout)) rest.value[*at] = 0;
  }
  return rest.is_zero();
}

// tcb_parts is a TCB_VERSION by name, for writing one down: {.boot_loader = 4, .snp = 24, .microcode = 219}.
struct tcb_parts {
  std::uint8_t fmc = 0;  // Turin and later
  std::uint8_t boot_loader = 0;
  std::uint8_t tee = 0;
  std::uint8_t snp = 0;
  std::uint8_t microcode = 0;
};

// make_tcb puts the parts where the layout has them. A part that is not zero and that the layout lacks stops the
// program: a minimum for it could never be compared.
constexpr tcb_version make_tcb(const tcb_parts& parts, tcb_layout layout) noexcept {
  const std::uint8_t values[] = {parts.fmc, parts.boot_loader, parts.tee, parts.snp, parts.microcode};
  tcb_version out;
  for (const tcb_component component : tcb_components) {
    const std::uint8_t value = values[static_cast<std::size_t>(component)];
    if (const auto at = byte_of(component, layout)) {
      out.value[*at] = value;
    } else if (value != 0) {
      unitee::detail::stop();
    }
  }
  return out;
}

// firmware_version orders by major, minor, build.
struct firmware_version {
  std::uint8_t major = 0;
  std::uint8_t minor = 0;
  std::uint8_t build = 0;

  friend constexpr auto operator<=>(const firmware_version&, const firmware_version&) = default;
};

}  // namespace unitee::inline v0::snp
