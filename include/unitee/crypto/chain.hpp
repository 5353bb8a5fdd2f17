// SPDX-License-Identifier: Apache-2.0
//
// unitee/crypto/chain.hpp: a chain of certificates up to an anchor that the caller trusts (RFC 5280, section 6).
#pragma once

#include <unitee/bytes/time.hpp>
#include <unitee/crypto/certificate.hpp>
#include <unitee/crypto/crl.hpp>
#include <unitee/crypto/openssl.hpp>
#include <unitee/result.hpp>

#include <openssl/x509.h>
#include <openssl/x509_vfy.h>

#include <algorithm>
#include <cstddef>
#include <span>

namespace unitee::inline v0 {

// chain_rules is what every certificate of a vendor's chains is like. Both vendors sign all of a chain in one scheme,
// and all of their issuers have keys of one type.
struct chain_rules {
  signature_scheme scheme;          // of every certificate's own signature, the anchor's included, and of every CRL's
  key_type leaf;                    // of certificate 0
  key_type issuer;                  // of all others
  bool accept_stale_crls = false;   // a list past its next update counts, and chain_validity says so
  bool anchor_is_verified = false;  // the caller has verified the anchor's own signature before
};

// chain_validity is the time in which every certificate of the chain is valid and every revocation list that was
// checked is current, both ends included.
struct chain_validity {
  utc_time not_before;
  utc_time not_after;
  bool crl_is_stale = false;  // a list was past its next update, which is before not_before
};

// chain_max is how many certificates a chain may have.
inline constexpr std::size_t chain_max = 8;

namespace detail {

inline void free_stack(STACK_OF(X509) * stack) noexcept { sk_X509_free(stack); }
using x509_stack = handle<STACK_OF(X509), free_stack>;  // refers to certificates, owns none

inline failure at_certificate(errc code, std::size_t index) noexcept { return {code, index, part::certificate}; }

// errc_of names what X509_verify_cert found wrong. The names of subject and issuer have been compared before: an issuer
// that OpenSSL does not find is one that the authority key identifier tells apart.
inline errc errc_of(int error) noexcept {
  switch (error) {
    case X509_V_ERR_CERT_SIGNATURE_FAILURE:
    case X509_V_ERR_UNABLE_TO_DECRYPT_CERT_SIGNATURE: return errc::signature_invalid;
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT:
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
    case X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE:
    case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT:
    case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN:
    case X509_V_ERR_SUBJECT_ISSUER_MISMATCH:
    case X509_V_ERR_AKID_SKID_MISMATCH:
    case X509_V_ERR_AKID_ISSUER_SERIAL_MISMATCH: return errc::issuer_mismatch;
    case X509_V_OK:
    case X509_V_ERR_OUT_OF_MEM:
    case X509_V_ERR_STORE_LOOKUP:
    case X509_V_ERR_UNSPECIFIED: return errc::crypto_error;
    default: return errc::certificate_unfit;
  }
}

// check_forms looks at each certificate by itself, and at the names that link them.
inline result<void> check_forms(std::span<const certificate> chain, const chain_rules& rules) noexcept {
  for (std::size_t i = 0; i < chain.size(); ++i) {
    const certificate& own = chain[i];
    if (own.x509_version() != 3 || own.scheme() != rules.scheme || rules.scheme == signature_scheme::other ||
        own.key() != (i == 0 ? rules.leaf : rules.issuer) || own.has_unknown_critical_extension() ||
        own.has_malformed_extension() || (i != 0 && !own.may_sign_certificates())) {
      return at_certificate(errc::certificate_unfit, i);
    }
    const certificate& issuer = chain[std::min(i + 1, chain.size() - 1)];  // the anchor is its own
    if (X509_NAME_cmp(X509_get_issuer_name(own.native_handle()), X509_get_subject_name(issuer.native_handle())) != 0) {
      return at_certificate(errc::issuer_mismatch, i);
    }
  }
  return {};
}

// check_path has OpenSSL validate the path, and insists that the path is this chain.
inline result<void> check_path(std::span<const certificate> chain, bool anchor_is_verified) noexcept {
  const handle<X509_STORE, X509_STORE_free> anchors(X509_STORE_new());
  const x509_stack others(sk_X509_new_null());
  const handle<X509_STORE_CTX, X509_STORE_CTX_free> context(X509_STORE_CTX_new());
  if (!anchors || !others || !context) return errc::crypto_error;
  if (X509_STORE_add_cert(anchors.get(), chain.back().native_handle()) != 1) return errc::crypto_error;
  for (std::size_t i = 1; i + 1 < chain.size(); ++i) {
    if (sk_X509_push(others.get(), chain[i].native_handle()) <= 0) return errc::crypto_error;
  }
  if (X509_STORE_CTX_init(context.get(), anchors.get(), chain.front().native_handle(), others.get()) != 1) {
    return errc::crypto_error;
  }
  // No purpose and not strict: AMD's leaves have neither key usage nor authority key identifier. Dates are compared by
  // check_dates, because OpenSSL takes the last second of validity for the first after it.
  const unsigned long self_signature = anchor_is_verified ? 0 : X509_V_FLAG_CHECK_SS_SIGNATURE;
  X509_STORE_CTX_set_flags(context.get(), self_signature | X509_V_FLAG_NO_CHECK_TIME);
  if (X509_verify_cert(context.get()) != 1) {
    const errc code = errc_of(X509_STORE_CTX_get_error(context.get()));
    const auto depth = static_cast<std::size_t>(std::max(X509_STORE_CTX_get_error_depth(context.get()), 0));
    return at_certificate(code, std::min(depth, chain.size() - 1));
  }
  const STACK_OF(X509)* path = X509_STORE_CTX_get0_chain(context.get());
  const auto length = static_cast<std::size_t>(std::max(sk_X509_num(path), 0));
  for (std::size_t i = 0; i < std::max(length, chain.size()); ++i) {
    if (i >= length || i >= chain.size() ||
        X509_cmp(sk_X509_value(path, static_cast<int>(i)), chain[i].native_handle()) != 0) {
      return at_certificate(errc::issuer_mismatch, std::min(i, chain.size() - 1));
    }
  }
  return {};
}

// check_dates is the time in which all are valid, when `at` is within.
inline result<chain_validity> check_dates(std::span<const certificate> chain, utc_time at) noexcept {
  chain_validity all{};
  for (std::size_t i = 0; i < chain.size(); ++i) {
    const auto from = chain[i].not_before();
    if (!from) return at_certificate(from.error().code, i);
    const auto until = chain[i].not_after();
    if (!until) return at_certificate(until.error().code, i);
    if (at < *from) return at_certificate(errc::not_yet_valid, i);
    if (at > *until) return at_certificate(errc::expired, i);
    all.not_before = i == 0 ? *from : std::max(all.not_before, *from);
    all.not_after = i == 0 ? *until : std::min(all.not_after, *until);
  }
  return all;
}

// check_crl verifies one list with the certificate of the chain that issued it, looks up what that one issued, and
// narrows the validity to the time in which the list is current.
inline result<void> check_crl(const crl& list, std::size_t index, std::span<const certificate> chain, utc_time at,
                              const chain_rules& rules, chain_validity& all) noexcept {
  const auto issuer = std::find_if(chain.begin(), chain.end(), [&](const certificate& each) {
    return list.is_issued_by(each) && each.may_sign_crls();
  });
  if (issuer == chain.end()) return failure{errc::issuer_mismatch, index, part::crl};
  const auto good = list.verify(*issuer, at, rules.scheme);
  const bool stale = !good && good.error().code == errc::expired;  // only a genuine list is
  if (!good && !(stale && rules.accept_stale_crls)) return failure{good.error().code, index, part::crl};
  for (std::size_t i = 0; i < chain.size(); ++i) {
    if (list.is_issued_by_same(chain[i]) && list.lists(chain[i])) return at_certificate(errc::revoked, i);
  }
  all.not_before = std::max(all.not_before, *list.this_update());  // verify has read both dates
  if (stale) {
    all.crl_is_stale = true;
    all.not_before =
        std::max(all.not_before, utc_time{list.next_update()->seconds + 1});  // it has been stale since then
  } else {
    all.not_after = std::min(all.not_after, *list.next_update());
  }
  return {};
}

}  // namespace detail

// verify_chain says that leaf_to_anchor is one chain, each certificate issued by the next, under a self-signed anchor
// that is trusted because the caller put it last. It gives the time in which all of it is valid.
//
// Failures are in part::certificate with the index in the chain (0 is the leaf) as offset, and found in this order,
// each step for the whole chain before the next:
// 1. no certificate is errc::missing, more than chain_max errc::bad_length;
// 2. from the leaf up: version 3, scheme, key, extensions, and of issuers CA with keyCertSign:
//    errc::certificate_unfit; the issuer's name is the next one's subject, the anchor's its own: errc::issuer_mismatch;
// 3. path lengths and name constraints: errc::certificate_unfit; key identifiers: errc::issuer_mismatch; then
//    signatures from the anchor down: errc::signature_invalid;
// 4. from the leaf up, dates: errc::not_yet_valid, errc::expired; so that what has expired is known to be genuine;
// 5. each list in turn: one that no certificate of the chain with cRLSign issued is errc::issuer_mismatch, and
//    crl::verify's other failures keep their code, in part::crl with the list's index as offset; a certificate of the
//    list's issuer that is on it is errc::revoked. The anchor is its own issuer, and can be on the list that it signs.
// That a list is there for every issuer is not required: AMD's intermediates publish none.
inline result<chain_validity> verify_chain(std::span<const certificate> leaf_to_anchor, utc_time at,
                                           std::span<const crl> crls, const chain_rules& rules) noexcept {
  if (leaf_to_anchor.empty()) return detail::at_certificate(errc::missing, 0);
  if (leaf_to_anchor.size() > chain_max) return detail::at_certificate(errc::bad_length, chain_max);
  const detail::error_mark mark;
  if (const auto good = detail::check_forms(leaf_to_anchor, rules); !good) return good.error();
  if (const auto good = detail::check_path(leaf_to_anchor, rules.anchor_is_verified); !good) return good.error();
  auto validity = detail::check_dates(leaf_to_anchor, at);
  if (!validity) return validity.error();
  for (std::size_t i = 0; i < crls.size(); ++i) {
    const auto good = detail::check_crl(crls[i], i, leaf_to_anchor, at, rules, *validity);
    if (!good) return good.error();
  }
  return *validity;
}

}  // namespace unitee::inline v0
