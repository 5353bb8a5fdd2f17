// SPDX-License-Identifier: Apache-2.0
//
// unitee/json/collateral.hpp: endorsements out of files, headers and bundles, whatever they are.
#pragma once

#include <unitee/bytes/view.hpp>
#include <unitee/failure.hpp>
#include <unitee/json/collateral_bundle.hpp>
#include <unitee/json/enclave_identity.hpp>
#include <unitee/json/encoded_certificates.hpp>
#include <unitee/json/located.hpp>
#include <unitee/json/signed_document.hpp>
#include <unitee/json/tcb_info.hpp>
#include <unitee/result.hpp>
#include <unitee/verify/endorsements.hpp>

#include <cstddef>
#include <string_view>
#include <vector>

namespace unitee::inline v0 {

namespace detail {

// part_of is the document that a JSON text begins as: all there is to say of one that cannot be read.
inline part part_of(std::string_view text) noexcept {
  const std::size_t name = text.find('"');
  if (name == text.npos || trimmed(text.substr(0, name)) != "{") return part::input;
  const std::string_view rest = text.substr(name + 1);
  if (rest.starts_with("tcbInfo\"")) return part::tcb_info;
  return rest.starts_with("enclaveIdentity\"") ? part::qe_identity : part::input;
}

template <class Content>
result<std::size_t> add_delivered(endorsements& to, const json_value& document, byte_view text,
                                  const std::vector<certificate>& issuers) {
  const auto read = document_reader::read<Content>(document, text);
  if (!read) return failure{read.error().code, read.error().offset, document_format<Content>::where};
  to.add(*read, issuers);
  return std::size_t{1};
}

inline result<std::size_t> add_json(endorsements& to, byte_view text, const std::vector<certificate>& issuers) {
  const auto located = located_json::parse(text, document_limits);
  if (!located) return failure{located.error().code, located.error().offset, part_of(bytes_as_text(text))};
  const json_value& object = located->root();
  if (is_bundle(object)) return bundle_reader(object, text, to).read();
  if (object.find(document_format<tdx::tcb_info>::member) != nullptr) {
    return add_delivered<tdx::tcb_info>(to, object, text, issuers);
  }
  if (object.find(document_format<tdx::enclave_identity>::member) != nullptr) {
    return add_delivered<tdx::enclave_identity>(to, object, text, issuers);
  }
  return errc::unrecognized;
}

inline result<std::size_t> add_any(endorsements& to, byte_view bytes, const std::vector<certificate>& issuers = {}) {
  const bool json = trimmed(bytes_as_text(bytes)).starts_with('{');
  return json ? add_json(to, bytes, issuers) : add_encoded(to, bytes);
}

}  // namespace detail

// add_endorsements adds whatever of these the bytes are, and says how many certificates, lists and documents it found,
// in a bundle also the same one again:
// - what endorsements::add takes: DER, PEM, the certificate table of an extended report;
// - TCB info or an enclave identity, as parse_tcb_info and parse_enclave_identity read them;
// - an issuer chain as the header of an HTTP answer has it: percent-encoded PEM, with or without the header's name,
//   also among other headers;
// - DER certificates and lists one behind the other, and hexadecimal digits or base64 of DER;
// - a JSON bundle: an object with any of the members pck_crl_issuer_chain, root_ca_crl, pck_crl, tcb_info_issuer_chain,
//   tcb_info, qe_identity_issuer_chain, qe_identity, pck_certificate_chain (or pckCrlIssuerChain and so on); other
//   members are ignored. Values are strings in any of these encodings, or arrays of byte values. tcb_info and
//   qe_identity are documents as the service delivers them, or only their signed inner objects, with tcb_info_signature
//   and qe_identity_signature beside them; either as a string or as an object, whose exact text in the bundle counts.
//   The issuer chain of a document is the one that counts for it. A chain that is there has a certificate in it.
// Bytes that are none of these are errc::unrecognized. On failure nothing is added. A failure inside of a bundle is in
// part::input at the value that it is about; for what a string says, at the string.
inline result<std::size_t> add_endorsements(endorsements& to, byte_view bytes) {
  return to.all_or_nothing([&] { return detail::add_any(to, bytes); });
}

// add_answer adds an answer of Intel's service: its body, as add_endorsements takes it, and the issuer chain that came
// in its header, which then is the one that counts for the document. What was found in both is added up. A chain
// without a certificate is errc::unrecognized in part::certificate, and so is one that is nothing known: only a caller
// that has no chain may do without, by add_endorsements.
inline result<std::size_t> add_answer(endorsements& to, byte_view body, byte_view issuer_chain) {
  return to.all_or_nothing([&]() -> result<std::size_t> {
    std::vector<certificate> issuers;
    const auto chain = detail::add_encoded(to, issuer_chain, &issuers);
    if (!chain && chain.error().code != errc::unrecognized) return chain;
    if (!chain || issuers.empty()) return failure{errc::unrecognized, 0, part::certificate};
    const auto added = detail::add_any(to, body, issuers);
    if (!added) return added;
    return *chain + *added;
  });
}

}  // namespace unitee::inline v0
