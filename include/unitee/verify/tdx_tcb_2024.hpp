// SPDX-License-Identifier: Apache-2.0
//
// unitee/verify/tdx_tcb_2024.hpp: TCB evaluation as Intel's library of March 2024 did it.
#pragma once

#include <unitee/result.hpp>
#include <unitee/tdx/fields.hpp>
#include <unitee/tdx/quote_header.hpp>
#include <unitee/tdx/tcb_status.hpp>
#include <unitee/verify/enclave_identity.hpp>
#include <unitee/verify/tcb_info.hpp>
#include <unitee/verify/tdx_tcb.hpp>

#include <algorithm>
#include <optional>

namespace unitee::inline v0::tdx {

namespace detail {

// sgx_status is that of the highest level that the PCK certificate's own SVNs reach, whatever those of the TD are.
inline tcb_status sgx_status(const tcb_subject& of, const tcb_info& info) noexcept {
  const auto found = std::find_if(info.levels.begin(), info.levels.end(), [&](const tcb_level& each) {
    return reaches(of.sgx, each.sgx) && of.pcesvn >= each.pcesvn;
  });
  return found == info.levels.end() ? tcb_status::not_supported : found->rating.status;
}

// may_help says that a relaunch is worth looking into: the TDX module of launch is out of date, and neither the quoting
// enclave nor the machine is.
inline bool may_help(const tcb_match& launch, tcb_status sgx) noexcept {
  return is_out_of_date(launch.status) && launch.module_level != nullptr &&
         launch.module_level->rating.status == tcb_status::out_of_date &&
         launch.enclave->rating.status != tcb_status::out_of_date &&
         sgx <= tcb_status::configuration_and_sw_hardening_needed;
}

// is_newest compares module and microcode with the newest levels. `identity` is that of the module's major version, or
// nullptr for major version 0.
inline bool is_newest(const tcb_svn& svn, const tcb_info& info, const module_identity* identity) noexcept {
  const svn_components& newest = info.levels.front().tdx;
  if (svn.value[2] < newest[2]) return false;
  if (identity == nullptr) return svn.value[0] >= newest[0];
  return !identity->levels.empty() && svn.value[0] >= identity->levels.front().isvsvn;
}

}  // namespace detail

// evaluate_tcb_2024 rates the subject as Intel's library of March 2024 did. It differs from evaluate_tcb so:
// - a major version of the TDX module that is not described is errc::module_mismatch in part::tcb_info;
// - a platform or a module that is revoked is so for TDs even where nothing is said about the quoting enclave;
// - TEE_TCB_SVN_2 counts only where the module of launch is out of date and neither the quoting enclave nor the level
//   of the PCK certificate's SVNs is. It is then compared with the newest levels alone: where it reaches them, the TD
//   is to be relaunched. Only then does the verdict have a `current`, by evaluate_tcb's rules, which did not decide.
inline result<tcb_verdict> evaluate_tcb_2024(const tcb_subject& of, const tcb_info& info,
                                             const enclave_identity& qe) noexcept {
  const bool td = of.tee == tee_type::tdx;
  const auto is_undescribed = [&](const tcb_svn& svn) {
    return svn.value[1] > 0 && info.module(svn.value[1]) == nullptr;
  };
  if (td && is_undescribed(of.tee_tcb_svn)) return failure{errc::module_mismatch, 0, part::tcb_info};
  auto launch = detail::match(of, of.tee_tcb_svn, info, qe);
  if (!launch) return launch.error();
  if (td && launch->gap == tcb_gap::enclave) {
    launch->for_each_rating([&](const level_rating& each) {
      if (each.status == tcb_status::revoked) launch->status = each.status;
    });
  }
  tcb_verdict out{launch->status, *launch, std::nullopt};
  const tcb_status sgx = detail::sgx_status(of, info);
  if (!td || !of.tee_tcb_svn_2 || !detail::may_help(*launch, sgx)) return out;

  const tcb_svn& now = *of.tee_tcb_svn_2;
  if (is_undescribed(now)) return failure{errc::module_mismatch, 0, part::tcb_info};
  const auto current = detail::match(of, now, info, qe);
  if (!current) return current.error();
  out.current = *current;
  if (detail::is_newest(now, info, now.value[1] > 0 ? info.module(now.value[1]) : nullptr)) {
    out.status = is_configuration(launch->status) || is_configuration(sgx)
                     ? tcb_status::td_relaunch_advised_configuration_needed
                     : tcb_status::td_relaunch_advised;
  }
  return out;
}

}  // namespace unitee::inline v0::tdx
