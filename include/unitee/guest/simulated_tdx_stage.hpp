// SPDX-License-Identifier: Apache-2.0
//
// unitee/guest/simulated_tdx_stage.hpp: what is to be said about a simulated TDX platform, to try policies with.
#pragma once

#include <unitee/guest/simulated_tdx_platform.hpp>
#include <unitee/tdx/fields.hpp>
#include <unitee/tdx/tcb_status.hpp>

#include <cstdint>

namespace unitee::inline v0::guest {

// simulated_revocation is a certificate that the lists of a collateral name.
enum class simulated_revocation : std::uint8_t {
  none,
  pck,
  platform_ca,
  tcb_signing
};

// simulated_stage is how a collateral rates the platform that it is made for. A quote comes to `status`: the platform
// is at, behind or below the TCB levels of TCB info. The flags are causes of their own: each makes an UpToDate or
// SWHardeningNeeded quote OutOfDate, and one that needs configuration OutOfDateConfigurationNeeded. A revoked
// certificate is no status: such a quote does not verify.
//
// The two relaunch statuses need a TD that was launched under simulated_launch_svn(status), and body 1.5, which has
// both SVNs. With body 1.0 the quote of such a TD is OutOfDate, and that of a TD launched under the platform's own SVNs
// is UpToDate or ConfigurationNeeded.
struct simulated_stage {
  tdx::tcb_status status = tdx::tcb_status::up_to_date;
  bool module_out_of_date = false;   // there is a newer TDX module
  bool enclave_out_of_date = false;  // there is a newer quoting enclave
  simulated_revocation revoked = simulated_revocation::none;
  std::uint32_t tcb_evaluation_data_number = 20;
};

// simulated_launch_svn is the TEE_TCB_SVN to launch a TD under for that status.
constexpr tdx::tcb_svn simulated_launch_svn(tdx::tcb_status status) noexcept {
  const bool relaunch = status == tdx::tcb_status::td_relaunch_advised ||
                        status == tdx::tcb_status::td_relaunch_advised_configuration_needed;
  return relaunch ? simulated_earlier_tee_tcb_svn : simulated_tee_tcb_svn;
}

}  // namespace unitee::inline v0::guest
