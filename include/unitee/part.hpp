// SPDX-License-Identifier: Apache-2.0
//
// unitee/part.hpp: the inputs in which something can go wrong.
#pragma once

#include <cstdint>

namespace unitee::inline v0 {

// part is the input that a failure's offset counts in. In a chain, certificates are named by role.
enum class part : std::uint8_t {
  input,              // whatever bytes or text the call was given
  report,             // an SEV-SNP attestation report
  certificate_table,  // the certificate table of an extended report
  quote,              // a TDX or SGX quote
  td_report,          // a TDREPORT_STRUCT
  hcl_report,         // a report of the Azure paravisor
  tpm_quote,          // a quote of a TPM
  vek,                // VCEK or VLEK
  intermediate,       // ASK, ASVK, PCK CA
  root,               // ARK, Intel SGX Root CA
  crl,                // a certificate revocation list
  certificate,        // a certificate without a role
  pck,                // a PCK certificate
  tcb_signing,        // the certificate that signs TCB info and enclave identities
  tcb_info,           // TCB info, the JSON text
  qe_identity,        // the identity of a quoting enclave, the JSON text
  pck_crl,            // the revocation list of a PCK CA
  root_crl,           // the revocation list of the Intel SGX Root CA
  event_log,          // an event log
  policy,             // an appraisal policy; the offset counts its checks
  key_request,        // a request for a derived key
  key_record,         // what a derived key is bound to, written down
  sev_guest,          // the device /dev/sev-guest
  tdx_guest,          // the device /dev/tdx_guest
  tsm_report,         // an entry of configfs-tsm
  rtmr,               // the runtime measurement registers of a TD, as the kernel offers them
  quote_service,      // a quote service (QGS) and its messages
  seal_key,           // a key that the TDX module derives
  firmware_image,     // a guest's firmware: an OVMF image
  launch,             // the description of a launch; the offset is a snp::launch_field
  id_auth,            // an ID authentication structure
  sealed_header,      // the header of a sealed file
  sealed_tags,        // the table of segment tags
  sealed_slot,        // a slot of a sealed file; the offset counts in its params
  sealed_metadata,    // what a sealed file says about its payload
  sealed_payload,     // the ciphertext; the offset counts plaintext bytes
  model,              // a model file: GGUF or safetensors
};

// name is the part as a person calls it.
constexpr const char* name(part in) noexcept {
  switch (in) {
    case part::input: return "input";
    case part::report: return "attestation report";
    case part::certificate_table: return "certificate table";
    case part::quote: return "quote";
    case part::td_report: return "TD report";
    case part::hcl_report: return "HCL report";
    case part::tpm_quote: return "TPM quote";
    case part::vek: return "VEK certificate";
    case part::intermediate: return "intermediate certificate";
    case part::root: return "root certificate";
    case part::crl: return "CRL";
    case part::certificate: return "certificate";
    case part::pck: return "PCK certificate";
    case part::tcb_signing: return "TCB signing certificate";
    case part::tcb_info: return "TCB info";
    case part::qe_identity: return "QE identity";
    case part::pck_crl: return "PCK CRL";
    case part::root_crl: return "root CA CRL";
    case part::event_log: return "event log";
    case part::policy: return "appraisal policy";
    case part::key_request: return "key request";
    case part::key_record: return "key record";
    case part::sev_guest: return "/dev/sev-guest";
    case part::tdx_guest: return "/dev/tdx_guest";
    case part::tsm_report: return "configfs-tsm";
    case part::rtmr: return "RTMR interface";
    case part::quote_service: return "quote service";
    case part::seal_key: return "TDX seal key";
    case part::firmware_image: return "firmware image";
    case part::launch: return "launch description";
    case part::id_auth: return "ID authentication structure";
    case part::sealed_header: return "sealed header";
    case part::sealed_tags: return "sealed tag table";
    case part::sealed_slot: return "sealed slot";
    case part::sealed_metadata: return "sealed metadata";
    case part::sealed_payload: return "sealed payload";
    case part::model: return "model";
  }
  return "unknown part";
}

}  // namespace unitee::inline v0
