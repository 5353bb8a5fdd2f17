// SPDX-License-Identifier: Apache-2.0
//
// inspect_crl.cpp: one certificate revocation list.

#include "inspect_x509.hpp"

#include <unitee/crypto/crl.hpp>

#include <openssl/x509v3.h>

#include <ctime>
#include <iterator>

namespace command::inspection {

namespace {

// time_cell is a time that need not be in the form of RFC 5280, or null.
cell time_cell(const ASN1_TIME* time) {
  std::tm at{};
  if (ASN1_TIME_to_tm(time, &at) != 1) return {};
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}Z", at.tm_year + 1900, at.tm_mon + 1, at.tm_mday, at.tm_hour,
                     at.tm_min, at.tm_sec);
}

// reason_name is RFC 5280's name of a CRLReason.
cell reason_name(const X509_REVOKED* entry) {
  const owned<ASN1_ENUMERATED, ASN1_ENUMERATED_free> reason(
      static_cast<ASN1_ENUMERATED*>(X509_REVOKED_get_ext_d2i(entry, NID_crl_reason, nullptr, nullptr)));
  if (!reason) return {};
  constexpr const char* names[] = {"unspecified",   "keyCompromise",        "cACompromise",    "affiliationChanged",
                                   "superseded",    "cessationOfOperation", "certificateHold", "7",
                                   "removeFromCRL", "privilegeWithdrawn",   "aACompromise"};
  const long number = ASN1_ENUMERATED_get(reason.get());
  if (number < 0 || number >= static_cast<long>(std::size(names))) return fmt::format("{}", number);
  return std::string(names[number]);
}

std::string text_in(const cell& value) {
  const auto* text = std::get_if<std::string>(&value);
  return text != nullptr ? *text : "-";
}

std::vector<sheet::line> revoked_lines(X509_CRL* list) {
  std::vector<sheet::line> out;
  const auto* const entries = X509_CRL_get_REVOKED(list);
  for (int i = 0; i < sk_X509_REVOKED_num(entries); ++i) {
    const X509_REVOKED* const entry = sk_X509_REVOKED_value(entries, i);
    const unitee::byte_view serial = content(X509_REVOKED_get0_serialNumber(entry));
    const cell date = time_cell(X509_REVOKED_get0_revocationDate(entry));
    const cell reason = reason_name(entry);
    out.push_back({{{"serial", bytes_of(serial)}, {"date", date}, {"reason", reason}},
                   fmt::format("{:<40}  {}  {}", hex(serial), text_in(date), text_in(reason))});
  }
  return out;
}

}  // namespace

unitee::result<sheet> crl_sheet(unitee::byte_view der) {
  const auto from = unitee::crl::from_der(der);
  if (!from) return from.error();
  const unsigned char* at = der.data();
  const owned<X509_CRL, X509_CRL_free> list(d2i_X509_CRL(nullptr, &at, static_cast<long>(der.size())));
  if (!list) return unitee::failure{unitee::errc::bad_encoding, 0, unitee::part::crl};
  const auto issuer = from->issuer_common_name();
  auto entries = revoked_lines(list.get());
  sheet out(issuer ? fmt::format("CRL of {}", *issuer) : std::string("CRL"));
  out.put("issuer", name_text(X509_CRL_get_issuer(list.get())));
  out.put("issuer_cn", text_or_null(issuer));
  out.put("version", static_cast<std::uint64_t>(X509_CRL_get_version(list.get()) + 1));
  out.put("number", from->number() ? cell(*from->number()) : cell());
  out.put("this_update", text_or_null(from->this_update()));
  out.put("next_update", text_or_null(from->next_update()));
  const X509_ALGOR* algorithm = nullptr;
  X509_CRL_get0_signature(list.get(), nullptr, &algorithm);
  out.put("signature_scheme", scheme_name(from->scheme(), algorithm));
  out.put("der_bytes", std::uint64_t{der.size()});
  put_digest<unitee::sha256_digest>(out, "der_sha256", der);
  put_digest<unitee::sha384_digest>(out, "der_sha384", der);
  out.put("entry_count", std::uint64_t{entries.size()});
  out.put_lines("entries", std::move(entries));
  return out;
}

}  // namespace command::inspection
