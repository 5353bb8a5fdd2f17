// SPDX-License-Identifier: Apache-2.0
//
// unitee/crypto/issue.hpp: issuing certificates and CRLs, for the simulated TEE's own root of trust.
#pragma once

#include <unitee/bytes/time.hpp>
#include <unitee/bytes/view.hpp>
#include <unitee/crypto/asn1.hpp>
#include <unitee/crypto/certificate.hpp>
#include <unitee/crypto/crl.hpp>
#include <unitee/crypto/openssl.hpp>
#include <unitee/crypto/signing_key.hpp>
#include <unitee/result.hpp>

#include <openssl/bn.h>
#include <openssl/evp.h>
#include <openssl/objects.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace unitee::inline v0 {

// name_part is one part of a name: {"CN", "ARK-Simulated"}. A name is its parts in the order in which they are encoded.
struct name_part {
  const char* field;  // CN, O, OU, C, L, ST
  std::string_view value;
};
using distinguished_name = std::span<const name_part>;

// raw_extension is an extension whose value is given as octets.
struct raw_extension {
  const char* dotted_oid;
  byte_view value;
  bool critical = false;
};

// certificate_issuer signs: with an RSA key RSASSA-PSS with MGF1 of the same digest, with an EC key ECDSA.
struct certificate_issuer {
  distinguished_name name;
  const signing_key& key;
  const char* digest = "SHA384";
  int pss_salt = 48;  // bytes; not used with an EC key
};

// certificate_request is what the certificate is to say. Serial numbers are big-endian.
struct certificate_request {
  distinguished_name subject;
  byte_view serial;
  utc_time not_before;
  utc_time not_after;
  bool ca = false;          // critical basic constraints; left out when neither this nor `end_entity`
  bool end_entity = false;  // basic constraints that say: not a CA
  std::optional<std::uint32_t> path_length = {};
  bool sign_certificates = false;  // critical key usage; left out when no usage is asked for
  bool sign_crls = false;
  bool sign_data = false;
  std::span<const raw_extension> extensions = {};
  long version = 3;
};

// crl_request is what the list is to say.
struct crl_request {
  utc_time this_update;
  utc_time next_update;
  std::uint64_t number;
  std::span<const byte_view> serials = {};
  std::span<const raw_extension> extensions = {};
};

namespace detail {

using x509_name = handle<X509_NAME, X509_NAME_free>;
using asn1_integer = handle<ASN1_INTEGER, ASN1_INTEGER_free>;
using asn1_time = handle<ASN1_TIME, ASN1_TIME_free>;

inline x509_name make_name(distinguished_name parts) noexcept {
  x509_name made(X509_NAME_new());
  for (const name_part& part : parts) {
    if (made && X509_NAME_add_entry_by_txt(made.get(), part.field, MBSTRING_UTF8,
                                           reinterpret_cast<const unsigned char*>(part.value.data()),
                                           static_cast<int>(part.value.size()), -1, 0) != 1) {
      return {};
    }
  }
  return made;
}

inline asn1_integer make_integer(byte_view bytes) noexcept {
  const handle<BIGNUM, BN_free> number(BN_bin2bn(bytes.data(), static_cast<int>(bytes.size()), nullptr));
  return asn1_integer(number ? BN_to_ASN1_INTEGER(number.get(), nullptr) : nullptr);
}

// make_time chooses UTCTime until 2049 and GeneralizedTime after (RFC 5280, 4.1.2.5).
inline asn1_time make_time(utc_time at) noexcept { return asn1_time(ASN1_TIME_set(nullptr, time_t{at.seconds})); }

// add_extensions appends with `add`, which copies.
template <class Add>
bool add_extensions(std::span<const raw_extension> extensions, Add add) noexcept {
  for (const raw_extension& each : extensions) {
    const handle<ASN1_OBJECT, ASN1_OBJECT_free> oid(OBJ_txt2obj(each.dotted_oid, 1));
    const handle<ASN1_OCTET_STRING, ASN1_OCTET_STRING_free> value(ASN1_OCTET_STRING_new());
    if (!oid || !value ||
        ASN1_OCTET_STRING_set(value.get(), each.value.data(), static_cast<int>(each.value.size())) != 1) {
      return false;
    }
    const handle<X509_EXTENSION, X509_EXTENSION_free> made(
        X509_EXTENSION_create_by_OBJ(nullptr, oid.get(), each.critical ? 1 : 0, value.get()));
    if (!made || !add(made.get())) return false;
  }
  return true;
}

inline bool add_constraints(X509* to, const certificate_request& request) noexcept {
  if (request.ca || request.end_entity) {
    const handle<BASIC_CONSTRAINTS, BASIC_CONSTRAINTS_free> made(BASIC_CONSTRAINTS_new());
    if (!made) return false;
    made.get()->ca = request.ca ? 0xff : 0;
    if (request.path_length) {
      made.get()->pathlen = ASN1_INTEGER_new();  // owned by the constraints
      if (ASN1_INTEGER_set_uint64(made.get()->pathlen, *request.path_length) != 1) return false;
    }
    if (X509_add1_ext_i2d(to, NID_basic_constraints, made.get(), 1, 0) != 1) return false;
  }
  constexpr int digital_signature = 0;  // bits of RFC 5280, 4.2.1.3
  constexpr int key_cert_sign = 5;
  constexpr int crl_sign = 6;
  if (!request.sign_data && !request.sign_certificates && !request.sign_crls) return true;
  const handle<ASN1_BIT_STRING, ASN1_BIT_STRING_free> usage(ASN1_BIT_STRING_new());
  return usage && ASN1_BIT_STRING_set_bit(usage.get(), digital_signature, request.sign_data) == 1 &&
         ASN1_BIT_STRING_set_bit(usage.get(), key_cert_sign, request.sign_certificates) == 1 &&
         ASN1_BIT_STRING_set_bit(usage.get(), crl_sign, request.sign_crls) == 1 &&
         X509_add1_ext_i2d(to, NID_key_usage, usage.get(), 1, 0) == 1;
}

// sign_as sets up the issuer's algorithm and calls sign(EVP_MD_CTX*), which gives 0 on failure.
template <class Sign>
bool sign_as(const certificate_issuer& by, Sign sign) noexcept {
  const handle<EVP_MD_CTX, EVP_MD_CTX_free> context(EVP_MD_CTX_new());
  EVP_PKEY_CTX* parameters = nullptr;  // owned by the context
  EVP_PKEY* const key = by.key.native_handle();
  if (!context || EVP_DigestSignInit_ex(context.get(), &parameters, by.digest, nullptr, nullptr, key, nullptr) != 1) {
    return false;
  }
  if (EVP_PKEY_is_a(key, "RSA") == 1 && (EVP_PKEY_CTX_set_rsa_padding(parameters, RSA_PKCS1_PSS_PADDING) != 1 ||
                                         EVP_PKEY_CTX_set_rsa_pss_saltlen(parameters, by.pss_salt) != 1)) {
    return false;
  }
  return sign(context.get()) > 0;
}

}  // namespace detail

// issue_certificate signs a certificate for subject_key, whose private half is not used. What the request says is not
// checked for sense: tests forge with it. errc::crypto_error when OpenSSL cannot encode or sign it,
// certificate::from_der's failures when the certificate cannot be read back.
inline result<certificate> issue_certificate(const certificate_request& request, const signing_key& subject_key,
                                             const certificate_issuer& by) noexcept {
  const detail::error_mark mark;
  const detail::handle<X509, X509_free> made(X509_new());
  const auto subject = detail::make_name(request.subject);
  const auto issued_by = detail::make_name(by.name);
  const auto serial = detail::make_integer(request.serial);
  const auto from = detail::make_time(request.not_before);
  const auto until = detail::make_time(request.not_after);
  X509* const x = made.get();
  if (!made || !subject || !issued_by || !serial || !from || !until || X509_set_version(x, request.version - 1) != 1 ||
      X509_set_serialNumber(x, serial.get()) != 1 || X509_set_subject_name(x, subject.get()) != 1 ||
      X509_set_issuer_name(x, issued_by.get()) != 1 || X509_set1_notBefore(x, from.get()) != 1 ||
      X509_set1_notAfter(x, until.get()) != 1 || X509_set_pubkey(x, subject_key.native_handle()) != 1 ||
      !detail::add_constraints(x, request) ||
      !detail::add_extensions(request.extensions, [&](auto* each) { return X509_add_ext(x, each, -1) == 1; }) ||
      !detail::sign_as(by, [&](EVP_MD_CTX* with) { return X509_sign_ctx(x, with); })) {
    return errc::crypto_error;
  }
  unsigned char* encoded = nullptr;
  const int length = i2d_X509(x, &encoded);
  const detail::openssl_bytes owner(encoded);
  if (length < 0) return errc::crypto_error;
  return certificate::from_der({encoded, static_cast<std::size_t>(length)});
}

// issue_crl signs a list; like issue_certificate.
inline result<crl> issue_crl(const crl_request& request, const certificate_issuer& by) noexcept {
  const detail::error_mark mark;
  const detail::handle<X509_CRL, X509_CRL_free> made(X509_CRL_new());
  const auto issued_by = detail::make_name(by.name);
  const auto from = detail::make_time(request.this_update);
  const auto until = detail::make_time(request.next_update);
  const detail::asn1_integer number(ASN1_INTEGER_new());
  X509_CRL* const list = made.get();
  if (!made || !issued_by || !from || !until || !number || ASN1_INTEGER_set_uint64(number.get(), request.number) != 1 ||
      X509_CRL_set_version(list, 1) != 1 || X509_CRL_set_issuer_name(list, issued_by.get()) != 1 ||
      X509_CRL_set1_lastUpdate(list, from.get()) != 1 || X509_CRL_set1_nextUpdate(list, until.get()) != 1 ||
      X509_CRL_add1_ext_i2d(list, NID_crl_number, number.get(), 0, 0) != 1 ||
      !detail::add_extensions(request.extensions, [&](auto* each) { return X509_CRL_add_ext(list, each, -1) == 1; })) {
    return errc::crypto_error;
  }
  for (const byte_view bytes : request.serials) {
    detail::handle<X509_REVOKED, X509_REVOKED_free> entry(X509_REVOKED_new());
    const auto serial = detail::make_integer(bytes);
    if (!entry || !serial || X509_REVOKED_set_serialNumber(entry.get(), serial.get()) != 1 ||
        X509_REVOKED_set_revocationDate(entry.get(), from.get()) != 1 ||
        X509_CRL_add0_revoked(list, entry.get()) != 1) {
      return errc::crypto_error;
    }
    (void)entry.release();  // owned by the list
  }
  if (!detail::sign_as(by, [&](EVP_MD_CTX* with) { return X509_CRL_sign_ctx(list, with); })) return errc::crypto_error;
  unsigned char* encoded = nullptr;
  const int length = i2d_X509_CRL(list, &encoded);
  const detail::openssl_bytes owner(encoded);
  if (length < 0) return errc::crypto_error;
  return crl::from_der({encoded, static_cast<std::size_t>(length)});
}

}  // namespace unitee::inline v0
