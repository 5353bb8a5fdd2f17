// SPDX-License-Identifier: Apache-2.0
//
// unitee/kdf/snp_binding.hpp: what SEV-SNP firmware is asked for to bind a key as the caller says.
#pragma once

#include <unitee/kdf/bound_to.hpp>
#include <unitee/result.hpp>
#include <unitee/snp/key_basis.hpp>
#include <unitee/snp/key_request.hpp>

#include <cstdint>

namespace unitee::inline v0::snp {

// request_for is the request for a key that is bound to this. TCB_VERSION is COMMITTED_TCB of the basis and always
// mixed in. Failures are in part::key_request: errc::unsupported_format at GUEST_FIELD_SELECT (8) for a configuration
// or runtime measurements, which SEV-SNP does not mix into keys, and errc::bad_value at VMPL (16) for a basis that is
// not a guest's.
constexpr result<key_request> request_for(const bound_to& to, const key_basis& from) noexcept {
  if (to.configuration() || !to.runtime_measurements().empty()) {
    return failure{errc::unsupported_format, 8, part::key_request};
  }
  if (from.vmpl > 3) return failure{errc::bad_value, 16, part::key_request};
  using select = guest_field_select;
  std::uint64_t fields = select::tcb_version.mask();
  if (to.measurement()) fields |= select::measurement.mask();
  if (to.policy()) fields |= select::policy.mask();
  if (to.owner()) fields |= select::family_id.mask() | select::image_id.mask();
  if (to.guest_svn()) fields |= select::guest_svn.mask();
  const auto request = key_request::shared_by_every_guest_the_host_allows(
      {fields}, from.vmpl, to.guest_svn() ? from.guest_svn : 0, from.committed_tcb);
  return to.chip() ? request.with_key_selection(key_selection::vcek) : request;
}

}  // namespace unitee::inline v0::snp
