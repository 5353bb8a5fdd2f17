// SPDX-License-Identifier: Apache-2.0
#include <unitee/crypto/hmac.hpp>

#include "support/catch.hpp"
#include "support/openssl.hpp"

namespace test_hmac {

using unitee::hmac_sha256;
using unitee::hmac_sha256_stream;
using unitee::test::bytes_of;
using unitee::test::bytes_of_hex;
using unitee::test::hex_of;
using unitee::test::pattern;
using unitee::test::secret_of;

namespace {

template <std::size_t N>
std::string tag(const std::string& key, std::string_view message) {
  const auto made = hmac_sha256(secret_of<N>(bytes_of_hex(key)), bytes_of(message));
  REQUIRE(made);
  return hex_of(made->value);
}

std::string repeat(const char* text, int times) {
  std::string out;
  while (times-- > 0) out += text;
  return out;
}

template <std::size_t N>
std::string tag_with_key_of() {
  return hex_of(hmac_sha256(secret_of<N>(pattern(N)), bytes_of("message"))->value);
}

}  // namespace

TEST_CASE("HMAC-SHA-256 gives the tags of RFC 4231", "[crypto][hmac]") {
  CHECK(tag<20>(repeat("0b", 20), "Hi There") == "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7");
  CHECK(tag<4>("4a656665", "what do ya want for nothing?") ==
        "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
  CHECK(tag<20>(repeat("aa", 20), std::string(50, '\xdd')) ==
        "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe");
  CHECK(tag<131>(repeat("aa", 131), "Test Using Larger Than Block-Size Key - Hash Key First") ==
        "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
}

TEST_CASE("keys shorter than, as long as and longer than a block are right", "[crypto][hmac]") {
  // Made with Python's hmac module.
  CHECK(tag_with_key_of<1>() == "9f14267a21677ea392cbe5ae76fb0393bf25ab3f0368bdddd36dde4a76647b75");
  CHECK(tag_with_key_of<63>() == "d287673fe80f5053c0ffbaa110e77bcdef610de52e8364b50a8023ac2d64fa30");
  CHECK(tag_with_key_of<64>() == "ff215193e73e2fd7435c728d69588ee4c9b4317564f1b35082ee9d7e3a6bbc2a");
  CHECK(tag_with_key_of<65>() == "c3d8ccbd04ee65e7bb7d4ba407bc1c23976e6db7cd5fe3339c2e77c53005b7d3");
  CHECK(tag_with_key_of<131>() == "263ae9e8644a266bb0b1cc7829e85fa229a2bb48e5fd17006c1c5311423da523");
}

TEST_CASE("the tags of every length up to 300 are right", "[crypto][hmac]") {
  const auto key = unitee::test::counting_key();
  std::vector<std::uint8_t> all;
  for (std::size_t n = 0; n <= 300; ++n) {
    const auto one = hmac_sha256(key, pattern(n));
    REQUIRE(one);
    all.insert(all.end(), one->value.begin(), one->value.end());
  }
  // SHA-256 over all the tags, made with Python's hmac module.
  CHECK(hex_of(unitee::sha256(all)->value) == "145024d44ede1c5ffc3e4132b5817ef65dd08d8a404478914aff473cf20e7d33");
}

TEST_CASE("a stream gives the tag of the whole, wherever it was cut", "[crypto][hmac]") {
  const auto bytes = pattern(200);
  const unitee::byte_view all(bytes);
  const auto whole = hmac_sha256(unitee::test::counting_key(), all);
  for (std::size_t cut = 0; cut <= bytes.size(); ++cut) {
    auto stream = hmac_sha256_stream::create(unitee::test::counting_key());
    REQUIRE(stream);
    REQUIRE(stream->update(all.first(cut)));
    REQUIRE(stream->update(all.subspan(cut)));
    const auto pieces = stream->finish();
    REQUIRE(pieces);
    CHECK(*pieces == *whole);
  }
}

TEST_CASE("a finished stream refuses, and leaves the error queue as it was", "[crypto][hmac]") {
  CHECK(unitee::test::keeps_error_queue([] {
    auto stream = hmac_sha256_stream::create(unitee::test::counting_key());
    REQUIRE(stream);
    REQUIRE(stream->finish());
    CHECK(stream->finish().error() == unitee::failure{unitee::errc::crypto_error});
    CHECK(stream->update(pattern(3)).error() == unitee::failure{unitee::errc::crypto_error});
  }));
}

}  // namespace test_hmac
