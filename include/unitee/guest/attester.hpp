// SPDX-License-Identifier: Apache-2.0
//
// unitee/guest/attester.hpp: what a backend can do, as concepts; what it cannot do does not compile, with a sentence.
#pragma once

#include <unitee/guest/attestation.hpp>
#include <unitee/report_data.hpp>
#include <unitee/result.hpp>
#include <unitee/snp/report.hpp>
#include <unitee/tdx/fields.hpp>
#include <unitee/tdx/td_report.hpp>
#include <unitee/unavailable.hpp>

#include <concepts>
#include <cstdint>
#include <vector>

namespace unitee::inline v0::guest {

// clang-format off

// snp_attester is a backend that has SEV-SNP firmware behind it: attest(data) is a fresh report with these 64 bytes in
// it.
template <class Backend>
concept snp_attester =
    requires(Backend& backend, const snp::report_data& data) {
      { backend.attest(data) } -> std::same_as<result<snp::report>>;
    } ||
    unavailable<"this backend gives no SEV-SNP attestation report">;

// certificate_bearer is a backend whose host hands out certificates: attest_with_certificates(data) is a fresh report
// and the certificate table beside it.
template <class Backend>
concept certificate_bearer =
    requires(Backend& backend, const snp::report_data& data) {
      { backend.attest_with_certificates(data) } -> std::same_as<result<attestation>>;
    } ||
    unavailable<"this backend gives no certificates beside its evidence; the verifier fetches them from the vendor">;

// tdx_attester is a backend that has a TDX module and a quoting enclave behind it: attest(data) is a fresh quote with
// these 64 bytes in it.
template <class Backend>
concept tdx_attester =
    requires(Backend& backend, const tdx::report_data& data) {
      { backend.attest(data) } -> std::same_as<result<std::vector<std::uint8_t>>>;
    } ||
    unavailable<"this backend gives no TDX quote">;

// td_reporter is a backend that asks the TDX module itself: td_report(data) is a fresh TD report, which is evidence on
// this platform alone.
template <class Backend>
concept td_reporter =
    requires(Backend& backend, const tdx::report_data& data) {
      { backend.td_report(data) } -> std::same_as<result<tdx::td_report>>;
    } ||
    unavailable<"this backend gives no TD report; only the TDX guest device does">;

// rtmr_extender is a backend with runtime measurement registers: extend_rtmr(index, digest) extends one of the four,
// rtmr(index) reads it.
template <class Backend>
concept rtmr_extender =
    requires(Backend& backend, unsigned index, const tdx::measurement& digest) {
      { backend.extend_rtmr(index, digest) } -> std::same_as<result<void>>;
      { backend.rtmr(index) } -> std::same_as<result<tdx::measurement>>;
    } ||
    unavailable<"this backend has no runtime measurement registers to extend">;

// either_attester is a backend that has found out by itself of which vendor the machine is.
template <class Backend>
concept either_attester = requires(Backend& backend, const unitee::report_data& data) {
  { backend.attest(data) } -> std::same_as<result<attestation>>;
};

// attester is a backend that gives evidence of either vendor.
template <class Backend>
concept attester =
    snp_attester<Backend> || tdx_attester<Backend> || either_attester<Backend> ||
    unavailable<"this backend gives no evidence: neither an SEV-SNP attestation report nor a TDX quote">;

// clang-format on

}  // namespace unitee::inline v0::guest
