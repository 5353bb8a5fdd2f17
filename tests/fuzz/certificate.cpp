// SPDX-License-Identifier: Apache-2.0
//
// A certificate that parses gives back its bytes, answers every question, and leaves no error behind.
#include <unitee/crypto/certificate.hpp>
#include <unitee/crypto/chain.hpp>

#include "reached.hpp"

#include <openssl/err.h>

#include <cstddef>
#include <cstdint>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace unitee;
  const byte_view input(data, size);
  const auto parsed = certificate::from_der(input);
  if (parsed) {
    const auto der = parsed->der();
    if (!der || !equal(*der, input) || !(*parsed == *parsed)) __builtin_trap();
    for (const char* oid : {"1.3.6.1.4.1.3704.1.4", "1.3.6.1.4.1.3704.1.3.8", "1.2.840.113741.1.13.1", "2.5.29.19"}) {
      const auto value = parsed->extension(oid);
      if (value && !value->empty() && value->size() > size) __builtin_trap();
    }
    const auto subject = parsed->subject_common_name();
    if (subject && subject->find('\0') != subject->npos) __builtin_trap();
    (void)parsed->issuer_common_name();
    (void)parsed->not_before();
    (void)parsed->not_after();
    if (parsed->serial().empty()) __builtin_trap();
    if (parsed->ec_key<p256>() && parsed->ec_key<p384>()) __builtin_trap();
    if (!parsed->spki_sha384()) __builtin_trap();
    (void)parsed->path_length();
    if (parsed->may_sign_certificates() && !parsed->is_ca()) __builtin_trap();
    (void)parsed->may_sign_crls();
    const certificate twice[] = {*parsed, *parsed};
    (void)verify_chain(twice, utc_time{1700000000}, {}, {parsed->scheme(), parsed->key(), parsed->key()});
    (void)verify_chain({twice, 1}, utc_time{1700000000}, {}, {parsed->scheme(), parsed->key(), parsed->key()});
    unitee::fuzz::reached();
  }
  if (ERR_peek_error() != 0) __builtin_trap();
  return 0;
}
