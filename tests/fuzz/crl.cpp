// SPDX-License-Identifier: Apache-2.0
//
// A revocation list that parses answers every question, is not signed by a stranger, and leaves no error behind.
#include <unitee/crypto/crl.hpp>
#include <unitee/crypto/issue.hpp>

#include "reached.hpp"

#include <openssl/err.h>

#include <cstddef>
#include <cstdint>
#include <vector>

namespace {

// stranger is a certificate with a new key and the name of a CA.
unitee::certificate stranger(unitee::distinguished_name name, unitee::result<unitee::signing_key> key) {
  const std::uint8_t serial[] = {2};
  unitee::certificate_request request;
  request.subject = name;
  request.serial = serial;
  request.ca = request.sign_crls = true;
  return *unitee::issue_certificate(request, *key, {name, *key});
}

// strangers have the names of AMD's root and of Intel's CAs.
std::vector<unitee::certificate> strangers() {
  const unitee::name_part amd[] = {{"CN", "ARK-Genoa"}};
  std::vector<unitee::certificate> out{stranger(amd, unitee::signing_key::generate_p384())};
  for (const char* common : {"Intel SGX Root CA", "Intel SGX PCK Platform CA", "Intel SGX PCK Processor CA"}) {
    const unitee::name_part intel[] = {
        {"CN", common}, {"O", "Intel Corporation"}, {"L", "Santa Clara"}, {"ST", "CA"}, {"C", "US"}};
    out.push_back(stranger(intel, unitee::signing_key::generate_p256()));
  }
  return out;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace unitee;
  static const std::vector<certificate> issuers = strangers();
  const auto parsed = crl::from_der({data, size});
  if (parsed) {
    (void)parsed->issuer_common_name();
    (void)parsed->this_update();
    (void)parsed->next_update();
    (void)parsed->number();
    (void)parsed->has_authority_key_identifier();
    const auto der = parsed->der();
    if (!der || !equal(*der, {data, size}) || !(*parsed == *crl::from_der(*der))) __builtin_trap();
    for (const certificate& issuer : issuers) {
      (void)parsed->lists(issuer);
      (void)parsed->is_issued_by_same(issuer);
      if (parsed->verify(issuer, utc_time{1700000000}, parsed->scheme())) __builtin_trap();
    }
    unitee::fuzz::reached();
  }
  if (ERR_peek_error() != 0) __builtin_trap();
  return 0;
}
