// SPDX-License-Identifier: Apache-2.0
#include <unitee/crypto/gcm_engine.hpp>

#include <unitee/crypto/default_engine.hpp>

#include "support/catch.hpp"
#include "support/gcm_engines.hpp"
#include "support/openssl.hpp"

#include <thread>

namespace test_gcm_engine {

using unitee::aes_256_gcm;
using unitee::byte_span;
using unitee::byte_view;
using unitee::errc;
using unitee::failure;
using unitee::gcm_nonce;
using unitee::gcm_tag;
using unitee::test::bytes_of_hex;
using unitee::test::counting_key;
using unitee::test::engines;
using unitee::test::hex_of;
using unitee::test::pattern;
using unitee::test::secret_of;

static_assert(unitee::gcm_engine<aes_256_gcm>);

// What lacks one point is no engine.
struct copies {
  static unitee::result<copies> create(const unitee::secret<32>&) noexcept;
  unitee::result<gcm_tag> seal(const gcm_nonce&, byte_view, byte_view, byte_span) noexcept;
  unitee::result<void> open(const gcm_nonce&, byte_view, byte_view, const gcm_tag&, byte_span) noexcept;
};
struct throws {
  throws(throws&&) noexcept = default;
  throws& operator=(throws&&) noexcept = default;
  static unitee::result<throws> create(const unitee::secret<32>&) noexcept;
  unitee::result<gcm_tag> seal(const gcm_nonce&, byte_view, byte_view, byte_span);
  unitee::result<void> open(const gcm_nonce&, byte_view, byte_view, const gcm_tag&, byte_span) noexcept;
};
struct moves : copies {
  moves(moves&&) noexcept = default;
  moves& operator=(moves&&) noexcept = default;
  static unitee::result<moves> create(const unitee::secret<32>&) noexcept;
};
static_assert(!unitee::gcm_engine<copies> && !unitee::gcm_engine<throws> && unitee::gcm_engine<moves>);
static_assert(!unitee::gcm_engine<int>);

namespace {

gcm_nonce nonce_of(std::size_t last) {
  gcm_nonce out;
  out.value[10] = static_cast<std::uint8_t>(last >> 8);
  out.value[11] = static_cast<std::uint8_t>(last);
  return out;
}

// sealed is the ciphertext and the tag in hex.
std::string sealed(const unitee::test::any_engine& engine, const std::string& nonce, const std::string& aad,
                   const std::string& plain) {
  const auto in = bytes_of_hex(plain);
  std::vector<std::uint8_t> out(in.size());
  const auto tag = engine.seal(*unitee::from_hex<gcm_nonce>(nonce), bytes_of_hex(aad), in, out);
  REQUIRE(tag);
  return hex_of(out) + hex_of(tag->value);
}

}  // namespace

TEST_CASE("AES-256-GCM gives the test cases of the GCM specification", "[crypto][gcm_engine]") {
  const std::string zero(64, '0');
  const std::string key = "feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308";
  const std::string plain =
      "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a721c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657"
      "ba637b391aafd255";
  const std::string cipher =
      "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0a"
      "bcc9f662898015ad";
  for (const auto& engine : engines(secret_of<32>(bytes_of_hex(zero)))) {
    INFO(engine.name);
    CHECK(sealed(engine, zero.substr(0, 24), "", "") == "530f8afbc74536b9a963b4f1c4cb738b");
    CHECK(sealed(engine, zero.substr(0, 24), "", zero.substr(0, 32)) ==
          "cea7403d4d606b6e074ec5d3baf39d18d0d1c8a799996bf0265b98b5d48ab919");
  }
  for (const auto& engine : engines(secret_of<32>(bytes_of_hex(key)))) {
    INFO(engine.name);
    CHECK(sealed(engine, "cafebabefacedbaddecaf888", "", plain) == cipher + "b094dac5d93471bdec1a502270e3cc6c");
    CHECK(sealed(engine, "cafebabefacedbaddecaf888", "feedfacedeadbeeffeedfacedeadbeefabaddad2",
                 plain.substr(0, 120)) == cipher.substr(0, 120) + "76fc6ece0f4e1768cddf8853bb2d551b");
  }
}

// The values of the next three are made with the Python package cryptography.

TEST_CASE("data without a plaintext is authenticated, up to 16 MiB of it", "[crypto][gcm_engine]") {
  auto aad = pattern(256);
  while (aad.size() < std::size_t{1} << 24) aad.insert(aad.end(), aad.begin(), aad.end());
  for (const auto& engine : engines(counting_key())) {
    INFO(engine.name);
    for (const auto& [size, expected] : {std::pair<std::size_t, std::string>{1, "c1b789db4b8cf860516e7f8a32dca612"},
                                         {16, "af0d35714e21c72d1dac2095e7ca5cf4"},
                                         {300, "467aca618c9ed0e3efe25b314da40da2"},
                                         {1u << 20, "0292b690c5f3557d10175957bebceda8"},
                                         {1u << 24, "bc4125ba922239da9e1d5708c556266a"}}) {
      auto tag = engine.seal(nonce_of(1), byte_view(aad).first(size), {}, {});
      REQUIRE(tag);
      CHECK(hex_of(tag->value) == expected);
      CHECK(engine.open(nonce_of(1), byte_view(aad).first(size), {}, *tag, {}));
      tag->value[15] ^= 1;
      CHECK(engine.open(nonce_of(1), byte_view(aad).first(size), {}, *tag, {}).error() == failure{errc::not_authentic});
    }
  }
}

TEST_CASE("every length to 4096 seals as it should and opens again, out of place and in place",
          "[crypto][gcm_engine]") {
  const auto bytes = pattern(4096);
  for (const auto& engine : engines(counting_key())) {
    INFO(engine.name);
    std::vector<std::uint8_t> all;
    std::vector<std::uint8_t> out(bytes.size());
    std::size_t wrong = 0;
    for (std::size_t n = 0; n <= bytes.size(); ++n) {
      const byte_view plain = byte_view(bytes).first(n);
      const byte_view aad = byte_view(bytes).first(n * 5 % 67);
      const byte_span to = byte_span(out).first(n);
      const auto tag = engine.seal(nonce_of(n), aad, plain, to);
      REQUIRE(tag);
      all.insert(all.end(), to.begin(), to.end());
      all.insert(all.end(), tag->value.begin(), tag->value.end());

      wrong += !engine.open(nonce_of(n), aad, to, *tag, to) || !std::ranges::equal(to, plain);
      const auto again = engine.seal(nonce_of(n), aad, to, to);
      wrong += !again || *again != *tag || !std::ranges::equal(to, byte_view(all).last(n + 16).first(n));
      std::ranges::fill(to, std::uint8_t{0xee});
      wrong += !engine.open(nonce_of(n), aad, byte_view(all).last(n + 16).first(n), *tag, to) ||
               !std::ranges::equal(to, plain);
    }
    CHECK(wrong == 0);
    CHECK(hex_of(unitee::sha256(all)->value) == "ba28dc6f69adb050788310c804a81f81fc9fb86b03bd028dd78816f47013ea80");
  }
}

TEST_CASE("20 MiB and a little more seal as they should", "[crypto][gcm_engine]") {
  const std::size_t size = (std::size_t{20} << 20) + 5;
  const auto unit = pattern(256);
  std::vector<std::uint8_t> bytes;
  while (bytes.size() < size) bytes.insert(bytes.end(), unit.begin(), unit.end());
  bytes.resize(size);
  const auto plain = bytes;
  for (const auto& engine : engines(counting_key())) {
    INFO(engine.name);
    bytes.resize(size);
    const auto tag = engine.seal(nonce_of(2), pattern(13), bytes, bytes);
    REQUIRE(tag);
    bytes.insert(bytes.end(), tag->value.begin(), tag->value.end());
    CHECK(hex_of(unitee::sha256(bytes)->value) == "7ac7919d9cda8d1a11d83530fbef149173c052c2a2a65ba747e2a45648731151");
    bytes.resize(size);
    CHECK(engine.open(nonce_of(2), pattern(13), bytes, *tag, bytes));
    CHECK(bytes == plain);
  }
}

TEST_CASE("one changed bit anywhere is not authentic, and no byte of plaintext leaves", "[crypto][gcm_engine]") {
  const auto each_bit = [](auto bytes, auto check) {
    for (std::size_t bit = 0; bit < bytes.size() * 8; ++bit) {
      const auto mask = static_cast<std::uint8_t>(1u << (bit % 8));
      bytes[bit / 8] ^= mask;
      check(bytes);
      bytes[bit / 8] ^= mask;
    }
  };
  const auto others = engines(secret_of<32>(pattern(32)));
  const auto all = engines(counting_key());
  for (std::size_t i = 0; i < all.size(); ++i) {
    const auto& engine = all[i];
    INFO(engine.name);
    const auto plain = pattern(37);
    const auto aad = pattern(19);
    std::vector<std::uint8_t> cipher(37);
    const auto tag = engine.seal(nonce_of(1), aad, plain, cipher);
    REQUIRE(tag);

    std::size_t passed = 0;
    std::size_t tried = 0;
    const auto refused = [&](const gcm_nonce& nonce, byte_view with, const auto& in, const gcm_tag& expected) {
      std::vector<std::uint8_t> out(in.size(), 0xee);
      auto in_place = in;
      const auto first = engine.open(nonce, with, in, expected, out);
      const auto second = engine.open(nonce, with, in_place, expected, in_place);
      passed += first || first.error() != failure{errc::not_authentic} || !unitee::all_zero(out);
      passed += second || second.error() != failure{errc::not_authentic} || !unitee::all_zero(in_place);
      ++tried;
    };
    each_bit(cipher, [&](const auto& in) { refused(nonce_of(1), aad, in, *tag); });
    each_bit(aad, [&](const auto& with) { refused(nonce_of(1), with, cipher, *tag); });
    each_bit(tag->value, [&](const auto& bytes) { refused(nonce_of(1), aad, cipher, gcm_tag{bytes}); });
    each_bit(nonce_of(1).value, [&](const auto& bytes) { refused(gcm_nonce{bytes}, aad, cipher, *tag); });
    refused(nonce_of(1), pattern(18), cipher, *tag);
    refused(nonce_of(1), {}, cipher, *tag);
    refused(nonce_of(1), aad, std::vector<std::uint8_t>(cipher.begin(), cipher.end() - 1), *tag);
    CHECK(passed == 0);
    CHECK(tried == 8 * (37 + 19 + 16 + 12) + 3);

    std::vector<std::uint8_t> out(37, 0xee);
    CHECK(others[i].open(nonce_of(1), aad, cipher, *tag, out).error() == failure{errc::not_authentic});
    CHECK(unitee::all_zero(out));
    REQUIRE(engine.open(nonce_of(1), aad, cipher, *tag, out));  // none of this has spoiled the object
    CHECK(out == plain);
  }
}

TEST_CASE("a large output is wiped to its end when the tag does not fit", "[crypto][gcm_engine]") {
  for (const auto& engine : engines(counting_key())) {
    INFO(engine.name);
    std::vector<std::uint8_t> bytes(262144, 0x5a);
    CHECK(engine.open(nonce_of(1), {}, bytes, {}, bytes).error() == failure{errc::not_authentic});
    CHECK(unitee::all_zero(bytes));
  }
}

TEST_CASE("an output of another size, a shifted overlap or too much is refused before anything is written",
          "[crypto][gcm_engine]") {
  for (const auto& engine : engines(counting_key())) {
    INFO(engine.name);
    for (const std::size_t size : {std::size_t{0}, std::size_t{9}, std::size_t{11}}) {
      std::vector<std::uint8_t> out(size, 0xee);
      CHECK(engine.seal(nonce_of(0), {}, pattern(10), out).error() == failure{errc::no_space, size});
      CHECK(engine.open(nonce_of(0), {}, pattern(10), {}, out).error() == failure{errc::no_space, size});
      CHECK(std::ranges::count(out, 0xee) == static_cast<std::ptrdiff_t>(size));
    }
    std::vector<std::uint8_t> buffer(64, 0xee);
    const byte_span all(buffer);
    for (std::size_t shift = 1; shift < 16; ++shift) {
      CHECK(engine.seal(nonce_of(0), {}, all.first(16), all.subspan(shift, 16)).error() == failure{errc::bad_value});
      CHECK(engine.open(nonce_of(0), {}, all.subspan(shift, 16), {}, all.first(16)).error() ==
            failure{errc::bad_value});
    }
    const byte_span too_much(buffer.data(), std::size_t{unitee::gcm_longest} + 1);  // bytes that are not there
    CHECK(engine.seal(nonce_of(0), {}, too_much, too_much).error() == failure{errc::bad_length, unitee::gcm_longest});
    CHECK(engine.open(nonce_of(0), {}, too_much, {}, too_much).error() ==
          failure{errc::bad_length, unitee::gcm_longest});
    CHECK(std::ranges::count(buffer, 0xee) == 64);
    CHECK(engine.seal(nonce_of(0), {}, all.first(16), all.subspan(16, 16)));  // side by side is no overlap
  }
}

TEMPLATE_TEST_CASE("an engine that was moved from refuses, and the one that was moved to works", "[crypto][gcm_engine]",
                   aes_256_gcm, unitee::default_gcm_engine) {
  auto first = TestType::create(counting_key());
  auto other = TestType::create(secret_of<32>(pattern(32)));
  REQUIRE((first && other));
  std::vector<std::uint8_t> expected(10);
  const auto tag = first->seal(nonce_of(0), {}, pattern(10), expected);
  REQUIRE(tag);

  std::vector<std::uint8_t> out(10);
  const auto works = [&](TestType& engine) {
    return engine.seal(nonce_of(0), {}, pattern(10), out).has_value() && out == expected &&
           engine.open(nonce_of(0), {}, out, *tag, out).has_value() && out == pattern(10);
  };
  const auto refuses = [&](TestType& engine) {
    std::ranges::fill(out, std::uint8_t{0xee});
    CHECK(engine.seal(nonce_of(0), {}, pattern(10), out).error() == failure{errc::crypto_error});
    CHECK(unitee::all_zero(out));
    std::ranges::fill(out, std::uint8_t{0xee});
    CHECK(engine.open(nonce_of(0), {}, expected, *tag, out).error() == failure{errc::crypto_error});
    CHECK(unitee::all_zero(out));
  };
  auto second = std::move(*first);
  CHECK(works(second));
  refuses(*first);
  *other = std::move(second);
  CHECK(works(*other));
  refuses(second);
  *first = std::move(*other);  // one that was moved from takes a key again
  CHECK(works(*first));
  TestType& self = *first;
  *first = std::move(self);
  CHECK(works(*first));
}

TEST_CASE("what one engine seals every other opens, in threads of their own", "[crypto][gcm_engine]") {
  const auto plain = pattern(100000);
  std::vector<std::uint8_t> cipher(plain.size());
  const auto tag = engines(counting_key()).front().seal(nonce_of(5), {}, plain, cipher);
  REQUIRE(tag);
  std::size_t good[4] = {};
  std::size_t tried[4] = {};
  std::vector<std::thread> threads;
  for (std::size_t i = 0; i < 4; ++i) {
    threads.emplace_back([&, i] {
      std::vector<std::uint8_t> out(cipher.size());
      for (int round = 0; round < 3; ++round) {
        for (const auto& engine : engines(counting_key())) {
          good[i] += engine.open(nonce_of(5), {}, cipher, *tag, out) && out == plain;
          const auto again = engine.seal(nonce_of(5), {}, out, out);
          good[i] += again && *again == *tag && out == cipher;
          tried[i] += 2;
        }
      }
    });
  }
  for (auto& thread : threads) thread.join();
  for (std::size_t i = 0; i < 4; ++i) CHECK((good[i] == tried[i] && tried[i] >= 6));
}

}  // namespace test_gcm_engine
