// SPDX-License-Identifier: Apache-2.0
//
// unitee/snp/bits.hpp: the bit fields of an attestation report: POLICY, PLATFORM_INFO and KEY_INFO.
#pragma once

#include <unitee/bytes/bits.hpp>

#include <array>
#include <cstdint>

namespace unitee::inline v0::snp {

// guest_policy is POLICY (0x008, 64 bits): what the guest's owner lets the host do. SMT, MIGRATE_MA, DEBUG and
// CXL_ALLOW are permissions; SINGLE_SOCKET, MEM_AES_256_XTS, RAPL_DIS, CIPHERTEXT_HIDING_DRAM and PAGE_SWAP_DISABLE are
// demands.
struct guest_policy {
  std::uint64_t value = 0;

  static constexpr bit_range abi_minor{"abi_minor", 0, 8};
  static constexpr bit_range abi_major{"abi_major", 8, 8};
  static constexpr bit_range smt{"smt", 16};
  static constexpr bit_range reserved_one{"reserved_17", 17};
  static constexpr bit_range migrate_ma{"migrate_ma", 18};
  static constexpr bit_range debug{"debug", 19};
  static constexpr bit_range single_socket{"single_socket", 20};
  static constexpr bit_range cxl_allow{"cxl_allow", 21};
  static constexpr bit_range mem_aes_256_xts{"mem_aes_256_xts", 22};
  static constexpr bit_range rapl_dis{"rapl_dis", 23};
  static constexpr bit_range ciphertext_hiding_dram{"ciphertext_hiding_dram", 24};
  static constexpr bit_range page_swap_disable{"page_swap_disable", 25};
  static constexpr bit_range reserved_zero{"reserved_26", 26, 38};

  // fields are the named bits, lowest first, without the reserved ones.
  static constexpr std::array fields{abi_minor,
                                     abi_major,
                                     smt,
                                     migrate_ma,
                                     debug,
                                     single_socket,
                                     cxl_allow,
                                     mem_aes_256_xts,
                                     rapl_dis,
                                     ciphertext_hiding_dram,
                                     page_swap_disable};

  [[nodiscard]] constexpr bool has(const bit_range& bit) const noexcept { return bit.of(value) != 0; }
  friend constexpr bool operator==(const guest_policy&, const guest_policy&) = default;
};

// platform_info is PLATFORM_INFO (0x040, 64 bits): how the host is set up.
struct platform_info {
  std::uint64_t value = 0;

  static constexpr bit_range smt_en{"smt_en", 0};
  static constexpr bit_range tsme_en{"tsme_en", 1};
  static constexpr bit_range ecc_en{"ecc_en", 2};
  static constexpr bit_range rapl_dis{"rapl_dis", 3};
  static constexpr bit_range ciphertext_hiding_dram_en{"ciphertext_hiding_dram_en", 4};
  static constexpr bit_range alias_check_complete{"alias_check_complete", 5};
  static constexpr bit_range iommu_write_safe{"iommu_write_safe", 6};
  static constexpr bit_range tio_en{"tio_en", 7};
  static constexpr bit_range unknown{"unknown_8", 8, 56};

  // fields are the named bits, lowest first. Bits above them are unknown, not forbidden.
  static constexpr std::array fields{
      smt_en, tsme_en, ecc_en, rapl_dis, ciphertext_hiding_dram_en, alias_check_complete, iommu_write_safe, tio_en};

  [[nodiscard]] constexpr bool has(const bit_range& bit) const noexcept { return bit.of(value) != 0; }
  friend constexpr bool operator==(const platform_info&, const platform_info&) = default;
};

// signing_key_kind is KEY_INFO.SIGNING_KEY: which key signed the report. 2 to 6 are reserved.
enum class signing_key_kind : std::uint8_t {
  vcek = 0,
  vlek = 1,
  none = 7
};

constexpr const char* name(signing_key_kind kind) noexcept {
  switch (kind) {
    case signing_key_kind::vcek: return "VCEK";
    case signing_key_kind::vlek: return "VLEK";
    case signing_key_kind::none: return "none";
  }
  return "reserved";
}

// key_info is KEY_INFO (0x048, 32 bits).
struct key_info {
  std::uint32_t value = 0;

  static constexpr bit_range author_key_en{"author_key_en", 0};
  static constexpr bit_range mask_chip_key{"mask_chip_key", 1};
  static constexpr bit_range signing_key{"signing_key", 2, 3};
  static constexpr bit_range reserved_zero{"reserved_5", 5, 27};

  static constexpr std::array fields{author_key_en, mask_chip_key, signing_key};

  [[nodiscard]] constexpr bool has(const bit_range& bit) const noexcept { return bit.of(value) != 0; }
  [[nodiscard]] constexpr signing_key_kind signer() const noexcept {
    return static_cast<signing_key_kind>(signing_key.of(value));
  }
  friend constexpr bool operator==(const key_info&, const key_info&) = default;
};

}  // namespace unitee::inline v0::snp
