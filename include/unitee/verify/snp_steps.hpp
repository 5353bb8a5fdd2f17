// SPDX-License-Identifier: Apache-2.0
//
// unitee/verify/snp_steps.hpp: the steps between a report and the word genuine, and which of them a failure belongs to.
#pragma once

#include <unitee/failure.hpp>
#include <unitee/observer.hpp>
#include <unitee/snp/report.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>

namespace unitee::inline v0::snp {

// step is one step of the verification procedure. All of them are passed before verify gives claims; a revocation list
// is checked where there is one.
enum class step : std::uint8_t {
  length = 1,
  report_version,
  signature_algorithm,
  keys,
  reserved,
  requester,
  known_product,
  vek_certificate,
  intermediate_certificate,
  anchor,
  chain_signatures,
  validity,
  crl,
  extensions,
  vek_tcb,
  vek_chip,
  report_signature,
  tcb_order,
};

// step_info is a step for people and programs. The rule says what holds once the step is passed; the source is the
// table of the vendor's documents (ABI: SEV-SNP Firmware ABI Specification, KDS: VCEK Certificate and KDS Interface
// Specification) that it follows.
struct step_info {
  step id;
  const char* name;  // stable, for JSON
  const char* rule;
  const char* source;
};

inline constexpr std::array<step_info, 18> steps{{
    {step::length, "length", "the report is 1184 bytes", "ABI, ATTESTATION_REPORT"},
    {step::report_version, "version", "the report's version is 2, 3, 4 or 5", "ABI, VERSION"},
    {step::signature_algorithm, "signature_algorithm", "the report is signed by ECDSA P-384 with SHA-384",
     "ABI, SIGNATURE_ALGO"},
    {step::keys, "key_info", "a VCEK or VLEK signed, and KEY_INFO does not contradict itself", "ABI, KEY_INFO"},
    {step::reserved, "reserved", "reserved bits and bytes are as this version has them, unsigned ones too",
     "ABI, ATTESTATION_REPORT, POLICY"},
    {step::requester, "vmpl", "a guest asked for the report, at VMPL 0 to 3", "ABI, VMPL"},
    {step::known_product, "product", "the processor is of a product that this library can verify", "ABI, CPUID_FAM_ID"},
    {step::vek_certificate, "vek", "a VCEK or VLEK certificate is there, of the kind and product that the report names",
     "KDS, VCEK and VLEK certificates"},
    {step::intermediate_certificate, "intermediate", "its issuer is the product's ASK or ASVK, fit to be one",
     "KDS, ASK and ASVK certificates"},
    {step::anchor, "anchor", "the root is pinned for the product, or given by the caller", "KDS, ARK certificate"},
    {step::chain_signatures, "chain_signatures",
     "root, intermediate and VEK are signed by RSA-4096, RSASSA-PSS SHA-384",
     "RFC 5280, section 6; KDS, certificate signatures"},
    {step::validity, "validity", "all three certificates are valid at the time of judgement",
     "RFC 5280, section 6.1.3"},
    {step::crl, "revocation", "every list given is genuine and current, and names none of the three",
     "RFC 5280, section 6.3; KDS, CRL"},
    {step::extensions, "vek_extensions", "the VEK's extensions decode, each once, and are of its product",
     "KDS, certificate extensions"},
    {step::vek_tcb, "vek_tcb", "the VEK stands for REPORTED_TCB, component by component",
     "ABI, REPORTED_TCB; KDS, SPLs"},
    {step::vek_chip, "vek_chip", "the VCEK's hwID is CHIP_ID; a VLEK's report has none", "ABI, CHIP_ID; KDS, hwID"},
    {step::report_signature, "signature", "the VEK's key signed bytes 0 to 0x29F", "ABI, SIGNATURE"},
    {step::tcb_order, "tcb_order", "REPORTED, COMMITTED, LAUNCH and CURRENT versions are in order", "ABI, TCB_VERSION"},
}};

constexpr const step_info& info_of(step id) noexcept { return steps[static_cast<std::size_t>(id) - 1]; }

namespace detail {

constexpr step step_in_report(const failure& why) noexcept {
  switch (why.code) {
    case errc::truncated:
    case errc::trailing_data: return step::length;
    case errc::unsupported_version: return step::report_version;
    case errc::unsupported_algorithm: return step::signature_algorithm;
    case errc::unsigned_evidence: return step::keys;
    case errc::host_requested: return step::requester;
    case errc::unsupported_product: return step::known_product;
    case errc::signer_mismatch:
    case errc::product_mismatch: return step::vek_certificate;  // the report alone was in order
    case errc::tcb_mismatch: return step::vek_tcb;
    case errc::chip_id_mismatch: return step::vek_chip;
    case errc::signature_invalid: return step::report_signature;
    case errc::tcb_order: return step::tcb_order;
    default: break;
  }
  switch (why.offset) {
    case row::key_info::offset:
    case row::id_key_digest::offset:
    case row::author_key_digest::offset: return step::keys;
    case row::vmpl::offset: return step::requester;
    case row::signature_r::offset:
    case row::signature_s::offset: return why.code == errc::bad_value ? step::report_signature : step::reserved;
    default: return step::reserved;
  }
}

// step_in_chain is for a certificate in the role that it has by itself.
constexpr step step_in_chain(errc code, step role) noexcept {
  switch (code) {
    case errc::signature_invalid:
    case errc::issuer_mismatch: return step::chain_signatures;
    case errc::expired:
    case errc::not_yet_valid: return step::validity;
    case errc::revoked: return step::crl;
    default: return role;
  }
}

}  // namespace detail

// step_of is the step that a failure of report::parse or verify stopped at; nothing for a failure that is not a step's,
// such as one of OpenSSL's, or of data beside the report.
constexpr std::optional<step> step_of(const failure& why) noexcept {
  if (class_of(why.code) == failure_class::unavailable || why.code == errc::binding_mismatch) return std::nullopt;
  switch (why.in) {
    case part::report: return detail::step_in_report(why);
    case part::vek:
      // Of the VEK, what its extensions are like is a step of its own.
      if (why.code == errc::extension_missing || why.code == errc::bad_encoding || why.code == errc::duplicate ||
          why.code == errc::product_mismatch || why.code == errc::signer_mismatch) {
        return step::extensions;
      }
      return detail::step_in_chain(why.code, step::vek_certificate);
    case part::intermediate: return detail::step_in_chain(why.code, step::intermediate_certificate);
    case part::root: return detail::step_in_chain(why.code, step::anchor);
    case part::crl: return step::crl;
    default: return std::nullopt;
  }
}

// told_as is the step as which an observer is told of one that was passed: of those that are looked at together, one.
constexpr step told_as(step id) noexcept {
  switch (id) {
    case step::vek_certificate:
    case step::extensions:
    case step::vek_tcb:
    case step::vek_chip: return step::vek_certificate;
    case step::report_signature: return step::report_signature;
    case step::intermediate_certificate:
    case step::anchor:
    case step::chain_signatures:
    case step::validity:
    case step::crl: return step::chain_signatures;
    default: return step::known_product;  // what the report says by itself
  }
}

// step_table is what the above is called in code for both vendors.
struct step_table {
  using step = snp::step;
  static constexpr tee_vendor vendor = tee_vendor::snp;
  static constexpr std::size_t count = steps.size();

  static constexpr const char* name_of(step id) noexcept { return info_of(id).name; }
  static constexpr std::optional<step> stopped_at(const failure& why) noexcept { return step_of(why); }
};

}  // namespace unitee::inline v0::snp
