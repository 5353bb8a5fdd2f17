// SPDX-License-Identifier: Apache-2.0
//
// What the cryptography says when OpenSSL finds no memory: each of its allocations is refused once. This is a program of
// its own, because OpenSSL takes another allocator only before it has used its own.
#include <unitee/crypto/openssl.hpp>

#include "support/forge.hpp"
#include "support/openssl.hpp"

#include <unitee/crypto/aead.hpp>
#include <unitee/crypto/chain.hpp>
#include <unitee/crypto/ecdh.hpp>
#include <unitee/crypto/ecdsa.hpp>
#include <unitee/crypto/hash.hpp>
#include <unitee/crypto/hkdf.hpp>
#include <unitee/crypto/hmac.hpp>
#include <unitee/crypto/pem.hpp>
#include <unitee/crypto/pem_text.hpp>
#include <unitee/crypto/random.hpp>
#include <unitee/crypto/repeated_hash.hpp>
#include <unitee/crypto/rsa.hpp>
#include <unitee/seal/keys.hpp>

#include <openssl/crypto.h>

#include <array>
#include <cstdint>
#include <cstdlib>
#include <optional>
#include <set>
#include <vector>

namespace test_no_memory {

using namespace unitee;
using namespace unitee::test;

namespace {

// shortage is how many more allocations OpenSSL gets before one fails, or all do from then on.
struct shortage {
  std::size_t left;
  bool lasts;
  bool was_felt = false;
};
std::optional<shortage> short_of_memory;

bool refused() {
  if (!short_of_memory) return false;
  shortage& now = *short_of_memory;
  if (now.was_felt) return now.lasts;
  if (now.left-- > 0) return false;
  return now.was_felt = true;
}
void* allocate(std::size_t n, const char*, int) { return refused() ? nullptr : std::malloc(n); }
void* reallocate(void* p, std::size_t n, const char*, int) { return refused() ? nullptr : std::realloc(p, n); }
void release(void* p, const char*, int) { std::free(p); }

const bool installed = CRYPTO_set_mem_functions(allocate, reallocate, release) == 1;

// starved has each allocation of `work` fail in turn, alone and with all that follow, and is the kinds of failure that
// came of it. What is accepted in spite of that is accepted without it, too: OpenSSL got round it.
template <class Work>
std::set<errc> starved(Work work) {
  REQUIRE(installed);
  const bool is_accepted = work().has_value();  // what OpenSSL keeps is there from now on
  std::set<errc> out;
  for (const bool lasts : {false, true}) {
    for (std::size_t n = 0;; ++n) {
      short_of_memory = {n, lasts};
      const auto answer = work();
      const bool was_felt = short_of_memory->was_felt;
      short_of_memory.reset();
      CAPTURE(n, lasts);
      REQUIRE(ERR_peek_error() == 0);
      REQUIRE((is_accepted || !answer));
      if (!was_felt) {
        REQUIRE(answer.has_value() == is_accepted);
        break;
      }
      if (!answer) out.insert(answer.error().code);
    }
  }
  return out;
}

// only says that `work` fails with crypto_error where it is told why, and otherwise as what is refused: where OpenSSL
// answers no and nothing more, no memory looks like a refusal.
template <class Work>
void only(Work work, std::set<errc> refused_as = {}) {
  const auto found = starved(work);
  CHECK(found.contains(errc::crypto_error));
  refused_as.insert(errc::crypto_error);
  for (const errc each : found) {
    CAPTURE(name(each));
    CHECK(refused_as.contains(each));
  }
}

const std::vector<std::uint8_t> bytes = pattern(100);

std::vector<std::uint8_t> pem_of(const ecdh_private_key<p256>& key) {
  std::vector<std::uint8_t> out;
  need(key.to_pem([&](byte_view text) { out.assign(text.begin(), text.end()); }));
  return out;
}

}  // namespace

TEST_CASE("digests, MACs and derived keys fail as what they are where there is no memory", "[crypto][no_memory]") {
  const secret<32> key = counting_key();
  only([] { return sha256(bytes); });
  only([] { return sha384(bytes); });
  only([] { return hasher<sha256_digest>::create(); });
  only([]() -> result<sha384_digest> {
    auto made = repeated_hash<sha384_digest>::create();
    if (!made) return made.error();
    return made->of(bytes);
  });
  only([&] { return hkdf_sha384<32>(key, bytes, bytes); });
  only([&] { return hmac_sha256_stream::create(key); });
  only([&] { return aes_256_gcm::create(key); });
  only([&] { return detail::sealed_keys::derive(key, {}); });
}

TEST_CASE("keys that are made, written, read and used fail as what they are where there is no memory",
          "[crypto][no_memory]") {
  const auto own = need(ecdh_private_key<p256>::generate());
  const auto other = need(ecdh_private_key<p256>::generate());
  const auto pem = pem_of(own);
  const signing_key& signer = ec_key<p256>(0);
  const auto point = need(signer.public_point<p256>());
  const auto signature = need(signer.sign_p256(bytes));
  const auto verifying = need(ecdsa_public_key<p256>::from_point(point.value));
  only([] { return ecdh_private_key<p256>::generate(); }, {errc::unsupported_algorithm});
  only([&] { return own.agree(other.public_point()); }, {errc::bad_value});
  only([&] { return own.to_pem([](byte_view) {}); });
  only([] { return signing_key::generate_p256(); });
  only([&] { return signer.sign_p256(bytes); }, {errc::unsupported_algorithm});
  only([&] { return ecdsa_public_key<p256>::from_point(point.value); }, {errc::bad_value});
  only([&] { return verifying.beside(point.value); }, {errc::bad_value});
  only([&] { return verifying.verify(bytes, signature.value); }, {errc::signature_invalid});
  auto changed = signature;
  changed.value.back() ^= 1;
  only([&] { return verifying.verify(bytes, changed.value); }, {errc::signature_invalid});
  const std::vector<std::uint8_t> modulus(256, 0xFF), f4{1, 0, 1}, none(256, 1);
  only([&] { return rsa_public_key::from_numbers(modulus, f4); });
  const auto rsa = need(rsa_public_key::from_numbers(modulus, f4));
  only([&] { return rsa.verify_pkcs1_sha256(bytes, none); }, {errc::signature_invalid});
}

TEST_CASE("keys and blocks in texts fail as what they are where there is no memory", "[crypto][no_memory]") {
  const auto pem = pem_of(need(ecdh_private_key<p256>::generate()));
  only([&] { return ecdh_private_key<p256>::from_pem(pem); },
       {errc::bad_encoding, errc::bad_value, errc::unsupported_algorithm});
  only([&] { return to_pem("BYTES", bytes, [](byte_view) {}); });
  only([&] { return for_each_pem(pem, [](auto, auto) -> result<void> { return {}; }); });
}

TEST_CASE("certificates, lists and chains fail as what they are where there is no memory", "[crypto][no_memory]") {
  const plan all = ec_plan();
  const auto chain = all.issue();
  const certificate& one = chain[0];
  const crl list = all.link[2].list({}, time("2024-06-01T00:00:00Z"), time("2026-01-01T00:00:00Z"));
  const auto der = need(one.der());
  const auto list_der = need(list.der());
  only([&] { return certificate::from_der(der); }, {errc::bad_encoding, errc::certificate_unfit});
  only([&] { return crl::from_der(list_der); }, {errc::bad_encoding, errc::bad_value, errc::certificate_unfit});
  only([&] { return one.spki_sha384(); });
  const std::array name{name_part{"CN", "n"}};
  const std::array<std::uint8_t, 1> serial{1};
  certificate_request request = all.link[0].request;
  request.subject = name;
  request.serial = serial;
  const byte_view revoked[] = {serial};
  const signing_key& key = ec_key<p256>(0);
  const auto issued = [&] { return issue_certificate(request, key, {name, key}); };
  const auto listed = [&] { return issue_crl({request.not_before, request.not_after, 1, revoked}, {name, key}); };
  const auto verified = [&] { return verify_chain(chain, time("2025-01-01T00:00:00Z"), {}, ec_rules); };
  only(issued, {errc::bad_encoding, errc::certificate_unfit});
  only(listed, {errc::bad_encoding, errc::bad_value, errc::certificate_unfit});
  only(verified, {errc::certificate_unfit, errc::issuer_mismatch, errc::signature_invalid});
  auto ill_signed_der = std::vector(der.begin(), der.end());
  ill_signed_der.back() ^= 1;
  const std::array ill_signed{need(certificate::from_der(ill_signed_der)), chain[1], chain[2]};
  only([&] { return verify_chain(ill_signed, time("2025-01-01T00:00:00Z"), {}, ec_rules); },
       {errc::certificate_unfit, errc::issuer_mismatch, errc::signature_invalid});
}

}  // namespace test_no_memory
