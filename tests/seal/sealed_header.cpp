// SPDX-License-Identifier: Apache-2.0
#include <unitee/seal/sealed_header.hpp>

#include "support/catch.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace test_sealed_header {

using namespace unitee;
using octets = std::vector<std::uint8_t>;

namespace {

constexpr sealed_header::invariants fixed_part(const sealed_geometry& geometry, metadata_form form) {
  file_id id;
  id.value.fill(1);
  return {geometry, protection::confidential, form, id};
}

constexpr sealed_header sample(std::uint32_t metadata = 0, metadata_form form = metadata_form::none) {
  key_commitment commitment;
  sha256_digest table;
  sha256_digest mac;
  commitment.value.fill(2);
  table.value.fill(3);
  mac.value.fill(4);
  std::array<slot_bytes, 2> slots{*slot_view::encode(slot_kind::caller_key, {}),
                                  *slot_view::encode(slot_kind::caller_key, {})};
  slots[1][511] = 9;
  sealed_header out =
      *sealed_header::create(fixed_part(*sealed_geometry::of(8197, 4096, metadata), form), commitment, table, slots);
  out.put_mac(mac);
  return out;
}

octets sample_bytes() {
  const sealed_header header = sample();
  return {header.bytes().begin(), header.bytes().end()};
}

constexpr failure refused(errc code, std::uint64_t offset) { return {code, offset, part::sealed_header}; }

// put is a field's little-endian bytes.
void put(octets& bytes, std::size_t offset, std::size_t size, std::uint64_t value) {
  for (std::size_t i = 0; i < size; ++i) bytes[offset + i] = static_cast<std::uint8_t>(value >> 8 * i);
}

failure refusal_of(std::size_t offset, std::size_t size, std::uint64_t value) {
  octets bytes = sample_bytes();
  put(bytes, offset, size, value);
  const auto parsed = sealed_header::parse(bytes);
  REQUIRE(!parsed);
  return parsed.error();
}

}  // namespace

static_assert(sample().generation() == 1 && sample().state() == header_state::settled);
static_assert(sample().protection() == protection::confidential);
static_assert(sample().metadata_form() == metadata_form::none);
static_assert(sample(100, metadata_form::encrypted).metadata_form() == metadata_form::encrypted);
static_assert(sample(100, metadata_form::is_public).geometry() == *sealed_geometry::of(8197, 4096, 100));
static_assert(sample().geometry() == *sealed_geometry::of(8197, 4096));
static_assert(sample().file_id().value[31] == 1);
static_assert(sample().commitment().value[0] == 2);
static_assert(sample().tag_table_mac().value[31] == 3);
static_assert(sample().mac().value[0] == 4);
static_assert(sample().bytes()[479] == 0 && sample().bytes()[480] == 4 && sample().bytes()[511] == 4);
static_assert(sample().invariant().size() == 128);
static_assert(sample().authenticated_fields().size() == 480 && sample().authenticated_slots().size() == 7680);
static_assert(sample().slot_count() == 2);

TEST_CASE("the header's fields stand where the format says", "[seal][header]") {
  const octets bytes = sample_bytes();
  octets expected{0x89, 0x75, 0x6e, 0x69, 0x74, 0x65, 0x65, 0x0a};
  expected.resize(8192);
  put(expected, 8, 4, 1);
  put(expected, 12, 4, 8192);
  put(expected, 16, 4, 1);
  put(expected, 20, 4, 4096);
  put(expected, 24, 8, 8197);
  put(expected, 32, 8, 20480);
  std::fill_n(expected.begin() + 48, 32, std::uint8_t{1});
  std::fill_n(expected.begin() + 128, 32, std::uint8_t{2});
  std::fill_n(expected.begin() + 160, 32, std::uint8_t{3});
  put(expected, 192, 8, 1);
  put(expected, 200, 4, 1);
  put(expected, 204, 4, 2);
  std::fill_n(expected.begin() + 480, 32, std::uint8_t{4});
  expected[512] = expected[1024] = 2;
  expected[1535] = 9;
  CHECK(bytes == expected);
}

TEST_CASE("a header is parsed into the bytes that it was parsed from", "[seal][header]") {
  const octets bytes = sample_bytes();
  const auto parsed = sealed_header::parse(bytes);
  REQUIRE(parsed);
  CHECK(equal(parsed->bytes(), bytes));
  CHECK(parsed->slot(1).tag().value[15] == 9);
}

TEST_CASE("a header's fields are visited in order", "[seal][header]") {
  std::string names;
  sample().for_each_field([&](auto row, const auto&) { names += std::string(decltype(row)::name) + " "; });
  CHECK(names ==
        "magic version header_size protection segment_size payload_size payload_offset metadata_form metadata_size "
        "file_id key_commitment tag_table_mac generation state slot_count header_mac ");
}

TEST_CASE("a header is exactly 8192 bytes", "[seal][header]") {
  const octets bytes = sample_bytes();
  CHECK(sealed_header::parse({}).error() == refused(errc::unrecognized, 0));
  for (std::size_t n = 1; n < sealed_header::size; ++n) {
    REQUIRE(sealed_header::parse(byte_view(bytes).first(n)).error() == refused(errc::truncated, n));
  }
  octets longer = bytes;
  longer.push_back(0);
  CHECK(sealed_header::parse(longer).error() == refused(errc::trailing_data, 8192));
}

TEST_CASE("what does not begin with the magic is no sealed file, however short it is", "[seal][header]") {
  octets bytes = sample_bytes();
  for (std::size_t i = 0; i < 8; ++i) {
    for (unsigned bit = 0; bit < 8; ++bit) {
      const auto flip = static_cast<std::uint8_t>(1u << bit);
      bytes[i] ^= flip;
      for (const std::size_t n : {i + 1, std::size_t{8192}}) {
        CHECK(sealed_header::parse(byte_view(bytes).first(n)).error() == refused(errc::unrecognized, 0));
      }
      bytes[i] ^= flip;
    }
  }
}

TEST_CASE("a field whose value the format does not have is refused where it stands", "[seal][header]") {
  for (const std::uint64_t version : {0u, 2u, 0x01000000u, 0xffffffffu}) {
    CHECK(refusal_of(8, 4, version) == refused(errc::unsupported_version, 8));
  }
  for (const std::uint64_t size : {0u, 4096u, 8191u, 8193u, 16384u}) {
    CHECK(refusal_of(12, 4, size) == refused(errc::bad_value, 12));
  }
  for (const std::uint64_t other : {0u, 3u, 0x100u, 0xffffffffu}) {
    CHECK(refusal_of(16, 4, other) == refused(errc::bad_value, 16));
    CHECK(refusal_of(200, 4, other) == refused(errc::bad_value, 200));
    if (other != 0) CHECK(refusal_of(40, 4, other) == refused(errc::bad_value, 40));
  }
  for (const std::uint64_t size : {0u, 1u, 2048u, 4097u, 33554432u, 0x80000000u}) {
    CHECK(refusal_of(20, 4, size) == refused(errc::bad_value, 20));
  }
  for (const std::uint64_t size : {max_payload_size + 1, ~std::uint64_t{0}}) {
    CHECK(refusal_of(24, 8, size) == refused(errc::bad_value, 24));
  }
  CHECK(refusal_of(192, 8, 0) == refused(errc::bad_value, 192));
  for (const std::uint64_t count : {0u, 16u, 0x102u, 0xffffffffu}) {
    CHECK(refusal_of(204, 4, count) == refused(errc::bad_value, 204));
  }
}

TEST_CASE("the payload stands where its size and that of the metadata say", "[seal][header]") {
  for (std::uint64_t bit = 0; bit < 64; ++bit) {
    CHECK(refusal_of(32, 8, 20480 ^ std::uint64_t{1} << bit) == refused(errc::bad_length, 32));
  }
  CHECK(refusal_of(24, 8, std::uint64_t{256} * 4096 + 1) == refused(errc::bad_length, 32));
}

TEST_CASE("metadata is as long as its form allows", "[seal][header]") {
  for (const std::uint32_t form : {0u, 1u, 2u}) {
    for (const std::uint32_t size : {0u, 1u, 15u, 16u, 17u, 4096u, 4097u, max_metadata_size, max_metadata_size + 1}) {
      CAPTURE(form, size);
      octets bytes = sample_bytes();
      put(bytes, 40, 4, form);
      put(bytes, 44, 4, size);
      put(bytes, 32, 8, 20480 + (std::uint64_t{size} + 4095) / 4096 * 4096);
      const auto parsed = sealed_header::parse(bytes);
      CHECK(parsed.has_value() == (form == 0 ? size == 0 : size >= 16 && size <= max_metadata_size));
      if (!parsed) CHECK(parsed.error() == refused(errc::bad_length, 44));
    }
  }
}

TEST_CASE("a byte that is kept for later is zero, and so is one behind the slots", "[seal][header]") {
  octets bytes = sample_bytes();
  const auto check = [&](std::size_t from, std::size_t to) {
    for (std::size_t i = from; i < to; ++i) {
      for (const unsigned value : {1u, 0x80u}) {
        bytes[i] = static_cast<std::uint8_t>(value);
        REQUIRE(sealed_header::parse(bytes).error() == refused(errc::reserved_not_zero, i));
      }
      bytes[i] = 0;
    }
  };
  check(80, 128);
  check(208, 480);
  check(512 + 8, 512 + 452);
  check(512 + 2 * 512, 8192);
}

TEST_CASE("of several mistakes the one that FORMAT.md names first is told", "[seal][header]") {
  struct mistake {
    std::size_t offset, size;
    std::uint64_t value;
    failure why;
  };
  // In the order of step 1 of "Reading".
  const std::vector<mistake> mistakes{
      {0, 1, 0x88, refused(errc::unrecognized, 0)}, {8, 4, 2, refused(errc::unsupported_version, 8)},
      {12, 4, 0, refused(errc::bad_value, 12)},     {16, 4, 0, refused(errc::bad_value, 16)},
      {20, 4, 0, refused(errc::bad_value, 20)},     {24, 8, ~std::uint64_t{0}, refused(errc::bad_value, 24)},
      {40, 4, 3, refused(errc::bad_value, 40)},     {44, 4, ~std::uint32_t{0}, refused(errc::bad_length, 44)},
      {32, 8, 0, refused(errc::bad_length, 32)},    {127, 1, 1, refused(errc::reserved_not_zero, 127)},
      {192, 8, 0, refused(errc::bad_value, 192)},   {200, 4, 0, refused(errc::bad_value, 200)},
      {204, 4, 16, refused(errc::bad_value, 204)},  {479, 1, 1, refused(errc::reserved_not_zero, 479)},
      {512, 4, 0, refused(errc::bad_value, 512)},   {8191, 1, 1, refused(errc::reserved_not_zero, 8191)}};
  for (std::size_t i = 0; i < mistakes.size(); ++i) {
    for (std::size_t j = i; j < mistakes.size(); ++j) {
      octets bytes = sample_bytes();
      put(bytes, mistakes[i].offset, mistakes[i].size, mistakes[i].value);
      put(bytes, mistakes[j].offset, mistakes[j].size, mistakes[j].value);
      CAPTURE(i, j);
      CHECK(sealed_header::parse(bytes).error() == mistakes[i].why);
    }
  }
}

TEST_CASE("a slot is refused where it stands in the header", "[seal][header]") {
  for (const std::size_t slot : {std::size_t{512}, std::size_t{1024}}) {
    CHECK(refusal_of(slot, 4, 0) == refused(errc::bad_value, slot));
    CHECK(refusal_of(slot + 4, 4, 65) == refused(errc::bad_length, slot + 4));
    CHECK(refusal_of(slot + 408, 1, 1) == refused(errc::reserved_not_zero, slot + 408));
  }
}

TEST_CASE("a header has 1 to 15 slots", "[seal][header]") {
  const std::vector<slot_bytes> slots(17, *slot_view::encode(slot_kind::caller_key, {}));
  const auto fixed = fixed_part(*sealed_geometry::of(1, 4096), metadata_form::none);
  for (std::size_t n = 0; n <= slots.size(); ++n) {
    const auto some = std::span(slots).first(n);
    for (const auto& header : {sealed_header::create(fixed, {}, {}, some), sample().with_slots(some)}) {
      REQUIRE(header.has_value() == (n >= 1 && n <= 15));
      if (header) CHECK(header->slot_count() == n);
      if (!header) CHECK(header.error() == refused(errc::bad_value, 204));
    }
  }
}

TEST_CASE("other slots are another generation, and nothing else changes", "[seal][header]") {
  const std::array<slot_bytes, 1> one{*slot_view::encode(slot_kind::broker_key, std::array<std::uint8_t, 1>{'b'})};
  const sealed_header before = sample();
  const auto after = before.with_slots(one);
  REQUIRE(after);
  CHECK(after->generation() == 2);
  CHECK(after->slot_count() == 1);
  CHECK(after->slot(0).kind() == slot_kind::broker_key);
  CHECK(after->is_same_file(before));
  CHECK_FALSE(after->is_same_but_for_state(before));
  octets expected = sample_bytes();
  put(expected, 192, 8, 2);
  put(expected, 204, 4, 1);
  std::fill(expected.begin() + 512, expected.end(), std::uint8_t{0});
  std::ranges::copy(one[0], expected.begin() + 512);
  CHECK(equal(after->bytes(), expected));
}

TEST_CASE("there is a last generation", "[seal][header]") {
  octets bytes = sample_bytes();
  put(bytes, 192, 8, ~std::uint64_t{0} - 1);
  const std::array<slot_bytes, 1> one{*slot_view::encode(slot_kind::caller_key, {})};
  const auto last = sealed_header::parse(bytes)->with_slots(one);
  REQUIRE(last);
  CHECK(last->generation() == ~std::uint64_t{0});
  CHECK(last->with_slots(one).error() == refused(errc::no_space, 192));
}

TEST_CASE("two copies may differ in state and MAC, or be of the same file", "[seal][header]") {
  const sealed_header settled = sample();
  const sealed_header changing = settled.with_state(header_state::changing);
  CHECK(changing.state() == header_state::changing);
  CHECK(changing.is_same_but_for_state(settled));
  CHECK(settled.is_same_but_for_state(changing));
  for (std::size_t i = 0; i < sealed_header::size; ++i) {
    octets bytes = sample_bytes();
    bytes[i] ^= 1;
    const auto other = sealed_header::parse(bytes);
    if (!other) continue;
    REQUIRE(settled.is_same_file(*other) == (i >= 192));
    REQUIRE(settled.is_same_but_for_state(*other) == (i >= 480 && i < 512));
    REQUIRE(changing.is_same_but_for_state(*other) == (i >= 480 && i < 512));
  }
}

}  // namespace test_sealed_header
