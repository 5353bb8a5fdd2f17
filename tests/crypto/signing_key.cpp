// SPDX-License-Identifier: Apache-2.0
#include <unitee/crypto/signing_key.hpp>

#include <unitee/crypto/pem.hpp>

#include "support/forge.hpp"
#include "support/openssl.hpp"

namespace test_signing_key {

using unitee::ecdsa_public_key;
using unitee::errc;
using unitee::failure;
using unitee::p256;
using unitee::p384;
using unitee::signing_key;
using unitee::test::bytes_of;
using unitee::test::ec_key;
using unitee::test::need;
using unitee::test::pattern;
using unitee::test::rsa_key;

namespace {

std::string pem_of(const signing_key& key) {
  std::string out;
  REQUIRE(key.to_pem([&](unitee::byte_view text) { out.assign(text.begin(), text.end()); }));
  return out;
}

template <class Curve>
void check_signatures() {
  const auto& key = ec_key<Curve>();
  const auto point = need(key.template public_point<Curve>());
  const auto verifier = need(ecdsa_public_key<Curve>::from_point(point.view()));
  for (std::size_t n = 0; n < 40; ++n) {
    const auto signature = key.template sign<Curve>(pattern(n));
    REQUIRE(signature);
    CHECK(verifier.verify(pattern(n), signature->view()));
    CHECK_FALSE(verifier.verify(pattern(n + 1), signature->view()));
  }
}

// A text that says of itself that it is encrypted, so that reading it asks for a passphrase.
constexpr std::string_view locked =
    "-----BEGIN EC PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,00112233445566778899AABBCCDDEEFF\n\n"
    "AAAAAAAAAAAAAAAAAAAAAA==\n-----END EC PRIVATE KEY-----\n";

}  // namespace

TEST_CASE("what a key signs, its public point verifies", "[crypto][signing_key]") {
  check_signatures<p256>();
  check_signatures<p384>();
  CHECK(ec_key<p256>().sign_p256({}));
  CHECK(ec_key<p384>().sign_p384({}));
}

TEST_CASE("a key signs on its own curve only", "[crypto][signing_key]") {
  const failure why{errc::unsupported_algorithm};
  CHECK(ec_key<p256>().sign_p384({}).error() == why);
  CHECK(ec_key<p384>().sign_p256({}).error() == why);
  CHECK(ec_key<p384>().public_point<p256>().error() == why);
  CHECK(rsa_key(2048).sign_p256({}).error() == why);
  CHECK(rsa_key(2048).public_point<p384>().error() == why);
}

TEST_CASE("keys are generated anew each time", "[crypto][signing_key]") {
  const auto a = need(signing_key::generate_p384());
  const auto b = need(signing_key::generate_p384());
  CHECK_FALSE(need(a.public_point<p384>()) == need(b.public_point<p384>()));
  CHECK(need(signing_key::generate_p256()).public_point<p256>());
}

TEST_CASE("a key comes back from its PEM text", "[crypto][signing_key]") {
  for (const signing_key* key : {&ec_key<p256>(), &ec_key<p384>(), &rsa_key(2048)}) {
    const auto text = pem_of(*key);
    CHECK(text.starts_with("-----BEGIN PRIVATE KEY-----\n"));
    const auto back = need(signing_key::from_pem(bytes_of(text)));
    CHECK(EVP_PKEY_eq(back.native_handle(), key->native_handle()) == 1);
    CHECK(pem_of(back) == text);
  }
}

TEST_CASE("a text without a key that can be read is refused, and nobody is asked for a passphrase",
          "[crypto][signing_key]") {
  const failure why{errc::bad_encoding};
  CHECK(signing_key::from_pem({}).error() == why);
  CHECK(signing_key::from_pem(bytes_of("no key")).error() == why);
  CHECK(signing_key::from_pem(bytes_of(locked)).error() == why);
  const auto text = pem_of(ec_key<p256>());
  for (std::size_t n = 0; n + 1 < text.size(); n += 7) {
    CHECK(signing_key::from_pem(bytes_of(text).first(n)).error() == why);
  }
}

TEST_CASE("a key comes back from the DER in its PEM text, and from nothing shorter or longer",
          "[crypto][signing_key]") {
  const auto& key = ec_key<p384>();
  const auto text = pem_of(key);
  std::vector<std::uint8_t> der;
  REQUIRE(unitee::for_each_pem(bytes_of(text), [&](std::string_view, unitee::byte_view bytes) -> unitee::result<void> {
    der.assign(bytes.begin(), bytes.end());
    return {};
  }));
  const auto back = need(signing_key::from_der(der));
  CHECK(EVP_PKEY_eq(back.native_handle(), key.native_handle()) == 1);
  const failure why{errc::bad_encoding};
  for (std::size_t n = 0; n < der.size(); ++n) {
    CHECK(signing_key::from_der(unitee::byte_view(der).first(n)).error() == why);
  }
  der.push_back(0);
  CHECK(signing_key::from_der(der).error() == why);
}

TEST_CASE("an RSA key for an issuer has 4096 bits", "[crypto][signing_key]") {
  const auto key = signing_key::generate_rsa_4096();
  REQUIRE(key);
  CHECK(EVP_PKEY_get_bits(key->native_handle()) == 4096);
}

TEST_CASE("refusals by signing_key leave the error queue as it was", "[crypto][signing_key]") {
  CHECK(unitee::test::keeps_error_queue([] {
    (void)signing_key::from_pem(bytes_of(locked));
    (void)signing_key::from_pem({});
    (void)signing_key::from_der({});
    (void)signing_key::generate_rsa(3);
    (void)rsa_key(2048).sign_p256({});
    (void)ec_key<p256>().sign_p256({});
    (void)pem_of(ec_key<p256>());
  }));
}

TEST_CASE("a key of an algorithm that does not exist is refused", "[crypto][signing_key]") {
  // PKCS #8: version 0, the algorithm 1.2.3.4 without parameters, and NULL as its key.
  const auto der = unitee::test::bytes_of_hex("300e020100300506032a030404020500");
  CHECK(signing_key::from_der(der).error() == failure{errc::bad_encoding});
}

}  // namespace test_signing_key
