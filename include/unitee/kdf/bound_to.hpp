// SPDX-License-Identifier: Apache-2.0
//
// unitee/kdf/bound_to.hpp: what a hardware-derived key is bound to, in words that are the same for both vendors.
#pragma once

#include <unitee/tdx/rtmr_set.hpp>

namespace unitee::inline v0 {

// bound_to says which properties of the guest are mixed into a key: bound_to::measurement_and_policy().and_owner().
// Each word adds something; nothing takes anything away. The TCB and the SVNs of the platform are always mixed in, and
// on SEV-SNP the VMPL. What a vendor cannot mix in is refused where the request is made (request_for), never left out.
class bound_to {
 public:
  // measurement_and_policy is what anything less is too little for: the launch measurement, and the conditions that the
  // host set for the guest, such as whether it may be debugged. On SEV-SNP MEASUREMENT and POLICY; on TDX MRTD,
  // ATTRIBUTES and XFAM.
  static constexpr bound_to measurement_and_policy() noexcept { return {true, true}; }

  // measurement_even_where_the_host_may_debug leaves the policy out. The host can then start the same image once more
  // with debugging allowed, which gets the same key, and read the key out of its memory.
  static constexpr bound_to measurement_even_where_the_host_may_debug() noexcept { return {true, false}; }

  // shared_by_every_guest_the_host_allows leaves the measurement out, too. The host can then start a guest of its own
  // making that asks for the same key. What is added does not help: the host says what the owner is and which
  // configuration a guest has, and firmware of the host's choice extends the runtime measurements.
  static constexpr bound_to shared_by_every_guest_the_host_allows() noexcept { return {false, false}; }

  // and_owner adds what the host says about the owner of the guest: on SEV-SNP FAMILY_ID and IMAGE_ID, which are zero
  // for everybody without an ID block; on TDX MROWNER and MROWNERCONFIG.
  [[nodiscard]] constexpr bound_to and_owner() const noexcept {
    bound_to out = *this;
    out.owner_ = true;
    return out;
  }

  // and_guest_svn adds the security version of the guest: older guests cannot have the key, newer ones can. On SEV-SNP
  // GUEST_SVN, which is zero without an ID block; on TDX ISVSVN, which only a TD with a signing structure has.
  [[nodiscard]] constexpr bound_to and_guest_svn() const noexcept {
    bound_to out = *this;
    out.guest_svn_ = true;
    return out;
  }

  // and_configuration adds MRCONFIGID of TDX. SEV-SNP has no such thing: HOST_DATA is not mixed into keys.
  [[nodiscard]] constexpr bound_to and_configuration() const noexcept {
    bound_to out = *this;
    out.configuration_ = true;
    return out;
  }

  // and_runtime_measurements adds these RTMRs of TDX. SEV-SNP has none. They change whenever the boot chain extends
  // them: the same key comes back at the same point of the same boot only.
  [[nodiscard]] constexpr bound_to and_runtime_measurements(const tdx::rtmr_set& registers) const noexcept {
    bound_to out = *this;
    out.runtime_measurements_ = runtime_measurements_ | registers;
    return out;
  }

  // and_chip insists on this one chip. On SEV-SNP KEY_SEL is VCEK then, which firmware before ABI 1.55 denies; without
  // it, every machine of a provider that has loaded the same VLEK derives the same key. On TDX nothing: it always is.
  [[nodiscard]] constexpr bound_to and_chip() const noexcept {
    bound_to out = *this;
    out.chip_ = true;
    return out;
  }

  [[nodiscard]] constexpr bool measurement() const noexcept { return measurement_; }
  [[nodiscard]] constexpr bool policy() const noexcept { return policy_; }
  [[nodiscard]] constexpr bool owner() const noexcept { return owner_; }
  [[nodiscard]] constexpr bool guest_svn() const noexcept { return guest_svn_; }
  [[nodiscard]] constexpr bool configuration() const noexcept { return configuration_; }
  [[nodiscard]] constexpr const tdx::rtmr_set& runtime_measurements() const noexcept { return runtime_measurements_; }
  [[nodiscard]] constexpr bool chip() const noexcept { return chip_; }

  // is_under_bound is true for what begins with one of the long names.
  [[nodiscard]] constexpr bool is_under_bound() const noexcept { return !measurement_ || !policy_; }

  friend constexpr bool operator==(const bound_to&, const bound_to&) = default;

 private:
  constexpr bound_to(bool measurement, bool policy) noexcept : measurement_(measurement), policy_(policy) {}

  bool measurement_;
  bool policy_;
  bool owner_ = false;
  bool guest_svn_ = false;
  bool configuration_ = false;
  bool chip_ = false;
  tdx::rtmr_set runtime_measurements_{};
};

}  // namespace unitee::inline v0
