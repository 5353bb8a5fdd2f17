// SPDX-License-Identifier: Apache-2.0
//
// tests/support/tcb_example.hpp: TCB documents that a person can follow, and what reaches the newest of their levels.
#pragma once

#include <unitee/bytes/time.hpp>
#include <unitee/tdx/tcb_status.hpp>
#include <unitee/verify/enclave_identity.hpp>
#include <unitee/verify/tcb_info.hpp>
#include <unitee/verify/tdx_tcb.hpp>

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace unitee::test {

// midnight is the beginning of a date, for example midnight("2024-11-13").
inline utc_time midnight(std::string_view date) { return *parse_time(std::string(date) + "T00:00:00Z"); }

inline tdx::level_rating rated(tdx::tcb_status status, std::string_view date,
                               std::vector<std::string> advisories = {}) {
  return {midnight(date), status, std::move(advisories)};
}

// Of the components two count on either side: SGX 0 and 7, TDX 0 (the module's, for major version 0) and 2.
inline tdx::tcb_level example_level(std::uint8_t sgx_0, std::uint8_t sgx_7, std::uint16_t pcesvn, std::uint8_t tdx_0,
                                    std::uint8_t tdx_2, const tdx::level_rating& rating) {
  tdx::tcb_level out;
  out.sgx[0] = sgx_0;
  out.sgx[7] = sgx_7;
  out.pcesvn = pcesvn;
  out.tdx[0] = tdx_0;
  out.tdx[2] = tdx_2;
  out.rating = rating;
  return out;
}

inline tdx::tcb_info example_tcb_info() {
  using tdx::tcb_status;
  tdx::tcb_info out;
  out.levels = {
      example_level(5, 5, 13, 6, 4, rated(tcb_status::up_to_date, "2025-05-14")),
      example_level(5, 3, 13, 6, 4, rated(tcb_status::configuration_needed, "2025-05-14", {"SA-3"})),
      example_level(4, 5, 13, 6, 3, rated(tcb_status::sw_hardening_needed, "2024-11-13", {"SA-4"})),
      example_level(3, 5, 11, 5, 2, rated(tcb_status::out_of_date, "2024-03-13", {"SA-5"})),
      example_level(1, 0, 5, 3, 1, rated(tcb_status::revoked, "2018-01-04", {"SA-6"})),
  };
  out.module_identities = {{1,
                            {},
                            {{8, rated(tcb_status::up_to_date, "2025-05-14")},
                             {6, rated(tcb_status::out_of_date, "2024-11-13", {"SA-1"})},
                             {2, rated(tcb_status::revoked, "2023-08-09", {"SA-2", "SA-1"})}}}};
  out.sgx_labels[0] = {"BIOS", "Early Microcode Update"};
  out.tdx_labels[0] = {"OS/VMM", "TDX Module"};
  out.tdx_labels[2] = {"OS/VMM", "TDX Late Microcode Update"};
  return out;
}

inline tdx::enclave_identity example_enclave_identity() {
  using tdx::tcb_status;
  tdx::enclave_identity out;
  out.levels = {{6, rated(tcb_status::up_to_date, "2025-05-14")},
                {4, rated(tcb_status::out_of_date, "2024-03-13", {"SA-7"})},
                {2, rated(tcb_status::revoked, "2023-02-15", {"SA-8"})}};
  return out;
}

// example_subject is up to date.
inline tdx::tcb_subject example_subject() {
  tdx::tcb_subject out;
  out.sgx[0] = out.sgx[7] = 5;
  out.pcesvn = 13;
  out.tee_tcb_svn.value = {8, 1, 4};
  out.qe_isvsvn = 6;
  return out;
}

}  // namespace unitee::test
