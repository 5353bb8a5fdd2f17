// SPDX-License-Identifier: Apache-2.0
//
// A revocation list that parses answers every question, is not signed by a stranger, and leaves no error behind.
#include <unitee/crypto/crl.hpp>
#include <unitee/crypto/issue.hpp>

#include <openssl/err.h>

#include <cstddef>
#include <cstdint>

namespace {

// stranger is a certificate with a new key and the name of AMD's or anyone's root.
unitee::certificate stranger() {
  const unitee::name_part name[] = {{"CN", "ARK-Genoa"}};
  const std::uint8_t serial[] = {2};
  const auto key = unitee::signing_key::generate_p384();
  unitee::certificate_request request;
  request.subject = name;
  request.serial = serial;
  request.ca = request.sign_crls = true;
  return *unitee::issue_certificate(request, *key, {name, *key});
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace unitee;
  static const certificate issuer = stranger();
  const auto parsed = crl::from_der({data, size});
  if (parsed) {
    (void)parsed->issuer_common_name();
    (void)parsed->this_update();
    (void)parsed->next_update();
    (void)parsed->number();
    (void)parsed->lists(issuer);
    (void)parsed->is_issued_by_same(issuer);
    if (parsed->verify(issuer, utc_time{1700000000}, parsed->scheme())) __builtin_trap();
  }
  if (ERR_peek_error() != 0) __builtin_trap();
  return 0;
}
