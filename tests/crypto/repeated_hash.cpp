// SPDX-License-Identifier: Apache-2.0
#include <unitee/crypto/repeated_hash.hpp>

#include "support/catch.hpp"
#include "support/edits.hpp"

#include <cstddef>
#include <cstdint>
#include <vector>

namespace test_repeated_hash {

using namespace unitee;

TEST_CASE("a repeated hash is the digest of each message alone", "[crypto][hash]") {
  auto hash = repeated_hash<sha384_digest>::create();
  REQUIRE(hash);
  std::vector<std::uint8_t> message;
  for (std::size_t n = 0; n < 300; ++n) {
    CAPTURE(n);
    REQUIRE(hash->of(message).has_value());
    CHECK(*hash->of(message) == *sha384(message));
    message.push_back(static_cast<std::uint8_t>(n));
  }
  // FIPS 180-4, examples: SHA-384 and SHA-256 of "abc".
  const std::uint8_t abc[] = {'a', 'b', 'c'};
  CHECK(test::hex_of(hash->of(abc)->value) ==
        "cb00753f45a35e8bb5a03d699ac65007272c32ab0eded1631a8b605a43ff5bed8086072ba1e7cc2358baeca134c825a7");
  auto shorter = repeated_hash<sha256_digest>::create();
  REQUIRE(shorter);
  CHECK(test::hex_of(shorter->of(abc)->value) == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

TEST_CASE("a repeated hash may be moved", "[crypto][hash]") {
  auto from = repeated_hash<sha256_digest>::create();
  REQUIRE(from);
  (void)from->of({});
  auto to = std::move(*from);
  CHECK(test::hex_of(to.of({})->value) == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}

}  // namespace test_repeated_hash
