// SPDX-License-Identifier: Apache-2.0
#include <unitee/crypto/ec_point.hpp>

#include "support/edits.hpp"
#include "support/forge.hpp"

#include <openssl/x509.h>

#include <string>
#include <type_traits>

namespace test_ec_point {

using namespace unitee;
using unitee::test::bytes_of_hex;
using unitee::test::ec_key;
using unitee::test::hex_of;
using unitee::test::need;

static_assert(ec_point<p256>::size() == 64 && ec_point<p384>::size() == 96);
static_assert(ec_spki<p256>::size() == 91 && ec_spki<p384>::size() == 120);
static_assert(!std::is_same_v<ec_point<p256>, ecdsa_signature<p256>>);
static_assert(*point_of_spki<p256>(spki_of<p256>({}).value) == ec_point<p256>{});

namespace {

using octets = std::vector<std::uint8_t>;

// encoded_by_openssl is the SubjectPublicKeyInfo of a key as OpenSSL writes it.
octets encoded_by_openssl(const signing_key& key) {
  unsigned char* der = nullptr;
  const int size = i2d_PUBKEY(key.native_handle(), &der);
  REQUIRE(size > 0);
  octets out(der, der + size);
  OPENSSL_free(der);
  return out;
}

template <class Curve>
void check_encoding() {
  const auto& key = ec_key<Curve>();
  const auto point = need(key.template public_point<Curve>());
  const auto spki = spki_of<Curve>(point);
  CHECK(hex_of(spki.value) == hex_of(encoded_by_openssl(key)));
  CHECK(need(point_of_spki<Curve>(spki.value)) == point);
}

template <class Curve>
void check_refusals() {
  const auto whole = spki_of<Curve>(need(ec_key<Curve>().template public_point<Curve>()));
  const octets spki(whole.value.begin(), whole.value.end());
  for (std::size_t n = 0; n < spki.size(); ++n) {
    CHECK(point_of_spki<Curve>(byte_view(spki).first(n)).error() == failure{errc::truncated, n});
  }
  for (std::size_t more = 1; more < 4; ++more) {
    octets longer = spki;
    longer.resize(spki.size() + more);
    CHECK(point_of_spki<Curve>(longer).error() == failure{errc::trailing_data, spki.size()});
  }
  const std::size_t head = spki.size() - ec_point<Curve>::size();
  for (std::size_t bit = 0; bit < 8 * head; ++bit) {
    octets other = spki;
    other[bit / 8] ^= static_cast<std::uint8_t>(1u << (bit % 8));
    CHECK(point_of_spki<Curve>(other).error() == failure{errc::unsupported_algorithm, 0});
  }
}

}  // namespace

TEST_CASE("a public key is encoded as OpenSSL encodes it, and comes back", "[crypto][ec_point]") {
  check_encoding<p256>();
  check_encoding<p384>();
}

TEST_CASE("a public key has one encoding: what is shorter, longer or begins otherwise is refused",
          "[crypto][ec_point]") {
  check_refusals<p256>();
  check_refusals<p384>();
}

TEST_CASE("keys of another curve or algorithm, and other forms of a point, are refused", "[crypto][ec_point]") {
  const failure why{errc::unsupported_algorithm, 0};
  CHECK(point_of_spki<p256>(encoded_by_openssl(ec_key<p384>())).error() == why);
  CHECK(point_of_spki<p384>(encoded_by_openssl(ec_key<p256>())).error() == why);
  CHECK(point_of_spki<p256>(encoded_by_openssl(test::rsa_key(2048))).error() == why);
  // The generator of P-256, compressed.
  CHECK(
      point_of_spki<p256>(bytes_of_hex("3039301306072a8648ce3d020106082a8648ce3d030107032200036b17d1f2e12c4247f8bce6e5"
                                       "63a440f277037d812deb33a0f4a13945d898c296"))
          .error() == why);
}

}  // namespace test_ec_point
