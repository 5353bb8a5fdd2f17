// SPDX-License-Identifier: Apache-2.0
//
// unitee/json/collateral_bundle.hpp: all the collateral of a platform in one JSON object.
#pragma once

#include <unitee/bytes/hex.hpp>
#include <unitee/bytes/view.hpp>
#include <unitee/crypto/certificate.hpp>
#include <unitee/json/enclave_identity.hpp>
#include <unitee/json/encoded_certificates.hpp>
#include <unitee/json/located.hpp>
#include <unitee/json/member_reader.hpp>
#include <unitee/json/signed_document.hpp>
#include <unitee/json/tcb_info.hpp>
#include <unitee/result.hpp>
#include <unitee/verify/endorsements.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace unitee::inline v0 {

namespace detail {

// bundle_name is a member of a bundle, in its two spellings.
struct bundle_name {
  std::string_view snake;
  std::string_view camel;

  [[nodiscard]] bool is(std::string_view name) const noexcept { return name == snake || name == camel; }
};

// bundle_document is the members that are about one document.
struct bundle_document {
  bundle_name text;
  bundle_name signature;
  bundle_name issuer_chain;

  [[nodiscard]] bool has(std::string_view name) const noexcept {
    return text.is(name) || signature.is(name) || issuer_chain.is(name);
  }
};

inline constexpr std::array<bundle_name, 4> bundle_certificates{{
    {"pck_certificate_chain", "pckCertificateChain"},
    {"pck_crl_issuer_chain", "pckCrlIssuerChain"},
    {"root_ca_crl", "rootCaCrl"},
    {"pck_crl", "pckCrl"},
}};
inline constexpr bundle_document bundle_tcb_info{
    {"tcb_info", "tcbInfo"},
    {"tcb_info_signature", "tcbInfoSignature"},
    {"tcb_info_issuer_chain", "tcbInfoIssuerChain"},
};
inline constexpr bundle_document bundle_qe_identity{
    {"qe_identity", "qeIdentity"},
    {"qe_identity_signature", "qeIdentitySignature"},
    {"qe_identity_issuer_chain", "qeIdentityIssuerChain"},
};

// is_bundle says that an object has a member of a bundle. A document of the service has one too, "tcbInfo": then it is
// an object, or stands beside a "signature".
inline bool is_bundle(const json_value& object) {
  const bool with_signature = object.find("signature") != nullptr;
  for (const json_value& each : object.children()) {
    const bool in_document =
        each.name == bundle_tcb_info.text.camel && (with_signature || each.kind == json_kind::object);
    const bool one_of = std::ranges::any_of(bundle_certificates, [&](const auto& name) { return name.is(each.name); });
    if (one_of || bundle_qe_identity.has(each.name) || (bundle_tcb_info.has(each.name) && !in_document)) return true;
  }
  return false;
}

// bundle_reader adds what is in a bundle. Failures are in part::input, at the member's value.
class bundle_reader {
 public:
  bundle_reader(const json_value& bundle, byte_view text, endorsements& to) : bundle_(bundle), text_(text), to_(to) {}

  result<std::size_t> read() {
    std::size_t found = 0;
    for (const bundle_name& name : bundle_certificates) {
      std::vector<certificate> certificates;
      const auto added = add_certificates(name, certificates);
      if (!added) return added;
      found += *added;
    }
    const auto info = add_issued<tdx::tcb_info>(bundle_tcb_info);
    if (!info) return info;
    const auto identity = add_issued<tdx::enclave_identity>(bundle_qe_identity);
    if (!identity) return identity;
    return found + *info + *identity;
  }

 private:
  static failure at(const json_value& value, errc code) noexcept { return failure{code, value.begin}; }

  // find is the member of either spelling, or nullptr. One in both is errc::duplicate; null and "" are as good as none.
  [[nodiscard]] result<const json_value*> find(const bundle_name& name) const noexcept {
    const json_value* const snake = bundle_.find(name.snake);
    const json_value* const camel = bundle_.find(name.camel);
    if (snake != nullptr && camel != nullptr) return at(*std::max(snake, camel), errc::duplicate);
    const json_value* const there = snake != nullptr ? snake : camel;
    const bool empty = there == nullptr || there->kind == json_kind::null ||
                       (there->kind == json_kind::text && trimmed(there->text).empty());
    return empty ? nullptr : there;
  }

  // content is what a string says, or the bytes that an array of numbers lists.
  static result<std::string> content(const json_value& value) {
    if (value.kind == json_kind::text) return std::string(value.text);
    if (value.kind != json_kind::array) return at(value, errc::bad_value);
    std::string out;
    for (const json_value& each : value.children()) {
      if (each.kind != json_kind::count || each.count > 255) return at(each, errc::bad_value);
      out += static_cast<char>(each.count);
    }
    return out;
  }

  // add_certificates adds what a member holds. A chain without a certificate is errc::unrecognized: it must not pass
  // for one that is not there, for which other certificates would do.
  result<std::size_t> add_certificates(const bundle_name& name, std::vector<certificate>& certificates) {
    const auto value = find(name);
    if (!value) return value.error();
    if (*value == nullptr) return std::size_t{0};
    const auto encoded = content(**value);
    if (!encoded) return encoded.error();
    const auto added = add_encoded(to_, text_as_bytes(*encoded), &certificates);
    if (!added) return at(**value, added.error().code);
    if (certificates.empty() && name.snake.ends_with("_chain")) return at(**value, errc::unrecognized);
    return added;
  }

  // add_issued adds a document and its issuer chain. The document is as the service delivers it, or its inner object
  // with the signature that stands beside it; either as an object, of which the bundle has the exact text, or as a
  // string.
  template <class Content>
  result<std::size_t> add_issued(const bundle_document& names) {
    std::vector<certificate> issuers;
    const auto added = add_certificates(names.issuer_chain, issuers);
    if (!added) return added;
    const auto value = find(names.text);
    if (!value) return value.error();
    if (*value == nullptr) return added;
    const auto document = document_in<Content>(**value, names.signature);
    if (!document) return document.error();
    to_.add(*document, issuers);
    return *added + 1;
  }

  template <class Content>
  result<tdx::signed_document<Content>> document_in(const json_value& value, const bundle_name& signature) const {
    if (value.kind == json_kind::object) return document_of<Content>(value, text_, value, signature);
    const auto encoded = content(value);
    if (!encoded) return encoded.error();
    const byte_view text = text_as_bytes(trimmed(*encoded));
    const auto located = located_json::parse(text, document_limits);
    if (!located) return at(value, located.error().code);
    return document_of<Content>(located->root(), text, value, signature);
  }

  template <class Content>
  result<tdx::signed_document<Content>> document_of(const json_value& object, byte_view text, const json_value& value,
                                                    const bundle_name& signature) const {
    const bool whole = object.find(document_format<Content>::member) != nullptr;
    const auto beside = whole ? result(tdx::document_signature()) : signature_beside(value, signature);
    if (!beside) return beside.error();
    auto document =
        whole ? document_reader::read<Content>(object, text) : document_reader::make<Content>(object, text, *beside);
    if (!document && &object != &value) return at(value, document.error().code);
    return document;
  }

  [[nodiscard]] result<tdx::document_signature> signature_beside(const json_value& value,
                                                                 const bundle_name& name) const {
    const auto given = find(name);
    if (!given) return given.error();
    if (*given == nullptr) return at(value, errc::missing);
    const auto bytes = content(**given);
    if (!bytes) return bytes.error();
    const auto signature = (*given)->kind == json_kind::array ? tdx::document_signature::from(text_as_bytes(*bytes))
                                                              : from_hex<tdx::document_signature>(trimmed(*bytes));
    if (!signature) return at(**given, signature.error().code);
    return *signature;
  }

  const json_value& bundle_;
  byte_view text_;
  endorsements& to_;
};

}  // namespace detail

}  // namespace unitee::inline v0
