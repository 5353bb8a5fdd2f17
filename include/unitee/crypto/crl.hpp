// SPDX-License-Identifier: Apache-2.0
//
// unitee/crypto/crl.hpp: one certificate revocation list (RFC 5280, section 5).
#pragma once

#include <unitee/bytes/time.hpp>
#include <unitee/bytes/view.hpp>
#include <unitee/crypto/asn1.hpp>
#include <unitee/crypto/certificate.hpp>
#include <unitee/crypto/openssl.hpp>
#include <unitee/result.hpp>

#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace unitee::inline v0 {

// crl is one well-formed list that speaks for all certificates of its issuer. It says nothing until verify accepts it.
// Copies share it. Failures are in part::crl.
class crl {
 public:
  // from_der takes exactly one DER list: errc::bad_encoding at 0, or errc::trailing_data where it ends. A list that
  // is not complete by itself (delta or partitioned), or that has a critical extension, is errc::certificate_unfit;
  // one whose two algorithm identifiers differ is errc::bad_value.
  [[nodiscard]] static result<crl> from_der(byte_view der) noexcept {
    const detail::error_mark mark;
    auto parsed = detail::parse_der<X509_CRL, X509_CRL_free>(der, part::crl, d2i_X509_CRL, i2d_X509_CRL);
    if (!parsed) return parsed.error();
    if (!complete(parsed->get())) return failure{errc::certificate_unfit, 0, part::crl};
    if (!same_algorithms(der, parsed->get())) return failure{errc::bad_value, 0, part::crl};
    // OpenSSL sorts the entries at the first look into them: now, before threads share the object.
    X509_REVOKED* entry = nullptr;
    const detail::handle<ASN1_INTEGER, ASN1_INTEGER_free> any(ASN1_INTEGER_new());
    if (!any) return failure{errc::crypto_error, 0, part::crl};
    (void)X509_CRL_get0_by_serial(parsed->get(), &entry, any.get());
    return crl(parsed->release());
  }

  // der is the bytes that from_der was given.
  [[nodiscard]] result<std::vector<std::uint8_t>> der() const {
    const detail::error_mark mark;
    unsigned char* encoded = nullptr;
    const int length = i2d_X509_CRL(crl_.get(), &encoded);
    const detail::openssl_bytes owner(encoded);
    if (length < 0) return failure{errc::crypto_error, 0, part::crl};
    return std::vector<std::uint8_t>(encoded, encoded + length);
  }

  // issuer_common_name is valid while a copy of the list lives; see certificate::subject_common_name.
  [[nodiscard]] result<std::string_view> issuer_common_name() const noexcept {
    return detail::common_name_of(X509_CRL_get_issuer(crl_.get()), part::crl);
  }

  // this_update and next_update bound the time for which the list speaks. A list without a next update is
  // errc::missing.
  [[nodiscard]] result<utc_time> this_update() const noexcept {
    return detail::time_of(X509_CRL_get0_lastUpdate(crl_.get()), part::crl);
  }
  [[nodiscard]] result<utc_time> next_update() const noexcept {
    const ASN1_TIME* next = X509_CRL_get0_nextUpdate(crl_.get());
    if (next == nullptr) return failure{errc::missing, 0, part::crl};
    return detail::time_of(next, part::crl);
  }

  // scheme is how the list is signed.
  [[nodiscard]] signature_scheme scheme() const noexcept {
    const detail::error_mark mark;
    const X509_ALGOR* outer = nullptr;
    X509_CRL_get0_signature(crl_.get(), nullptr, &outer);
    return detail::scheme_of(outer, outer);  // from_der has compared it with the signed one
  }

  // number is the CRL number, if there is one and it fits. Some issuers never count it up: this_update orders lists.
  [[nodiscard]] std::optional<std::uint64_t> number() const noexcept {
    const detail::error_mark mark;
    const detail::handle<ASN1_INTEGER, ASN1_INTEGER_free> found(
        static_cast<ASN1_INTEGER*>(X509_CRL_get_ext_d2i(crl_.get(), NID_crl_number, nullptr, nullptr)));
    std::uint64_t value = 0;
    if (!found || ASN1_INTEGER_get_uint64(&value, found.get()) != 1) return std::nullopt;
    return value;
  }

  // has_authority_key_identifier asks for the extension, which RFC 5280 demands of every list, as it does the number.
  [[nodiscard]] bool has_authority_key_identifier() const noexcept {
    const detail::error_mark mark;
    return X509_CRL_get_ext_by_NID(crl_.get(), NID_authority_key_identifier, -1) >= 0;
  }

  // lists asks whether the certificate's serial number is on the list. That means revocation only when the
  // certificate is of the same issuer: is_issued_by_same tells.
  [[nodiscard]] bool lists(const certificate& subject) const noexcept {
    const detail::error_mark mark;
    X509_REVOKED* entry = nullptr;
    return X509_CRL_get0_by_serial(crl_.get(), &entry, X509_get0_serialNumber(subject.native_handle())) != 0;
  }

  // is_issued_by compares the list's issuer with the certificate's subject, is_issued_by_same with its issuer.
  [[nodiscard]] bool is_issued_by(const certificate& issuer) const noexcept {
    const detail::error_mark mark;
    return X509_NAME_cmp(X509_CRL_get_issuer(crl_.get()), X509_get_subject_name(issuer.native_handle())) == 0;
  }
  [[nodiscard]] bool is_issued_by_same(const certificate& subject) const noexcept {
    const detail::error_mark mark;
    return X509_NAME_cmp(X509_CRL_get_issuer(crl_.get()), X509_get_issuer_name(subject.native_handle())) == 0;
  }

  // verify checks, in this order: that `issuer` has the list's issuer name and may sign lists
  // (errc::issuer_mismatch), that the list is signed in this scheme with that key (errc::signature_invalid), and that
  // this_update <= at <= next_update (errc::not_yet_valid, errc::expired).
  result<void> verify(const certificate& issuer, utc_time at, signature_scheme wanted) const noexcept {
    const detail::error_mark mark;
    if (!is_issued_by(issuer) || !issuer.may_sign_crls()) return failure{errc::issuer_mismatch, 0, part::crl};
    EVP_PKEY* const key = X509_get0_pubkey(issuer.native_handle());
    if (wanted == signature_scheme::other || scheme() != wanted || key == nullptr ||
        X509_CRL_verify(crl_.get(), key) != 1) {
      return failure{errc::signature_invalid, 0, part::crl};
    }
    const auto from = this_update();
    if (!from) return from.error();
    if (at < *from) return failure{errc::not_yet_valid, 0, part::crl};
    const auto until = next_update();
    if (!until) return until.error();
    if (at > *until) return failure{errc::expired, 0, part::crl};
    return {};
  }

  // == compares the whole DER: the signed part and the signature.
  friend bool operator==(const crl& a, const crl& b) noexcept {
    const detail::error_mark mark;
    const ASN1_BIT_STRING* signature_a = nullptr;
    const ASN1_BIT_STRING* signature_b = nullptr;
    X509_CRL_get0_signature(a.crl_.get(), &signature_a, nullptr);
    X509_CRL_get0_signature(b.crl_.get(), &signature_b, nullptr);
    return X509_CRL_match(a.crl_.get(), b.crl_.get()) == 0 && ASN1_STRING_cmp(signature_a, signature_b) == 0;
  }

  // native_handle is OpenSSL's object, for this floor's own use.
  [[nodiscard]] X509_CRL* native_handle() const noexcept { return crl_.get(); }

 private:
  explicit crl(X509_CRL* owned) noexcept : crl_(owned) {}

  // complete refuses what could hide a revocation from a reader that looks up serial numbers and nothing else.
  static bool complete(X509_CRL* list) noexcept {
    if (X509_CRL_get_ext_by_critical(list, 1, -1) >= 0 || X509_CRL_get_ext_by_NID(list, NID_delta_crl, -1) >= 0 ||
        X509_CRL_get_ext_by_NID(list, NID_issuing_distribution_point, -1) >= 0) {
      return false;
    }
    const STACK_OF(X509_REVOKED)* entries = X509_CRL_get_REVOKED(list);
    for (int i = 0; i < sk_X509_REVOKED_num(entries); ++i) {
      if (X509_REVOKED_get_ext_by_critical(sk_X509_REVOKED_value(entries, i), 1, -1) >= 0) return false;
    }
    return true;
  }

  // same_algorithms compares the signed algorithm identifier with the one beside the signature, because X509_CRL_verify
  // does not. OpenSSL 3.0 has no accessor for the signed one: it is the first SEQUENCE of the signed part.
  static bool same_algorithms(byte_view der, const X509_CRL* list) noexcept {
    const unsigned char* at = der.data();
    const unsigned char* const end = at + der.size();
    long length = 0;
    int tag = 0;
    int kind = 0;
    const auto header = [&](const unsigned char*& from) {
      return (ASN1_get_object(&from, &length, &tag, &kind, end - from) & 0x80) == 0;
    };
    if (!header(at) || !header(at)) return false;  // CertificateList, TBSCertList
    const unsigned char* number = at;              // of the version, where there is one
    if (!header(number)) return false;
    if (tag == V_ASN1_INTEGER) at = number + length;
    const detail::handle<X509_ALGOR, X509_ALGOR_free> inner(d2i_X509_ALGOR(nullptr, &at, end - at));
    const X509_ALGOR* outer = nullptr;
    X509_CRL_get0_signature(list, nullptr, &outer);
    return inner && X509_ALGOR_cmp(inner.get(), outer) == 0;
  }

  detail::counted<X509_CRL, X509_CRL_up_ref, X509_CRL_free> crl_;
};

}  // namespace unitee::inline v0
