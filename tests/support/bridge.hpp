// SPDX-License-Identifier: Apache-2.0
//
// tests/support/bridge.hpp: what the calls of examples/bridge answer, in words.
#pragma once

#include "unitee_bridge.h"

#include <cstdint>
#include <stdexcept>
#include <string>
#include <vector>

namespace unitee::test {

// said is an error as "not_authentic 8192 sealed payload": its kind, its offset, and its part where it has one.
inline std::string said(const unitee_error& error) {
  if (error.code == UNITEE_OK) return "ok";
  const std::string part = unitee_part_name(&error);
  return unitee_kind_name(&error) + (" " + std::to_string(error.offset)) + (part.empty() ? "" : " " + part);
}

inline void require_ok(const unitee_error& error) {
  if (error.code != UNITEE_OK) throw std::runtime_error(said(error));
}

// taken is bytes that a call gave, which are released.
inline std::vector<std::uint8_t> taken(unitee_bytes& bytes) {
  const std::vector<std::uint8_t> out(bytes.data, bytes.data + bytes.size);
  unitee_release(&bytes);
  return out;
}

inline unitee_view view_of(const std::vector<std::uint8_t>& bytes) { return {bytes.data(), bytes.size()}; }

// bridged_guest is a simulated guest, shared by a process because RSA keys take long to make.
inline unitee_guest* bridged_guest() {
  static unitee_guest* const made = [] {
    unitee_guest* out = nullptr;
    require_ok(unitee_insecure_simulated_snp(nullptr, {"image", 5}, &out));
    return out;
  }();
  return made;
}

}  // namespace unitee::test
