// SPDX-License-Identifier: Apache-2.0
//
// tests/support/firmware.hpp: firmware that derives keys for SEV-SNP guests, and sealed files with slots of such keys.
#pragma once

#include "support/sealed.hpp"

#include <unitee/seal/hardware_slot.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <utility>

namespace unitee::test::firmware_slots {

inline constexpr snp::tcb_version tcb{{4, 2, 0, 0, 0, 0, 24, 219}};

// firmware answers every request with the same root secret and counts the questions; it denies what is above its TCB.
struct firmware {
  using key_request = snp::key_request;
  static constexpr bool is_simulated = false;

  std::uint8_t root = 1;
  snp::key_basis basis{tcb, 0, 7};
  std::optional<failure> no_basis{};
  int asked = 0;

  result<snp::key_basis> key_basis() const {
    if (no_basis) return *no_basis;
    return basis;
  }
  result<secret<32>> derive_key(const snp::key_request& request) {
    ++asked;
    for (std::size_t i = 0; i < 8; ++i) {
      if (request.tcb_version().value[i] > basis.committed_tcb.value[i]) {
        return failure{errc::key_denied, 0x16, part::key_request};
      }
    }
    return secret_of(root);
  }
};

inline const octets plaintext = sealed_plaintext(5000);

template <class... Slots>
octets file_of(Slots&&... slots) {
  return *sealed_bytes(plaintext, slots_of(std::forward<Slots>(slots)...));
}
template <class Keys>
result<octets> opened(const octets& file, Keys&& keys) {
  return read_all(file, keys);
}

inline slot_view first_slot(const octets& file) { return *slot_view::parse(std::span(file).subspan<512, 512>(), 512); }

inline constexpr failure refused(errc code, std::size_t at) { return {code, at, part::key_record}; }

}  // namespace unitee::test::firmware_slots
