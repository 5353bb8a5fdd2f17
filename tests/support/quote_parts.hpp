// SPDX-License-Identifier: Apache-2.0
//
// tests/support/quote_parts.hpp: quotes taken apart, changed, signed anew and put together again.
#pragma once

#include "support/forge.hpp"

#include <unitee/crypto/ecdsa.hpp>
#include <unitee/crypto/hash.hpp>
#include <unitee/crypto/signing_key.hpp>
#include <unitee/tdx/certification_data.hpp>
#include <unitee/tdx/enclave_report.hpp>
#include <unitee/tdx/quote.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace unitee::test {

// quote_parts is what stands in a quote; bytes() gives every length the value that fits.
struct quote_parts {
  using octets = std::vector<std::uint8_t>;

  octets signed_bytes, signature, attestation_key, qe_report, qe_report_signature, authentication_data;
  tdx::certification_data_type type = tdx::certification_data_type::pck_certificate_chain;
  octets data, trailing;

  explicit quote_parts(const tdx::quote& of)
      : signed_bytes(copy(of.signed_bytes())),
        signature(copy(of.signature())),
        attestation_key(copy(of.attestation_key())),
        qe_report(copy(of.qe_report().bytes())),
        qe_report_signature(copy(of.qe_report_signature())),
        authentication_data(copy(of.qe_authentication_data())),
        type(of.certification_data().type()),
        data(copy(of.certification_data().bytes())),
        trailing(copy(of.trailing())) {}
  explicit quote_parts(byte_view quote) : quote_parts(need(tdx::quote::parse(quote))) {}

  static octets copy(byte_view bytes) { return {bytes.begin(), bytes.end()}; }

  [[nodiscard]] octets bytes() const {
    octets inner = joined({&qe_report, &qe_report_signature});
    put(inner, authentication_data.size(), 2);
    append(inner, authentication_data);
    put(inner, static_cast<std::size_t>(type), 2);
    put(inner, data.size(), 4);
    append(inner, data);
    octets outer = joined({&signature, &attestation_key});
    if (signed_bytes[0] > 3) {
      put(outer, 6, 2);
      put(outer, inner.size(), 4);
    }
    append(outer, inner);
    octets out = signed_bytes;
    put(out, outer.size(), 4);
    append(out, outer);
    append(out, trailing);
    return out;
  }

  // bind puts the digest of attestation key and authentication data into the QE report.
  void bind() {
    octets both = joined({&attestation_key, &authentication_data});
    const auto digest = need(sha256(both));
    auto at = qe_report.begin() + tdx::enclave_row::reportdata::offset;
    std::fill_n(at, 64, std::uint8_t{0});
    std::ranges::copy(digest.value, at);
  }
  void sign_qe_report(const signing_key& pck) { qe_report_signature = copy(need(pck.sign_p256(qe_report)).value); }
  // sign signs header and body, with a key that the quote names as its attestation key.
  void sign(const signing_key& attestation) {
    attestation_key = copy(need(attestation.public_point<p256>()).value);
    signature = copy(need(attestation.sign_p256(signed_bytes)).value);
  }
  // sign_all makes a good quote of whatever the parts say.
  void sign_all(const signing_key& attestation, const signing_key& pck) {
    sign(attestation);
    bind();
    sign_qe_report(pck);
  }

 private:
  static void append(octets& to, const octets& more) { to.insert(to.end(), more.begin(), more.end()); }
  static void put(octets& to, std::size_t value, std::size_t width) {
    for (std::size_t i = 0; i < width; ++i) to.push_back(static_cast<std::uint8_t>(value >> (8 * i)));
  }
  static octets joined(std::initializer_list<const octets*> parts) {
    octets out;
    for (const octets* each : parts) append(out, *each);
    return out;
  }
};

}  // namespace unitee::test
