// SPDX-License-Identifier: Apache-2.0
//
// unitee/model/ggml_type.hpp: how many bytes the elements of a GGUF tensor take.
#pragma once

#include <array>  // std::size
#include <cstddef>
#include <cstdint>

namespace unitee::inline v0 {

// ggml_block is the unit in which a tensor is stored: so many elements of a row in so many bytes.
struct ggml_block {
  std::uint16_t elements = 0;
  std::uint16_t bytes = 0;

  friend constexpr bool operator==(const ggml_block&, const ggml_block&) = default;
};

// ggml_block_of is the block of a type by its number in the file (ggml.h, enum ggml_type), or {0, 0} for a number
// that is not known or whose type was withdrawn.
constexpr ggml_block ggml_block_of(std::uint32_t type) noexcept {
  constexpr ggml_block table[] = {
      {1, 4},      // 0 F32
      {1, 2},      // 1 F16
      {32, 18},    // 2 Q4_0
      {32, 20},    // 3 Q4_1
      {},          // 4 Q4_2, withdrawn
      {},          // 5 Q4_3, withdrawn
      {32, 22},    // 6 Q5_0
      {32, 24},    // 7 Q5_1
      {32, 34},    // 8 Q8_0
      {32, 36},    // 9 Q8_1
      {256, 84},   // 10 Q2_K
      {256, 110},  // 11 Q3_K
      {256, 144},  // 12 Q4_K
      {256, 176},  // 13 Q5_K
      {256, 210},  // 14 Q6_K
      {256, 292},  // 15 Q8_K
      {256, 66},   // 16 IQ2_XXS
      {256, 74},   // 17 IQ2_XS
      {256, 98},   // 18 IQ3_XXS
      {256, 50},   // 19 IQ1_S
      {32, 18},    // 20 IQ4_NL
      {256, 110},  // 21 IQ3_S
      {256, 82},   // 22 IQ2_S
      {256, 136},  // 23 IQ4_XS
      {1, 1},      // 24 I8
      {1, 2},      // 25 I16
      {1, 4},      // 26 I32
      {1, 8},      // 27 I64
      {1, 8},      // 28 F64
      {256, 56},   // 29 IQ1_M
      {1, 2},      // 30 BF16
      {},          // 31 Q4_0_4_4, withdrawn
      {},          // 32 Q4_0_4_8, withdrawn
      {},          // 33 Q4_0_8_8, withdrawn
      {256, 54},   // 34 TQ1_0
      {256, 66},   // 35 TQ2_0
      {},          // 36 IQ4_NL_4_4, withdrawn
      {},          // 37 IQ4_NL_4_8, withdrawn
      {},          // 38 IQ4_NL_8_8, withdrawn
      {32, 17},    // 39 MXFP4
  };
  return type < std::size(table) ? table[type] : ggml_block{};
}

}  // namespace unitee::inline v0
