// SPDX-License-Identifier: Apache-2.0
//
// unitee/verify/endorsements.hpp: certificates, revocation lists and Intel's documents from anywhere, in any order.
#pragma once

#include <unitee/bytes/view.hpp>
#include <unitee/crypto/certificate.hpp>
#include <unitee/crypto/crl.hpp>
#include <unitee/crypto/pem.hpp>
#include <unitee/result.hpp>
#include <unitee/snp/certificate_table.hpp>
#include <unitee/verify/enclave_identity.hpp>
#include <unitee/verify/tcb_info.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

namespace unitee::inline v0 {

// issued<Document> is a document with the issuer chain that it was delivered with, in any order. Without one, any of
// the certificates at hand may be its issuer's.
template <class Document>
struct issued {
  Document document;
  std::vector<certificate> issuers;

  friend bool operator==(const issued&, const issued&) = default;
};

// endorsements is what a verdict may be built from. Nothing in it is believed: it is where the verifier looks.
// What is added twice is there once.
class endorsements {
 public:
  // all_or_nothing calls f(), which adds to this object and returns a result, and takes back what it added when it
  // fails.
  template <class F>
  auto all_or_nothing(F f) {
    const std::size_t before[] = {certificates_.size(), crls_.size(), tcb_infos_.size(), enclave_identities_.size(),
                                  read_.size()};
    auto done = f();
    if (!done) {
      cut(certificates_, before[0]);
      cut(crls_, before[1]);
      cut(tcb_infos_, before[2]);
      cut(enclave_identities_, before[3]);
      cut(read_, before[4]);
    }
    return done;
  }

  // add takes a DER certificate or CRL, a PEM text of any number of both, or the certificate table of an extended
  // report, and says how many certificates and lists it found. On failure nothing is added. Bytes that are none of
  // these are errc::unrecognized, and so is a PEM text without either: it was meant to be something, and must not pass
  // for nothing. Other blocks beside them and unknown entries of a table are passed over.
  // The certificates, also those that were there before, are appended to `found`, if that is given.
  result<std::size_t> add(byte_view bytes, std::vector<certificate>* found = nullptr) {
    return all_or_nothing([&]() -> result<std::size_t> {
      std::size_t count = 0;
      const auto done = read(bytes, {count, found});
      if (!done) return done.error();
      return count;
    });
  }

  void add(const certificate& one) { add_new(certificates_, one); }
  void add(const crl& one) { add_new(crls_, one); }
  // TCB info and enclave identities are JSON, which json/collateral.hpp reads and adds. Where a document came with its
  // issuer chain, that one alone counts for it.
  void add(const tdx::tcb_info_document& one, const std::vector<certificate>& issuers = {}) {
    add_new(tcb_infos_, {one, issuers});
  }
  void add(const tdx::enclave_identity_document& one, const std::vector<certificate>& issuers = {}) {
    add_new(enclave_identities_, {one, issuers});
  }

  // add takes all that others have.
  void add(const endorsements& others) {
    for (const auto& one : others.certificates_) add(one);
    for (const auto& one : others.crls_) add(one);
    for (const auto& one : others.tcb_infos_) add_new(tcb_infos_, one);
    for (const auto& one : others.enclave_identities_) add_new(enclave_identities_, one);
  }

  [[nodiscard]] const std::vector<certificate>& certificates() const noexcept { return certificates_; }
  [[nodiscard]] const std::vector<crl>& crls() const noexcept { return crls_; }
  [[nodiscard]] const std::vector<issued<tdx::tcb_info_document>>& tcb_infos() const noexcept { return tcb_infos_; }
  [[nodiscard]] const std::vector<issued<tdx::enclave_identity_document>>& enclave_identities() const noexcept {
    return enclave_identities_;
  }

 private:
  // add_new keeps once what came twice, also in one file. That is no failure: these are candidates, and to try one of
  // them again would give the same answer.
  template <class T>
  static void add_new(std::vector<T>& to, const T& one) {
    if (std::find(to.begin(), to.end(), one) == to.end()) to.push_back(one);
  }

  // what_is_found is how many certificates and lists there were, and for whom to note the certificates.
  struct what_is_found {
    std::size_t& count;
    std::vector<certificate>* certificates;
  };

  // read_before is DER that was decoded before, which is what takes the time.
  struct read_before {
    std::vector<std::uint8_t> der;
    std::optional<certificate> one;  // nothing for a list
  };

  template <class T>
  static void cut(std::vector<T>& to, std::size_t size) {
    to.erase(to.begin() + static_cast<std::ptrdiff_t>(size), to.end());
  }

  result<void> read(byte_view bytes, what_is_found found) {
    // The table first: its entries may be PEM, so that it looks like a text, and its first GUID may begin like DER.
    const auto table = snp::certificate_table::parse(bytes);
    if (table) return read_table(*table, found);
    if (snp::certificate_table::begins(bytes)) return table.error();
    return read_der_or_pem(bytes, found);
  }

  result<void> read_table(const snp::certificate_table& table, what_is_found found) {
    for (std::size_t i = 0; i < table.size(); ++i) {
      const auto entry = table[i];
      const bool ours = entry.id == snp::table_guid::vcek || entry.id == snp::table_guid::vlek ||
                        entry.id == snp::table_guid::ask || entry.id == snp::table_guid::ark ||
                        entry.id == snp::table_guid::crl;
      if (!ours) continue;
      const auto done = read_der_or_pem(entry.data, found);
      if (!done) return failure{done.error().code, entry.offset + done.error().offset, part::certificate_table};
    }
    return {};
  }

  // read_der_or_pem tries DER first; a text before the first PEM block may begin like DER, with the digit 0.
  result<void> read_der_or_pem(byte_view bytes, what_is_found found) {
    const std::string_view text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
    const bool pem = text.find("-----BEGIN ") != std::string_view::npos;
    if (!bytes.empty() && bytes[0] == 0x30) {
      const auto done = read_der(bytes, found);
      if (done || !pem) return done;
    }
    if (!pem) return errc::unrecognized;
    const std::size_t before = found.count;
    const auto done = for_each_pem(bytes, [&](std::string_view label, byte_view der) -> result<void> {
      if (label == "CERTIFICATE" || label == "X509 CRL") return read_der(der, found);
      return {};
    });
    if (done && found.count == before) return errc::unrecognized;
    return done;
  }

  // read_der tries both: the outer structure of a certificate and of a list are alike.
  result<void> read_der(byte_view der, what_is_found found) {
    auto known =
        std::find_if(read_.begin(), read_.end(), [&](const read_before& each) { return equal(each.der, der); });
    if (known == read_.end()) {
      read_before now{{der.begin(), der.end()}, std::nullopt};
      if (const auto one = certificate::from_der(der)) {
        now.one = *one;
        add(*one);
      } else {
        const auto list = crl::from_der(der);
        if (!list) {
          const bool is_list = one.error().code == errc::bad_encoding && list.error().code != errc::bad_encoding;
          return is_list ? list.error() : one.error();
        }
        add(*list);
      }
      known = read_.insert(read_.end(), std::move(now));
    }
    ++found.count;
    if (found.certificates != nullptr && known->one) found.certificates->push_back(*known->one);
    return {};
  }

  std::vector<certificate> certificates_;
  std::vector<crl> crls_;
  std::vector<issued<tdx::tcb_info_document>> tcb_infos_;
  std::vector<issued<tdx::enclave_identity_document>> enclave_identities_;
  std::vector<read_before> read_;
};

}  // namespace unitee::inline v0
