// SPDX-License-Identifier: Apache-2.0
#include <unitee/tdx/attributes.hpp>

#include "support/catch.hpp"

#include <cstdint>
#include <string>

namespace test_attributes {

using namespace unitee;

namespace {

constexpr std::uint64_t bit(unsigned n) { return std::uint64_t{1} << n; }

// named_bits is the union of the named bits, or 0 when they overlap or do not ascend.
template <class Field>
constexpr std::uint64_t named_bits() {
  std::uint64_t all = 0;
  for (const bit_range& each : Field::fields) {
    if ((each.mask() & all) != 0 || each.mask() < all) return 0;
    all |= each.mask();
  }
  return all;
}

static_assert(named_bits<tdx::td_attributes>() == 0xC0000000F8030071);
static_assert(named_bits<tdx::td_xfam>() == 0xEDFE7);
static_assert(named_bits<tdx::enclave_flags>() == 0xB7);

// The groups and the reserved ranges, as masks.
static_assert(tdx::td_attributes::tud.mask() == 0xF);
static_assert(tdx::td_attributes::tup.mask() == 0xFFF0);
static_assert(tdx::td_attributes::sec.mask() == 0xFFFF0000);
static_assert(tdx::td_attributes::other.mask() == 0xFF00000000000000);
static_assert(tdx::td_attributes::reserved_positive.mask() == 0x7C0000);
static_assert(tdx::td_attributes::reserved_negative.mask() == 0x7800000);
static_assert(tdx::td_attributes::reserved_32.mask() == 0x3FFFFFFF00000000);

// The examples of stored bytes: 0000001000000000, 0100001000000000, 0000004000000000, 0000005000000000.
static_assert(tdx::td_attributes{0x10000000}.has(tdx::td_attributes::sept_ve_disable));
static_assert(!tdx::td_attributes{0x10000000}.has(tdx::td_attributes::tud));
static_assert(tdx::td_attributes{0x10000001}.has(tdx::td_attributes::debug));
static_assert(tdx::td_attributes{0x10000001}.has(tdx::td_attributes::tud));
static_assert(tdx::td_attributes{0x40000000}.has(tdx::td_attributes::pks));
static_assert(tdx::td_attributes{0x50000000}.has(tdx::td_attributes::pks));
static_assert(tdx::td_attributes{0x50000000}.has(tdx::td_attributes::sept_ve_disable));

}  // namespace

TEST_CASE("every bit of TDATTRIBUTES is named as in the table, or unnamed", "[tdx][attributes]") {
  for (unsigned n = 0; n < 64; ++n) {
    const tdx::td_attributes one{bit(n)};
    std::string name;
    for (const bit_range& each : tdx::td_attributes::fields) {
      if (one.has(each)) name += each.name;
    }
    const std::string expected = n == 0    ? "debug"
                                 : n == 4  ? "hgs_plus_prof"
                                 : n == 5  ? "perf_prof"
                                 : n == 6  ? "pmt_prof"
                                 : n == 16 ? "icssd"
                                 : n == 17 ? "servtd_ext"
                                 : n == 27 ? "lass"
                                 : n == 28 ? "sept_ve_disable"
                                 : n == 29 ? "migratable"
                                 : n == 30 ? "pks"
                                 : n == 31 ? "kl"
                                 : n == 62 ? "tpa"
                                 : n == 63 ? "perfmon"
                                           : "";
    CAPTURE(n);
    CHECK(name == expected);
    CHECK(one.unnamed() == (expected.empty() ? bit(n) : 0));
    CHECK(one.has(tdx::td_attributes::tud) == (n < 4));
    CHECK(one.has(tdx::td_attributes::tup) == (n >= 4 && n < 16));
  }
}

TEST_CASE("a feature of XFAM that has several bits is there when all of them are", "[tdx][attributes]") {
  CHECK(tdx::td_xfam{0xE0}.has(tdx::td_xfam::avx512));
  for (const std::uint64_t part : {0x20U, 0x40U, 0x80U, 0x60U, 0xA0U, 0xC0U})
    CHECK(!tdx::td_xfam{part}.has(tdx::td_xfam::avx512));
  CHECK(tdx::td_xfam{0x60000}.has(tdx::td_xfam::amx));
  CHECK(!tdx::td_xfam{0x20000}.has(tdx::td_xfam::amx));
  CHECK(tdx::td_xfam{0x1800}.has(tdx::td_xfam::cet));
  CHECK(!tdx::td_xfam{0x1000}.has(tdx::td_xfam::cet));
}

TEST_CASE("the features of a recorded XFAM are read", "[tdx][attributes]") {
  const tdx::td_xfam xfam{0x61ae7};
  std::string names;
  for (const bit_range& each : tdx::td_xfam::fields) {
    if (xfam.has(each)) names += std::string(each.name) + " ";
  }
  CHECK(names == "x87 sse avx avx512 pkru cet amx ");
}

}  // namespace test_attributes
