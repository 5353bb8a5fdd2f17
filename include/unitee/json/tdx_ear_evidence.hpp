// SPDX-License-Identifier: Apache-2.0
//
// unitee/json/tdx_ear_evidence.hpp: what a verified quote says, and on whose word, as JSON for an EAR.
#pragma once

#include <unitee/json/ear_claims.hpp>
#include <unitee/json/text.hpp>
#include <unitee/tdx/pck_extension.hpp>
#include <unitee/tdx/quote.hpp>
#include <unitee/tdx/quote_header.hpp>
#include <unitee/tdx/tcb_status.hpp>
#include <unitee/verify/quoted.hpp>
#include <unitee/verify/tcb_info.hpp>
#include <unitee/verify/tdx.hpp>
#include <unitee/verify/tdx_collateral.hpp>
#include <unitee/verify/tdx_explain.hpp>
#include <unitee/verify/tdx_reference_values.hpp>
#include <unitee/verify/tdx_tcb.hpp>
#include <unitee/verify/trust_anchors.hpp>

#include <nlohmann/json.hpp>

#include <string_view>

namespace unitee::inline v0::detail {

// ear_quote is every signed field of header and body, and of the QE report.
inline nlohmann::json ear_quote(const tdx::quoted& of) {
  nlohmann::json out;
  auto put = ear_fields(out);
  if (of.version() == tdx::quote_version::v3) {
    tdx::quote_header_row::version_3::visit(of.signed_bytes(), put);
  } else {
    tdx::quote_header_row::version_4::visit(of.signed_bytes(), put);
  }
  if (of.version() == tdx::quote_version::v5) {
    tdx::quote_row::descriptor::visit(of.signed_bytes().subspan(tdx::quote_header_size), put);
  }
  if (const auto td = of.td()) td->for_each_field(put);
  if (const auto enclave = of.enclave()) enclave->for_each_field(put);
  of.qe_report().for_each_field(ear_fields(out["qe_report"]));
  out["body"] = name(of.body_type());
  out["unsigned_bytes"] = of.rest().count;
  return out;
}

// ear_platform is what the PCK certificate says. Null is what it does not.
inline nlohmann::json ear_platform(const tdx::pck_extension& of) {
  nlohmann::json out;
  out["fmspc"] = hex_text(of.fmspc.view());
  out["pceid"] = hex_text(of.pceid.view());
  out["ppid"] = hex_text(of.ppid.view());
  out["cpusvn"] = hex_text(of.cpusvn.view());
  out["pcesvn"] = of.pcesvn;
  out["tcb_components"] = of.tcb_components;
  out["sgx_type"] = name(of.sgx_type);
  out["platform_instance_id"] = nullptr;
  if (of.platform_instance_id) out["platform_instance_id"] = hex_text(of.platform_instance_id->view());
  for (const char* each : {"dynamic_platform", "cached_keys", "smt"}) out[each] = nullptr;
  if (of.configuration) {
    out["dynamic_platform"] = of.configuration->dynamic_platform;
    out["cached_keys"] = of.configuration->cached_keys;
    out["smt"] = of.configuration->smt_enabled;
  }
  return out;
}

// ear_match is one set of SVNs, and the levels that it came to: null where it came to none.
inline nlohmann::json ear_match(const tdx::tcb_match& of) {
  const auto status_of = [](const auto* level) -> nlohmann::json {
    if (level == nullptr) return nullptr;
    return name(level->rating.status);
  };
  nlohmann::json out;
  out["status"] = name(of.status);
  out["date"] = of.gap == tdx::tcb_gap::none ? ear_time(of.date) : nullptr;
  out["advisories"] = of.advisories();
  out["platform"] = status_of(of.platform);
  out["module"] = status_of(of.module_level);
  out["enclave"] = status_of(of.enclave);
  return out;
}

// ear_tcb is the verdict about the TCB: its date and advisories are those of the SVNs at launch.
inline nlohmann::json ear_tcb(const tdx::claims& of) {
  nlohmann::json out;
  out["launch"] = ear_match(of.tcb.launch);
  out["current"] = nullptr;
  if (of.tcb.current) out["current"] = ear_match(*of.tcb.current);
  out["status"] = name(of.tcb.status);
  for (const char* each : {"date", "advisories"}) out[each] = out["launch"][each];
  out["procedure"] = name(of.procedure);
  return out;
}

// ear_collateral is what was current, and until when.
inline nlohmann::json ear_collateral(const tdx::claims& of) {
  nlohmann::json out;
  out["current_until"] = ear_time(of.current_until);
  out["stale"] = of.collateral_is_stale();
  out["tcb_info_evaluation_number"] = of.collateral.tcb_info()->tcb_evaluation_data_number;
  out["qe_identity_evaluation_number"] = of.collateral.qe_identity()->tcb_evaluation_data_number;
  nlohmann::json& items = out["items"] = nlohmann::json::array();
  for (const tdx::collateral_item& each : tdx::explain(of).ends) {
    nlohmann::json& item = items.emplace_back();
    item["what"] = name(each.what);
    item["issued"] = ear_time(each.issued);
    item["next_update"] = ear_time(each.next_update);
  }
  return out;
}

inline nlohmann::json ear_evidence(const tdx::claims& of) {
  nlohmann::json out = ear_quote(of.quote);
  out["trust_anchor"] = name(of.collateral.anchor());
  out["platform"] = ear_platform(of.pck);
  out["tcb"] = ear_tcb(of);
  out["collateral"] = ear_collateral(of);
  return out;
}

}  // namespace unitee::inline v0::detail
