// SPDX-License-Identifier: Apache-2.0
//
// tests/support/forged_intel.hpp: certificates, lists and documents by the keys of simulated TDX platforms, right
// unless a test spoils them.
#pragma once

#include "support/simulated_tdx.hpp"

#include <unitee/json/enclave_identity.hpp>
#include <unitee/json/tcb_info.hpp>
#include <unitee/tdx/quote.hpp>
#include <unitee/verify/endorsements.hpp>
#include <unitee/verify/pck.hpp>
#include <unitee/verify/pck_chain.hpp>
#include <unitee/verify/tdx_collateral.hpp>
#include <unitee/verify/tdx_names.hpp>
#include <unitee/verify/trust_anchors.hpp>

#include <array>
#include <cstdint>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace unitee::test {

using tdx_platform = guest::insecure_simulated_tdx_platform;
using octets = std::vector<std::uint8_t>;

inline constexpr std::int64_t day = 86400;

inline utc_time operator+(utc_time at, std::int64_t seconds) { return {at.seconds + seconds}; }

// forged_link is a certificate of Intel's names to be.
struct forged_link {
  std::string_view subject;
  std::string_view issuer;
  const signing_key* key;
  const signing_key* signer;
  certificate_request request;
  octets serial;
  octets pck_extension;  // empty: none

  [[nodiscard]] certificate issue() const {
    const auto subject_name = guest::detail::simulated_sgx_name(subject);
    const auto issuer_name = guest::detail::simulated_sgx_name(issuer);
    const std::array extension{raw_extension{tdx::pck_extension_oid, pck_extension}};
    certificate_request filled = request;
    filled.subject = subject_name;
    filled.serial = serial;
    if (!pck_extension.empty()) filled.extensions = extension;
    return need(issue_certificate(filled, *key, {issuer_name, *signer, "SHA256"}));
  }
};

inline forged_link forged_ca(std::string_view subject, const signing_key& key, const signing_key& signer) {
  certificate_request ca;
  ca.not_before = simulated_tdx_begin;
  ca.not_after = time("2040-01-01T00:00:00Z");
  ca.ca = ca.sign_certificates = ca.sign_crls = true;
  return {subject, tdx::root_name, &key, &signer, ca, {0x11}, {}};
}
inline forged_link forged_leaf(std::string_view subject, std::string_view issuer, const signing_key& key,
                               const signing_key& signer) {
  certificate_request leaf;
  leaf.not_before = simulated_tdx_begin;
  leaf.not_after = time("2031-01-01T00:00:00Z");
  leaf.end_entity = leaf.sign_data = true;
  return {subject, issuer, &key, &signer, leaf, {0x22}, {}};
}

// The four certificates of a platform, once more.
inline forged_link root_link(const tdx_platform& of = simulated_tdx_platform()) {
  forged_link out = forged_ca(tdx::root_name, of.get().root_key, of.get().root_key);
  out.request.path_length = 1;
  return out;
}
inline forged_link ca_link(const tdx_platform& of = simulated_tdx_platform()) {
  forged_link out = forged_ca(tdx::platform_ca_name, of.get().ca_key, of.get().root_key);
  out.request.path_length = 0;
  return out;
}
inline forged_link tcb_signing_link(const tdx_platform& of = simulated_tdx_platform()) {
  return forged_leaf(tdx::tcb_signing_name, tdx::root_name, of.get().tcb_signing_key, of.get().root_key);
}
inline forged_link pck_link(const tdx_platform& of = simulated_tdx_platform()) {
  forged_link out = forged_leaf(tdx::pck_name, tdx::platform_ca_name, of.get().pck_key, of.get().ca_key);
  out.pck_extension = guest::detail::encode_pck_extension(of.get().pck_extension);
  return out;
}

// root_list and ca_list are for 30 days, unless another end is given.
using serial_numbers = std::vector<byte_view>;
inline crl root_list(const serial_numbers& serials = {}, utc_time from = simulated_tdx_issued,
                     std::int64_t life = 30 * day, const tdx_platform& by = simulated_tdx_platform()) {
  return need(guest::detail::simulated_sgx_crl(tdx::root_name, by.get().root_key, serials, from, from + life));
}
inline crl ca_list(const serial_numbers& serials = {}, utc_time from = simulated_tdx_issued,
                   std::int64_t life = 30 * day, const tdx_platform& by = simulated_tdx_platform()) {
  return need(guest::detail::simulated_sgx_crl(tdx::platform_ca_name, by.get().ca_key, serials, from, from + life));
}

// info_text and identity_text are the inner texts of documents for 30 days.
inline std::string info_text(utc_time from = simulated_tdx_issued, const tdx_platform& of = simulated_tdx_platform()) {
  return need(guest::detail::simulated_tcb_info(of.get().pck_extension, {}, from));
}
inline std::string identity_text(utc_time from = simulated_tdx_issued) {
  return need(guest::detail::simulated_qe_identity({}, from));
}

// replaced is the text with `to` in place of `from`, which must be there.
inline std::string replaced(std::string text, std::string_view from, std::string_view to) {
  const std::size_t at = text.find(from);
  if (at == text.npos) throw std::runtime_error("not there: " + std::string(from));
  return text.replace(at, from.size(), to);
}

// lasting is the text with another next update.
inline std::string lasting(std::string text, utc_time until) {
  const auto written = need(format_time(until));
  const std::size_t at = text.find("\"nextUpdate\":\"") + 14;
  return text.replace(at, written.size(), std::string_view(written.data(), written.size()));
}

inline tdx::tcb_info_document signed_info(const std::string& text,
                                          const signing_key& key = simulated_tdx_platform().get().tcb_signing_key) {
  return need(tdx::parse_tcb_info(need(guest::detail::simulated_document("tcbInfo", text, key))));
}
inline tdx::enclave_identity_document signed_identity(
    const std::string& text, const signing_key& key = simulated_tdx_platform().get().tcb_signing_key) {
  return need(tdx::parse_enclave_identity(need(guest::detail::simulated_document("enclaveIdentity", text, key))));
}

// pieces is the endorsements of a platform, one by one.
struct pieces {
  std::vector<certificate> certificates;
  std::vector<crl> lists;
  std::vector<issued<tdx::tcb_info_document>> infos;
  std::vector<issued<tdx::enclave_identity_document>> identities;

  [[nodiscard]] endorsements all() const {
    endorsements out;
    for (const auto& each : certificates) out.add(each);
    for (const auto& each : lists) out.add(each);
    for (const auto& each : infos) out.add(each.document, each.issuers);
    for (const auto& each : identities) out.add(each.document, each.issuers);
    return out;
  }
};

// good_pieces is what belongs to a quote of the platform that brings its PCK chain along; the lists are the root's, and
// then the PCK CA's.
inline pieces good_pieces(const tdx_platform& of = simulated_tdx_platform()) {
  const auto& own = of.get();
  return {{own.root, own.ca, own.tcb_signing},
          {root_list({}, simulated_tdx_issued, 30 * day, of), ca_list({}, simulated_tdx_issued, 30 * day, of)},
          {{signed_info(info_text(simulated_tdx_issued, of), own.tcb_signing_key), {}}},
          {{signed_identity(identity_text(), own.tcb_signing_key), {}}}};
}

inline trust_anchors anchored(const certificate& root) {
  trust_anchors out;
  out.add(root);
  return out;
}
inline trust_anchors anchored(const tdx_platform& of = simulated_tdx_platform()) { return anchored(of.root()); }

inline tdx::collateral_scope scope_of(const tdx_platform& of = simulated_tdx_platform(),
                                      tdx::tee_type tee = tdx::tee_type::tdx) {
  return {tee, of.get().pck_extension.fmspc, of.get().pck_extension.pceid};
}

inline result<tdx::collateral> collateral_from(const pieces& of, utc_time at = simulated_tdx_now,
                                               std::int64_t grace = 0, const trust_anchors& anchors = anchored()) {
  return tdx::collateral::verify(of.all(), scope_of(), at, anchors, grace);
}

inline tdx::pck_chain chain_of(const tdx_platform& of = simulated_tdx_platform()) {
  return {need(tdx::pck::parse(of.get().pck)), of.get().ca, of.get().root};
}

template <class T>
std::optional<failure> why_not(const result<T>& outcome) {
  return outcome ? std::nullopt : std::optional(outcome.error());
}

}  // namespace unitee::test
