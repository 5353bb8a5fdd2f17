// SPDX-License-Identifier: Apache-2.0
#include <unitee/crypto/random.hpp>

#include "support/catch.hpp"
#include "support/openssl.hpp"

#include <set>

namespace test_random {

TEST_CASE("random secrets and bytes do not repeat", "[crypto][random]") {
  std::set<std::vector<std::uint8_t>> seen;
  for (int i = 0; i < 64; ++i) {
    const auto key = unitee::random_secret<16>();
    REQUIRE(key);
    seen.insert({key->expose().begin(), key->expose().end()});
    std::vector<std::uint8_t> bytes(16);
    REQUIRE(unitee::random_bytes(bytes));
    seen.insert(bytes);
  }
  CHECK(seen.size() == 128);
}

TEST_CASE("every byte of random bytes is filled, whatever the length", "[crypto][random]") {
  for (std::size_t n = 0; n < 70; ++n) {
    std::vector<std::uint8_t> ever(n);
    for (int round = 0; round < 8; ++round) {  // a byte stays zero in all of them once in 2^64
      std::vector<std::uint8_t> bytes(n);
      REQUIRE(unitee::random_bytes(bytes));
      for (std::size_t i = 0; i < n; ++i) ever[i] = static_cast<std::uint8_t>(ever[i] | bytes[i]);
    }
    CHECK(std::ranges::count(ever, 0) == 0);
  }
}

TEST_CASE("random bytes leave the error queue as it was", "[crypto][random]") {
  CHECK(unitee::test::keeps_error_queue([] { CHECK(unitee::random_secret<32>()); }));
}

}  // namespace test_random
