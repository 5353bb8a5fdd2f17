// SPDX-License-Identifier: Apache-2.0
//
// unitee/vtpm/hcl_binding.hpp: does the hardware report inside of an HCL report vouch for the runtime data beside it?
#pragma once

#include <unitee/bytes/view.hpp>
#include <unitee/crypto/hash.hpp>
#include <unitee/result.hpp>
#include <unitee/vtpm/hcl_report.hpp>

#include <cstdint>
#include <span>

namespace unitee::inline v0::vtpm {

namespace detail {

// is_digest_then_zeros compares 64 bytes of report data with a digest and what is left of them with zeros.
template <class Digest>
result<void> is_digest_then_zeros(std::span<const std::uint8_t, 64> data, const result<Digest>& digest) noexcept {
  if (!digest) return digest.error();
  const byte_view rest = data.subspan(Digest::size());
  if (!equal(data.first<Digest::size()>(), digest->value) || !all_zero(rest)) return errc::binding_mismatch;
  return {};
}

}  // namespace detail

// check_binding says that `report_data` of the hardware report is the digest of the runtime data, exactly as they
// stand, then zeros; the HCL report names the hash. Anything else is errc::binding_mismatch. The hardware report must
// be verified, or this says nothing.
inline result<void> check_binding(const hcl_report& hcl, std::span<const std::uint8_t, 64> report_data) noexcept {
  switch (hcl.hash_type()) {
    case hcl_hash::sha256: return detail::is_digest_then_zeros(report_data, sha256(hcl.runtime_data()));
    case hcl_hash::sha384: return detail::is_digest_then_zeros(report_data, sha384(hcl.runtime_data()));
    case hcl_hash::sha512: return detail::is_digest_then_zeros(report_data, sha512(hcl.runtime_data()));
  }
  return errc::unsupported_algorithm;
}

}  // namespace unitee::inline v0::vtpm
