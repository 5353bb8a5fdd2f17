// SPDX-License-Identifier: Apache-2.0
//
// unitee/guest/simulated_td_key.hpp: the seal keys of a simulated TDX module. INSECURE.
#pragma once

#include <unitee/bytes/view.hpp>
#include <unitee/bytes/writer.hpp>
#include <unitee/crypto/hash.hpp>
#include <unitee/crypto/hkdf.hpp>
#include <unitee/crypto/secret.hpp>
#include <unitee/guest/simulated_tdx_platform.hpp>
#include <unitee/result.hpp>
#include <unitee/tdx/attributes.hpp>
#include <unitee/tdx/fields.hpp>
#include <unitee/tdx/key_basis.hpp>
#include <unitee/tdx/key_request.hpp>
#include <unitee/tdx/td_report.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace unitee::inline v0::guest {

// tdcall_status is what a TDX module returns from TDG.MR.KEY.GET when it gives no key: of its status words, those that
// the simulated module uses.
enum class tdcall_status : std::uint64_t {
  operand_invalid = 0xC000010000000000,      // also of a module that lacks the feature
  operand_invalid_rcx = 0xC000010000000001,  // the request itself
  invalid_svn = 0xC000100000000000,
};

namespace detail {

inline failure no_seal_key(tdcall_status status) noexcept {
  return {errc::key_denied, static_cast<std::uint64_t>(status), part::seal_key};
}

// is_newer says that a request asks for an SVN above one that the TD has. CPUSVN has no order, and the simulated
// processor has had one only: any other is newer. A TD without signing structure has 0 for the SVNs of its own.
inline bool is_newer(const tdx::key_basis& asked, const tdx::key_basis& own) noexcept {
  for (std::size_t i = 0; i < tdx::tcb_svn::size(); ++i) {
    if (asked.tee_tcb_svn.value[i] > own.tee_tcb_svn.value[i]) return true;
  }
  return asked.cpusvn != own.cpusvn || asked.isvsvn > own.isvsvn || asked.mrconfigsvn > own.mrconfigsvn ||
         asked.mrownerconfigsvn > own.mrownerconfigsvn;
}

// seal_key_label is the SHA-384 over what the request selects of the TD, in the order of the module's derivation
// string; a register that is not selected is 48 zero bytes there, and so the policy itself is not mixed in.
inline result<sha384_digest> seal_key_label(const tdx::td_report& td, const tdx::key_request& request) noexcept {
  using policy = tdx::key_policy;
  std::array<std::uint8_t, 1024> string{};
  writer to(string);
  const auto selected = [&](const bit_range& bit, byte_view value) {
    if (request.policy().has(bit)) {
      to.bytes(value);
    } else {
      to.zeros(value.size());
    }
  };
  constexpr std::uint16_t keyname = 0;
  const std::uint64_t attributes = td.tdattributes().value & request.attributes_mask();
  const std::uint64_t xfam = td.xfam().value & request.xfam_mask();
  to.le(keyname).le(request.swkeyname());
  to.le(attributes).le(request.attributes_mask()).le(xfam).le(request.xfam_mask());
  selected(policy::mrtd, td.mrtd().view());
  selected(policy::mrowner, td.mrowner().view());
  selected(policy::mrconfigid, td.mrconfigid().view());
  selected(policy::mrownerconfig, td.mrownerconfig().view());
  selected(policy::rtmr0, td.rtmr0().view());
  selected(policy::rtmr1, td.rtmr1().view());
  selected(policy::rtmr2, td.rtmr2().view());
  selected(policy::rtmr3, td.rtmr3().view());
  // Where a TD may be taken to another machine, its migration TD decides to which.
  const bool migratable = td.tdattributes().has(tdx::td_attributes::migratable);
  to.bytes(migratable ? td.servtd_hash().value_or(tdx::measurement{}).view() : tdx::measurement{}.view());
  to.bytes(request.salt().view());
  const auto written = to.written();
  if (!written) return written.error();
  return sha384(*written);
}

}  // namespace detail

// simulated_seal_key is TDG.MR.KEY.GET as the platform's TDX module answers it to the TD of this report: a key by the
// platform's seal secret, for what the request selects of the TD, and for the SVNs of the request, which may be the
// TD's own or earlier ones. Without a key it is errc::key_denied in part::seal_key with a tdcall_status as offset:
// operand_invalid_rcx for a key of 128 bits, RTMR4, which this module does not have, and reserved bits of the policy;
// invalid_svn for a TEE_TCB_SVN of zeros and for SVNs that are newer than the TD's: TEE_TCB_SVN byte by byte,
// beyond that of the launch; any CPUSVN but the platform's; and for ISVSVN, MRCONFIGSVN and MROWNERCONFIGSVN other
// than 0. Masks may have any bit: a module may refuse those that it reserves.
inline result<secret<32>> simulated_seal_key(const insecure_simulated_tdx_platform& on, const tdx::td_report& td,
                                             const tdx::key_request& request) noexcept {
  using policy = tdx::key_policy;
  for (const bit_range& bit : {policy::reserved_1, policy::reserved_5, policy::rtmr4, policy::reserved_37}) {
    if (request.policy().has(bit)) return detail::no_seal_key(tdcall_status::operand_invalid_rcx);
  }
  if (request.key_bits() != 256) return detail::no_seal_key(tdcall_status::operand_invalid_rcx);
  const tdx::key_basis& asked = request.versions();
  if (asked.tee_tcb_svn.is_zero() || detail::is_newer(asked, tdx::key_basis::of(td))) {
    return detail::no_seal_key(tdcall_status::invalid_svn);
  }
  const auto label = detail::seal_key_label(td, request);
  if (!label) return label.error();
  std::array<std::uint8_t, 80> mixed{};
  writer info(mixed);
  info.bytes(label->value).bytes(asked.cpusvn.value).bytes(asked.tee_tcb_svn.value);
  constexpr std::string_view salt = "unitee simulated TDX module";
  return hkdf_sha256<32>(on.get().seal_secret, {reinterpret_cast<const std::uint8_t*>(salt.data()), salt.size()},
                         mixed);
}

}  // namespace unitee::inline v0::guest
