// SPDX-License-Identifier: Apache-2.0
//
// unitee/verify/tdx_steps.hpp: the steps between a quote and the word genuine, and which of them a failure belongs to.
#pragma once

#include <unitee/failure.hpp>
#include <unitee/observer.hpp>
#include <unitee/tdx/quote_header.hpp>
#include <unitee/tdx/td_report_body.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>

namespace unitee::inline v0::tdx {

// step is one step of the verification procedure. All of them are passed before verify gives claims; the TDX module is
// looked at for quotes about TDs.
enum class step : std::uint8_t {
  parse = 1,
  chain_data,
  anchor,
  pck_chain,
  revocation,
  tcb_info,
  qe_identity,
  platform,
  module_identity,
  qe_report_signature,
  key_binding,
  enclave,
  quote_signature,
  tcb_evaluation,
};

// step_info is a step for people and programs. The rule says what holds once the step is passed; the source is the
// document of Intel's that it follows (DCAP: Intel TDX DCAP Quote Generation Library and Quote Verification Library;
// PCS: Intel SGX and TDX Provisioning Certification Service API, version 4; PCK: Intel SGX PCK Certificate and CRL
// Profile Specification).
struct step_info {
  step id;
  const char* name;  // stable, for JSON
  const char* rule;
  const char* source;
};

inline constexpr std::array<step_info, 14> steps{{
    {step::parse, "parse", "the quote is of version 3, 4 or 5, by a quoting enclave of Intel's, and its lengths add up",
     "DCAP, quote format"},
    {step::chain_data, "chain_data", "the PCK certificate and its issuers are in the quote or given by the caller",
     "DCAP, QE certification data"},
    {step::anchor, "anchor", "the root is Intel's pinned one, or given by the caller", "PCK, Root CA certificate"},
    {step::pck_chain, "pck_chain",
     "PCK certificate, PCK CA and root are fit for their roles, signed, and valid at the time of judgement",
     "RFC 5280, section 6; PCK, PCK certificate"},
    {step::revocation, "revocation",
     "the lists of root and PCK CA are there, genuine and current, and name none of these",
     "RFC 5280, section 6.3; PCK, CRLs"},
    {step::tcb_info, "tcb_info", "the TCB info is signed by Intel's TCB signing key, current, and of the quote's TEE",
     "PCS, TCB info"},
    {step::qe_identity, "qe_identity",
     "the QE identity is signed by Intel's TCB signing key, current, and of the quote's TEE", "PCS, enclave identity"},
    {step::platform, "platform", "the TCB info is of the PCK certificate's FMSPC and PCE-ID", "PCS, fmspc, pceId"},
    {step::module_identity, "module", "the TDX module has the signer and attributes that the TCB info names",
     "PCS, tdxModule, tdxModuleIdentities"},
    {step::qe_report_signature, "qe_report_signature", "the PCK's key signed the QE report",
     "DCAP, QE report signature"},
    {step::key_binding, "key_binding", "the QE report names attestation key and authentication data",
     "DCAP, QE report: REPORTDATA"},
    {step::enclave, "enclave", "the quoting enclave is the one that the QE identity describes",
     "PCS, enclave identity"},
    {step::quote_signature, "signature", "the attestation key signed header and body", "DCAP, quote signature"},
    {step::tcb_evaluation, "tcb_evaluation", "the TCB levels of platform, TDX module and quoting enclave have a status",
     "PCS, TCB level selection"},
}};

constexpr const step_info& info_of(step id) noexcept { return steps[static_cast<std::size_t>(id) - 1]; }

namespace detail {

// signature_data_offsets is where the signature data of a quote can begin: behind an enclave's body or a TD's without
// the descriptor of version 5, then with it.
inline constexpr std::array<std::uint64_t, 6> signature_data_offsets{
    quote_header_size + 4 + 384,
    quote_header_size + 4 + td_report_body::size_1_0,
    quote_header_size + 10 + 384,
    quote_header_size + 10 + td_report_body::size_1_0,
    quote_header_size + 10 + td_report_body::size_1_5,
    quote_header_size + 10 + td_report_body::size_1_5_extended};

// is_in_quote_signature says whether r, s or the attestation key can be at this offset of a quote, and
// is_in_qe_report_signature the same of r and s of the QE report signature, which has another place in version 3. No
// offset is both.
constexpr bool is_in_quote_signature(std::uint64_t offset) noexcept {
  return std::any_of(signature_data_offsets.begin(), signature_data_offsets.end(),
                     [&](std::uint64_t data) { return offset == data || offset == data + 32 || offset == data + 64; });
}
constexpr bool is_in_qe_report_signature(std::uint64_t offset) noexcept {
  constexpr std::uint64_t version_3 = signature_data_offsets.front() + 512;
  return offset == version_3 || offset == version_3 + 32 ||
         std::any_of(signature_data_offsets.begin(), signature_data_offsets.end(),
                     [&](std::uint64_t data) { return offset == data + 518 || offset == data + 518 + 32; });
}

constexpr step step_in_quote(const failure& why) noexcept {
  switch (why.code) {
    case errc::unsupported_version:
    case errc::unsupported_algorithm:
    case errc::unsupported_format: return step::parse;
    case errc::module_mismatch: return step::module_identity;
    case errc::binding_mismatch: return step::key_binding;
    case errc::enclave_mismatch: return step::enclave;
    case errc::signature_invalid:
    case errc::bad_value:
      if (is_in_qe_report_signature(why.offset)) return step::qe_report_signature;
      return is_in_quote_signature(why.offset) ? step::quote_signature : step::chain_data;
    default: return step::chain_data;
  }
}

}  // namespace detail

// step_of is the step that a failure of verify stopped at; nothing for a failure that is not a step's, such as one of
// OpenSSL's. What quote::parse refuses belongs to step::parse, whatever it is, and is not asked here: the same kind at
// the same offset means something else in a quote that was parsed. A document that says what it cannot say stopped at
// its own step, also when that came to light only in the evaluation.
constexpr std::optional<step> step_of(const failure& why) noexcept {
  if (class_of(why.code) == failure_class::unavailable) return std::nullopt;
  switch (why.in) {
    case part::quote: return detail::step_in_quote(why);
    case part::root:
      return why.code == errc::missing || why.code == errc::untrusted_root || why.code == errc::name_mismatch
                 ? step::anchor
                 : step::pck_chain;
    case part::pck:
    case part::intermediate:
      if (why.code == errc::missing) return step::chain_data;
      return why.code == errc::revoked ? step::revocation : step::pck_chain;
    case part::root_crl:
    case part::pck_crl: return step::revocation;
    case part::tcb_signing: return why.code == errc::revoked ? step::revocation : step::tcb_info;
    case part::tcb_info:
      if (why.code == errc::platform_mismatch) return step::platform;
      return why.code == errc::module_mismatch ? step::tcb_evaluation : step::tcb_info;
    case part::qe_identity: return step::qe_identity;
    default: return std::nullopt;
  }
}

// told_as is the step as which an observer is told of one that was passed: of those that are looked at together, one.
// Nobody is told of step::parse, which comes before.
constexpr step told_as(step id) noexcept {
  switch (id) {
    case step::anchor:
    case step::pck_chain: return step::pck_chain;
    case step::revocation:
    case step::tcb_info:
    case step::qe_identity:
    case step::platform: return step::tcb_info;
    case step::qe_report_signature:
    case step::key_binding: return step::qe_report_signature;
    default: return id;
  }
}

// step_table is what the above is called in code for both vendors.
struct step_table {
  using step = tdx::step;
  static constexpr tee_vendor vendor = tee_vendor::tdx;
  static constexpr std::size_t count = steps.size();

  static constexpr const char* name_of(step id) noexcept { return info_of(id).name; }
  static constexpr std::optional<step> stopped_at(const failure& why) noexcept { return step_of(why); }
};

}  // namespace unitee::inline v0::tdx
