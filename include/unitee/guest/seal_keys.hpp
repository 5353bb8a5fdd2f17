// SPDX-License-Identifier: Apache-2.0
//
// unitee/guest/seal_keys.hpp: keys that the TDX module derives, on the machines that have them.
#pragma once

#include <unitee/crypto/random.hpp>
#include <unitee/crypto/secret.hpp>
#include <unitee/kdf/hardware_key_source.hpp>
#include <unitee/kdf/tdx_binding.hpp>
#include <unitee/result.hpp>
#include <unitee/tdx/fields.hpp>
#include <unitee/tdx/key_basis.hpp>
#include <unitee/tdx/key_request.hpp>
#include <unitee/tdx/td_report.hpp>
#include <unitee/unavailable.hpp>

#include <concepts>

namespace unitee::inline v0::tdx {

// seal_key_backend is a backend that can ask its TDX module for a key: seal_key(request), and td_report(data) for the
// SVNs that a request names; is_simulated says whether it is a simulation. Whether the module has an answer is for
// seal_keys to find out.
// clang-format off
template <class Backend>
concept seal_key_backend =
    requires(const Backend& backend, const key_request& request, const report_data& data) {
      { backend.seal_key(request) } -> std::same_as<result<secret<32>>>;
      { backend.td_report(data) } -> std::same_as<result<td_report>>;
      { Backend::is_simulated } -> std::convertible_to<bool>;
    } ||
    unavailable<"this backend cannot ask a TDX module for seal keys; only the TDX guest device can">;
// clang-format on

// seal_keys is a hardware key source that answered: most TDX modules and all mainline kernels so far have no such keys,
// and then there is no seal_keys. It refers to the backend, which must outlive it.
class seal_keys {
 public:
  using key_request = tdx::key_request;

  // open asks for a key bound to this TD and forgets it. Its failure is that of the backend: for tdx_guest, a kernel
  // without the request, a module that refuses, an error code behind a success, and a key of zeros are four different
  // ones. Nothing public (MRTD, RTMRs, a TD report) stands in for a key that is not there.
  template <seal_key_backend Backend>
  static result<seal_keys> open(Backend& backend) {
    seal_keys out(backend);
    const auto basis = out.key_basis();
    if (!basis) return basis.error();
    const auto key = out.derive_key(key_request::bound_to_measurement(*basis));
    if (!key) return key.error();
    return out;
  }

  // derive_key is the module's key for this request, 32 bytes.
  [[nodiscard]] result<secret<32>> derive_key(const tdx::key_request& request) const { return ask_(backend_, request); }

  // simulated says whether the backend is a simulation, as its is_simulated says: its keys protect nothing.
  [[nodiscard]] bool simulated() const noexcept { return simulated_; }

  // key_basis is what a key request needs to know of this TD, from a fresh TD report.
  [[nodiscard]] result<tdx::key_basis> key_basis() const {
    report_data nonce;
    if (const auto done = random_bytes(nonce.value); !done) return done.error();
    const auto report = report_(backend_, nonce);
    if (!report) return report.error();
    return tdx::key_basis::of(*report);
  }

 private:
  template <class Backend>
  explicit seal_keys(Backend& backend) noexcept
      : backend_(&backend),
        ask_([](const void* on, const tdx::key_request& request) {
          return static_cast<const Backend*>(on)->seal_key(request);
        }),
        report_(
            [](const void* on, const report_data& data) { return static_cast<const Backend*>(on)->td_report(data); }),
        simulated_(Backend::is_simulated) {}

  const void* backend_;
  result<secret<32>> (*ask_)(const void*, const tdx::key_request&);
  result<td_report> (*report_)(const void*, const report_data&);
  bool simulated_;
};

static_assert(hardware_key_source<const seal_keys>);

}  // namespace unitee::inline v0::tdx
