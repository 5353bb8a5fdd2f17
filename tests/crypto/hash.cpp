// SPDX-License-Identifier: Apache-2.0
#include <unitee/crypto/hash.hpp>

#include "support/catch.hpp"
#include "support/openssl.hpp"

#include <type_traits>

namespace test_hash {

using unitee::test::bytes_of;
using unitee::test::hex_of;
using unitee::test::pattern;

static_assert(unitee::sha256_digest::size() == 32 && unitee::sha384_digest::size() == 48);
static_assert(unitee::sha512_digest::size() == 64);
static_assert(!std::is_convertible_v<unitee::sha256_digest, unitee::fixed_bytes<32>>);

namespace {

// digest_of_digests is SHA-256 over the digests of pattern(0), pattern(1), ... pattern(300). The expected values were
// made with Python's hashlib.
template <class Digest>
std::string digest_of_digests() {
  std::vector<std::uint8_t> all;
  for (std::size_t n = 0; n <= 300; ++n) {
    const auto one = unitee::hash<Digest>(pattern(n));
    REQUIRE(one);
    all.insert(all.end(), one->value.begin(), one->value.end());
  }
  return hex_of(unitee::sha256(all)->value);
}

template <class Digest>
void check_pieces() {
  const auto bytes = pattern(257);
  const unitee::byte_view all(bytes);
  const auto whole = unitee::hash<Digest>(all);
  for (std::size_t cut = 0; cut <= bytes.size(); ++cut) {
    auto stream = unitee::hasher<Digest>::create();
    REQUIRE(stream);
    REQUIRE(stream->update(all.first(cut)));
    auto moved = std::move(*stream);
    REQUIRE(moved.update(all.subspan(cut)));
    const auto pieces = moved.finish();
    REQUIRE(pieces);
    CHECK(*pieces == *whole);
  }
}

}  // namespace

TEST_CASE("the digests of FIPS 180-4's examples are right", "[crypto][hash]") {
  CHECK(hex_of(unitee::sha256(bytes_of("abc"))->value) ==
        "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  CHECK(hex_of(unitee::sha384(bytes_of("abc"))->value) ==
        "cb00753f45a35e8bb5a03d699ac65007272c32ab0eded1631a8b605a43ff5bed8086072ba1e7cc2358baeca134c825a7");
  CHECK(hex_of(unitee::sha512(bytes_of("abc"))->value) ==
        "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a2192992a274fc1a836ba3c23a3feebbd"
        "454d4423643ce80e2a9ac94fa54ca49f");
  CHECK(hex_of(unitee::sha256({})->value) == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}

TEST_CASE("the digests of every length up to 300 are right", "[crypto][hash]") {
  CHECK(digest_of_digests<unitee::sha256_digest>() ==
        "7d917fbd2cf49ddff9ad0a8706bba32d204e92e71d2e369c5a03d6af29278c9f");
  CHECK(digest_of_digests<unitee::sha384_digest>() ==
        "62039f7bb4f7b6c675871fa001ccdba5223d520e59109074a975dc858d67a6b4");
  CHECK(digest_of_digests<unitee::sha512_digest>() ==
        "60aaa3762fae9f89010087979a48af59703cbdd193aa92fd1ffe54f969edc0e7");
}

TEST_CASE("a hasher gives the digest of the whole, wherever it was cut", "[crypto][hash]") {
  check_pieces<unitee::sha256_digest>();
  check_pieces<unitee::sha384_digest>();
  check_pieces<unitee::sha512_digest>();
}

TEST_CASE("a finished hasher refuses, and leaves the error queue as it was", "[crypto][hash]") {
  CHECK(unitee::test::keeps_error_queue([] {
    auto stream = unitee::hasher<unitee::sha384_digest>::create();
    REQUIRE(stream);
    REQUIRE(stream->finish());
    CHECK(stream->finish().error() == unitee::failure{unitee::errc::crypto_error});
    CHECK(stream->update(pattern(3)).error() == unitee::failure{unitee::errc::crypto_error});
  }));
}

}  // namespace test_hash
