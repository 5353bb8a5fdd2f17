// SPDX-License-Identifier: Apache-2.0
#include <unitee/crypto/hkdf.hpp>

#include "support/catch.hpp"
#include "support/openssl.hpp"

namespace test_hkdf {

using unitee::hkdf_sha256;
using unitee::hkdf_sha384;
using unitee::test::bytes_of;
using unitee::test::bytes_of_hex;
using unitee::test::counting_key;
using unitee::test::hex_of;
using unitee::test::pattern;
using unitee::test::secret_of;

namespace {

std::vector<std::uint8_t> count(unsigned from, std::size_t n) {
  std::vector<std::uint8_t> out(n);
  for (std::size_t i = 0; i < n; ++i) out[i] = static_cast<std::uint8_t>(from + i);
  return out;
}

// digest_of_all derives 45 bytes with every salt of 0 to 159 bytes and six infos, and is SHA-256 over all of them. The
// expected values were made with an HKDF written in Python on its hmac module.
template <class Derive>
std::string digest_of_all(Derive derive) {
  std::vector<std::uint8_t> all;
  for (std::size_t salt = 0; salt < 160; ++salt) {
    for (const std::size_t info : {std::size_t{0}, std::size_t{1}, std::size_t{17}, std::size_t{200}, std::size_t{1023},
                                   unitee::hkdf_info_max}) {
      const auto key = derive(pattern(salt), pattern(info));
      REQUIRE(key);
      all.insert(all.end(), key->expose().begin(), key->expose().end());
    }
  }
  return hex_of(unitee::sha256(all)->value);
}

}  // namespace

TEST_CASE("HKDF-SHA-256 gives the keys of RFC 5869", "[crypto][hkdf]") {
  const auto first = secret_of<22>(std::vector<std::uint8_t>(22, 0x0b));
  CHECK(hex_of(hkdf_sha256<42>(first, count(0x00, 13), count(0xf0, 10))->expose()) ==
        "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865");
  CHECK(hex_of(hkdf_sha256<82>(secret_of<80>(count(0x00, 80)), count(0x60, 80), count(0xb0, 80))->expose()) ==
        "b11e398dc80327a1c8e7f78c596a49344f012eda2d4efad8a050cc4c19afa97c59045a99cac7827271cb41c65e590e09da3275600c2f"
        "09b8367793a9aca3db71cc30c58179ec3e87c14c01d5c1f3434f1d87");
  CHECK(hex_of(hkdf_sha256<42>(first, {}, {})->expose()) ==
        "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d9d201395faa4b61a96c8");
}

TEST_CASE("HKDF is right for salts and infos of many lengths", "[crypto][hkdf]") {
  CHECK(digest_of_all([](auto salt, auto info) { return hkdf_sha256<45>(counting_key(), salt, info); }) ==
        "827fbd8e824f15178bbbce32ba3dc62c117f9962083fff9b5b74a5d0f6d58116");
  CHECK(digest_of_all([](auto salt, auto info) { return hkdf_sha384<45>(counting_key(), salt, info); }) ==
        "3c5fd94f7054fe9df2d99bd45983bb1ed89f17bc1cb493e1e7cb1749b47bfb01");
}

TEST_CASE("the longest keys are right", "[crypto][hkdf]") {
  const auto a = hkdf_sha256<255 * 32>(counting_key(), bytes_of("salt"), bytes_of("info"));
  REQUIRE(a);
  CHECK(hex_of(unitee::sha256(a->expose())->value) ==
        "93964b1e2faf1ea5b72bc46c874917251e7cc3ec83d9d35c5836537df802ceee");
  const auto b = hkdf_sha384<255 * 48>(counting_key(), bytes_of("salt"), bytes_of("info"));
  REQUIRE(b);
  CHECK(hex_of(unitee::sha256(b->expose())->value) ==
        "bd4b6db49c948e4e1a26c93ab6f603daf64ec86ad49031b77fc02676378f37fa");
}

TEST_CASE("an info that is too long is refused, and the error queue stays as it was", "[crypto][hkdf]") {
  CHECK(unitee::test::keeps_error_queue([] {
    const unitee::failure why{unitee::errc::bad_length, 1024};
    CHECK(hkdf_sha256<32>(counting_key(), {}, pattern(1025)).error() == why);
    CHECK(hkdf_sha384<32>(counting_key(), {}, pattern(1025)).error() == why);
    CHECK(hkdf_sha384<32>(counting_key(), {}, pattern(1024)));
  }));
}

}  // namespace test_hkdf
