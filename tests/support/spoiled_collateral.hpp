// SPDX-License-Identifier: Apache-2.0
//
// tests/support/spoiled_collateral.hpp: a platform's collateral with one thing wrong, and what is said of it.
#pragma once

#include "support/forged_intel.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>

namespace unitee::test::spoiled {

inline const auto& own() { return simulated_tdx_platform().get(); }
inline const auto& other() { return other_simulated_tdx_platform().get(); }

inline const utc_time now = simulated_tdx_now;
inline const utc_time issued_at = simulated_tdx_issued;
inline const utc_time ends = simulated_tdx_issued + 30 * day;  // of lists and documents

constexpr failure in(part what, errc code) { return {code, 0, what}; }

inline std::optional<failure> refused(const pieces& of, utc_time at = now, std::int64_t grace = 0,
                                      const trust_anchors& anchors = anchored()) {
  return why_not(collateral_from(of, at, grace, anchors));
}

// with is the good pieces after spoil(pieces).
template <class Spoil>
pieces with(Spoil spoil) {
  pieces out = good_pieces();
  spoil(out);
  return out;
}

// under is the good pieces with another root certificate by the same key, which is trusted.
inline std::optional<failure> under(const forged_link& root, utc_time at = now) {
  const certificate issued = root.issue();
  return refused(with([&](pieces& p) { p.certificates[0] = issued; }), at, 0, anchored(issued));
}

inline pieces with_signer(const certificate& signer) {
  return with([&](pieces& p) { p.certificates[2] = signer; });
}
inline pieces with_info(const tdx::tcb_info_document& info) {
  return with([&](pieces& p) { p.infos = {{info, {}}}; });
}
inline pieces with_identity(const tdx::enclave_identity_document& identity) {
  return with([&](pieces& p) { p.identities = {{identity, {}}}; });
}
inline pieces with_root_list(const crl& list) {
  return with([&](pieces& p) { p.lists[0] = list; });
}

// bare_list is a list by the root with only one of the two extensions.
inline crl bare_list(bool numbered) {
  const auto name = guest::detail::simulated_sgx_name(tdx::root_name);
  const std::array<std::uint8_t, 6> key_identifier{0x30, 0x04, 0x80, 0x02, 1, 2};
  const std::array extensions{raw_extension{"2.5.29.35", key_identifier}};
  const certificate_issuer by{name, own().root_key, "SHA256"};
  if (numbered) return need(issue_crl({issued_at, ends, 1, {}, {}}, by));
  const crl list = need(issue_crl({issued_at, ends, 1, {}, extensions}, by));
  X509_CRL* const copy = X509_CRL_dup(list.native_handle());
  X509_EXTENSION_free(X509_CRL_delete_ext(copy, X509_CRL_get_ext_by_NID(copy, NID_crl_number, -1)));
  X509_CRL_sign(copy, own().root_key.native_handle(), EVP_sha256());
  octets der(static_cast<std::size_t>(i2d_X509_CRL(copy, nullptr)));
  auto* at = der.data();
  i2d_X509_CRL(copy, &at);
  X509_CRL_free(copy);
  return need(crl::from_der(der));
}

}  // namespace unitee::test::spoiled
