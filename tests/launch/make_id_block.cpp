// SPDX-License-Identifier: Apache-2.0
#include <unitee/launch/make_id_block.hpp>

#include "support/catch.hpp"
#include "support/evidence.hpp"
#include "support/forge.hpp"
#include "support/refusals.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace test_make_id_block {

using namespace unitee;
using namespace unitee::snp;
using unitee::test::need;

namespace {

const signing_key& id_key() { return test::ec_key<p384>(0); }
const signing_key& author_key() { return test::ec_key<p384>(1); }

template <class Fixed>
Fixed counting(unsigned first) {
  Fixed out;
  for (std::size_t i = 0; i < out.value.size(); ++i) out.value[i] = static_cast<std::uint8_t>(first + i);
  return out;
}

id_block_fields sample() {
  return {counting<measurement>(0x11), counting<family_id>(0x12), counting<image_id>(0x13), 0x01020304, {0x3001F}};
}

result<id_keys> verified(byte_view block, byte_view auth) {
  const auto parsed_block = id_block::parse(block);
  if (!parsed_block) return parsed_block.error();
  const auto parsed_auth = id_auth::parse(auth);
  if (!parsed_auth) return parsed_auth.error();
  return verify_id_auth(*parsed_block, *parsed_auth);
}

// Every bit that is flipped must be noticed; it is how many were.
std::size_t flip_every_bit(std::vector<std::uint8_t> block, std::vector<std::uint8_t> auth) {
  std::size_t tried = 0;
  for (auto* bytes : {&block, &auth}) {
    for (std::size_t bit = 0; bit < 8 * bytes->size(); ++bit) {
      const auto mask = static_cast<std::uint8_t>(1U << bit % 8);
      (*bytes)[bit / 8] ^= mask;
      if (verified(block, auth)) FAIL("bit " << bit << " of " << bytes->size() << " bytes may be flipped");
      (*bytes)[bit / 8] ^= mask;
      ++tried;
    }
  }
  REQUIRE(verified(block, auth));
  return tried;
}

template <class Bytes>
std::vector<std::uint8_t> copy(const Bytes& bytes) {
  return {bytes.begin(), bytes.end()};
}

}  // namespace

TEST_CASE("a block is laid out as the vectors have it, and parses", "[launch][id_block]") {
  const auto block = make_id_block(sample());
  CHECK(equal(block, test::vector_bases("id_block").at("id_block")));
  REQUIRE(id_block::parse(block));
  const auto plain = make_id_block({});
  CHECK(id_block::parse(plain)->policy().value == 0x30000);
}

TEST_CASE("a signed block verifies, with and without an author", "[launch][id_block]") {
  const auto block = make_id_block(sample());
  const auto alone = need(make_id_auth(block, id_key()));
  const auto keys = need(verified(block, alone));
  CHECK(keys.id == need(id_key_digest_of(id_key())));
  CHECK_FALSE(keys.author);
  CHECK_FALSE(id_auth::parse(alone)->has_author_key());
  const auto vouched = need(make_id_auth(block, id_key(), &author_key()));
  const auto both = need(verified(block, vouched));
  CHECK(both.id == keys.id);
  CHECK(both.author == need(id_key_digest_of(author_key())));
  CHECK_FALSE(both.id == *both.author);
  CHECK(equal(id_auth::parse(vouched)->id_key(), need(make_id_public_key(id_key()))));
}

TEST_CASE("a key's structure has its point as little-endian numbers", "[launch][id_block]") {
  const auto structure = need(make_id_public_key(id_key()));
  const auto point = need(id_key().public_point<p384>());
  CHECK(load_le<std::uint32_t>(std::span(structure).first<4>()) == 2);
  for (std::size_t i = 0; i < 48; ++i) {
    CHECK(structure[4 + i] == point.value[47 - i]);
    CHECK(structure[76 + i] == point.value[95 - i]);
  }
  CHECK(all_zero(std::span(structure).subspan(52, 24)));
  CHECK(all_zero(std::span(structure).subspan(124)));
}

TEST_CASE("only P-384 keys sign", "[launch][id_block]") {
  const auto block = make_id_block(sample());
  const signing_key& other = test::ec_key<p256>();
  CHECK(make_id_auth(block, other).error() == failure{errc::unsupported_algorithm});
  CHECK(make_id_auth(block, id_key(), &other).error() == failure{errc::unsupported_algorithm});
  CHECK(id_key_digest_of(other).error() == failure{errc::unsupported_algorithm});
}

TEST_CASE("a signature by another key, of another block or of another ID key is refused", "[launch][id_block]") {
  const auto block = make_id_block(sample());
  const auto other_block = make_id_block({});
  const auto auth = need(make_id_auth(block, id_key(), &author_key()));
  CHECK(verified(other_block, auth).error() == failure{errc::signature_invalid, 0x040, part::id_auth});
  // The author vouched for another ID key.
  auto mixed = auth;
  const auto by_author = need(make_id_auth(block, author_key(), &author_key()));
  std::copy(by_author.begin() + 0x680, by_author.begin() + 0x710, mixed.begin() + 0x680);
  CHECK(verified(block, mixed).error() == failure{errc::signature_invalid, 0x680, part::id_auth});
  // Another ID key under a good signature.
  mixed = auth;
  std::copy(by_author.begin() + 0x240, by_author.begin() + 0x2D4, mixed.begin() + 0x240);
  CHECK(verified(block, mixed).error() == failure{errc::signature_invalid, 0x040, part::id_auth});
}

TEST_CASE("numbers that no signature has and points that no key has are refused where they stand",
          "[launch][id_block]") {
  const auto block = make_id_block(sample());
  const auto auth = need(make_id_auth(block, id_key(), &author_key()));
  for (const std::size_t at : {0x040U, 0x088U, 0x680U, 0x6C8U}) {
    for (const std::uint8_t fill : {std::uint8_t{0x00}, std::uint8_t{0xFF}}) {
      auto changed = auth;
      std::fill_n(changed.begin() + static_cast<std::ptrdiff_t>(at), 48, fill);
      CHECK(verified(block, changed).error() == failure{errc::bad_value, at, part::id_auth});
    }
  }
  for (const std::size_t at : {0x244U, 0x28CU, 0x884U, 0x8CCU}) {
    auto changed = auth;
    std::fill_n(changed.begin() + static_cast<std::ptrdiff_t>(at), 48, std::uint8_t{0xFF});
    CHECK(verified(block, changed).error() == failure{errc::bad_value, at < 0x680 ? 0x244U : 0x884U, part::id_auth});
  }
}

TEST_CASE("every bit of block and authentication is noticed when it changes", "[launch][id_block]") {
  const auto block = make_id_block(sample());
  CHECK(flip_every_bit(copy(block), copy(need(make_id_auth(block, id_key(), &author_key())))) == 8 * (96 + 4096));
  CHECK(flip_every_bit(copy(block), copy(need(make_id_auth(block, id_key())))) == 8 * (96 + 4096));
}

TEST_CASE("the recorded block verifies, and its keys have the recorded digests", "[launch][id_block][evidence]") {
  UNITEE_REQUIRE_EVIDENCE();
  const auto known = test::evidence_manifest("snp").at("id_block");
  const auto file = [&](const char* name) {
    return test::evidence_file("snp/" + known.at("files").at(name).get<std::string>());
  };
  const auto block = file("id_block");
  const auto auth = file("id_auth");
  const auto keys = need(verified(block, auth));
  CHECK(test::hex_of(keys.id.value) == known.at("fields").at("id_key_digest").get<std::string>());
  REQUIRE(keys.author);
  CHECK(test::hex_of(keys.author->value) == known.at("fields").at("author_key_digest").get<std::string>());
  const auto parsed = need(id_block::parse(block));
  CHECK(equal(
      block, make_id_block({parsed.ld(), parsed.family_id(), parsed.image_id(), parsed.guest_svn(), parsed.policy()})));
  CHECK(flip_every_bit(block, auth) == 8 * (96 + 4096));
}

}  // namespace test_make_id_block
