// SPDX-License-Identifier: Apache-2.0
#include <unitee/crypto/digest_hash.hpp>

#include "support/catch.hpp"

#include <cstddef>
#include <unordered_map>

namespace test_digest_hash {

using unitee::sha256_digest;

TEST_CASE("the hash of a digest is its first bytes, so that tables may be filled with digests",
          "[crypto][digest_hash]") {
  const unitee::detail::digest_hash hash;
  sha256_digest digest;
  CHECK(hash(digest) == 0);
  for (std::size_t i = 0; i < 32; ++i) {
    sha256_digest other;
    other.value[i] = 1;
    CHECK((hash(other) != hash(digest)) == (i < sizeof(std::size_t)));
  }
  std::unordered_map<sha256_digest, int, unitee::detail::digest_hash> table;
  sha256_digest late;
  late.value[31] = 1;  // the same hash, another key
  table[digest] = 1;
  table[late] = 2;
  CHECK(table.size() == 2);
  CHECK(table.at(digest) == 1);
  CHECK(table.at(late) == 2);
}

}  // namespace test_digest_hash
