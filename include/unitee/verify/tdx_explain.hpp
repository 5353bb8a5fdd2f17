// SPDX-License-Identifier: Apache-2.0
//
// unitee/verify/tdx_explain.hpp: why a platform's TCB has its status, and what would make it better.
#pragma once

#include <unitee/bytes/time.hpp>
#include <unitee/failure.hpp>
#include <unitee/tdx/tcb_status.hpp>
#include <unitee/verify/enclave_identity.hpp>
#include <unitee/verify/tcb_info.hpp>
#include <unitee/verify/tdx.hpp>
#include <unitee/verify/tdx_collateral.hpp>
#include <unitee/verify/tdx_obstacles.hpp>
#include <unitee/verify/tdx_tcb.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace unitee::inline v0::tdx {

// remedy is what somebody can do about a status, in the order in which it is done.
enum class remedy : std::uint8_t {
  update_platform,       // its owner: BIOS, microcode
  update_module,         // its owner: the TDX module
  update_enclave,        // its owner: the quoting enclave
  change_configuration,  // its owner: a setting that the advisories name
  mitigate_in_software,  // the TD's author: what the advisories ask for
  relaunch,              // the TD's owner: it still counts as what it was launched under
  replace_machine,       // its TCB level is revoked
  nothing_known,         // Intel's documents do not describe these SVNs
};

// name is what to do, as one says it.
constexpr const char* name(remedy what) noexcept {
  constexpr const char* names[] = {"update firmware and microcode", "update the TDX module",
                                   "update the quoting enclave",    "change the configuration",
                                   "mitigate in software",          "relaunch the TD",
                                   "replace the machine",           "nothing is known to help"};
  return names[static_cast<std::size_t>(what)];
}

// policy_change is the smallest change by which a policy that accepts UpToDate alone would accept a status.
struct policy_change {
  bool exists = true;            // no policy accepts Revoked or NotSupported, of launch or of now
  std::vector<tcb_status> adds;  // what to accept besides; empty when nothing needs to change

  // words is the change on the command line: "--accept-status OutOfDate", or nothing.
  [[nodiscard]] std::string words() const {
    std::string out;
    for (const tcb_status each : adds) {
      if (!out.empty()) out += ' ';
      out += "--accept-status ";
      out += name(each);
    }
    return out;
  }
};

// policy_change_for is the change for a status.
inline policy_change policy_change_for(tcb_status status) {
  if (status == tcb_status::revoked || status == tcb_status::not_supported) return {false, {}};
  if (status == tcb_status::up_to_date) return {};
  return {true, {status}};
}

// explanation is a verdict in terms that somebody can act on. It owns what it says.
struct explanation {
  tcb_status status = tcb_status::not_supported;
  shortfall launch;                  // of the SVNs under which the TD was launched
  std::optional<shortfall> current;  // of the present ones, where the quote has them and they counted
  std::vector<remedy> remedies;      // in the order of the enumeration; empty for UpToDate
  policy_change policy;
  std::vector<collateral_item> ends;  // of each piece of collateral, the first to end first
};

namespace detail {

// remedies_for is what would help against a shortfall by itself.
inline std::vector<remedy> remedies_for(const shortfall& of) {
  if (of.status == tcb_status::not_supported) return {remedy::nothing_known};
  std::vector<remedy> out;
  const tcb_status platform = of.platform.status;
  if (is_out_of_date(platform)) {
    // In a module of major version 0, the first two TDX components are the module's.
    bool module = false;
    bool firmware = false;
    for (const obstacle& each : of.obstacles) {
      const bool in_module = each.kind == svn_kind::tdx_component && each.index < 2;
      module |= in_module;
      firmware |= each.kind == svn_kind::pcesvn || each.kind == svn_kind::sgx_component ||
                  (each.kind == svn_kind::tdx_component && !in_module);
    }
    if (firmware || !module) out.push_back(remedy::update_platform);
    if (module) out.push_back(remedy::update_module);
  }
  const auto is_old = [](tcb_status status) {
    return status == tcb_status::out_of_date || status == tcb_status::revoked;
  };
  if (of.module && is_old(of.module->status)) out.push_back(remedy::update_module);
  if (of.enclave.number != 0 && is_old(of.enclave.status)) out.push_back(remedy::update_enclave);
  if (is_configuration(platform)) out.push_back(remedy::change_configuration);
  if (platform == tcb_status::sw_hardening_needed || platform == tcb_status::configuration_and_sw_hardening_needed) {
    out.push_back(remedy::mitigate_in_software);
  }
  if (platform == tcb_status::revoked) out.push_back(remedy::replace_machine);
  return out;
}

inline std::vector<remedy> remedies_for(const explanation& of) {
  if (of.status == tcb_status::not_supported) return {remedy::nothing_known};
  if (of.current && of.current->status == tcb_status::revoked) return remedies_for(*of.current);
  const bool advised =
      of.status == tcb_status::td_relaunch_advised || of.status == tcb_status::td_relaunch_advised_configuration_needed;
  const bool relaunch = of.current && (advised || of.current->status < of.launch.status);
  std::vector<remedy> out = remedies_for(relaunch ? *of.current : of.launch);
  if (relaunch) out.push_back(remedy::relaunch);
  std::sort(out.begin(), out.end());
  out.erase(std::unique(out.begin(), out.end()), out.end());
  return out;
}

}  // namespace detail

// explain explains a verdict about a subject by the documents that it came from. There are no ends in it.
inline explanation explain(const tcb_verdict& verdict, const tcb_subject& of, const tcb_info& info,
                           const enclave_identity& qe) {
  explanation out;
  out.status = verdict.status;
  out.launch = shortfall_of(verdict.launch, of, of.tee_tcb_svn, info, qe);
  if (verdict.current && of.tee_tcb_svn_2) {
    out.current = shortfall_of(*verdict.current, of, *of.tee_tcb_svn_2, info, qe);
  }
  out.remedies = detail::remedies_for(out);
  out.policy = is_supported(verdict) ? policy_change_for(verdict.status) : policy_change{false, {}};
  return out;
}

// explain explains what claims say about the TCB, and adds when each piece of collateral ends: the PCK chain
// (part::pck), root, TCB signing certificate, documents and lists. Lists of other PCK CAs are left out.
inline explanation explain(const claims& about) {
  const tdx::collateral& with = about.collateral;
  explanation out = explain(about.tcb, subject_of(about.quote, about.pck), *with.tcb_info(), *with.qe_identity());
  out.ends.assign(about.platform_items.begin(), about.platform_items.end());
  for (const collateral_item& each : with.items()) {
    const bool known = std::find(out.ends.begin(), out.ends.end(), each) != out.ends.end();
    if (each.what != part::pck_crl && !known) out.ends.push_back(each);
  }
  std::stable_sort(out.ends.begin(), out.ends.end(),
                   [](const collateral_item& a, const collateral_item& b) { return a.next_update < b.next_update; });
  return out;
}

}  // namespace unitee::inline v0::tdx
