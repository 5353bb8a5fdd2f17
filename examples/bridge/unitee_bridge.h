// SPDX-License-Identifier: Apache-2.0
//
// unitee_bridge.h: sealed models and attestation for hosts that are not C++20: C11, C++17, and whatever calls C.
//
// Nothing is thrown across, and no argument ends the program: NULL where a value is needed, or a value that is none of
// its kind, is UNITEE_BAD_ARGUMENT, and nothing was done. (A bridge that was compiled without exceptions cannot say
// UNITEE_NO_MEMORY everywhere: it may end the program.) Sizes count bytes, counts count items, and texts end with a
// zero. Calls that do not share a handle may be made from any number of threads.
#ifndef UNITEE_BRIDGE_H
#define UNITEE_BRIDGE_H

#include <stddef.h>
#include <stdint.h>

#if defined(__GNUC__)
#define UNITEE_BRIDGE_EXPORT __attribute__((visibility("default")))
#define UNITEE_BRIDGE_CALL __attribute__((visibility("default"), warn_unused_result))
#else
#define UNITEE_BRIDGE_EXPORT
#define UNITEE_BRIDGE_CALL
#endif

#ifdef __cplusplus
extern "C" {
#endif

// Failures

// unitee_code is what a caller does next.
typedef enum unitee_code {
  UNITEE_OK = 0,
  UNITEE_MALFORMED = 1,     // the input cannot be used
  UNITEE_UNSUPPORTED = 2,   // the input cannot be used by this version of the library
  UNITEE_REFUSED = 3,       // the input was examined, and the answer is no
  UNITEE_UNAVAILABLE = 4,   // there is no answer: the machine could not carry out the operation
  UNITEE_BAD_ARGUMENT = 5,  // the argument number `offset`, counted from 1, is not what the call takes
  UNITEE_UNDECIDED = 6,     // the policy leaves the points `offset` open, or decides them both ways: the
                            // UNITEE_REQUIRE_ and UNITEE_FORBID_ bits of them, added up
  UNITEE_NO_MEMORY = 7,     // nothing was done, for want of memory
  UNITEE_UNEXPECTED = 8     // something threw that should not have; please report it
} unitee_code;

// unitee_error is what went wrong and where: 16 bytes without an owner, nothing secret. All zero is success.
typedef struct unitee_error {
  int32_t code;     // a unitee_code
  uint16_t kind;    // the library's kind of failure; its number is this build's, its name is stable
  uint16_t part;    // the input that offset counts in; the same holds
  uint64_t offset;  // in bytes from the start of the part, unless the kind says otherwise
} unitee_error;

// unitee_kind_name is the kind's stable name, for logs and programs: "not_authentic", "bad_argument". Of success, and
// of NULL, it is "ok". It is never NULL and lives for ever.
UNITEE_BRIDGE_EXPORT const char* unitee_kind_name(const unitee_error* error);

// unitee_part_name is the part as a person calls it: "sealed payload"; "" where there is none. It lives for ever.
UNITEE_BRIDGE_EXPORT const char* unitee_part_name(const unitee_error* error);

// unitee_message writes the failure as half a sentence to text, at most size bytes with the zero behind it, and is the
// number of bytes that all of it has without that zero. text may be NULL if size is 0.
UNITEE_BRIDGE_EXPORT size_t unitee_message(const unitee_error* error, char* text, size_t size);

// Bytes

// unitee_view is bytes of the caller's, which a call reads and does not keep. data may be NULL if size is 0.
typedef struct unitee_view {
  const void* data;
  size_t size;
} unitee_view;

// unitee_bytes is bytes that a call gave the caller, who gives them back with unitee_release.
typedef struct unitee_bytes {
  uint8_t* data;
  size_t size;
} unitee_bytes;

// unitee_release frees the bytes and makes them none. Of none, and of NULL, there is nothing to free.
UNITEE_BRIDGE_EXPORT void unitee_release(unitee_bytes* bytes);

// Guests: what this program runs in. One thread at a time may use a guest.

typedef struct unitee_guest unitee_guest;

// unitee_this_guest opens the confidential guest that this program runs in: the backend that the bridge was configured
// with, or the first that is there. The caller closes it. Where there is none, it is UNITEE_UNAVAILABLE, usually
// "interface_absent", and *out is NULL.
UNITEE_BRIDGE_CALL unitee_error unitee_this_guest(unitee_guest** out);

// unitee_insecure_simulated_snp is a SIMULATED SEV-SNP guest, which runs on every machine and protects nothing: whoever
// can read the directory has its keys. The machine is the one that is stored in the directory, made if there is none
// (some seconds); with NULL it is a new one, whose keys end with it, and "" is no directory. What the guest runs is the
// image: its measurement follows from these bytes. The caller closes it. Failures: UNITEE_UNAVAILABLE "io_error", and
// UNITEE_MALFORMED where the directory's file is none.
UNITEE_BRIDGE_CALL unitee_error unitee_insecure_simulated_snp(const char* directory, unitee_view image,
                                                              unitee_guest** out);

// unitee_insecure_simulated_root is the certificate of the simulated machine's root in DER, which a verifier has to
// name as a trust anchor. A guest that is none is UNITEE_UNSUPPORTED "unsupported_format".
UNITEE_BRIDGE_CALL unitee_error unitee_insecure_simulated_root(const unitee_guest* guest, unitee_bytes* out);

// unitee_close_guest ends a guest. NULL is none. Files that it has opened stay open.
UNITEE_BRIDGE_EXPORT void unitee_close_guest(unitee_guest* guest);

// unitee_attest is fresh evidence about these 64 bytes, which whoever asked for it chose: another size is
// UNITEE_BAD_ARGUMENT. Beside it are the host's certificates, where it hands them out, unless certificates is NULL; not
// to be believed before a verifier has. The caller releases both; after a failure, that of the backend, both are none.
UNITEE_BRIDGE_CALL unitee_error unitee_attest(unitee_guest* guest, unitee_view report_data, unitee_bytes* evidence,
                                              unitee_bytes* certificates);

// Sealed files

// unitee_file is a sealed file that is open. Any number of threads may read it; one closes it when no other uses it.
typedef struct unitee_file unitee_file;

// unitee_open_with_key opens a sealed file by a key of the caller's: 32 random bytes, which are not kept. The caller
// closes it. Failures: UNITEE_BAD_ARGUMENT at 2 for a key of another size; UNITEE_REFUSED "no_matching_slot" for a key
// that opens no slot, "not_authentic" for a file that was changed; UNITEE_MALFORMED for what is no sealed file, or not
// whole; UNITEE_UNAVAILABLE "io_error" with errno as offset. *out is NULL then.
UNITEE_BRIDGE_CALL unitee_error unitee_open_with_key(const char* path, unitee_view key, unitee_file** out);

// unitee_open_in_guest opens a sealed file by the key that the guest's hardware derives, and fails as
// unitee_open_with_key does, or as the hardware: UNITEE_UNAVAILABLE "no_hardware_key" where there is none to ask. The
// file does not need the guest any more once it is open.
UNITEE_BRIDGE_CALL unitee_error unitee_open_in_guest(const char* path, unitee_guest* guest, unitee_file** out);

// unitee_size is the size of the plaintext. Of NULL it is 0.
UNITEE_BRIDGE_EXPORT uint64_t unitee_size(const unitee_file* file);

// unitee_read_at fills out, memory that nobody else touches meanwhile, with size bytes of authentic plaintext from
// offset on: all of them or none. Beyond the end is UNITEE_MALFORMED "truncated" with the plaintext's size as offset; a
// segment that was changed is UNITEE_REFUSED "not_authentic" at its plaintext offset. After a failure out is zero. out
// may be NULL if size is 0.
UNITEE_BRIDGE_CALL unitee_error unitee_read_at(const unitee_file* file, uint64_t offset, void* out, size_t size);

// unitee_check reads all of the plaintext on all processors and keeps none; it fails as unitee_read_at.
UNITEE_BRIDGE_CALL unitee_error unitee_check(const unitee_file* file);

// unitee_close closes a sealed file and wipes its keys. NULL is none.
UNITEE_BRIDGE_EXPORT void unitee_close(unitee_file* file);

// Verdicts

// unitee_decision is what a policy decides about a point, one way or the other: one bit of each of the four pairs.
typedef enum unitee_decision {
  UNITEE_REQUIRE_REPORT_DATA = 0x01,  // policy.report_data
  UNITEE_WAIVE_REPORT_DATA = 0x02,    // evidence that may be a replay is accepted
  UNITEE_REQUIRE_MEASUREMENT = 0x04,  // one of policy.measurements
  UNITEE_WAIVE_MEASUREMENT = 0x08,    // any software at all is accepted
  UNITEE_REQUIRE_TCB = 0x10,          // policy.minimum_tcb, policy.accepted_statuses
  UNITEE_WAIVE_TCB = 0x20,            // firmware with any known hole is accepted, except what is revoked
  UNITEE_FORBID_DEBUG = 0x40,         // the host must not be able to read the guest's memory
  UNITEE_ALLOW_DEBUG = 0x80           // guests without any confidentiality are accepted
} unitee_decision;

typedef enum unitee_product {
  UNITEE_MILAN = 1,
  UNITEE_GENOA = 2,
  UNITEE_TURIN = 3
} unitee_product;

// unitee_minimum_tcb is the least TCB that one SEV-SNP product must have, part by part; fmc is for Turin only, and must
// be zero for the others.
typedef struct unitee_minimum_tcb {
  int32_t product;  // a unitee_product
  uint8_t fmc;
  uint8_t boot_loader;
  uint8_t tee;
  uint8_t snp;
  uint8_t microcode;
} unitee_minimum_tcb;

// unitee_policy is what one wants of a guest of either vendor. A policy that is all zero decides nothing, and is
// UNITEE_UNDECIDED. What a point does not require must not be given.
typedef struct unitee_policy {
  uint32_t decisions;                     // of unitee_decision, added up
  const uint8_t* report_data;             // exactly these 64 bytes
  const uint8_t* measurements;            // measurement_count times 48 bytes: MEASUREMENT (SEV-SNP) or MRTD (TDX);
  size_t measurement_count;               // none accepts none
  const unitee_minimum_tcb* minimum_tcb;  // SEV-SNP: a product that is not in the list is refused
  size_t minimum_tcb_count;
  const char* const* accepted_statuses;  // TDX: beside "UpToDate", as Intel spells them: "SWHardeningNeeded";
  size_t accepted_status_count;          // "Revoked" and "NotSupported" nobody may accept
} unitee_policy;

// unitee_case is what a verdict is built from. Nothing in it is believed before it was verified.
typedef struct unitee_case {
  unitee_view evidence;             // an attestation report (SEV-SNP) or a quote (TDX)
  const unitee_view* endorsements;  // certificates (DER, PEM, tables), revocation lists, Intel's documents and bundles
  size_t endorsement_count;
  const unitee_view* trust_anchors;  // roots (DER or PEM) beside the vendors', which are pinned: of simulated guests
  size_t trust_anchor_count;
  int64_t at;  // the time of judgement, in seconds since 1970-01-01T00:00:00Z
} unitee_case;

typedef enum unitee_vendor {
  UNITEE_AMD_SEV_SNP = 1,
  UNITEE_INTEL_TDX = 2
} unitee_vendor;

// unitee_claims is what genuine and accepted evidence says. Otherwise all is zero, but for unmet: the stable name of
// the policy's first check that is not met, "measurement" for example, where the policy is what refused.
typedef struct unitee_claims {
  int32_t vendor;           // a unitee_vendor
  uint8_t is_pinned;        // 1: the vendor's own root vouches; 0: a trust anchor of the caller's
  uint8_t is_debug;         // 1: the host may look into the guest
  uint8_t has_measurement;  // 0 for an SGX enclave
  uint8_t report_data[64];  // REPORT_DATA or REPORTDATA
  uint8_t measurement[48];  // MEASUREMENT or MRTD
  char unmet[48];
} unitee_claims;

// unitee_verify says whether the evidence is genuine and what the policy wants: UNITEE_OK is the only yes. It uses no
// clock, network or file, and any number of threads may call it. out may be NULL. Failures: UNITEE_UNDECIDED, before
// anything else is looked at; UNITEE_REFUSED "policy_not_met", and others for evidence that is not genuine or lacks
// endorsements ("missing"); UNITEE_MALFORMED or UNITEE_UNSUPPORTED for evidence, an endorsement or an anchor that
// cannot be read; UNITEE_BAD_ARGUMENT at 1 or 2.
UNITEE_BRIDGE_CALL unitee_error unitee_verify(const unitee_case* given, const unitee_policy* wanted,
                                              unitee_claims* out);

#ifdef __cplusplus
}
#endif

#endif
