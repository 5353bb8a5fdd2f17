// SPDX-License-Identifier: Apache-2.0
//
// unitee/verify/tdx_binding.hpp: what ties a quote together: module, quoting enclave, attestation key, signatures.
#pragma once

#include <unitee/bytes/view.hpp>
#include <unitee/crypto/ecdsa.hpp>
#include <unitee/crypto/hash.hpp>
#include <unitee/result.hpp>
#include <unitee/tdx/enclave_report.hpp>
#include <unitee/tdx/quote.hpp>
#include <unitee/tdx/td_report_body.hpp>
#include <unitee/verify/enclave_identity.hpp>
#include <unitee/verify/tcb_info.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

namespace unitee::inline v0::tdx {

namespace detail {

// offset_in is where a part of the quote stands in it.
inline std::size_t offset_in(const quote& q, byte_view of) noexcept {
  return static_cast<std::size_t>(of.data() - q.bytes().data());
}

// verify_at checks a signature of the quote: what is wrong with it has its offset in the quote.
inline result<void> verify_at(const quote& q, const ecdsa_public_key<p256>& key, byte_view message,
                              std::span<const std::uint8_t, 64> rs) noexcept {
  const auto good = key.verify(message, rs);
  if (good) return {};
  return failure{good.error().code, offset_in(q, rs) + good.error().offset, part::quote};
}

// is_masked_equal compares the bits that the mask selects.
template <class Fixed>
bool is_masked_equal(byte_view found, const Fixed& wanted, const Fixed& mask) noexcept {
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    if ((found[i] & mask.value[i]) != wanted.value[i]) return false;
  }
  return true;
}

}  // namespace detail

// check_module says that the TDX module was signed as the TCB info says (PCS API, tdxModule and tdxModuleIdentities):
// MRSIGNERSEAM is the one that is named for the module's major version (TEE_TCB_SVN[1]), SEAMATTRIBUTES too, and all
// zero. Otherwise, or when no module of that version is described, it is errc::module_mismatch at the field in
// part::quote. A quote about an enclave has no module.
inline result<void> check_module(const quote& q, const tcb_info& info) noexcept {
  const auto td = q.td();
  if (!td) return {};
  const std::size_t body = detail::offset_in(q, q.body());
  const auto fail = [&](std::size_t offset) { return failure{errc::module_mismatch, body + offset, part::quote}; };
  const std::uint8_t major = td->tee_tcb_svn().value[1];
  const module_identity* const identity = major > 0 ? info.module(major) : nullptr;
  const module_signer* const wanted = identity != nullptr             ? &identity->signer
                                      : major == 0 && info.tdx_module ? &*info.tdx_module
                                                                      : nullptr;
  if (wanted == nullptr) return fail(td_body_row::tee_tcb_svn::offset);
  if (td->mrsignerseam() != wanted->mrsigner) return fail(td_body_row::mrsignerseam::offset);
  const byte_view attributes = q.body().subspan(td_body_row::seamattributes::offset, 8);
  if (!all_zero(attributes) || !equal(attributes, wanted->attributes.value)) {
    return fail(td_body_row::seamattributes::offset);
  }
  return {};
}

// check_qe_report says that the platform vouches for the attestation key: the PCK signed the QE report
// (errc::signature_invalid at the signature, errc::bad_value where r or s is out of range), whose REPORTDATA is the
// SHA-256 of attestation key and authentication data, then 32 zero bytes (errc::binding_mismatch). All in part::quote.
inline result<void> check_qe_report(const quote& q, const ecdsa_public_key<p256>& pck) noexcept {
  const enclave_report report = q.qe_report();
  if (const auto good = detail::verify_at(q, pck, report.bytes(), q.qe_report_signature()); !good) return good;
  // Key and data are not neighbours in a quote. All the data that quoting enclaves have fits here.
  std::array<std::uint8_t, 64 + 64> short_input{};
  result<sha256_digest> bound = errc::crypto_error;
  const byte_view data = q.qe_authentication_data();
  if (data.size() <= 64) {
    unitee::detail::copy_bytes(q.attestation_key(), short_input);
    unitee::detail::copy_bytes(data, byte_span(short_input).subspan(64));
    bound = sha256(std::span(short_input).first(64 + data.size()));
  } else if (auto pieces = hasher<sha256_digest>::create()) {
    const bool fed = pieces->update(q.attestation_key()) && pieces->update(data);
    if (fed) bound = pieces->finish();
  }
  if (!bound) return bound.error();
  const byte_view found = report.bytes().subspan<enclave_row::reportdata::offset, 64>();
  if (!equal(found.first(32), bound->value) || !all_zero(found.subspan(32))) {
    return failure{errc::binding_mismatch, detail::offset_in(q, found), part::quote};
  }
  return {};
}

// check_qe_identity says that the quoting enclave is Intel's: MISCSELECT and ATTRIBUTES under their masks, MRSIGNER and
// ISVPRODID are the identity's (PCS API, enclave identity). Otherwise it is errc::enclave_mismatch at the field in
// part::quote. Its ISVSVN is rated with the TCB.
inline result<void> check_qe_identity(const quote& q, const enclave_identity& wanted) noexcept {
  namespace row = enclave_row;
  const enclave_report report = q.qe_report();
  const byte_view bytes = report.bytes();
  const auto fail = [&](std::size_t offset) {
    return failure{errc::enclave_mismatch, detail::offset_in(q, bytes) + offset, part::quote};
  };
  if (!detail::is_masked_equal(bytes.subspan(row::miscselect::offset, 4), wanted.miscselect, wanted.miscselect_mask)) {
    return fail(row::miscselect::offset);
  }
  if (!detail::is_masked_equal(bytes.subspan(row::attributes::offset, 16), wanted.attributes, wanted.attributes_mask)) {
    return fail(row::attributes::offset);
  }
  if (report.mrsigner() != wanted.mrsigner) return fail(row::mrsigner::offset);
  if (report.isvprodid() != wanted.isvprodid) return fail(row::isvprodid::offset);
  return {};
}

// check_quote_signature says that the attestation key signed header and body: errc::bad_value at the key when it is no
// point of P-256, and at r or s when that is out of range; errc::signature_invalid at the signature. All in
// part::quote. Of the PCK only the curve is used, which is the same.
inline result<void> check_quote_signature(const quote& q, const ecdsa_public_key<p256>& pck) noexcept {
  const auto key = pck.beside(q.attestation_key());
  if (!key) return failure{key.error().code, detail::offset_in(q, q.attestation_key()), part::quote};
  return detail::verify_at(q, *key, q.signed_bytes(), q.signature());
}

}  // namespace unitee::inline v0::tdx
