// SPDX-License-Identifier: Apache-2.0
#include <unitee/crypto/rsa.hpp>

#include "support/catch.hpp"
#include "support/forge.hpp"
#include "support/openssl.hpp"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <thread>
#include <type_traits>
#include <vector>

namespace test_rsa {

using namespace unitee;
using namespace unitee::test;

static_assert(std::is_nothrow_copy_constructible_v<rsa_public_key>);
static_assert(!std::is_default_constructible_v<rsa_public_key>);

namespace {

using octets = std::vector<std::uint8_t>;

// `openssl genrsa 2048`, and `openssl dgst -sha256 -sign` of the six bytes "unitee".
const std::string known_modulus =
    "d45b7950b38b5ea4addf0dffaa714a9800a9dd8b0b184d0d02d1480ac0a50c1ecb3edaa1a71f34efa6c79645395a6c04"
    "a7cd68898df61204dbaab9727415e466be66da3c653cce469758397f223f1b617a12a136417c7c235fca2ec6af31265c"
    "62e8ada613bfe659a71bf928946dec60d2f6d22dbbda54a2aa049f589670a52dd86f3a4e70fe2bb6c3768abdbc2fe2e1"
    "3bcdf3e5b887833b9528a5ce4aa7ad419afa61f43dbe034ef4303c58e4e4fc9c79b3995f342018c3b0d56dd3704c6a52"
    "6a41ef0e7d8dec26b355727962fe76c57e7e25c3e1a6ffd2bf2d5fb18ede65f121f65d2fdbbce202fab4f3774ff74bd1"
    "1ecdc802feefef3de8c1a4c8c51d9fa5";
const std::string known_signature =
    "96a6de5dcb98c3ab9fe14162c064c7de23c6309bc0283de9696bc661e2551fb2d8075850067ed9a11d5859451cda76c5"
    "40860e7d2c5b3bc550883fee3160bd857559f5e769e4a86f915f725cb77da56202466472cb43554cb150c185a3b5c774"
    "ff31512a046b9af40fa7886b1a23478d3560cfd4f2f78a53505d4bf58d54ae46067f304ead424b182e357511c03e1212"
    "cf960820438c7d5737fe26183255595916c1f0b9af5a25bb24d4fd242b4d8928b9a9f7bfbaaf483de1492544bd58d4b0"
    "2759c869e27997124471c0545297bf1a5f652bb4578530776c51f3ac22a3f6e0ee95059dd2f90e945af0fc3721fb1549"
    "be46ff618ad3a390bbaab525dcf35eb1";

octets f4() { return {1, 0, 1}; }
rsa_public_key known_key() { return need(rsa_public_key::from_numbers(bytes_of_hex(known_modulus), f4())); }

octets modulus_of(const signing_key& key) {
  BIGNUM* n = nullptr;
  if (EVP_PKEY_get_bn_param(key.native_handle(), OSSL_PKEY_PARAM_RSA_N, &n) != 1)
    throw std::runtime_error("no modulus");
  octets out(static_cast<std::size_t>(BN_num_bytes(n)));
  BN_bn2bin(n, out.data());
  BN_free(n);
  return out;
}

rsa_public_key public_of(const signing_key& key) { return need(rsa_public_key::from_numbers(modulus_of(key), f4())); }

// signed_by is any signature that OpenSSL makes over a message.
octets signed_by(const signing_key& key, byte_view message, const char* digest = "SHA256",
                 int padding = RSA_PKCS1_PADDING) {
  octets out(512);
  std::size_t size = out.size();
  EVP_MD_CTX* context = EVP_MD_CTX_new();
  EVP_PKEY_CTX* how = nullptr;
  const bool done = EVP_DigestSignInit_ex(context, &how, digest, nullptr, nullptr, key.native_handle(), nullptr) == 1 &&
                    EVP_PKEY_CTX_set_rsa_padding(how, padding) == 1 &&
                    EVP_DigestSign(context, out.data(), &size, message.data(), message.size()) == 1;
  EVP_MD_CTX_free(context);
  if (!done) throw std::runtime_error("cannot sign");
  out.resize(size);
  return out;
}

// raised is the block, as it stands, to the power of the private exponent.
octets raised(const signing_key& key, const octets& block) {
  octets out(block.size());
  std::size_t size = out.size();
  EVP_PKEY_CTX* context = EVP_PKEY_CTX_new(key.native_handle(), nullptr);
  const bool done = EVP_PKEY_sign_init(context) == 1 && EVP_PKEY_CTX_set_rsa_padding(context, RSA_NO_PADDING) == 1 &&
                    EVP_PKEY_sign(context, out.data(), &size, block.data(), block.size()) == 1;
  EVP_PKEY_CTX_free(context);
  if (!done || size != block.size()) throw std::runtime_error("cannot raise");
  return out;
}

// block is EMSA-PKCS1-v1_5 (RFC 8017, 9.2) around this DigestInfo, with something behind it.
octets block(const octets& digest_info, std::size_t size, std::size_t behind = 0) {
  octets out(size - behind - digest_info.size(), 0xFF);
  out[0] = 0;
  out[1] = 1;
  out.back() = 0;
  out.insert(out.end(), digest_info.begin(), digest_info.end());
  out.resize(size, 0xAB);
  return out;
}

const failure invalid{errc::signature_invalid};

}  // namespace

TEST_CASE("a signature by another tool verifies, and on no other message", "[crypto][rsa]") {
  const auto key = known_key();
  CHECK(key.bits() == 2048);
  const auto signature = bytes_of_hex(known_signature);
  CHECK(key.verify_pkcs1_sha256(bytes_of("unitee"), signature));
  CHECK(key.verify_pkcs1_sha256(bytes_of("uniteE"), signature).error() == invalid);
  CHECK(key.verify_pkcs1_sha256(bytes_of("unitee\n"), signature).error() == invalid);
  CHECK(key.verify_pkcs1_sha256({}, signature).error() == invalid);
}

TEST_CASE("one changed bit of an RSA signature or its key is refused", "[crypto][rsa]") {
  const auto key = known_key();
  auto signature = bytes_of_hex(known_signature);
  auto modulus = bytes_of_hex(known_modulus);
  for (std::size_t bit = 0; bit < 2048; ++bit) {
    const auto flip = static_cast<std::uint8_t>(1u << bit % 8);
    signature[bit / 8] ^= flip;
    CHECK(key.verify_pkcs1_sha256(bytes_of("unitee"), signature).error() == invalid);
    signature[bit / 8] ^= flip;
    modulus[bit / 8] ^= flip;
    if (const auto other = rsa_public_key::from_numbers(modulus, f4())) {
      CHECK(other->verify_pkcs1_sha256(bytes_of("unitee"), signature).error() == invalid);
    } else {
      CHECK((bit == 7 || bit == 2040));  // too short, or even
    }
    modulus[bit / 8] ^= flip;
  }
}

TEST_CASE("a signature of another length than the modulus is refused", "[crypto][rsa]") {
  const auto key = known_key();
  const auto signature = bytes_of_hex(known_signature);
  for (std::size_t size = 0; size < signature.size(); ++size) {
    CHECK(key.verify_pkcs1_sha256(bytes_of("unitee"), std::span(signature).first(size)).error() == invalid);
  }
  octets longer = signature;
  longer.insert(longer.begin(), 0);
  CHECK(key.verify_pkcs1_sha256(bytes_of("unitee"), longer).error() == invalid);
  CHECK(key.verify_pkcs1_sha256(bytes_of("unitee"), octets(signature.size())).error() == invalid);
  CHECK(key.verify_pkcs1_sha256(bytes_of("unitee"), bytes_of_hex(known_modulus)).error() == invalid);
}

TEST_CASE("keys of 2048 to 4096 bits verify", "[crypto][rsa]") {
  for (const unsigned bits : {2048u, 2056u, 3072u, 4096u}) {
    const auto key = need(signing_key::generate_rsa(bits));
    CHECK(public_of(key).bits() == bits);
    CHECK(public_of(key).verify_pkcs1_sha256(bytes_of("m"), signed_by(key, bytes_of("m"))));
  }
}

TEST_CASE("another padding or another hash is refused", "[crypto][rsa]") {
  const auto key = need(signing_key::generate_rsa(2048));
  const auto of_key = public_of(key);
  const auto message = bytes_of("unitee");
  for (const char* digest : {"SHA1", "SHA384", "SHA512"}) {
    CHECK(of_key.verify_pkcs1_sha256(message, signed_by(key, message, digest)).error() == invalid);
  }
  CHECK(of_key.verify_pkcs1_sha256(message, signed_by(key, message, "SHA256", RSA_PKCS1_PSS_PADDING)).error() ==
        invalid);
}

TEST_CASE("a block that is padded otherwise than RFC 8017 says is refused", "[crypto][rsa]") {
  const auto key = need(signing_key::generate_rsa(2048));
  const auto of_key = public_of(key);
  const auto message = bytes_of("unitee");
  const auto digest = need(sha256(message));
  octets info = bytes_of_hex("3031300d060960864801650304020105000420");  // RFC 8017, 9.2, note 1
  info.insert(info.end(), digest.value.begin(), digest.value.end());
  const auto verifies = [&](const octets& padded) {
    const auto answer = of_key.verify_pkcs1_sha256(message, raised(key, padded));
    if (!answer) CHECK(answer.error() == invalid);
    return answer.has_value();
  };
  CHECK(verifies(block(info, 256)));
  for (std::size_t at = 1; at < 256; ++at) {
    auto other = block(info, 256);
    other[at] ^= 1;
    CHECK_FALSE(verifies(other));
  }
  for (const std::size_t behind : {1u, 100u, 190u}) CHECK_FALSE(verifies(block(info, 256, behind)));
  octets without_null = bytes_of_hex(
      "302f300b0609608648016503040201"
      "0420");
  without_null.insert(without_null.end(), digest.value.begin(), digest.value.end());
  CHECK_FALSE(verifies(block(without_null, 256)));
  CHECK_FALSE(verifies(block(octets(digest.value.begin(), digest.value.end()), 256)));
}

TEST_CASE("numbers that are no key are refused where they stand", "[crypto][rsa]") {
  const auto refusal = [](const octets& modulus, const octets& exponent) {
    const auto made = rsa_public_key::from_numbers(modulus, exponent);
    REQUIRE_FALSE(made);
    return made.error();
  };
  const octets good = bytes_of_hex(known_modulus);
  const auto number = [](std::size_t bits) {  // 2^(bits - 1) + 1
    octets out((bits + 7) / 8);
    out[0] = static_cast<std::uint8_t>(1u << (bits - 1) % 8);
    out.back() |= 1;
    return out;
  };
  CHECK(refusal({}, f4()) == failure{errc::bad_value, 0});
  octets padded = good;
  padded.insert(padded.begin(), 0);
  CHECK(refusal(padded, f4()) == failure{errc::bad_value, 0});
  octets even = good;
  even.back() &= 0xFE;
  CHECK(refusal(even, f4()) == failure{errc::bad_value, 0});
  for (const std::size_t bits : {1u, 8u, 1024u, 2040u, 2047u, 4097u, 4104u, 8192u, 16384u}) {
    CHECK(refusal(number(bits), f4()) == failure{errc::unsupported_algorithm, 0});
  }
  for (const std::size_t bits : {2048u, 2049u, 4095u, 4096u}) {
    CHECK(need(rsa_public_key::from_numbers(number(bits), f4())).bits() == bits);
  }

  const std::size_t at = good.size();
  for (const octets& exponent : {octets{}, octets{0}, octets{1}, octets{3}, octets{17}, octets{0xFF, 0xFF},
                                 octets{0, 1, 0, 1}, octets{0, 0, 3}, octets{1, 0, 0}, octets{1, 0, 2}}) {
    CHECK(refusal(good, exponent) == failure{errc::bad_value, at});
  }
  CHECK(refusal(good, number(65)) == failure{errc::unsupported_algorithm, at});
  CHECK(refusal(good, number(2048)) == failure{errc::unsupported_algorithm, at});
  CHECK(rsa_public_key::from_numbers(good, number(64)));
  CHECK(rsa_public_key::from_numbers(good, octets{1, 0, 3}));
}

TEST_CASE("threads share one RSA key", "[crypto][rsa]") {
  const auto key = known_key();
  const auto signature = bytes_of_hex(known_signature);
  int good[4] = {};
  std::vector<std::thread> threads;
  for (int& each : good) {
    threads.emplace_back([&] {
      for (int i = 0; i < 50; ++i) each += key.verify_pkcs1_sha256(bytes_of("unitee"), signature).has_value();
    });
  }
  for (auto& thread : threads) thread.join();
  for (const int each : good) CHECK(each == 50);
}

TEST_CASE("verifying an RSA signature leaves the error queue as it was", "[crypto][rsa]") {
  const auto signature = bytes_of_hex(known_signature);
  CHECK(keeps_error_queue([&] {
    CHECK(known_key().verify_pkcs1_sha256(bytes_of("unitee"), signature));
    CHECK_FALSE(known_key().verify_pkcs1_sha256(bytes_of("other"), signature));
    CHECK_FALSE(known_key().verify_pkcs1_sha256(bytes_of("unitee"), bytes_of("short")));
    CHECK_FALSE(rsa_public_key::from_numbers({}, {}));
  }));
}

}  // namespace test_rsa
