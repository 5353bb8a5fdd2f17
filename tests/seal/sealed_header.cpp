// SPDX-License-Identifier: Apache-2.0
#include <unitee/seal/sealed_header.hpp>

#include "support/sealed.hpp"

#include <algorithm>
#include <array>
#include <vector>

namespace test_sealed_header {

using namespace unitee;
using test::octets;

namespace {

constexpr sealed_header sample() {
  sealed_salt salt;
  key_commitment commitment;
  sha256_digest table;
  sha256_digest mac;
  salt.value.fill(1);
  commitment.value.fill(2);
  table.value.fill(3);
  mac.value.fill(4);
  std::array<slot_bytes, 2> slots{*slot_view::encode(slot_kind::caller_key, {}),
                                  *slot_view::encode(slot_kind::caller_key, {})};
  slots[1][511] = 9;
  sealed_header out = *sealed_header::encode({*sealed_geometry::of(8197, 4096), salt, commitment, table, slots});
  out.put_mac(mac);
  return out;
}

octets sample_bytes() {
  const sealed_header header = sample();
  return {header.bytes().begin(), header.bytes().end()};
}

failure refused(errc code, std::uint64_t offset) { return {code, offset, part::sealed_header}; }

}  // namespace

static_assert(sample().generation() == 1);
static_assert(sample().geometry() == *sealed_geometry::of(8197, 4096));
static_assert(sample().file_salt().value[31] == 1);
static_assert(sample().commitment().value[0] == 2);
static_assert(sample().tag_table_mac().value[31] == 3);
static_assert(sample().mac().value[0] == 4);
static_assert(sample().bytes()[8160] == 4 && sample().bytes()[8159] == 0);
static_assert(sample().authenticated().size() == 8160);
static_assert(sealed_header::parse(sample().bytes())->slot_count() == 2);

TEST_CASE("a header is parsed into the bytes that it was parsed from", "[seal][header]") {
  const sealed_header header = sample();
  const auto parsed = sealed_header::parse(header.bytes());
  REQUIRE(parsed);
  CHECK(equal(parsed->bytes(), header.bytes()));
  CHECK(parsed->slot(1).tag().value[15] == 9);
}

TEST_CASE("a header is exactly 8192 bytes", "[seal][header]") {
  const sealed_header header = sample();
  for (std::size_t n = 0; n < sealed_header::size; ++n) {
    REQUIRE(sealed_header::parse(header.bytes().first(n)).error() == refused(errc::truncated, n));
  }
  octets longer = sample_bytes();
  longer.push_back(0);
  CHECK(sealed_header::parse(longer).error() == refused(errc::trailing_data, 8192));
}

TEST_CASE("what does not begin with the magic is no sealed file, however short it is", "[seal][header]") {
  octets bytes = sample_bytes();
  for (std::size_t i = 0; i < 8; ++i) {
    bytes[i] ^= 0x20;
    for (const std::size_t n : {i + 1, std::size_t{8192}}) {
      CHECK(sealed_header::parse(byte_view(bytes).first(n)).error() == refused(errc::unrecognized, 0));
    }
    bytes[i] ^= 0x20;
  }
}

TEST_CASE("a byte that is kept for later is zero", "[seal][header]") {
  octets bytes = sample_bytes();
  for (std::size_t i = 144 + 2 * 512; i < 8160; ++i) {
    bytes[i] = 1;
    REQUIRE(sealed_header::parse(bytes).error() == refused(errc::reserved_not_zero, i));
    bytes[i] = 0;
  }
}

TEST_CASE("a header has 1 to 15 slots", "[seal][header]") {
  const std::vector<slot_bytes> slots(17, *slot_view::encode(slot_kind::caller_key, {}));
  for (std::size_t n = 0; n <= slots.size(); ++n) {
    const auto header = sealed_header::encode({*sealed_geometry::of(1, 4096), {}, {}, {}, {slots.data(), n}});
    if (n >= 1 && n <= 15) {
      REQUIRE(header);
      CHECK(header->slot_count() == n);
    } else {
      CHECK(header.error() == refused(errc::bad_value, 28));
    }
  }
}

TEST_CASE("what the vectors refuse without a key is refused by parsing alone", "[seal][header][vectors]") {
  const auto all = test::vectors("sealed");
  int seen = 0;
  for (const auto& vector : all) {
    const octets file = test::sealed_vector_file(all, vector);
    const auto header = sealed_header::parse(byte_view(file).first(std::min(file.size(), sealed_header::size)));
    CAPTURE(vector.at("name"));
    if (header) continue;
    CHECK(vector.at("expect") == nlohmann::json{name(header.error().code), header.error().offset, "sealed_header"});
    CHECK(header.error().in == part::sealed_header);
    ++seen;
  }
  CHECK(seen == 35);
}

}  // namespace test_sealed_header
