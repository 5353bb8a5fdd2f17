// SPDX-License-Identifier: Apache-2.0
//
// unitee/verify/tdx_collateral_parts.hpp: what Intel's collateral for a family of platforms is made of.
#pragma once

#include <unitee/bytes/time.hpp>
#include <unitee/crypto/certificate.hpp>
#include <unitee/crypto/crl.hpp>
#include <unitee/result.hpp>
#include <unitee/tdx/pck_extension.hpp>
#include <unitee/tdx/quote_header.hpp>
#include <unitee/verify/enclave_identity.hpp>
#include <unitee/verify/tcb_info.hpp>
#include <unitee/verify/trust_anchors.hpp>

#include <cstddef>
#include <cstdint>
#include <vector>

namespace unitee::inline v0::tdx {

// collateral_scope is whose collateral is wanted: quotes about TDs or about SGX enclaves, on platforms of one FMSPC.
struct collateral_scope {
  tee_type tee = tee_type::tdx;
  tdx::fmspc fmspc;
  pce_id pceid;
};

// collateral_item is one piece of verified collateral and the time for which it speaks, both ends included.
struct collateral_item {
  part what = part::tcb_info;
  utc_time issued;
  utc_time next_update;  // or the end of a certificate's validity

  friend bool operator==(const collateral_item&, const collateral_item&) = default;
};

// documents_max is how many documents, certificates or lists of one kind are tried before the verifier gives up.
inline constexpr std::size_t documents_max = 16;

// grace_max is ten years in seconds; a longer grace is this one.
inline constexpr std::int64_t grace_max = std::int64_t{3652} * 86400;

namespace detail {

// pck_ca_list is a PCK CA, whose chain is genuine, and the newest of its revocation lists, or what is wrong with those.
struct pck_ca_list {
  certificate ca;
  result<crl> list;
};

// collateral_parts is what collateral is made of, once all of it is verified.
struct collateral_parts {
  tcb_info_document info;
  enclave_identity_document identity;
  certificate root;
  anchor_origin origin;
  crl root_list;
  std::vector<pck_ca_list> cas;
  bool has_pck_crls;  // a list was given that calls itself one of a PCK CA
  std::vector<collateral_item> items;
  utc_time current_until;
  utc_time from;
  utc_time until;
  std::int64_t grace;
  utc_time superseded_from;  // when the first of what was given, and had not begun, begins
};

}  // namespace detail

}  // namespace unitee::inline v0::tdx
