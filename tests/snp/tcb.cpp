// SPDX-License-Identifier: Apache-2.0
#include <unitee/snp/tcb.hpp>

#include "support/catch.hpp"
#include "support/stops.hpp"

#include <unitee/bytes/hex.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <set>
#include <string>

namespace test_tcb {

using unitee::from_hex;
using unitee::snp::at_least;
using unitee::snp::byte_of;
using unitee::snp::firmware_version;
using unitee::snp::make_tcb;
using unitee::snp::reserved_are_zero;
using unitee::snp::spl;
using unitee::snp::tcb_component;
using unitee::snp::tcb_components;
using unitee::snp::tcb_layout;
using unitee::snp::tcb_parts;
using unitee::snp::tcb_version;

namespace {

constexpr tcb_version milan = *from_hex<tcb_version>("04000000000018db");
constexpr tcb_version turin = *from_hex<tcb_version>("0101010400000051");

constexpr tcb_layout layouts[] = {tcb_layout::milan_genoa, tcb_layout::turin, tcb_layout::venice};

// where is the byte of each component: fmc, boot_loader, tee, snp, microcode; -1 where there is none.
constexpr std::array<int, 5> where(tcb_layout layout) {
  switch (layout) {
    case tcb_layout::milan_genoa: return {-1, 0, 1, 6, 7};
    case tcb_layout::turin: return {0, 1, 2, 3, 7};
    case tcb_layout::venice: break;
  }
  return {0, -1, 1, 2, -1};
}

constexpr tcb_version tcb(std::uint8_t a, std::uint8_t b) { return tcb_version{{a, 0, 0, 0, 0, 0, 0, b}}; }

}  // namespace

static_assert(spl(milan, tcb_component::fmc, tcb_layout::milan_genoa) == std::nullopt);
static_assert(spl(milan, tcb_component::boot_loader, tcb_layout::milan_genoa) == 4);
static_assert(spl(milan, tcb_component::tee, tcb_layout::milan_genoa) == 0);
static_assert(spl(milan, tcb_component::snp, tcb_layout::milan_genoa) == 24);
static_assert(spl(milan, tcb_component::microcode, tcb_layout::milan_genoa) == 219);

static_assert(spl(turin, tcb_component::fmc, tcb_layout::turin) == 1);
static_assert(spl(turin, tcb_component::boot_loader, tcb_layout::turin) == 1);
static_assert(spl(turin, tcb_component::tee, tcb_layout::turin) == 1);
static_assert(spl(turin, tcb_component::snp, tcb_layout::turin) == 4);
static_assert(spl(turin, tcb_component::microcode, tcb_layout::turin) == 81);

static_assert(make_tcb({.boot_loader = 4, .snp = 24, .microcode = 219}, tcb_layout::milan_genoa) == milan);
static_assert(make_tcb({.fmc = 1, .boot_loader = 1, .tee = 1, .snp = 4, .microcode = 81}, tcb_layout::turin) == turin);

constexpr tcb_version venice = *from_hex<tcb_version>("0102030000000000");
static_assert(spl(venice, tcb_component::fmc, tcb_layout::venice) == 1);
static_assert(spl(venice, tcb_component::boot_loader, tcb_layout::venice) == std::nullopt);
static_assert(spl(venice, tcb_component::tee, tcb_layout::venice) == 2);
static_assert(spl(venice, tcb_component::snp, tcb_layout::venice) == 3);
static_assert(spl(venice, tcb_component::microcode, tcb_layout::venice) == std::nullopt);
static_assert(make_tcb({.fmc = 1, .tee = 2, .snp = 3}, tcb_layout::venice) == venice);
static_assert(reserved_are_zero(venice, tcb_layout::venice) && !reserved_are_zero(turin, tcb_layout::venice));

static_assert(reserved_are_zero(milan, tcb_layout::milan_genoa) && reserved_are_zero(turin, tcb_layout::turin));
static_assert(!reserved_are_zero(milan, tcb_layout::turin), "a Milan SNP level is a reserved byte of Turin");
static_assert(!reserved_are_zero(turin, tcb_layout::milan_genoa));

static_assert(firmware_version{1, 55, 29} < firmware_version{1, 55, 40});
static_assert(firmware_version{1, 55, 255} < firmware_version{1, 56, 0});
static_assert(firmware_version{1, 255, 255} < firmware_version{2, 0, 0});
static_assert(firmware_version{1, 200, 0} > firmware_version{1, 100, 0}, "the bytes are unsigned");

TEST_CASE("each component is one byte of its own, and all others are reserved", "[snp][tcb]") {
  for (const tcb_layout layout : layouts) {
    std::set<int> taken;
    for (const tcb_component component : tcb_components) {
      const int at = where(layout)[static_cast<std::size_t>(component)];
      CAPTURE(unitee::snp::name(component));
      REQUIRE(byte_of(component, layout).has_value() == (at >= 0));
      if (at < 0) continue;
      CHECK(byte_of(component, layout) == static_cast<std::size_t>(at));
      CHECK(taken.insert(at).second);
      for (unsigned level = 0; level < 256; ++level) {
        tcb_version one;
        one.value[static_cast<std::size_t>(at)] = static_cast<std::uint8_t>(level);
        CHECK(spl(one, component, layout) == level);
      }
    }
    for (std::size_t i = 0; i < 8; ++i) {
      for (unsigned bit = 0; bit < 8; ++bit) {
        tcb_version one;
        one.value[i] = static_cast<std::uint8_t>(1 << bit);
        CHECK(reserved_are_zero(one, layout) == taken.contains(static_cast<int>(i)));
      }
    }
  }
}

TEST_CASE("components have the vendor's names", "[snp][tcb]") {
  const char* names[] = {"fmc", "boot_loader", "tee", "snp", "microcode"};
  for (const tcb_component component : tcb_components) {
    CHECK(unitee::snp::name(component) == std::string(names[static_cast<std::size_t>(component)]));
  }
}

TEST_CASE("a TCB version made of parts has these parts", "[snp][tcb]") {
  for (const tcb_layout layout : layouts) {
    std::array<std::uint8_t, 5> levels{1, 2, 3, 254, 255};
    for (std::size_t i = 0; i < levels.size(); ++i) {
      if (where(layout)[i] < 0) levels[i] = 0;
    }
    const tcb_version made = make_tcb({levels[0], levels[1], levels[2], levels[3], levels[4]}, layout);
    CHECK(reserved_are_zero(made, layout));
    for (const tcb_component component : tcb_components) {
      if (const auto level = spl(made, component, layout)) CHECK(*level == levels[static_cast<std::size_t>(component)]);
    }
  }
}

TEST_CASE("TCB versions are ordered component by component, never as a number", "[snp][tcb]") {
  // Incomparable: neither is at least the other, whichever byte a number would look at first.
  CHECK_FALSE(at_least(tcb(1, 2), tcb(2, 1)));
  CHECK_FALSE(at_least(tcb(2, 1), tcb(1, 2)));
  CHECK(at_least(milan, milan));
  CHECK(at_least(tcb(200, 0), tcb(100, 0)));  // unsigned
  CHECK_FALSE(at_least(tcb(100, 0), tcb(200, 0)));

  tcb_version base;
  base.value.fill(5);
  for (std::size_t i = 0; i < 8; ++i) {
    CAPTURE(i);
    tcb_version more = base, mixed = base;
    ++more.value[i];
    CHECK(at_least(more, base));
    CHECK_FALSE(at_least(base, more));
    for (std::size_t k = 0; k < 8; ++k) {
      if (k == i) continue;
      mixed = more;
      --mixed.value[k];
      CHECK_FALSE(at_least(mixed, base));
      CHECK_FALSE(at_least(base, mixed));
    }
  }
}

TEST_CASE("a part that the layout lacks stops the program, instead of being compared with nothing", "[snp][tcb]") {
  constexpr tcb_parts one_part[] = {{.fmc = 1}, {.boot_loader = 1}, {.tee = 1}, {.snp = 1}, {.microcode = 1}};
  for (const tcb_layout layout : layouts) {
    for (std::size_t i = 0; i < 5; ++i) {
      CHECK(unitee::test::stops([&] { return make_tcb(one_part[i], layout).value[0]; }) == (where(layout)[i] < 0));
    }
  }
}

}  // namespace test_tcb
