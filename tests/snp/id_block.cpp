// SPDX-License-Identifier: Apache-2.0
#include <unitee/snp/id_block.hpp>

#include "support/catch.hpp"
#include "support/edits.hpp"
#include "support/evidence.hpp"
#include "support/fields.hpp"
#include "support/refusals.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace test_id_block {

using namespace unitee;

namespace {

static_assert(snp::id_block::size == 96);
static_assert(snp::id_auth::size == 4096);
static_assert(snp::id_block_row::version::offset == 80 && snp::id_block_row::policy::offset == 88);
static_assert(snp::id_auth_row::id_key_curve::offset == 0x240 && snp::id_auth_row::author_key_curve::offset == 0x880);

constexpr std::array<std::uint8_t, 96> zeros{};
static_assert(snp::id_block::parse(zeros).error() == failure{errc::unsupported_version, 80});

std::string run(unsigned first, std::size_t size) {
  std::vector<std::uint8_t> out;
  for (std::size_t i = 0; i < size; ++i) out.push_back(static_cast<std::uint8_t>(first + i));
  return test::hex_of(out);
}

}  // namespace

TEST_CASE("every field of an ID block has its own value", "[snp][id_block]") {
  const auto bytes = test::vector_bases("id_block").at("id_block");
  const auto block = snp::id_block::parse(bytes);
  REQUIRE(block);
  CHECK(equal(block->bytes(), bytes));
  CHECK(test::hex_of(block->ld().value) == run(0x11, 48));
  CHECK(test::hex_of(block->family_id().value) == run(0x12, 16));
  CHECK(test::hex_of(block->image_id().value) == run(0x13, 16));
  CHECK(block->version() == 1);
  CHECK(block->guest_svn() == 0x01020304);
  CHECK(block->policy() == snp::guest_policy{0x3001F});
  std::string names;
  std::size_t end = 0;
  for (const test::field& each : test::fields(*block)) {
    CHECK(each.offset == end);
    end += each.size;
    names += each.name + " ";
  }
  CHECK(end == 96);
  CHECK(names == "ld family_id image_id version guest_svn policy ");
}

TEST_CASE("every field of an ID authentication structure has its own value", "[snp][id_block]") {
  const auto bytes = test::vector_bases("id_block").at("id_auth");
  const auto auth = snp::id_auth::parse(bytes);
  REQUIRE(auth);
  CHECK(equal(auth->bytes(), bytes));
  CHECK(auth->has_author_key());
  CHECK(auth->id_key().data() == bytes.data() + 0x240);
  CHECK(auth->author_key().data() == bytes.data() + 0x880);
  const std::string padding(48, '0');
  const auto fields = test::fields(*auth);
  CHECK(test::field_hex(fields, "id_key_algo") == "01000000");
  CHECK(test::field_hex(fields, "auth_key_algo") == "01000000");
  CHECK(test::field_hex(fields, "id_block_sig_r") == run(0x21, 48) + padding);
  CHECK(test::field_hex(fields, "id_block_sig_s") == run(0x22, 48) + padding);
  CHECK(test::field_hex(fields, "id_key_curve") == "02000000");
  CHECK(test::field_hex(fields, "id_key_qx") == run(0x31, 48) + padding);
  CHECK(test::field_hex(fields, "id_key_qy") == run(0x32, 48) + padding);
  CHECK(test::field_hex(fields, "id_key_sig_r") == run(0x41, 48) + padding);
  CHECK(test::field_hex(fields, "id_key_sig_s") == run(0x42, 48) + padding);
  CHECK(test::field_hex(fields, "author_key_curve") == "02000000");
  CHECK(test::field_hex(fields, "author_key_qx") == run(0x51, 48) + padding);
  CHECK(test::field_hex(fields, "author_key_qy") == run(0x52, 48) + padding);
  CHECK(fields.size() == 12);
}

TEST_CASE("an author key may be left out", "[snp][id_block]") {
  const auto bytes = test::vector_bases("id_block").at("id_auth_without_author");
  const auto auth = snp::id_auth::parse(bytes);
  REQUIRE(auth);
  CHECK(!auth->has_author_key());
  CHECK(all_zero(auth->author_key()));
}

TEST_CASE("every vector of ID block and authentication parses or is refused for its reason", "[snp][id_block]") {
  const std::size_t refused =
      test::check_refusals("id_block", [](const std::string& kind, const auto& bytes) -> std::optional<failure> {
        REQUIRE(kind == "snp_id_block");
        if (bytes.size() < 1000) {
          const auto block = snp::id_block::parse(bytes);
          return block ? std::nullopt : std::optional(block.error());
        }
        const auto auth = snp::id_auth::parse(bytes);
        return auth ? std::nullopt : std::optional(auth.error());
      });
  CHECK(refused > 40);
}

TEST_CASE("every byte of an ID authentication structure is a field or must be zero", "[snp][id_block]") {
  auto bytes = test::vector_bases("id_block").at("id_auth");
  std::vector<bool> in_field(bytes.size());
  for (const test::field& each : test::fields(*snp::id_auth::parse(bytes))) {
    const bool number = each.size == 72;  // of which 24 bytes are zero
    for (std::size_t i = 0; i < (number ? 48 : 0); ++i) in_field[each.offset + i] = true;
  }
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    bytes[i] ^= 0x80;
    CAPTURE(i);
    REQUIRE(snp::id_auth::parse(bytes).has_value() == in_field[i]);
    bytes[i] ^= 0x80;
  }
}

TEST_CASE("no other size is an ID block or an authentication structure", "[snp][id_block]") {
  const auto block = test::vector_bases("id_block").at("id_block");
  for (std::size_t n = 0; n < block.size(); ++n) {
    REQUIRE(snp::id_block::parse(byte_view(block).first(n)).error() == failure{errc::truncated, n});
  }
  const auto auth = test::vector_bases("id_block").at("id_auth");
  for (std::size_t n = 0; n < auth.size(); ++n) {
    REQUIRE(snp::id_auth::parse(byte_view(auth).first(n)).error() == failure{errc::truncated, n});
  }
}

TEST_CASE("the recorded ID block is read as its manifest says", "[snp][id_block][evidence]") {
  UNITEE_REQUIRE_EVIDENCE();
  const auto known = test::evidence_manifest("snp").at("id_block");
  const auto block_bytes = test::evidence_file("snp/" + known.at("files").at("id_block").get<std::string>());
  const auto auth_bytes = test::evidence_file("snp/" + known.at("files").at("id_auth").get<std::string>());
  const auto block = snp::id_block::parse(block_bytes);
  REQUIRE(block);
  CHECK(test::hex_of(block->ld().value) == known.at("fields").at("launch_digest"));
  CHECK(block->policy().value == 0x30000);
  REQUIRE(snp::id_auth::parse(auth_bytes));
}

}  // namespace test_id_block
