// SPDX-License-Identifier: Apache-2.0
#include <unitee/seal/keys.hpp>

#include "support/sealed.hpp"

namespace test_keys {

using namespace unitee;
using test::octets;

// Expected values: Python's hmac, HKDF-SHA-256 of data key 10..2f and salt 40..5f as in sealed_vectors.py.
TEST_CASE("three keys and a commitment come from the data key and the salt", "[seal][keys]") {
  const auto material = test::fixed_material(
      test::bytes_of_hex("101112131415161718191a1b1c1d1e1f202122232425262728292a2b2c2d2e2f"),
      test::bytes_of_hex("404142434445464748494a4b4c4d4e4f505152535455565758595a5b5c5d5e5f"), octets(12));
  const auto keys = detail::sealed_keys::derive(material.data_key, material.file_salt);
  REQUIRE(keys);
  CHECK(test::hex_of(keys->payload.expose()) == "1ed009768046207c39fdfb4c0cd76b2c388355b8322cb07e2f4bcb763e128178");
  CHECK(test::hex_of(keys->tags.expose()) == "abf6f164f8ff25c204c82d6a09dc08fe7f08721a21432b33883ce2ce2ba53d47");
  CHECK(test::hex_of(keys->header.expose()) == "a54a9711c69b6087a7767ce98295815e84e498fc8ced7e2d35ea19a075fc3406");
  CHECK(test::hex_of(keys->commitment.value) == "9e9ad305c25157412738cff24115e9e3c5178afa31b0c522a59e65db0b21ca22");
}

TEST_CASE("a segment's nonce is its number", "[seal][keys]") {
  CHECK(test::hex_of(detail::segment_nonce(0).value) == "000000000000000000000000");
  CHECK(test::hex_of(detail::segment_nonce(0x0102030405060708).value) == "080706050403020100000000");
}

TEST_CASE("random material is never the same", "[seal][keys]") {
  const auto a = detail::sealing_material::random();
  const auto b = detail::sealing_material::random();
  REQUIRE((a && b));
  CHECK_FALSE(a->data_key == b->data_key);
  CHECK(a->file_salt != b->file_salt);
  CHECK(a->slot_nonce != b->slot_nonce);
}

}  // namespace test_keys
