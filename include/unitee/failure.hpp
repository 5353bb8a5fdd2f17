// SPDX-License-Identifier: Apache-2.0
//
// unitee/failure.hpp: what went wrong, and where.
#pragma once

#include <unitee/part.hpp>

#include <cstdint>

namespace unitee::inline v0 {

// errc is the kind of a failure. The kinds are few; failure::in and failure::offset say where.
enum class errc : std::uint8_t {
  // malformed: these bytes are not what they claim to be.
  truncated,          // the input ends at offset, inside of a field
  trailing_data,      // bytes follow the end of the structure, from offset on
  reserved_not_zero,  // the reserved byte at offset is not zero
  bad_length,         // the length or offset field at offset contradicts the bytes around it
  bad_value,          // the field at offset has a value that its format does not define
  bad_encoding,       // the text or DER at offset does not decode
  duplicate,          // the item at offset was already there
  unrecognized,       // the bytes are of no format that this library knows

  // unsupported: well formed as far as anyone can tell, but newer than or outside of this library.
  unsupported_version,    // the version at offset is newer than this library
  unsupported_algorithm,  // the algorithm at offset is not one that this library accepts
  unsupported_product,    // the product at offset is newer than this library
  unsupported_format,     // the variant at offset is known to exist and not read by this library

  // refused: examined and found wanting.
  missing,            // an endorsement that the verdict needs was not given
  signature_invalid,  // the signature at offset does not verify
  untrusted_root,     // the chain ends in a root that is neither pinned nor given by the caller
  issuer_mismatch,    // the certificate was not issued by the next one in the chain
  certificate_unfit,  // key type, key size, constraint, version or a critical extension is not allowed here
  extension_missing,  // the certificate lacks an extension that its role requires
  name_mismatch,      // the certificate's name is not the one that its role requires
  expired,            // validity ended before the time of judgement
  not_yet_valid,      // validity begins after the time of judgement
  revoked,            // the issuer's revocation list names the certificate
  signer_mismatch,    // evidence and certificate disagree about which key signs
  product_mismatch,   // evidence and endorsement disagree about the product
  chip_id_mismatch,   // evidence and certificate disagree about the chip
  tcb_mismatch,       // evidence and certificate disagree about the TCB version
  tcb_order,          // TCB versions or firmware versions contradict each other
  platform_mismatch,  // evidence and collateral disagree about the platform (FMSPC, PCE-ID)
  module_mismatch,    // the TDX module is not one that the TCB info describes
  enclave_mismatch,   // the quoting enclave is not the one that its identity describes
  unsigned_evidence,  // the evidence says of itself that no attestation key signed it
  host_requested,     // the report was made for the host, not for a guest
  binding_mismatch,   // a digest inside the evidence does not match the data it binds
  policy_not_met,     // the appraisal policy's check number offset is not met
  not_authentic,      // a key, tag or commitment does not match; nothing more is said about why
  no_matching_slot,   // no slot of the sealed file opens with the keys at hand
  weak_binding,       // the key asked for would not be bound to the guest's measurement
  below_floor,        // the TCB, SVN or generation at offset is below the floor that the key or its user demands

  // unavailable: the operation could not be carried out.
  io_error,       // the operating system refused; offset is errno
  crypto_error,   // the cryptographic library could not carry out the operation (no memory, an algorithm is disabled)
  key_denied,     // the firmware refused to derive the key; offset is its status code
  launch_denied,  // the firmware refused to launch the guest; offset is its status code
  no_space,       // the output does not fit; offset is the size that it has

  // unavailable, inside of a guest: `in` names the interface.
  interface_absent,        // the kernel does not offer the interface; offset is errno
  provider_mismatch,       // the interface belongs to another provider than the one asked for, or its provider changed
  entry_taken,             // every name tried for a new entry was taken; offset is the number of tries
  raced,                   // somebody else wrote to the request every time; offset is the number of tries
  timed_out,               // there was no answer within the time limit; offset is the limit in milliseconds
  host_busy,               // the host throttled the request until the time limit; offset is the limit in milliseconds
  host_error,              // the host answered with an error; offset is its error word
  firmware_error,          // the SEV firmware answered with an error; offset is its status code
  no_answer,               // neither firmware nor host answered; offset is errno
  channel_lost,            // the kernel has no key to talk to the firmware any more; only a reboot brings it back
  certificates_too_large,  // the host's certificates fit no buffer that the kernel takes; offset is their size
  no_quote,                // the quote came back empty: the host has no quoting service, or an old one
  service_error,           // the quote service answered with an error; offset is its code
  module_error,            // the TDX module answered with an error; offset is the TDCALL's return value
  zero_key,                // the key that came back is all zero
  no_hardware_key,         // the backend has no key of the hardware's to give

  // unavailable, because of the caller.
  cancelled,  // the caller asked for the end of it
  in_use,     // another program is changing the file
};

// failure says what went wrong and where: 16 trivially copyable bytes, no allocation, nothing secret.
struct failure {
  errc code;
  std::uint64_t offset = 0;  // in bytes from the start of `in`, unless the errc says otherwise
  part in = part::input;

  friend constexpr bool operator==(const failure&, const failure&) = default;
};

// failure_class groups the kinds by what a caller does next.
enum class failure_class : std::uint8_t {
  malformed,    // the input cannot be used
  unsupported,  // the input cannot be used by this version of the library
  refused,      // the input was examined; the answer is no
  unavailable,  // there is no answer: the machine could not carry out the operation
};

constexpr failure_class class_of(errc code) noexcept {
  if (code < errc::unsupported_version) return failure_class::malformed;
  if (code < errc::missing) return failure_class::unsupported;
  if (code < errc::io_error) return failure_class::refused;
  return failure_class::unavailable;
}

// name is the enumerator's spelling: stable, for logs and JSON.
constexpr const char* name(errc code) noexcept {
  switch (code) {
    case errc::truncated: return "truncated";
    case errc::trailing_data: return "trailing_data";
    case errc::reserved_not_zero: return "reserved_not_zero";
    case errc::bad_length: return "bad_length";
    case errc::bad_value: return "bad_value";
    case errc::bad_encoding: return "bad_encoding";
    case errc::duplicate: return "duplicate";
    case errc::unrecognized: return "unrecognized";
    case errc::unsupported_version: return "unsupported_version";
    case errc::unsupported_algorithm: return "unsupported_algorithm";
    case errc::unsupported_product: return "unsupported_product";
    case errc::unsupported_format: return "unsupported_format";
    case errc::missing: return "missing";
    case errc::signature_invalid: return "signature_invalid";
    case errc::untrusted_root: return "untrusted_root";
    case errc::issuer_mismatch: return "issuer_mismatch";
    case errc::certificate_unfit: return "certificate_unfit";
    case errc::extension_missing: return "extension_missing";
    case errc::name_mismatch: return "name_mismatch";
    case errc::expired: return "expired";
    case errc::not_yet_valid: return "not_yet_valid";
    case errc::revoked: return "revoked";
    case errc::signer_mismatch: return "signer_mismatch";
    case errc::product_mismatch: return "product_mismatch";
    case errc::chip_id_mismatch: return "chip_id_mismatch";
    case errc::tcb_mismatch: return "tcb_mismatch";
    case errc::tcb_order: return "tcb_order";
    case errc::platform_mismatch: return "platform_mismatch";
    case errc::module_mismatch: return "module_mismatch";
    case errc::enclave_mismatch: return "enclave_mismatch";
    case errc::unsigned_evidence: return "unsigned_evidence";
    case errc::host_requested: return "host_requested";
    case errc::binding_mismatch: return "binding_mismatch";
    case errc::policy_not_met: return "policy_not_met";
    case errc::not_authentic: return "not_authentic";
    case errc::no_matching_slot: return "no_matching_slot";
    case errc::weak_binding: return "weak_binding";
    case errc::below_floor: return "below_floor";
    case errc::io_error: return "io_error";
    case errc::crypto_error: return "crypto_error";
    case errc::key_denied: return "key_denied";
    case errc::launch_denied: return "launch_denied";
    case errc::no_space: return "no_space";
    case errc::interface_absent: return "interface_absent";
    case errc::provider_mismatch: return "provider_mismatch";
    case errc::entry_taken: return "entry_taken";
    case errc::raced: return "raced";
    case errc::timed_out: return "timed_out";
    case errc::host_busy: return "host_busy";
    case errc::host_error: return "host_error";
    case errc::firmware_error: return "firmware_error";
    case errc::no_answer: return "no_answer";
    case errc::channel_lost: return "channel_lost";
    case errc::certificates_too_large: return "certificates_too_large";
    case errc::no_quote: return "no_quote";
    case errc::service_error: return "service_error";
    case errc::module_error: return "module_error";
    case errc::zero_key: return "zero_key";
    case errc::no_hardware_key: return "no_hardware_key";
    case errc::cancelled: return "cancelled";
    case errc::in_use: return "in_use";
  }
  return "unknown";
}

// describe is the kind as half a sentence, for a person.
constexpr const char* describe(errc code) noexcept {
  switch (code) {
    case errc::truncated: return "the input ends too early";
    case errc::trailing_data: return "there are bytes after the end";
    case errc::reserved_not_zero: return "a reserved byte is not zero";
    case errc::bad_length: return "a length contradicts the bytes around it";
    case errc::bad_value: return "a field has an undefined value";
    case errc::bad_encoding: return "the text or DER does not decode";
    case errc::duplicate: return "an item occurs twice";
    case errc::unrecognized: return "not a format that this library knows";
    case errc::unsupported_version: return "the format version is newer than this library, or was never in use";
    case errc::unsupported_algorithm: return "the algorithm is not supported";
    case errc::unsupported_product: return "the product is newer than this library";
    case errc::unsupported_format: return "this variant of the format is not supported";
    case errc::missing: return "an endorsement is missing";
    case errc::signature_invalid: return "the signature does not verify";
    case errc::untrusted_root: return "the root is neither pinned nor given as a trust anchor";
    case errc::issuer_mismatch: return "the certificate was not issued by the next one in the chain";
    case errc::certificate_unfit: return "the certificate is not fit for its role";
    case errc::extension_missing: return "the certificate lacks an extension that its role requires";
    case errc::name_mismatch: return "the certificate's name does not fit its role";
    case errc::expired: return "validity has ended at the given time";
    case errc::not_yet_valid: return "validity has not begun at the given time";
    case errc::revoked: return "the certificate is revoked";
    case errc::signer_mismatch: return "the evidence was signed by another kind of key";
    case errc::product_mismatch: return "evidence and endorsement are of different products";
    case errc::chip_id_mismatch: return "the certificate belongs to another chip";
    case errc::tcb_mismatch: return "the certificate belongs to another TCB version";
    case errc::tcb_order: return "TCB or firmware versions contradict each other";
    case errc::platform_mismatch: return "the collateral is of another platform";
    case errc::module_mismatch: return "the TDX module is not one that the TCB info describes";
    case errc::enclave_mismatch: return "the quoting enclave is not the one that its identity describes";
    case errc::unsigned_evidence: return "the evidence is not signed";
    case errc::host_requested: return "the report was requested by the host, not by a guest";
    case errc::binding_mismatch: return "a digest does not match the data that it binds";
    case errc::policy_not_met: return "the appraisal policy is not met";
    case errc::not_authentic: return "not authentic";
    case errc::no_matching_slot: return "no slot opens with the key at hand";
    case errc::weak_binding: return "the key would not be bound to the guest's measurement";
    case errc::below_floor: return "the TCB, SVN or generation is below the floor";
    case errc::io_error: return "the operating system reports an error";
    case errc::crypto_error: return "the cryptographic library could not carry out the operation";
    case errc::key_denied: return "the firmware refused to derive the key";
    case errc::launch_denied: return "the firmware refused to launch the guest";
    case errc::no_space: return "the output does not fit";
    case errc::interface_absent: return "the kernel does not offer the interface";
    case errc::provider_mismatch: return "the interface belongs to another provider";
    case errc::entry_taken: return "every name for a new entry was taken";
    case errc::raced: return "somebody else wrote to the request every time";
    case errc::timed_out: return "there was no answer within the time limit";
    case errc::host_busy: return "the host throttled the request until the time limit";
    case errc::host_error: return "the host answered with an error";
    case errc::firmware_error: return "the SEV firmware answered with an error";
    case errc::no_answer: return "neither firmware nor host answered";
    case errc::channel_lost: return "the kernel has no key to talk to the firmware; only a reboot brings it back";
    case errc::certificates_too_large: return "the host's certificates fit no buffer that the kernel takes";
    case errc::no_quote: return "the quote is empty: the host has no quoting service, or an old one";
    case errc::service_error: return "the quote service answered with an error";
    case errc::module_error: return "the TDX module answered with an error";
    case errc::zero_key: return "the key that came back is all zero";
    case errc::no_hardware_key: return "this backend has no hardware-derived key; a guest device may have one";
    case errc::cancelled: return "the caller asked for the end of it";
    case errc::in_use: return "another program is changing the file";
  }
  return "unknown failure";
}

}  // namespace unitee::inline v0
