// SPDX-License-Identifier: Apache-2.0
//
// unitee/verify/snp_form.hpp: could this report be a guest's signed evidence at all?
#pragma once

#include <unitee/result.hpp>
#include <unitee/snp/bits.hpp>
#include <unitee/snp/product.hpp>
#include <unitee/snp/report.hpp>
#include <unitee/snp/tcb.hpp>

#include <cstddef>

namespace unitee::inline v0::snp {

// check_form is what a verifier demands of a report before any cryptography (verification procedure, steps 4 to 7 and
// 18). In part::report, at the field's offset: reserved bits of KEY_INFO and POLICY are errc::reserved_not_zero (POLICY
// bit 17 must be one: errc::bad_value), a reserved signing key is errc::bad_value and none at all
// errc::unsigned_evidence, VMPL 0xFFFFFFFF is errc::host_requested and any other above 3 errc::bad_value, and a
// processor that is not in the table, or of a product that cannot be verified, is errc::unsupported_product. KEY_INFO
// must not contradict the rest: a VCEK that the host has forbidden (MASK_CHIP_KEY) has signed nothing, and
// AUTHOR_KEY_EN says whether there is an AUTHOR_KEY_DIGEST, which needs an ID_KEY_DIGEST: errc::bad_value. Unless
// REPORTED <= COMMITTED <= CURRENT and LAUNCH <= CURRENT in every component of the TCB, and COMMITTED <= CURRENT in the
// firmware version, it is errc::tcb_order.
constexpr result<void> check_form(const report& r) noexcept {
  const auto fail = [](errc code, std::size_t offset) { return failure{code, offset, part::report}; };
  const snp::key_info keys = r.key_info();
  if (keys.has(key_info::reserved_zero)) return fail(errc::reserved_not_zero, row::key_info::offset);
  if (keys.signer() == signing_key_kind::none) return fail(errc::unsigned_evidence, row::key_info::offset);
  if (keys.signer() != signing_key_kind::vcek && keys.signer() != signing_key_kind::vlek) {
    return fail(errc::bad_value, row::key_info::offset);
  }
  if (keys.signer() == signing_key_kind::vcek && keys.has(key_info::mask_chip_key)) {
    return fail(errc::bad_value, row::key_info::offset);
  }
  if (keys.has(key_info::author_key_en) == r.author_key_digest().is_zero()) {
    return fail(errc::bad_value, row::author_key_digest::offset);
  }
  if (keys.has(key_info::author_key_en) && r.id_key_digest().is_zero()) {
    return fail(errc::bad_value, row::id_key_digest::offset);
  }
  if (!r.policy().has(guest_policy::reserved_one)) return fail(errc::bad_value, row::policy::offset);
  if (r.policy().has(guest_policy::reserved_zero)) return fail(errc::reserved_not_zero, row::policy::offset);
  if (r.vmpl() == 0xFFFFFFFF) return fail(errc::host_requested, row::vmpl::offset);
  if (r.vmpl() > 3) return fail(errc::bad_value, row::vmpl::offset);
  if (const auto id = r.cpuid()) {
    const auto known = generation_of(*id);
    if (!known || !product_of(*known).verifiable) return fail(errc::unsupported_product, row::cpuid_fam_id::offset);
  }
  if (!at_least(r.committed_tcb(), r.reported_tcb())) return fail(errc::tcb_order, row::reported_tcb::offset);
  if (!at_least(r.current_tcb(), r.committed_tcb())) return fail(errc::tcb_order, row::committed_tcb::offset);
  if (!at_least(r.current_tcb(), r.launch_tcb())) return fail(errc::tcb_order, row::launch_tcb::offset);
  if (r.committed_version() > r.current_version()) return fail(errc::tcb_order, row::committed_build::offset);
  return {};
}

}  // namespace unitee::inline v0::snp
