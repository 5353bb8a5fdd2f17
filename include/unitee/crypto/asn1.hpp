// SPDX-License-Identifier: Apache-2.0
//
// unitee/crypto/asn1.hpp: what certificates and CRLs have in common: times, names, signature algorithms, whole DER.
#pragma once

#include <unitee/bytes/time.hpp>
#include <unitee/bytes/view.hpp>
#include <unitee/crypto/ecdsa.hpp>
#include <unitee/crypto/openssl.hpp>
#include <unitee/result.hpp>

#include <openssl/asn1.h>
#include <openssl/crypto.h>
#include <openssl/objects.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

#include <climits>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace unitee::inline v0 {

// signature_scheme is how a certificate or CRL is signed, parameters included.
enum class signature_scheme : std::uint8_t {
  rsa_pss_sha384,  // RSASSA-PSS, SHA-384, MGF1 with SHA-384, salt of 48 bytes, trailer field 1 (RFC 4055)
  ecdsa_sha256,    // RFC 5758, 3.2
  ecdsa_sha384,
  other,  // everything else: never accepted
};

namespace detail {

// curve_nid is OpenSSL's number for a curve.
template <class Curve>
inline constexpr int curve_nid = NID_undef;
template <>
inline constexpr int curve_nid<p256> = NID_X9_62_prime256v1;
template <>
inline constexpr int curve_nid<p384> = NID_secp384r1;

inline void free_bytes(unsigned char* bytes) noexcept { OPENSSL_free(bytes); }
using openssl_bytes = handle<unsigned char, free_bytes>;

// content is the octets of a string, integer or time, without its header.
inline byte_view content(const ASN1_STRING* string) noexcept {
  return {ASN1_STRING_get0_data(string), static_cast<std::size_t>(ASN1_STRING_length(string))};
}

// parse_der reads exactly one T. Bytes that do not decode are errc::bad_encoding, and so are those that do not
// encode to the same bytes again, outside of the signed part, which OpenSSL keeps as it is; bytes after the end are
// errc::trailing_data where they begin.
template <class T, auto Free, class Decode, class Encode>
result<handle<T, Free>> parse_der(byte_view der, part in, Decode decode, Encode encode) noexcept {
  if (der.size() > INT_MAX) return failure{errc::bad_length, 0, in};
  const unsigned char* at = der.data();
  handle<T, Free> parsed(decode(nullptr, &at, static_cast<long>(der.size())));
  if (!parsed) return failure{errc::bad_encoding, 0, in};
  const auto used = static_cast<std::size_t>(at - der.data());
  unsigned char* again = nullptr;
  const int length = encode(parsed.get(), &again);
  const openssl_bytes owner(again);
  if (length < 0) return failure{errc::crypto_error, 0, in};
  if (!equal({again, static_cast<std::size_t>(length)}, der.first(used))) return failure{errc::bad_encoding, 0, in};
  if (used != der.size()) return failure{errc::trailing_data, used, in};
  return parsed;
}

// time_of reads UTCTime and GeneralizedTime in the one form that RFC 5280 (4.1.2.5) allows: seconds given, Z, no
// fraction.
inline result<utc_time> time_of(const ASN1_TIME* time, part in) noexcept {
  const byte_view text = content(time);
  const bool two_digits = ASN1_STRING_type(time) == V_ASN1_UTCTIME;
  const std::size_t year = two_digits ? 2 : 4;
  if (text.size() != year + 11 || text[year + 10] != 'Z') return failure{errc::bad_encoding, 0, in};
  char out[] = "0000-00-00T00:00:00Z";
  if (two_digits) {  // 50 to 99 are in the twentieth century
    out[0] = text[0] >= '5' ? '1' : '2';
    out[1] = text[0] >= '5' ? '9' : '0';
  }
  for (std::size_t i = 0; i < year; ++i) out[4 - year + i] = static_cast<char>(text[i]);
  constexpr std::size_t places[] = {5, 8, 11, 14, 17};
  for (std::size_t i = 0; i < 10; ++i) out[places[i / 2] + i % 2] = static_cast<char>(text[year + i]);
  const auto at = parse_time(std::string_view(out, 20));
  if (!at) return failure{errc::bad_encoding, 0, in};
  return *at;
}

// common_name_of is the one common name of a name; none, several, or one that is not plain text is errc::name_mismatch.
inline result<std::string_view> common_name_of(const X509_NAME* name, part in) noexcept {
  const failure refused{errc::name_mismatch, 0, in};
  const int at = X509_NAME_get_index_by_NID(name, NID_commonName, -1);
  if (at < 0 || X509_NAME_get_index_by_NID(name, NID_commonName, at) >= 0) return refused;
  const ASN1_STRING* value = X509_NAME_ENTRY_get_data(X509_NAME_get_entry(name, at));
  const int type = ASN1_STRING_type(value);
  if (type != V_ASN1_UTF8STRING && type != V_ASN1_PRINTABLESTRING && type != V_ASN1_IA5STRING) return refused;
  const byte_view bytes = content(value);
  for (const std::uint8_t c : bytes) {
    if (c == 0) return refused;
  }
  return std::string_view(reinterpret_cast<const char*>(bytes.data()), bytes.size());
}

// names asks whether an algorithm identifier is `nid` with parameters that are NULL or absent.
inline bool names(const X509_ALGOR* algorithm, int nid) noexcept {
  const ASN1_OBJECT* object = nullptr;
  int type = V_ASN1_UNDEF;
  X509_ALGOR_get0(&object, &type, nullptr, algorithm);
  return OBJ_obj2nid(object) == nid && (type == V_ASN1_UNDEF || type == V_ASN1_NULL);
}

// is_pss_sha384 asks for exactly the parameters of signature_scheme::rsa_pss_sha384 (RFC 4055, 3.1).
inline bool is_pss_sha384(const ASN1_TYPE* parameters) noexcept {
  const handle<RSA_PSS_PARAMS, RSA_PSS_PARAMS_free> pss(
      static_cast<RSA_PSS_PARAMS*>(ASN1_TYPE_unpack_sequence(ASN1_ITEM_rptr(RSA_PSS_PARAMS), parameters)));
  if (!pss) return false;
  const RSA_PSS_PARAMS& given = *pss.get();
  if (given.hashAlgorithm == nullptr || given.maskGenAlgorithm == nullptr || given.saltLength == nullptr) return false;
  const ASN1_OBJECT* mask = nullptr;
  X509_ALGOR_get0(&mask, nullptr, nullptr, given.maskGenAlgorithm);
  const handle<X509_ALGOR, X509_ALGOR_free> mask_hash(static_cast<X509_ALGOR*>(
      ASN1_TYPE_unpack_sequence(ASN1_ITEM_rptr(X509_ALGOR), given.maskGenAlgorithm->parameter)));
  return names(given.hashAlgorithm, NID_sha384) && OBJ_obj2nid(mask) == NID_mgf1 && mask_hash &&
         names(mask_hash.get(), NID_sha384) && ASN1_INTEGER_get(given.saltLength) == 48 &&
         (given.trailerField == nullptr || ASN1_INTEGER_get(given.trailerField) == 1);
}

// scheme_of is the scheme on which the signed and the unsigned algorithm identifier agree.
inline signature_scheme scheme_of(const X509_ALGOR* inner, const X509_ALGOR* outer) noexcept {
  if (X509_ALGOR_cmp(inner, outer) != 0) return signature_scheme::other;
  const ASN1_OBJECT* object = nullptr;
  int type = V_ASN1_UNDEF;
  X509_ALGOR_get0(&object, &type, nullptr, inner);
  switch (OBJ_obj2nid(object)) {
    case NID_rsassaPss:
      return is_pss_sha384(inner->parameter) ? signature_scheme::rsa_pss_sha384 : signature_scheme::other;
    case NID_ecdsa_with_SHA256: return type == V_ASN1_UNDEF ? signature_scheme::ecdsa_sha256 : signature_scheme::other;
    case NID_ecdsa_with_SHA384: return type == V_ASN1_UNDEF ? signature_scheme::ecdsa_sha384 : signature_scheme::other;
    default: return signature_scheme::other;
  }
}

}  // namespace detail

}  // namespace unitee::inline v0
