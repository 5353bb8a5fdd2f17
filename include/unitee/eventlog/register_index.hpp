// SPDX-License-Identifier: Apache-2.0
//
// unitee/eventlog/register_index.hpp: which register an event extends.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

namespace unitee::inline v0::eventlog {

// index_kind is what the register indexes of a log count. The log does not say: it depends on where it comes from.
enum class index_kind : std::uint8_t {
  cc_register,  // measurement registers of confidential computing: 0 is MRTD, 1 to 4 are RTMR0 to RTMR3 (CCEL)
  pcr,          // platform configuration registers of a TPM (TCG2)
};

// rtmr_count is how many run-time measurement registers a TD has.
inline constexpr std::size_t rtmr_count = 4;

// rtmr_of is the number, 0 to 3, of the RTMR that an event with this index extends: the index less one, or for PCRs 1
// and 7 RTMR0, for 2 to 6 RTMR1, for 8 to 15 RTMR2 (UEFI Specification, "Confidential Computing"). It is nothing for
// any other index; index 0 stands for MRTD, which no event extends.
constexpr std::optional<std::size_t> rtmr_of(std::uint32_t index, index_kind kind) noexcept {
  if (kind == index_kind::cc_register) {
    if (index < 1 || index > rtmr_count) return std::nullopt;
    return index - 1;
  }
  if (index == 1 || index == 7) return 0;
  if (index >= 2 && index <= 6) return 1;
  if (index >= 8 && index <= 15) return 2;
  return std::nullopt;
}

}  // namespace unitee::inline v0::eventlog
