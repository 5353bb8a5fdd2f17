// SPDX-License-Identifier: Apache-2.0
//
// unitee/guest/attester.hpp: what every backend can do.
#pragma once

#include <unitee/result.hpp>
#include <unitee/snp/report.hpp>
#include <unitee/tdx/fields.hpp>
#include <unitee/unavailable.hpp>

#include <concepts>
#include <cstdint>
#include <vector>

namespace unitee::inline v0::guest {

// snp_attester is a backend that has SEV-SNP firmware behind it: attest(data) is a fresh report with these 64 bytes in
// it.
// clang-format off
template <class Backend>
concept snp_attester =
    requires(Backend& backend, const snp::report_data& data) {
      { backend.attest(data) } -> std::same_as<result<snp::report>>;
    } ||
    unavailable<"this backend gives no SEV-SNP attestation report">;

// tdx_attester is a backend that has a TDX module and a quoting enclave behind it: attest(data) is a fresh quote with
// these 64 bytes in it.
template <class Backend>
concept tdx_attester =
    requires(Backend& backend, const tdx::report_data& data) {
      { backend.attest(data) } -> std::same_as<result<std::vector<std::uint8_t>>>;
    } ||
    unavailable<"this backend gives no TDX quote">;
// clang-format on

}  // namespace unitee::inline v0::guest
