// SPDX-License-Identifier: Apache-2.0
#include <unitee/crypto/aead.hpp>

#include "support/catch.hpp"
#include "support/openssl.hpp"

#include <thread>
#include <type_traits>

namespace test_aead {

using unitee::aes_256_gcm;
using unitee::errc;
using unitee::failure;
using unitee::gcm_nonce;
using unitee::gcm_tag;
using unitee::test::bytes_of_hex;
using unitee::test::counting_key;
using unitee::test::hex_of;
using unitee::test::pattern;
using unitee::test::secret_of;

static_assert(!std::is_copy_constructible_v<aes_256_gcm> && std::is_nothrow_move_constructible_v<aes_256_gcm>);

namespace {

gcm_nonce nonce_of(std::uint8_t last) {
  gcm_nonce out;
  out.value[11] = last;
  return out;
}

// sealed is the ciphertext and the tag in hex.
std::string sealed(const std::string& key, const std::string& nonce, const std::string& aad, const std::string& plain) {
  auto gcm = aes_256_gcm::create(secret_of<32>(bytes_of_hex(key)));
  REQUIRE(gcm);
  const auto in = bytes_of_hex(plain);
  std::vector<std::uint8_t> out(in.size());
  const auto tag = gcm->seal(*unitee::from_hex<gcm_nonce>(nonce), bytes_of_hex(aad), in, out);
  REQUIRE(tag);
  return hex_of(out) + hex_of(tag->value);
}

}  // namespace

TEST_CASE("AES-256-GCM gives the test cases of the GCM specification", "[crypto][aead]") {
  const std::string zero(64, '0');
  const std::string key = "feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308";
  const std::string plain =
      "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a721c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657"
      "ba637b391aafd255";
  const std::string cipher =
      "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0a"
      "bcc9f662898015ad";
  CHECK(sealed(zero, zero.substr(0, 24), "", "") == "530f8afbc74536b9a963b4f1c4cb738b");
  CHECK(sealed(zero, zero.substr(0, 24), "", zero.substr(0, 32)) ==
        "cea7403d4d606b6e074ec5d3baf39d18d0d1c8a799996bf0265b98b5d48ab919");
  CHECK(sealed(key, "cafebabefacedbaddecaf888", "", plain) == cipher + "b094dac5d93471bdec1a502270e3cc6c");
  CHECK(sealed(key, "cafebabefacedbaddecaf888", "feedfacedeadbeeffeedfacedeadbeefabaddad2", plain.substr(0, 120)) ==
        cipher.substr(0, 120) + "76fc6ece0f4e1768cddf8853bb2d551b");
}

TEST_CASE("every length seals as it should and opens again, out of place and in place", "[crypto][aead]") {
  auto gcm = aes_256_gcm::create(counting_key());
  REQUIRE(gcm);
  std::vector<std::uint8_t> all;
  for (std::size_t n = 0; n <= 300; ++n) {
    gcm_nonce nonce;
    nonce.value[10] = static_cast<std::uint8_t>(n >> 8);
    nonce.value[11] = static_cast<std::uint8_t>(n);
    const auto plain = pattern(n);
    const auto aad = pattern(n * 5 % 67);
    std::vector<std::uint8_t> out(n);
    const auto tag = gcm->seal(nonce, aad, plain, out);
    REQUIRE(tag);
    all.insert(all.end(), out.begin(), out.end());
    all.insert(all.end(), tag->value.begin(), tag->value.end());

    auto in_place = plain;
    const auto same_tag = gcm->seal(nonce, aad, in_place, in_place);
    REQUIRE(same_tag);
    CHECK(in_place == out);
    CHECK(*same_tag == *tag);

    std::vector<std::uint8_t> back(n);
    REQUIRE(gcm->open(nonce, aad, out, *tag, back));
    CHECK(back == plain);
    REQUIRE(gcm->open(nonce, aad, in_place, *tag, in_place));
    CHECK(in_place == plain);
  }
  // SHA-256 over all ciphertexts and tags, made with the Python package cryptography.
  CHECK(hex_of(unitee::sha256(all)->value) == "1ce13f7ce16f54d48bedb3dda6784bb61bc39b9a6fc5d7f9d350d9de0ec01db3");
}

TEST_CASE("one changed bit anywhere is not authentic, and no byte of plaintext leaves", "[crypto][aead]") {
  auto gcm = aes_256_gcm::create(counting_key());
  REQUIRE(gcm);
  const auto plain = pattern(37);
  const auto aad = pattern(19);
  std::vector<std::uint8_t> cipher(37);
  const auto tag = gcm->seal(nonce_of(1), aad, plain, cipher);
  REQUIRE(tag);

  const auto refused = [&](const gcm_nonce& nonce, const auto& with, const auto& in, const gcm_tag& expected) {
    std::vector<std::uint8_t> out(in.size(), 0xee);
    CHECK(gcm->open(nonce, with, in, expected, out).error() == failure{errc::not_authentic});
    CHECK(unitee::all_zero(out));
    auto in_place = in;
    CHECK(gcm->open(nonce, with, in_place, expected, in_place).error() == failure{errc::not_authentic});
    CHECK(unitee::all_zero(in_place));
  };
  const auto each_bit = [](auto bytes, auto check) {
    for (std::size_t bit = 0; bit < bytes.size() * 8; ++bit) {
      const auto mask = static_cast<std::uint8_t>(1u << (bit % 8));
      bytes[bit / 8] ^= mask;
      check(bytes);
      bytes[bit / 8] ^= mask;
    }
  };
  each_bit(cipher, [&](const auto& in) { refused(nonce_of(1), aad, in, *tag); });
  each_bit(aad, [&](const auto& with) { refused(nonce_of(1), with, cipher, *tag); });
  each_bit(tag->value, [&](const auto& bytes) { refused(nonce_of(1), aad, cipher, gcm_tag{bytes}); });
  each_bit(nonce_of(1).value, [&](const auto& bytes) { refused(gcm_nonce{bytes}, aad, cipher, *tag); });
  refused(nonce_of(1), pattern(18), cipher, *tag);
  refused(nonce_of(1), aad, std::vector<std::uint8_t>(cipher.begin(), cipher.end() - 1), *tag);

  auto other = aes_256_gcm::create(secret_of<32>(pattern(32)));
  std::vector<std::uint8_t> out(37);
  CHECK(other->open(nonce_of(1), aad, cipher, *tag, out).error() == failure{errc::not_authentic});
  REQUIRE(gcm->open(nonce_of(1), aad, cipher, *tag, out));  // none of this has spoiled the object
  CHECK(out == plain);
}

TEST_CASE("an output of another size, or a shifted overlap, is refused before anything is written", "[crypto][aead]") {
  auto gcm = aes_256_gcm::create(counting_key());
  REQUIRE(gcm);
  for (const std::size_t size : {std::size_t{0}, std::size_t{9}, std::size_t{11}}) {
    std::vector<std::uint8_t> out(size, 0xee);
    CHECK(gcm->seal(nonce_of(0), {}, pattern(10), out).error() == failure{errc::no_space, size});
    CHECK(gcm->open(nonce_of(0), {}, pattern(10), {}, out).error() == failure{errc::no_space, size});
    CHECK(std::ranges::count(out, 0xee) == static_cast<std::ptrdiff_t>(size));
  }
  std::vector<std::uint8_t> buffer(64, 0xee);
  const unitee::byte_span all(buffer);
  for (std::size_t shift = 1; shift < 16; ++shift) {
    CHECK(gcm->seal(nonce_of(0), {}, all.first(16), all.subspan(shift, 16)).error() == failure{errc::bad_value});
    CHECK(gcm->open(nonce_of(0), {}, all.subspan(shift, 16), {}, all.first(16)).error() == failure{errc::bad_value});
  }
  CHECK(std::ranges::count(buffer, 0xee) == 64);
  CHECK(gcm->seal(nonce_of(0), {}, all.first(16), all.subspan(16, 16)));  // side by side is no overlap
}

TEST_CASE("an object that was moved from refuses, and the error queue stays as it was", "[crypto][aead]") {
  CHECK(unitee::test::keeps_error_queue([] {
    auto gcm = aes_256_gcm::create(counting_key());
    REQUIRE(gcm);
    std::vector<std::uint8_t> out(10);
    CHECK(gcm->open(nonce_of(0), {}, pattern(10), {}, out).error() == failure{errc::not_authentic});
    auto moved = std::move(*gcm);
    CHECK(moved.seal(nonce_of(0), {}, pattern(10), out));
    CHECK(gcm->seal(nonce_of(0), {}, pattern(10), out).error() == failure{errc::crypto_error});
    CHECK(unitee::all_zero(out));
    CHECK(gcm->open(nonce_of(0), {}, pattern(10), {}, out).error() == failure{errc::crypto_error});
  }));
}

TEST_CASE("threads with an object each open what another sealed", "[crypto][aead]") {
  const auto plain = pattern(100000);
  std::vector<std::uint8_t> cipher(plain.size());
  const auto tag = aes_256_gcm::create(counting_key())->seal(nonce_of(5), {}, plain, cipher);
  REQUIRE(tag);
  int good[4] = {};
  std::vector<std::thread> threads;
  for (int& each : good) {
    threads.emplace_back([&] {
      auto gcm = aes_256_gcm::create(counting_key());
      std::vector<std::uint8_t> out(cipher.size());
      for (int i = 0; i < 10; ++i) each += gcm->open(nonce_of(5), {}, cipher, *tag, out) && out == plain;
    });
  }
  for (auto& thread : threads) thread.join();
  for (const int each : good) CHECK(each == 10);
}

}  // namespace test_aead
