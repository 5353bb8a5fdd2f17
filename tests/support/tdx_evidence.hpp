// SPDX-License-Identifier: Apache-2.0
//
// tests/support/tdx_evidence.hpp: recorded quotes with the collateral of their time.
#pragma once

#include "support/evidence.hpp"
#include "support/verdicts.hpp"

#include <unitee/json/collateral.hpp>
#include <unitee/tdx/quote.hpp>
#include <unitee/verify/endorsements.hpp>
#include <unitee/verify/tdx.hpp>
#include <unitee/verify/trust_anchors.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <map>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace unitee::test {

inline const nlohmann::json& tdx_manifest() {
  static const nlohmann::json manifest = evidence_manifest("tdx");
  return manifest;
}

// with_id is the entry of that id in one of the manifest's lists.
inline const nlohmann::json& with_id(const nlohmann::json& list, std::string_view id) {
  const auto found = std::ranges::find_if(list, [&](const auto& each) { return each.at("id") == id; });
  if (found == list.end()) throw std::runtime_error("no such entry: " + std::string(id));
  return *found;
}
inline const nlohmann::json& tdx_case(std::string_view id) { return with_id(tdx_manifest().at("cases"), id); }

// collateral_files is one set of collateral, by what its files are: tcb_info, qe_identity, pck_crl, root_ca_crl, and
// tcb_info_issuer_chain, qe_identity_issuer_chain, pck_crl_issuer_chain.
using collateral_files = std::map<std::string, std::vector<std::uint8_t>>;

inline collateral_files recorded_collateral(std::string_view set) {
  collateral_files out;
  for (const auto& [role, path] : with_id(tdx_manifest().at("collateral_sets"), set).at("files").items()) {
    out[role] = evidence_file("tdx/" + path.get<std::string>());
  }
  return out;
}

// add_all adds every file, in any order and without saying what belongs to what.
inline result<endorsements> add_all(const collateral_files& files) {
  endorsements out;
  for (const auto& [role, bytes] : files) {
    const auto added = add_endorsements(out, bytes);
    if (!added) return added.error();
  }
  return out;
}

// add_delivered adds the files as the service delivers them: each document with its own issuer chain, which nothing
// else can stand in for.
inline result<endorsements> add_delivered(const collateral_files& files) {
  endorsements out;
  for (const char* document : {"tcb_info", "qe_identity"}) {
    if (!files.contains(document)) continue;
    std::vector<certificate> issuers;
    const auto chain = out.add(files.at(document + std::string("_issuer_chain")), &issuers);
    if (!chain) return chain.error();
    endorsements alone;
    const auto added = add_endorsements(alone, files.at(document));
    if (!added) return added.error();
    for (const auto& each : alone.tcb_infos()) out.add(each.document, issuers);
    for (const auto& each : alone.enclave_identities()) out.add(each.document, issuers);
  }
  for (const char* rest : {"pck_crl", "pck_crl_issuer_chain", "root_ca_crl"}) {
    if (!files.contains(rest)) continue;
    const auto added = add_endorsements(out, files.at(rest));
    if (!added) return added.error();
  }
  return out;
}

// tdx_sample is a quote, the collateral of its platform and a time.
struct tdx_sample {
  std::vector<std::uint8_t> bytes;
  collateral_files collateral;
  utc_time at;

  [[nodiscard]] tdx::quote quote() const { return need(tdx::quote::parse(bytes)); }
  [[nodiscard]] endorsements given() const { return need(add_all(collateral)); }
  [[nodiscard]] result<verified<tdx::claims>> judged(const trust_anchors& anchors = {}) const {
    return tdx::verify(quote(), given(), at, anchors);
  }
  // chain is the quote's own certificates, and platform what it says when the quote's own chain vouches for it.
  [[nodiscard]] tdx::pck_chain chain() const {
    return need(tdx::pck_chains(quote().certification_data(), {}, {})).at(0);
  }
  [[nodiscard]] tdx::verified_pck platform() const {
    const auto own = chain();
    const auto& said = own.pck.extension();
    const auto with = need(tdx::collateral::verify(given(), {quote().tee_type(), said.fmspc, said.pceid}, at));
    return need(tdx::verified_pck::verify(own, with, at));
  }
};

inline std::vector<std::uint8_t> recorded_quote_of(const nlohmann::json& entry) {
  return evidence_file("tdx/" + entry.at("file").get<std::string>());
}

// recorded_tdx is a case as one of its evaluations has it.
inline tdx_sample recorded_tdx(std::string_view id, std::size_t evaluation = 0) {
  const auto& entry = tdx_case(id);
  const auto& with = entry.at("evaluations").at(evaluation);
  return {recorded_quote_of(entry), recorded_collateral(with.at("collateral").get<std::string>()),
          time(with.at("verify_at").get<std::string>())};
}

// recorded_root is a root of the corpus as an anchor.
inline certificate recorded_root(const std::string& file) { return recorded("tdx/trust/" + file).at(0); }

}  // namespace unitee::test
