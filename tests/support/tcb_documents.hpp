// SPDX-License-Identifier: Apache-2.0
//
// tests/support/tcb_documents.hpp: TCB info and enclave identities read from JSON without the library's reader.
#pragma once

#include "support/edits.hpp"

#include <unitee/bytes/time.hpp>
#include <unitee/tdx/tcb_status.hpp>
#include <unitee/verify/enclave_identity.hpp>
#include <unitee/verify/tcb_info.hpp>
#include <unitee/verify/tdx_tcb.hpp>

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <stdexcept>
#include <string>
#include <vector>

namespace unitee::test {

inline tdx::tcb_status status_of_name(const std::string& name) {
  for (const tdx::tcb_status each : tdx::tcb_statuses) {
    if (name == tdx::name(each)) return each;
  }
  throw std::runtime_error("no such status: " + name);
}

inline tdx::level_rating rating_of(const nlohmann::json& level) {
  return {*parse_time(level.at("tcbDate").get<std::string>()), status_of_name(level.at("tcbStatus")),
          level.value("advisoryIDs", std::vector<std::string>())};
}

inline std::vector<tdx::svn_level> svn_levels_of(const nlohmann::json& levels) {
  std::vector<tdx::svn_level> out;
  for (const auto& level : levels) out.push_back({level.at("tcb").at("isvsvn"), rating_of(level)});
  return out;
}

inline tdx::svn_components components_of(const nlohmann::json& components) {
  tdx::svn_components out{};
  for (std::size_t i = 0; i < out.size(); ++i) out[i] = components.at(i).at("svn");
  return out;
}

// tcb_info_of reads what TCB evaluation looks at.
inline tdx::tcb_info tcb_info_of(const nlohmann::json& json) {
  tdx::tcb_info out;
  out.id = json.at("id") == "TDX" ? tdx::tee_type::tdx : tdx::tee_type::sgx;
  for (const auto& each : json.value("tdxModuleIdentities", nlohmann::json::array())) {
    const std::string id = each.at("id");
    out.module_identities.push_back(
        {static_cast<std::uint8_t>(std::stoi(id.substr(4), nullptr, 16)), {}, svn_levels_of(each.at("tcbLevels"))});
  }
  for (const auto& each : json.at("tcbLevels")) {
    const auto& tcb = each.at("tcb");
    tdx::tcb_level level{components_of(tcb.at("sgxtcbcomponents")), tcb.at("pcesvn"), {}, rating_of(each)};
    if (tcb.contains("tdxtcbcomponents")) level.tdx = components_of(tcb.at("tdxtcbcomponents"));
    out.levels.push_back(level);
  }
  return out;
}

inline tdx::enclave_identity enclave_identity_of(const nlohmann::json& json) {
  tdx::enclave_identity out;
  out.levels = svn_levels_of(json.at("tcbLevels"));
  return out;
}

inline tdx::tcb_svn tcb_svn_of(const std::string& hex) {
  tdx::tcb_svn out;
  std::ranges::copy(bytes_of_hex(hex), out.value.begin());
  return out;
}

// tcb_subject_of is the subject of one of the TCB vectors.
inline tdx::tcb_subject tcb_subject_of(const nlohmann::json& vector) {
  tdx::tcb_subject out;
  for (std::size_t i = 0; i < out.sgx.size(); ++i) out.sgx[i] = vector.at("pck_components").at(i);
  out.pcesvn = vector.at("pcesvn");
  out.tee_tcb_svn = tcb_svn_of(vector.at("tee_tcb_svn"));
  if (vector.contains("tee_tcb_svn_2")) out.tee_tcb_svn_2 = tcb_svn_of(vector.at("tee_tcb_svn_2"));
  out.qe_isvsvn = vector.at("qe_isvsvn");
  return out;
}

}  // namespace unitee::test
