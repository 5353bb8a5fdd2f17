// expect: this backend has no hardware-derived key; derive from a released secret instead
// SPDX-License-Identifier: Apache-2.0
#include <unitee/guest/sev_guest.hpp>
#include <unitee/kdf/derive.hpp>

using namespace unitee;

// public_source passes off the measurement, which anybody can read in a report, as a key.
struct public_source {
  using key_request = snp::key_request;
  guest::sev_guest& of;
  result<snp::key_basis> key_basis() { return of.key_basis(); }
#ifdef UNITEE_CORRECTED
  result<secret<32>> derive_key(const snp::key_request& request) { return of.derive_key(request); }
#else
  result<snp::measurement> derive_key(const snp::key_request&) {
    const auto report = of.attest({});
    if (!report) return report.error();
    return report->measurement();
  }
#endif
};

void use(public_source& from) { (void)derive_key(from, {.purpose = "a purpose"}); }
