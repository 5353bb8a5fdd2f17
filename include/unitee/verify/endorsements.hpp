// SPDX-License-Identifier: Apache-2.0
//
// unitee/verify/endorsements.hpp: certificates and revocation lists from anywhere, in any order.
#pragma once

#include <unitee/bytes/view.hpp>
#include <unitee/crypto/certificate.hpp>
#include <unitee/crypto/crl.hpp>
#include <unitee/crypto/pem.hpp>
#include <unitee/result.hpp>
#include <unitee/snp/certificate_table.hpp>

#include <algorithm>
#include <cstddef>
#include <string_view>
#include <vector>

namespace unitee::inline v0 {

// endorsements is what a verdict may be built from. Nothing in it is believed: it is where the verifier looks.
// What is added twice is there once.
class endorsements {
 public:
  // add takes a DER certificate or CRL, a PEM text of any number of both, or the certificate table of an extended
  // report, and says how many certificates and lists it found. On failure nothing is added. Bytes that are none of
  // these are errc::unrecognized; other blocks of a PEM text and unknown entries of a table are passed over.
  result<std::size_t> add(byte_view bytes) {
    endorsements found;
    const auto done = found.read(bytes);
    if (!done) return done.error();
    for (const certificate& one : found.certificates_) add(one);
    for (const crl& one : found.crls_) add(one);
    return found.certificates_.size() + found.crls_.size();
  }

  void add(const certificate& one) {
    if (std::ranges::find(certificates_, one) == certificates_.end()) certificates_.push_back(one);
  }
  void add(const crl& one) {
    if (std::ranges::find(crls_, one) == crls_.end()) crls_.push_back(one);
  }

  [[nodiscard]] const std::vector<certificate>& certificates() const noexcept { return certificates_; }
  [[nodiscard]] const std::vector<crl>& crls() const noexcept { return crls_; }

 private:
  result<void> read(byte_view bytes) {
    // The table first: its entries may be PEM, so that it looks like a text, and its first GUID may begin like DER.
    const auto table = snp::certificate_table::parse(bytes);
    if (table) return read_table(*table);
    if (snp::certificate_table::begins(bytes)) return table.error();
    return read_der_or_pem(bytes);
  }

  result<void> read_table(const snp::certificate_table& table) {
    for (std::size_t i = 0; i < table.size(); ++i) {
      const auto entry = table[i];
      const bool ours = entry.id == snp::table_guid::vcek || entry.id == snp::table_guid::vlek ||
                        entry.id == snp::table_guid::ask || entry.id == snp::table_guid::ark ||
                        entry.id == snp::table_guid::crl;
      if (!ours) continue;
      const auto done = read_der_or_pem(entry.data);
      if (!done) return failure{done.error().code, entry.offset + done.error().offset, part::certificate_table};
    }
    return {};
  }

  // read_der_or_pem tries DER first; a text before the first PEM block may begin like DER, with the digit 0.
  result<void> read_der_or_pem(byte_view bytes) {
    const std::string_view text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
    const bool pem = text.find("-----BEGIN ") != std::string_view::npos;
    if (!bytes.empty() && bytes[0] == 0x30) {
      const auto done = read_der(bytes);
      if (done || !pem) return done;
    }
    if (!pem) return errc::unrecognized;
    return read_pem(bytes);
  }

  // read_der tries both: the outer structure of a certificate and of a list are alike.
  result<void> read_der(byte_view der) {
    const auto one = certificate::from_der(der);
    if (one) {
      certificates_.push_back(*one);
      return {};
    }
    const auto list = crl::from_der(der);
    if (!list) {
      const bool is_list = one.error().code == errc::bad_encoding && list.error().code != errc::bad_encoding;
      return is_list ? list.error() : one.error();
    }
    crls_.push_back(*list);
    return {};
  }

  result<void> read_pem(byte_view text) {
    return for_each_pem(text, [&](std::string_view label, byte_view der) -> result<void> {
      if (label == "CERTIFICATE" || label == "X509 CRL") return read_der(der);
      return {};
    });
  }

  std::vector<certificate> certificates_;
  std::vector<crl> crls_;
};

}  // namespace unitee::inline v0
