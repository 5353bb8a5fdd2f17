// SPDX-License-Identifier: Apache-2.0
//
// tests/support/forge.hpp: chains made to order, right unless a test spoils them.
#pragma once

#include "support/catch.hpp"

#include <unitee/bytes/time.hpp>
#include <unitee/crypto/certificate.hpp>
#include <unitee/crypto/chain.hpp>
#include <unitee/crypto/issue.hpp>
#include <unitee/crypto/signing_key.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <stdexcept>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

namespace unitee::test {

// need is the value of a result that a test relies on.
template <class T>
T need(result<T> made) {
  if (!made) throw std::runtime_error(name(made.error().code));
  if constexpr (!std::is_void_v<T>) return *std::move(made);
}

inline utc_time time(std::string_view text) { return need(parse_time(text)); }

// The keys are shared by all tests of a process, because RSA keys take long to make. Number them from 0.
inline const signing_key& rsa_key(unsigned bits, std::size_t number = 0) {
  static std::vector<signing_key> long_keys, short_keys;
  auto& keys = bits == 4096 ? long_keys : short_keys;
  keys.reserve(8);
  while (keys.size() <= number) keys.push_back(need(signing_key::generate_rsa(bits)));
  return keys[number];
}
template <class Curve>
const signing_key& ec_key(std::size_t number = 0) {
  static std::vector<signing_key> keys;
  keys.reserve(8);
  while (keys.size() <= number) keys.push_back(need(signing_key::generate<Curve>()));
  return keys[number];
}

// plan_link is one certificate of a planned chain, and how it is signed.
struct plan_link {
  std::string subject;
  std::string issuer;
  std::vector<std::uint8_t> serial;
  certificate_request request;
  const signing_key* key;
  const signing_key* signer;
  const char* digest;
  int pss_salt = 48;

  [[nodiscard]] certificate issue() const {
    const std::array subject_name{name_part{"O", "Forgers"}, name_part{"CN", subject}};
    const std::array issuer_name{name_part{"O", "Forgers"}, name_part{"CN", issuer}};
    certificate_request filled = request;
    filled.subject = subject_name;
    filled.serial = serial;
    return need(issue_certificate(filled, *key, {issuer_name, *signer, digest, pss_salt}));
  }

  // list is a CRL by this certificate's key, in its name.
  [[nodiscard]] crl list(std::span<const byte_view> serials, utc_time from, utc_time until) const {
    const std::array own_name{name_part{"O", "Forgers"}, name_part{"CN", subject}};
    return need(issue_crl({from, until, 1, serials}, {own_name, *key, digest, pss_salt}));
  }
};

// plan is a chain of leaf, intermediate and root, valid from 2020 to 2040, the leaf from 2024 to 2026.
struct plan {
  std::array<plan_link, 3> link;  // 0 is the leaf

  [[nodiscard]] std::vector<certificate> issue() const {
    std::vector<certificate> out;
    for (const plan_link& each : link) out.push_back(each.issue());
    return out;
  }
};

inline plan make_plan(const signing_key& leaf, const signing_key& intermediate, const signing_key& root,
                      const char* digest) {
  certificate_request ca;
  ca.not_before = time("2020-01-01T00:00:00Z");
  ca.not_after = time("2040-01-01T00:00:00Z");
  ca.ca = ca.sign_certificates = ca.sign_crls = true;
  certificate_request below = ca;
  below.path_length = 0;
  certificate_request end;
  end.not_before = time("2024-01-01T00:00:00Z");
  end.not_after = time("2026-01-01T00:00:00Z");
  return {{plan_link{"leaf", "intermediate", {3}, end, &leaf, &intermediate, digest},
           plan_link{"intermediate", "root", {2}, below, &intermediate, &root, digest},
           plan_link{"root", "root", {1}, ca, &root, &root, digest}}};
}

// ec_plan is like Intel's chains, rsa_plan like AMD's (with one RSA key for both issuers, to save time).
inline plan ec_plan() { return make_plan(ec_key<p256>(0), ec_key<p256>(1), ec_key<p256>(2), "SHA256"); }
inline plan rsa_plan() { return make_plan(ec_key<p384>(0), rsa_key(4096), rsa_key(4096), "SHA384"); }

inline constexpr chain_rules ec_rules{signature_scheme::ecdsa_sha256, p256_key, p256_key};
inline constexpr chain_rules rsa_rules{signature_scheme::rsa_pss_sha384, p384_key, rsa_4096_key};

}  // namespace unitee::test
