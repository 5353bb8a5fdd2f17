// SPDX-License-Identifier: Apache-2.0
//
// tests/support/key_sources.hpp: sources of hardware keys that are none.
#pragma once

#include "support/openssl.hpp"

#include <unitee/bytes/writer.hpp>
#include <unitee/crypto/hkdf.hpp>
#include <unitee/kdf/hardware_key_source.hpp>
#include <unitee/snp/key_request.hpp>
#include <unitee/tdx/key_request.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>

namespace unitee::test {

// fixed_source answers every request with the same root, the bytes 0 to 31, or with a failure, and counts.
template <class Request>
struct fixed_source {
  using key_request = Request;

  static constexpr bool is_simulated = false;

  typename Request::basis basis{};
  std::optional<failure> no_basis{};
  std::optional<failure> no_key{};
  int asked = 0;
  bool zero = false;

  result<typename Request::basis> key_basis() const {
    if (no_basis) return *no_basis;
    return basis;
  }
  result<secret<32>> derive_key(const Request&) {
    ++asked;
    if (no_key) return *no_key;
    if (zero) return secret<32>::made_by([](auto) {});
    return counting_key();
  }
};

// module_td is a TD whose TDX module follows the rules of TDG.MR.KEY.GET: the key depends on the platform's secret, on
// the request, and on the registers that it selects; a TEE_TCB_SVN above the module's own, and another CPUSVN than the
// one before an update and the one behind it, are denied.
struct module_td {
  using key_request = tdx::key_request;
  static constexpr bool is_simulated = false;

  std::uint8_t platform = 1;
  std::uint64_t attributes = 0x10000000;
  std::uint64_t xfam = 0x61AE7;
  tdx::measurement mrtd{{1}};
  tdx::host_value mrowner{{2}};
  tdx::host_value mrconfigid{{3}};
  tdx::host_value mrownerconfig{{4}};
  std::array<tdx::measurement, 5> rtmrs{{{{5}}, {{6}}, {{7}}, {{8}}, {{9}}}};
  tdx::cpu_svn cpusvn{{0xA0}};
  std::optional<tdx::cpu_svn> older_cpusvn{};
  tdx::tcb_svn tee_tcb_svn{{7, 1, 9}};
  std::uint16_t isvsvn = 3;

  result<tdx::key_basis> key_basis() const { return tdx::key_basis{cpusvn, tee_tcb_svn, isvsvn, 0, 0}; }

  result<secret<32>> derive_key(const tdx::key_request& request) const {
    using policy = tdx::key_policy;
    const tdx::key_basis& at = request.versions();
    const failure denied{errc::key_denied, 0xC000010000000000, part::seal_key};
    if (at.cpusvn != cpusvn && at.cpusvn != older_cpusvn) return denied;
    for (std::size_t i = 0; i < 16; ++i) {
      if (at.tee_tcb_svn.value[i] > tee_tcb_svn.value[i]) return denied;
    }
    if (at.isvsvn > isvsvn) return denied;
    std::array<std::uint8_t, 1024> buffer{};
    writer mixed(buffer);
    mixed.bytes(request.encode());
    mixed.le(attributes & request.attributes_mask()).le(xfam & request.xfam_mask());
    const auto mix = [&](const bit_range& bit, const auto& value) {
      if (request.policy().has(bit)) mixed.bytes(value.value);
    };
    mix(policy::mrtd, mrtd);
    mix(policy::mrowner, mrowner);
    mix(policy::mrconfigid, mrconfigid);
    mix(policy::mrownerconfig, mrownerconfig);
    const std::array registers{policy::rtmr0, policy::rtmr1, policy::rtmr2, policy::rtmr3, policy::rtmr4};
    for (std::size_t i = 0; i < registers.size(); ++i) mix(registers[i], rtmrs[i]);
    const auto chip = secret<32>::made_by([&](byte_span out) { std::ranges::fill(out, platform); });
    return hkdf_sha256<32>(chip, {}, *mixed.written());
  }
};

static_assert(hardware_key_source<fixed_source<snp::key_request>> && hardware_key_source<const module_td>);

}  // namespace unitee::test
