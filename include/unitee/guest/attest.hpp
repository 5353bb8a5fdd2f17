// SPDX-License-Identifier: Apache-2.0
//
// unitee/guest/attest.hpp: evidence of whichever vendor the backend has.
#pragma once

#include <unitee/guest/attestation.hpp>
#include <unitee/guest/attester.hpp>
#include <unitee/report_data.hpp>
#include <unitee/result.hpp>
#include <unitee/snp/report.hpp>
#include <unitee/tdx/fields.hpp>

#include <utility>

namespace unitee::inline v0::guest {

namespace detail {

template <snp_attester Backend>
result<attestation> report_alone(Backend& backend, const report_data& data) {
  const auto report = backend.attest(snp::report_data{data.value});
  if (!report) return report.error();
  return attestation::of(report->bytes());
}

}  // namespace detail

// attest is fresh evidence about these 64 bytes, with the host's certificates where the backend hands them out. Where
// what the host hands out is too large or no certificate table, it is the evidence alone: the host does not get to
// spoil it, and a verifier finds certificates elsewhere. The failure is the backend's.
template <attester Backend>
result<attestation> attest(Backend& backend, const report_data& data) {
  if constexpr (either_attester<Backend>) {
    return backend.attest(data);
  } else if constexpr (certificate_bearer<Backend>) {
    auto both = backend.attest_with_certificates(snp::report_data{data.value});
    if constexpr (snp_attester<Backend>) {
      const bool spoiled =
          !both && (both.error().code == errc::certificates_too_large || both.error().in == part::certificate_table);
      if (spoiled) return detail::report_alone(backend, data);
    }
    return both;
  } else if constexpr (snp_attester<Backend>) {
    return detail::report_alone(backend, data);
  } else {
    auto quote = backend.attest(tdx::report_data{data.value});
    if (!quote) return quote.error();
    return attestation{std::move(*quote), {}, {}};
  }
}

}  // namespace unitee::inline v0::guest
