// SPDX-License-Identifier: Apache-2.0
//
// inspect_x509.hpp: what the descriptions of certificates and of revocation lists have in common.
#pragma once

#include "inspect.hpp"

#include <unitee/crypto/asn1.hpp>
#include <unitee/crypto/certificate.hpp>
#include <unitee/crypto/hash.hpp>
#include <unitee/format.hpp>

#include <openssl/x509.h>

#include <cstddef>
#include <memory>
#include <string>

namespace command::inspection {

// owned is an object of OpenSSL's, freed at its end.
template <auto Free>
struct freed {
  template <class T>
  void operator()(T* object) const {
    Free(object);
  }
};
template <class T, auto Free>
using owned = std::unique_ptr<T, freed<Free>>;

// content is the octets of a string or number.
inline unitee::byte_view content(const ASN1_STRING* string) {
  return {ASN1_STRING_get0_data(string), static_cast<std::size_t>(ASN1_STRING_length(string))};
}

// name_text is a distinguished name as RFC 4514 writes it: the last part first.
std::string name_text(const X509_NAME* name);

// oid_text is an object identifier in dots, and oid_name its name in OpenSSL's list, or the dots again.
std::string oid_text(const ASN1_OBJECT* object);
std::string oid_name(const ASN1_OBJECT* object);

// scheme_name is how something is signed, in words; of a scheme that the library does not know, its identifier's name.
std::string scheme_name(unitee::signature_scheme scheme, const X509_ALGOR* algorithm);

template <class T>
cell text_or_null(const unitee::result<T>& value) {
  return value ? cell(fmt::format("{}", *value)) : cell();
}

template <class Digest>
void put_digest(sheet& to, const char* name, unitee::byte_view data) {
  const auto digest = unitee::hash<Digest>(data);
  to.put(name, digest ? bytes_of(digest->value) : cell());
}

// certificate_sheet and crl_sheet describe one DER object.
unitee::result<sheet> certificate_sheet(unitee::byte_view der);
unitee::result<sheet> crl_sheet(unitee::byte_view der);

// put_amd adds AMD's extensions, and put_sgx the SGX extension of a PCK certificate, if they are there.
void put_amd(sheet& to, const unitee::certificate& from);
void put_sgx(sheet& to, const unitee::certificate& from);

}  // namespace command::inspection
