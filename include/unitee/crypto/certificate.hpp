// SPDX-License-Identifier: Apache-2.0
//
// unitee/crypto/certificate.hpp: one X.509 certificate (RFC 5280): what it says, before anyone believes it.
#pragma once

#include <unitee/bytes/time.hpp>
#include <unitee/bytes/view.hpp>
#include <unitee/crypto/asn1.hpp>
#include <unitee/crypto/ecdsa.hpp>
#include <unitee/crypto/hash.hpp>
#include <unitee/crypto/openssl.hpp>
#include <unitee/result.hpp>

#include <openssl/objects.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace unitee::inline v0 {

// key_type is a public key's algorithm and size.
struct key_type {
  enum class algorithm : std::uint8_t {
    rsa,   // rsaEncryption
    p256,  // id-ecPublicKey on the named curve
    p384,
    other,  // another algorithm, or a key that does not decode
  };

  algorithm kind = algorithm::other;
  int bits = 0;

  friend constexpr bool operator==(const key_type&, const key_type&) = default;
};

inline constexpr key_type rsa_4096_key{key_type::algorithm::rsa, 4096};
inline constexpr key_type p256_key{key_type::algorithm::p256, 256};
inline constexpr key_type p384_key{key_type::algorithm::p384, 384};

// certificate is one well-formed certificate, which shows nothing until verify_chain accepts it. Copies share it.
// Failures are in part::certificate.
class certificate {
 public:
  // from_der takes exactly one DER certificate: errc::bad_encoding at 0, or errc::trailing_data where it ends. A
  // negative serial number is errc::bad_value.
  [[nodiscard]] static result<certificate> from_der(byte_view der) noexcept {
    const detail::error_mark mark;
    auto parsed = detail::parse_der<X509, X509_free>(der, part::certificate, d2i_X509, i2d_X509);
    if (!parsed) return parsed.error();
    if (ASN1_STRING_type(X509_get0_serialNumber(parsed->get())) != V_ASN1_INTEGER) return fail(errc::bad_value);
    X509_check_purpose(parsed->get(), -1, 0);  // reads the extensions now, once, before threads share the object
    return certificate(parsed->release());
  }

  // der is the bytes that from_der was given.
  [[nodiscard]] result<std::vector<std::uint8_t>> der() const {
    const detail::error_mark mark;
    unsigned char* encoded = nullptr;
    const int length = i2d_X509(x509_.get(), &encoded);
    const detail::openssl_bytes owner(encoded);
    if (length < 0) return fail(errc::crypto_error);
    return std::vector<std::uint8_t>(encoded, encoded + length);
  }

  // subject_common_name is valid while a copy of the certificate lives; errc::name_mismatch unless there is exactly
  // one, in a PrintableString, UTF8String or IA5String without a zero byte.
  [[nodiscard]] result<std::string_view> subject_common_name() const noexcept {
    return detail::common_name_of(X509_get_subject_name(x509_.get()), part::certificate);
  }
  [[nodiscard]] result<std::string_view> issuer_common_name() const noexcept {
    return detail::common_name_of(X509_get_issuer_name(x509_.get()), part::certificate);
  }

  // not_before and not_after are the first and the last second of validity; another form than RFC 5280's, or a year
  // before 1970, is errc::bad_encoding.
  [[nodiscard]] result<utc_time> not_before() const noexcept {
    return detail::time_of(X509_get0_notBefore(x509_.get()), part::certificate);
  }
  [[nodiscard]] result<utc_time> not_after() const noexcept {
    return detail::time_of(X509_get0_notAfter(x509_.get()), part::certificate);
  }

  // serial is the serial number in big-endian bytes, at least one, valid while a copy of the certificate lives.
  [[nodiscard]] byte_view serial() const noexcept { return detail::content(X509_get0_serialNumber(x509_.get())); }

  // x509_version is 1, 2 or 3 in certificates as they should be.
  [[nodiscard]] long x509_version() const noexcept { return X509_get_version(x509_.get()) + 1; }

  // is_issued_by compares the certificate's issuer with the other's subject. No signature is checked.
  [[nodiscard]] bool is_issued_by(const certificate& other) const noexcept {
    const detail::error_mark mark;
    return X509_NAME_cmp(X509_get_issuer_name(x509_.get()), X509_get_subject_name(other.x509_.get())) == 0;
  }

  // has_key_of says that both name the same subject and have the same public key: one CA, whatever else is different.
  [[nodiscard]] bool has_key_of(const certificate& other) const noexcept {
    const detail::error_mark mark;
    const EVP_PKEY* const ours = X509_get0_pubkey(x509_.get());
    const EVP_PKEY* const theirs = X509_get0_pubkey(other.x509_.get());
    return ours != nullptr && theirs != nullptr && EVP_PKEY_eq(ours, theirs) == 1 &&
           X509_NAME_cmp(X509_get_subject_name(x509_.get()), X509_get_subject_name(other.x509_.get())) == 0;
  }

  // extension is the octets of the extension's value, valid while a copy of the certificate lives: errc::missing,
  // errc::duplicate when it is there twice, errc::bad_value when `dotted_oid` is none.
  [[nodiscard]] result<byte_view> extension(const char* dotted_oid) const noexcept {
    const detail::error_mark mark;
    const detail::handle<ASN1_OBJECT, ASN1_OBJECT_free> oid(OBJ_txt2obj(dotted_oid, 1));
    if (!oid) return fail(errc::bad_value);
    const int at = X509_get_ext_by_OBJ(x509_.get(), oid.get(), -1);
    if (at < 0) return fail(errc::missing);
    if (X509_get_ext_by_OBJ(x509_.get(), oid.get(), at) >= 0) return fail(errc::duplicate);
    return detail::content(X509_EXTENSION_get_data(X509_get_ext(x509_.get(), at)));
  }

  // has_unknown_critical_extension asks for a critical extension that path validation does not understand.
  [[nodiscard]] bool has_unknown_critical_extension() const noexcept { return has(EXFLAG_CRITICAL); }

  // has_malformed_extension asks for an extension that path validation knows and that does not decode, is there twice
  // or contradicts another.
  [[nodiscard]] bool has_malformed_extension() const noexcept { return has(EXFLAG_INVALID); }

  // key is the kind of the subject's public key.
  [[nodiscard]] key_type key() const noexcept {
    const detail::error_mark mark;
    const EVP_PKEY* decoded = X509_get0_pubkey(x509_.get());
    if (decoded == nullptr) return {};
    const int bits = EVP_PKEY_get_bits(decoded);
    const spki said = subject_key();
    if (OBJ_obj2nid(said.algorithm) == NID_rsaEncryption) return {key_type::algorithm::rsa, bits};
    if (said.curve == NID_X9_62_prime256v1) return {key_type::algorithm::p256, bits};
    if (said.curve == NID_secp384r1) return {key_type::algorithm::p384, bits};
    return {key_type::algorithm::other, bits};
  }

  // ec_key is the subject's public key, or errc::certificate_unfit when that is not an uncompressed point of Curve.
  template <class Curve>
  [[nodiscard]] result<ecdsa_public_key<Curve>> ec_key() const noexcept {
    const detail::error_mark mark;
    const spki said = subject_key();
    constexpr std::size_t size = 2 * Curve::field;
    if (said.curve != detail::curve_nid<Curve> || said.key.size() != 1 + size || said.key[0] != 0x04)
      return fail(errc::certificate_unfit);
    auto made = ecdsa_public_key<Curve>::from_point(said.key.template last<size>());
    if (!made) return fail(made.error().code == errc::bad_value ? errc::certificate_unfit : made.error().code);
    return made;
  }

  // scheme is how the certificate is signed.
  [[nodiscard]] signature_scheme scheme() const noexcept {
    const detail::error_mark mark;
    const X509_ALGOR* outer = nullptr;
    X509_get0_signature(nullptr, &outer, x509_.get());
    return detail::scheme_of(X509_get0_tbs_sigalg(x509_.get()), outer);
  }

  // spki_sha384 is the digest of the DER SubjectPublicKeyInfo, by which roots are pinned.
  [[nodiscard]] result<sha384_digest> spki_sha384() const noexcept {
    const detail::error_mark mark;
    unsigned char* encoded = nullptr;
    const int length = i2d_X509_PUBKEY(X509_get_X509_PUBKEY(x509_.get()), &encoded);
    const detail::openssl_bytes owner(encoded);
    if (length < 0) return fail(errc::crypto_error);
    return sha384({encoded, static_cast<std::size_t>(length)});
  }

  // is_ca asks for basic constraints that say CA. No extension may be malformed or doubled.
  [[nodiscard]] bool is_ca() const noexcept { return has(EXFLAG_CA) && has(EXFLAG_BCONS) && !has(EXFLAG_INVALID); }

  // path_length is how many further CAs may stand between this one and the leaf, if that is limited.
  [[nodiscard]] std::optional<long> path_length() const noexcept {
    const detail::error_mark mark;
    const long limit = X509_get_pathlen(x509_.get());
    return limit < 0 ? std::nullopt : std::optional<long>(limit);
  }

  [[nodiscard]] bool may_sign_certificates() const noexcept { return is_ca() && may(KU_KEY_CERT_SIGN); }
  [[nodiscard]] bool may_sign_crls() const noexcept { return may(KU_CRL_SIGN); }
  [[nodiscard]] bool may_sign_data() const noexcept { return may(KU_DIGITAL_SIGNATURE); }

  // == compares the whole DER: the signed part and the signature.
  friend bool operator==(const certificate& a, const certificate& b) noexcept {
    const detail::error_mark mark;
    const ASN1_BIT_STRING* signature_a = nullptr;
    const ASN1_BIT_STRING* signature_b = nullptr;
    const X509_ALGOR* scheme_a = nullptr;
    const X509_ALGOR* scheme_b = nullptr;
    X509_get0_signature(&signature_a, &scheme_a, a.x509_.get());
    X509_get0_signature(&signature_b, &scheme_b, b.x509_.get());
    return X509_cmp(a.x509_.get(), b.x509_.get()) == 0 && ASN1_STRING_cmp(signature_a, signature_b) == 0 &&
           X509_ALGOR_cmp(scheme_a, scheme_b) == 0;
  }

  // native_handle is OpenSSL's object, for this floor's own use.
  [[nodiscard]] X509* native_handle() const noexcept { return x509_.get(); }

 private:
  struct spki {
    const ASN1_OBJECT* algorithm;
    int curve;  // NID_undef unless the key is an EC key on a named curve
    byte_view key;
  };

  explicit certificate(X509* owned) noexcept : x509_(owned) {}

  static constexpr failure fail(errc code) noexcept { return {code, 0, part::certificate}; }

  bool has(std::uint32_t flag) const noexcept {
    const detail::error_mark mark;
    return (X509_get_extension_flags(x509_.get()) & flag) != 0;
  }

  // may asks for a key usage that is spelled out: a certificate without the extension may nothing.
  bool may(std::uint32_t usage) const noexcept {
    const detail::error_mark mark;
    return has(EXFLAG_KUSAGE) && !has(EXFLAG_INVALID) && (X509_get_key_usage(x509_.get()) & usage) != 0;
  }

  spki subject_key() const noexcept {
    ASN1_OBJECT* algorithm = nullptr;
    const unsigned char* key = nullptr;
    int length = 0;
    X509_ALGOR* identifier = nullptr;
    X509_PUBKEY_get0_param(&algorithm, &key, &length, &identifier, X509_get_X509_PUBKEY(x509_.get()));
    int type = V_ASN1_UNDEF;
    const void* parameter = nullptr;
    X509_ALGOR_get0(nullptr, &type, &parameter, identifier);
    const bool named = OBJ_obj2nid(algorithm) == NID_X9_62_id_ecPublicKey && type == V_ASN1_OBJECT;
    return {algorithm,
            named ? OBJ_obj2nid(static_cast<const ASN1_OBJECT*>(parameter)) : NID_undef,
            {key, static_cast<std::size_t>(length)}};
  }

  detail::counted<X509, X509_up_ref, X509_free> x509_;
};

}  // namespace unitee::inline v0
