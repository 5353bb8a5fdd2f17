// SPDX-License-Identifier: Apache-2.0
//
// unitee/tdx/tcb_status.hpp: how good Intel says that a platform's firmware, a TDX module or a quoting enclave is.
#pragma once

#include <unitee/result.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace unitee::inline v0::tdx {

// tcb_status is the tcbStatus of a TCB level (TCB info version 3, enclave identity version 2), or what evaluating the
// levels comes to. The last four are never written in a level, Revoked excepted.
enum class tcb_status : std::uint8_t {
  up_to_date,
  sw_hardening_needed,                       // software in the TD must mitigate
  configuration_needed,                      // a setting of the platform exposes it
  configuration_and_sw_hardening_needed,     // both
  out_of_date,                               // platform, module or quoting enclave lack a patch
  out_of_date_configuration_needed,          // and a setting exposes it
  td_relaunch_advised,                       // patched since the TD was launched
  td_relaunch_advised_configuration_needed,  // and a setting exposes it
  revoked,                                   // never to be trusted
  not_supported,                             // below every level, or of a kind that is not described
};

namespace detail {

inline constexpr std::array<std::string_view, 10> tcb_status_names{"UpToDate",
                                                                   "SWHardeningNeeded",
                                                                   "ConfigurationNeeded",
                                                                   "ConfigurationAndSWHardeningNeeded",
                                                                   "OutOfDate",
                                                                   "OutOfDateConfigurationNeeded",
                                                                   "TDRelaunchAdvised",
                                                                   "TDRelaunchAdvisedConfigurationNeeded",
                                                                   "Revoked",
                                                                   "NotSupported"};

}  // namespace detail

// tcb_statuses is all of them, from good to bad.
inline constexpr std::array tcb_statuses{tcb_status::up_to_date,
                                         tcb_status::sw_hardening_needed,
                                         tcb_status::configuration_needed,
                                         tcb_status::configuration_and_sw_hardening_needed,
                                         tcb_status::out_of_date,
                                         tcb_status::out_of_date_configuration_needed,
                                         tcb_status::td_relaunch_advised,
                                         tcb_status::td_relaunch_advised_configuration_needed,
                                         tcb_status::revoked,
                                         tcb_status::not_supported};

// name is the status as Intel spells it.
constexpr const char* name(tcb_status status) noexcept {
  return detail::tcb_status_names[static_cast<std::size_t>(status)].data();
}

// tcb_status_of is the status of that name, which is compared exactly. Any other text is errc::bad_value.
constexpr result<tcb_status> tcb_status_of(std::string_view name) noexcept {
  for (const tcb_status each : tcb_statuses) {
    if (detail::tcb_status_names[static_cast<std::size_t>(each)] == name) return each;
  }
  return errc::bad_value;
}

// is_level_status says whether a TCB level may have that status: the others are computed.
constexpr bool is_level_status(tcb_status status) noexcept {
  return status <= tcb_status::out_of_date_configuration_needed || status == tcb_status::revoked;
}

}  // namespace unitee::inline v0::tdx
