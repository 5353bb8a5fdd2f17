// SPDX-License-Identifier: Apache-2.0
//
// unitee/verify/enclave_identity.hpp: what Intel says about the quoting enclaves that may sign quotes.
#pragma once

#include <unitee/bytes/fixed.hpp>
#include <unitee/bytes/time.hpp>
#include <unitee/tdx/fields.hpp>
#include <unitee/verify/signed_document.hpp>
#include <unitee/verify/tcb_info.hpp>

#include <array>
#include <cstdint>
#include <vector>

namespace unitee::inline v0::tdx {

// enclave_kind is the id of an enclave identity.
enum class enclave_kind : std::uint8_t {
  td_qe,  // the quoting enclave of TDs
  qe,     // that of SGX enclaves
  qve,    // the quote verification enclave, which signs nothing here
};

// name is the kind as Intel spells it.
constexpr const char* name(enclave_kind kind) noexcept {
  constexpr const char* names[] = {"TD_QE", "QE", "QVE"};
  return names[static_cast<std::size_t>(kind)];
}

// misc_select is MISCSELECT in the byte order of a report.
using misc_select = fixed_bytes<4, struct misc_select_tag>;

// enclave_identity is the content of an enclave identity of version 2 (PCS API version 4). All byte strings are in the
// order of a report.
struct enclave_identity {
  enclave_kind id = enclave_kind::td_qe;
  utc_time issue_date;
  utc_time next_update;
  std::uint32_t tcb_evaluation_data_number = 0;
  misc_select miscselect;
  misc_select miscselect_mask;
  enclave_attributes_bytes attributes;
  enclave_attributes_bytes attributes_mask;
  enclave_signer mrsigner;
  std::uint16_t isvprodid = 0;
  std::vector<svn_level> levels;  // by isvsvn, highest first; at least one
};

using enclave_identity_document = signed_document<enclave_identity>;

}  // namespace unitee::inline v0::tdx
