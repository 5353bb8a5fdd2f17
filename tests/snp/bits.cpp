// SPDX-License-Identifier: Apache-2.0
#include <unitee/snp/bits.hpp>

#include "support/catch.hpp"

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <string>

namespace test_bits {

using unitee::bit_range;
using unitee::snp::guest_policy;
using unitee::snp::key_info;
using unitee::snp::platform_info;
using unitee::snp::signing_key_kind;

// Policies that were seen.
static_assert(guest_policy{0x3001F}.has(guest_policy::smt) && guest_policy{0x3001F}.has(guest_policy::reserved_one));
static_assert(guest_policy::abi_minor.of(0x3051F) == 0x1F && guest_policy::abi_major.of(0x3051F) == 5);
static_assert(!guest_policy{0x30000}.has(guest_policy::debug) && guest_policy{0xB0000}.has(guest_policy::debug));
static_assert(guest_policy{0x2030000}.has(guest_policy::page_swap_disable));
static_assert(!guest_policy{0x2030000}.has(guest_policy::reserved_zero));
static_assert(guest_policy{0x4030000}.has(guest_policy::reserved_zero));

static_assert(platform_info{0x65}.has(platform_info::iommu_write_safe) &&
              !platform_info{0x65}.has(platform_info::tsme_en));

static_assert(key_info{0}.signer() == signing_key_kind::vcek);
static_assert(key_info{4}.signer() == signing_key_kind::vlek);
static_assert(key_info{7 << 2}.signer() == signing_key_kind::none);
static_assert(key_info{0xFFFFFFE3}.signer() == signing_key_kind::vcek, "other bits do not leak into SIGNING_KEY");

namespace {

struct expected_bits {
  const char* name;
  unsigned low;
  unsigned width;
};

// check_fields checks that a type's fields are exactly the expected ones, and that they and `reserved` are all bits,
// once each.
template <class Bits, std::size_t N>
void check_fields(const expected_bits (&expected)[N], std::initializer_list<bit_range> reserved, std::uint64_t all) {
  REQUIRE(Bits::fields.size() == N);
  std::uint64_t seen = 0;
  for (std::size_t i = 0; i < N; ++i) {
    CAPTURE(expected[i].name);
    CHECK(Bits::fields[i].name == std::string(expected[i].name));
    CHECK(Bits::fields[i].low == expected[i].low);
    CHECK(Bits::fields[i].width == expected[i].width);
    CHECK((seen & Bits::fields[i].mask()) == 0);
    seen |= Bits::fields[i].mask();
  }
  for (const bit_range& range : reserved) {
    CHECK((seen & range.mask()) == 0);
    seen |= range.mask();
  }
  CHECK(seen == all);
  // A value with exactly one bit has exactly the field that the bit is in.
  for (unsigned bit = 0; bit < 64 && (all >> bit & 1) != 0; ++bit) {
    Bits one{};
    one.value = static_cast<decltype(one.value)>(std::uint64_t{1} << bit);
    for (const expected_bits& field : expected) {
      CAPTURE(bit, field.name);
      CHECK(one.has(bit_range{field.name, field.low, field.width}) ==
            (bit >= field.low && bit < field.low + field.width));
    }
  }
}

}  // namespace

TEST_CASE("every bit of POLICY is a named field or reserved", "[snp][bits]") {
  constexpr expected_bits fields[] = {{"abi_minor", 0, 8},
                                      {"abi_major", 8, 8},
                                      {"smt", 16, 1},
                                      {"migrate_ma", 18, 1},
                                      {"debug", 19, 1},
                                      {"single_socket", 20, 1},
                                      {"cxl_allow", 21, 1},
                                      {"mem_aes_256_xts", 22, 1},
                                      {"rapl_dis", 23, 1},
                                      {"ciphertext_hiding_dram", 24, 1},
                                      {"page_swap_disable", 25, 1}};
  check_fields<guest_policy>(fields, {guest_policy::reserved_one, guest_policy::reserved_zero}, ~std::uint64_t{0});
  CHECK(guest_policy::reserved_one.mask() == 0x20000);
}

TEST_CASE("every bit of PLATFORM_INFO is a named field or unknown", "[snp][bits]") {
  constexpr expected_bits fields[] = {{"smt_en", 0, 1},
                                      {"tsme_en", 1, 1},
                                      {"ecc_en", 2, 1},
                                      {"rapl_dis", 3, 1},
                                      {"ciphertext_hiding_dram_en", 4, 1},
                                      {"alias_check_complete", 5, 1},
                                      {"iommu_write_safe", 6, 1},
                                      {"tio_en", 7, 1}};
  check_fields<platform_info>(fields, {platform_info::unknown}, ~std::uint64_t{0});
}

TEST_CASE("every bit of KEY_INFO is a named field or reserved", "[snp][bits]") {
  constexpr expected_bits fields[] = {{"author_key_en", 0, 1}, {"mask_chip_key", 1, 1}, {"signing_key", 2, 3}};
  check_fields<key_info>(fields, {key_info::reserved_zero}, 0xFFFFFFFF);
}

}  // namespace test_bits
