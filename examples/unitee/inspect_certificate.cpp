// SPDX-License-Identifier: Apache-2.0
//
// inspect_certificate.cpp: one X.509 certificate.

#include "inspect_x509.hpp"

#include <openssl/core_names.h>
#include <openssl/evp.h>

#include <algorithm>

namespace command::inspection {

namespace {

std::string key_name(const unitee::key_type& key) {
  switch (key.kind) {
    case unitee::key_type::algorithm::rsa: return fmt::format("RSA-{}", key.bits);
    case unitee::key_type::algorithm::p256: return "P-256";
    case unitee::key_type::algorithm::p384: return "P-384";
    case unitee::key_type::algorithm::other: break;
  }
  return "other";
}

cell rsa_exponent(X509* x509) {
  const EVP_PKEY* key = X509_get0_pubkey(x509);
  BIGNUM* e = nullptr;
  if (key == nullptr || EVP_PKEY_get_bn_param(key, OSSL_PKEY_PARAM_RSA_E, &e) != 1) return {};
  const owned<BIGNUM, BN_free> owner(e);
  const BN_ULONG word = BN_get_word(e);
  return BN_num_bits(e) > 63 ? cell() : cell(std::uint64_t{word});
}

bytes spki_der(X509* x509) {
  unsigned char* encoded = nullptr;
  const int length = i2d_X509_PUBKEY(X509_get_X509_PUBKEY(x509), &encoded);
  bytes out(encoded, encoded + std::max(length, 0));
  OPENSSL_free(encoded);
  return out;
}

std::vector<sheet::line> extension_lines(const X509* x509) {
  std::vector<sheet::line> out;
  for (int i = 0; i < X509_get_ext_count(x509); ++i) {
    X509_EXTENSION* const each = X509_get_ext(x509, i);
    const ASN1_OBJECT* const object = X509_EXTENSION_get_object(each);
    const bool critical = X509_EXTENSION_get_critical(each) != 0;
    const unitee::byte_view value = content(X509_EXTENSION_get_data(each));
    const std::string oid = oid_text(object);
    const std::string name = oid_name(object);
    const std::string shown =
        value.size() <= 32 ? hex(value) : fmt::format("{}... ({} bytes)", hex(value.first(24)), value.size());
    out.push_back(
        {{{"oid", oid},
          {"name", name == oid ? cell() : cell(name)},
          {"critical", critical},
          {"value", bytes_of(value)}},
         fmt::format("{:<24} {:<32} {:<8} {}", oid, name == oid ? "" : name, critical ? "critical" : "", shown)});
  }
  return out;
}

}  // namespace

unitee::result<sheet> certificate_sheet(unitee::byte_view der) {
  const auto from = unitee::certificate::from_der(der);
  if (!from) return from.error();
  X509* const x509 = from->native_handle();
  const auto subject = from->subject_common_name();
  const auto issuer = from->issuer_common_name();
  sheet out(subject ? std::string(*subject) : std::string("certificate"));
  out.put("subject", name_text(X509_get_subject_name(x509)));
  out.put("issuer", name_text(X509_get_issuer_name(x509)));
  out.put("subject_cn", text_or_null(subject));
  out.put("issuer_cn", text_or_null(issuer));
  out.put("version", static_cast<std::uint64_t>(from->x509_version()));
  out.put("serial", bytes_of(from->serial()), {}, hex(from->serial()));
  out.put("not_before", text_or_null(from->not_before()));
  out.put("not_after", text_or_null(from->not_after()));
  out.put("key", key_name(from->key()));
  out.put("key_bits", static_cast<std::uint64_t>(std::max(from->key().bits, 0)));
  if (from->key().kind == unitee::key_type::algorithm::rsa) out.put("rsa_exponent", rsa_exponent(x509));
  out.put("public_key", bytes_of(content(X509_get0_pubkey_bitstr(x509))));
  const X509_ALGOR* algorithm = nullptr;
  X509_get0_signature(nullptr, &algorithm, x509);
  out.put("signature_scheme", scheme_name(from->scheme(), algorithm));
  out.put("is_ca", from->is_ca());
  const auto path = from->path_length();
  out.put("path_length", path ? cell(static_cast<std::uint64_t>(*path)) : cell());
  out.put("has_unknown_critical_extension", from->has_unknown_critical_extension());
  out.put("der_bytes", std::uint64_t{der.size()});
  put_digest<unitee::sha256_digest>(out, "der_sha256", der);
  put_digest<unitee::sha384_digest>(out, "der_sha384", der);
  const bytes spki = spki_der(x509);
  put_digest<unitee::sha256_digest>(out, "spki_sha256", spki);
  put_digest<unitee::sha384_digest>(out, "spki_sha384", spki);
  put_amd(out, *from);
  put_sgx(out, *from);
  out.put_lines("extensions", extension_lines(x509));
  return out;
}

}  // namespace command::inspection
