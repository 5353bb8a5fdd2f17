// SPDX-License-Identifier: Apache-2.0
//
// tests/support/intel_documents.hpp: TCB info and enclave identities made to order, and where their values stand.
#pragma once

#include "support/catch.hpp"
#include "support/openssl.hpp"

#include <unitee/result.hpp>

#include <nlohmann/json.hpp>

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace unitee::test {

using document_json = nlohmann::ordered_json;
using value_path = document_json::json_pointer;

inline document_json module_json(const std::string& id, std::vector<int> svns) {
  document_json out{{"id", id},
                    {"mrsigner", std::string(94, '0') + "a" + id.back()},
                    {"attributes", "0000000000000001"},
                    {"attributesMask", "FFFFFFFFFFFFFFFF"},
                    {"tcbLevels", document_json::array()}};
  for (const int svn : svns) {
    out["tcbLevels"].push_back(
        {{"tcb", {{"isvsvn", svn}}}, {"tcbDate", "2024-03-13T00:00:00Z"}, {"tcbStatus", "UpToDate"}});
  }
  out["tcbLevels"].back()["tcbStatus"] = "OutOfDate";
  out["tcbLevels"].back()["advisoryIDs"] = {"INTEL-SA-00001", "INTEL-SA-00002"};
  return out;
}

// level_json is a level whose first components and PCESVN are these, with labels for the first two of both kinds.
inline document_json level_json(int sgx, int pcesvn, int tdx, const std::string& status) {
  document_json tcb;
  const auto components = [](int first) {
    auto out = document_json::array();
    for (int i = 0; i < 16; ++i) out.push_back({{"svn", i == 0 ? first : i}});
    out[0]["category"] = "BIOS";
    out[0]["type"] = "Early Microcode Update";
    out[1]["category"] = "OS/VMM";
    return out;
  };
  tcb["sgxtcbcomponents"] = components(sgx);
  tcb["pcesvn"] = pcesvn;
  if (tdx >= 0) tcb["tdxtcbcomponents"] = components(tdx);
  return {{"tcb", tcb}, {"tcbDate", "2025-05-14T00:00:00Z"}, {"tcbStatus", status}};
}

inline std::string signature_hex() { return hex_of(pattern(64)); }

// sample_tcb_info is TCB info about TDX with three levels and two module identities, as it is delivered.
inline document_json sample_tcb_info() {
  document_json info{{"id", "TDX"},
                     {"version", 3},
                     {"issueDate", "2025-06-19T10:16:03Z"},
                     {"nextUpdate", "2025-07-19T10:16:03Z"},
                     {"fmspc", "b0C06f0a0000"},
                     {"pceId", "01fe"},
                     {"tcbType", 0},
                     {"tcbEvaluationDataNumber", 17}};
  info["tdxModule"] = {{"mrsigner", std::string(94, '0') + "5e"},
                       {"attributes", "0000000000000000"},
                       {"attributesMask", "ffffffffffffffff"}};
  info["tdxModuleIdentities"] = {module_json("TDX_03", {5, 3}), module_json("TDX_0a", {11, 6, 2})};
  info["tcbLevels"] = {level_json(9, 13, 7, "UpToDate"), level_json(9, 11, 7, "OutOfDateConfigurationNeeded"),
                       level_json(2, 11, 3, "Revoked")};
  info["tcbLevels"][1]["advisoryIDs"] = {"INTEL-SA-00837"};
  return {{"tcbInfo", info}, {"signature", signature_hex()}};
}

inline document_json sample_sgx_tcb_info() {
  document_json out = sample_tcb_info();
  document_json& info = out["tcbInfo"];
  info["id"] = "SGX";
  info.erase("tdxModule");
  info.erase("tdxModuleIdentities");
  for (auto& level : info["tcbLevels"]) level["tcb"].erase("tdxtcbcomponents");
  return out;
}

inline document_json sample_identity() {
  document_json identity = {{"id", "TD_QE"},
                            {"version", 2},
                            {"issueDate", "2025-06-19T10:32:27Z"},
                            {"nextUpdate", "2025-07-19T10:32:27Z"},
                            {"tcbEvaluationDataNumber", 17},
                            {"miscselect", "13373B09"},
                            {"miscselectMask", "FFFFFFFE"},
                            {"attributes", "11000000000000000000000000000007"},
                            {"attributesMask", "fbffffffffffffff0000000000000008"},
                            {"mrsigner", std::string(62, '0') + "C5"},
                            {"isvprodid", 2}};
  identity["tcbLevels"] = module_json("TDX_01", {4, 2, 1})["tcbLevels"];
  return {{"enclaveIdentity", identity}, {"signature", signature_hex()}};
}

// with_text is the document with other text in place of the value at a path.
inline std::string with_text(document_json document, const value_path& path, std::string_view text) {
  document[path] = "@@@";
  std::string out = document.dump();
  return out.replace(out.find("\"@@@\""), 5, text);
}

// offset_of is where the value at a path begins in the document's text.
inline std::size_t offset_of(document_json document, const value_path& path) {
  if (path.empty()) return 0;
  document[path] = "@@@";
  return document.dump().find("\"@@@\"");
}

// for_each_path calls f(path) for every value below the path.
template <class F>
void for_each_path(const document_json& value, const value_path& path, const F& f) {
  if (!value.is_structured()) return;
  for (const auto& [name, child] : value.items()) {
    const value_path below = value.is_array() ? path / static_cast<std::size_t>(std::stoul(name)) : path / name;
    f(below, child);
    for_each_path(child, below, f);
  }
}

}  // namespace unitee::test
