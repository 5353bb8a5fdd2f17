// SPDX-License-Identifier: Apache-2.0
//
// unitee/tdx/attributes.hpp: the bit fields TDATTRIBUTES, XFAM and the flags of an enclave.
#pragma once

#include <unitee/bytes/bits.hpp>

#include <array>
#include <cstdint>

namespace unitee::inline v0::tdx {

// td_attributes is TDATTRIBUTES (64 bits): what the TD was created with. Any bit of the group TUD means that the host
// can read and change the TD; any bit of TUP that it learns about the TD's execution.
struct td_attributes {
  std::uint64_t value = 0;

  static constexpr bit_range tud{"tud", 0, 4};
  static constexpr bit_range tup{"tup", 4, 12};
  static constexpr bit_range sec{"sec", 16, 16};
  static constexpr bit_range other{"other", 56, 8};

  static constexpr bit_range debug{"debug", 0};
  static constexpr bit_range hgs_plus_prof{"hgs_plus_prof", 4};
  static constexpr bit_range perf_prof{"perf_prof", 5};
  static constexpr bit_range pmt_prof{"pmt_prof", 6};
  static constexpr bit_range icssd{"icssd", 16};
  static constexpr bit_range servtd_ext{"servtd_ext", 17};
  static constexpr bit_range lass{"lass", 27};
  static constexpr bit_range sept_ve_disable{"sept_ve_disable", 28};
  static constexpr bit_range migratable{"migratable", 29};
  static constexpr bit_range pks{"pks", 30};
  static constexpr bit_range kl{"kl", 31};
  static constexpr bit_range tpa{"tpa", 62};
  static constexpr bit_range perfmon{"perfmon", 63};

  // reserved_positive is kept for bits that make a TD safer when set, reserved_negative for bits that do the opposite;
  // reserved_32 is the rest, bits 32 to 61. Newer platforms may give names to all of them.
  static constexpr bit_range reserved_positive{"reserved_18", 18, 5};
  static constexpr bit_range reserved_negative{"reserved_23", 23, 4};
  static constexpr bit_range reserved_32{"reserved_32", 32, 30};

  // fields are the named bits, lowest first.
  static constexpr std::array fields{debug,           hgs_plus_prof, perf_prof, pmt_prof, icssd, servtd_ext, lass,
                                     sept_ve_disable, migratable,    pks,       kl,       tpa,   perfmon};

  [[nodiscard]] constexpr bool has(const bit_range& bits) const noexcept { return bits.of(value) != 0; }

  // unnamed is the bits that are set and not in fields.
  [[nodiscard]] constexpr std::uint64_t unnamed() const noexcept {
    std::uint64_t rest = value;
    for (const bit_range& bit : fields) rest &= ~bit.mask();
    return rest;
  }

  friend constexpr bool operator==(const td_attributes&, const td_attributes&) = default;
};

// td_xfam is XFAM (64 bits): which extended processor state the TD may use. x87 and SSE are always there.
struct td_xfam {
  std::uint64_t value = 0;

  static constexpr bit_range x87{"x87", 0};
  static constexpr bit_range sse{"sse", 1};
  static constexpr bit_range avx{"avx", 2};
  static constexpr bit_range avx512{"avx512", 5, 3};
  static constexpr bit_range pt{"pt", 8};
  static constexpr bit_range pkru{"pkru", 9};
  static constexpr bit_range enqcmd{"enqcmd", 10};
  static constexpr bit_range cet{"cet", 11, 2};
  static constexpr bit_range uintr{"uintr", 14};
  static constexpr bit_range lbr{"lbr", 15};
  static constexpr bit_range amx{"amx", 17, 2};
  static constexpr bit_range apx{"apx", 19};

  static constexpr std::array fields{x87, sse, avx, avx512, pt, pkru, enqcmd, cet, uintr, lbr, amx, apx};

  // has is true when all bits of a feature are set: AVX-512 has three, CET and AMX two.
  [[nodiscard]] constexpr bool has(const bit_range& feature) const noexcept {
    return (value & feature.mask()) == feature.mask();
  }
  friend constexpr bool operator==(const td_xfam&, const td_xfam&) = default;
};

// enclave_flags is the first half of an enclave's ATTRIBUTES (64 bits).
struct enclave_flags {
  std::uint64_t value = 0;

  static constexpr bit_range init{"init", 0};
  static constexpr bit_range debug{"debug", 1};
  static constexpr bit_range mode64bit{"mode64bit", 2};
  static constexpr bit_range provisionkey{"provisionkey", 4};
  static constexpr bit_range einittokenkey{"einittokenkey", 5};
  static constexpr bit_range kss{"kss", 7};

  static constexpr std::array fields{init, debug, mode64bit, provisionkey, einittokenkey, kss};

  [[nodiscard]] constexpr bool has(const bit_range& bit) const noexcept { return bit.of(value) != 0; }
  friend constexpr bool operator==(const enclave_flags&, const enclave_flags&) = default;
};

}  // namespace unitee::inline v0::tdx
