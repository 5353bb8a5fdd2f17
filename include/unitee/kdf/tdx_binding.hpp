// SPDX-License-Identifier: Apache-2.0
//
// unitee/kdf/tdx_binding.hpp: what the TDX module is asked for to bind a key as the caller says.
#pragma once

#include <unitee/kdf/bound_to.hpp>
#include <unitee/result.hpp>
#include <unitee/tdx/key_basis.hpp>
#include <unitee/tdx/key_request.hpp>

#include <cstdint>

namespace unitee::inline v0::tdx {

// request_for is the request for a key that is bound to this, from the SVNs of the basis on, which are always mixed in.
// In part::key_request: a guest SVN that the basis does not know, as no TD report tells it, is
// errc::unsupported_format at ISVSVN (64), and a TEE_TCB_SVN of zeros, which the module rejects, errc::bad_value (48).
constexpr result<key_request> request_for(const bound_to& to, const key_basis& from) noexcept {
  if (to.guest_svn() && from.isvsvn == 0) return failure{errc::unsupported_format, 64, part::key_request};
  if (from.tee_tcb_svn.is_zero()) return failure{errc::bad_value, 48, part::key_request};
  key_policy policy = key_policy::of(to.runtime_measurements());
  if (to.measurement()) policy.value |= key_policy::mrtd.mask();
  if (to.owner()) policy.value |= key_policy::mrowner.mask() | key_policy::mrownerconfig.mask();
  if (to.configuration()) policy.value |= key_policy::mrconfigid.mask();
  return key_request::shared_by_every_guest_the_host_allows(policy, to.policy() ? key_request::policy_attributes : 0,
                                                            to.policy() ? key_request::policy_xfam : 0, from);
}

}  // namespace unitee::inline v0::tdx
