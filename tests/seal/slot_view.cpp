// SPDX-License-Identifier: Apache-2.0
#include <unitee/seal/slot_view.hpp>

#include "support/catch.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace test_slot_view {

using namespace unitee;

namespace {

constexpr std::uint64_t base = 512;

constexpr failure at(errc code, std::uint64_t offset) { return {code, base + offset, part::sealed_header}; }

constexpr slot_bytes sample() {
  const std::array<std::uint8_t, 3> id{'k', 'e', 'y'};
  slot_bytes out = *slot_view::encode(slot_kind::caller_key, id);
  gcm_nonce nonce;
  fixed_bytes<32> wrapped;
  gcm_tag tag;
  nonce.value.fill(0x11);
  wrapped.value.fill(0x22);
  tag.value.fill(0x33);
  slot_view::put_wrapped_key(out, nonce, wrapped, tag);
  return out;
}

void put_le(slot_bytes& bytes, std::size_t offset, std::uint32_t value) {
  for (std::size_t i = 0; i < 4; ++i) bytes[offset + i] = static_cast<std::uint8_t>(value >> 8 * i);
}

// is_allowed is the table of FORMAT.md, written down once more.
bool is_allowed(std::uint32_t kind, std::size_t size) {
  switch (kind) {
    case 1:
    case 0x80000001: return size == 71 || size == 79;
    case 2: return size <= 64;
    case 3:
    case 0x80000003: return size == 177;
    case 4: return size == 129 || size == 193;
    case 5: return size >= 1 && size <= 400;
    default: return size <= 400;
  }
}

constexpr std::array<std::uint32_t, 7> known{1, 2, 3, 4, 5, 0x80000001, 0x80000003};
constexpr std::array<std::uint32_t, 8> unknown{6, 200, 0x7fffffff, 0x80000000, 0x80000002, 0x80000004, 256, 0xffffffff};

}  // namespace

static_assert(slot_view::parse(sample(), base)->kind() == slot_kind::caller_key);
static_assert(static_cast<std::uint32_t>(slot_kind::public_key) == 4);
static_assert(static_cast<std::uint32_t>(slot_kind::broker_key) == 5);

TEST_CASE("what is encoded is read back", "[seal][slot]") {
  const slot_bytes bytes = sample();
  const slot_view slot = *slot_view::parse(bytes, base);
  CHECK(slot.kind() == slot_kind::caller_key);
  CHECK(std::string(slot.params().begin(), slot.params().end()) == "key");
  CHECK(slot.nonce().value.front() == 0x11);
  CHECK(slot.wrapped_key().value.back() == 0x22);
  CHECK(slot.tag().value.back() == 0x33);
  CHECK(slot.authenticated().data() == bytes.data());
  CHECK(slot.authenticated().size() == 452);
  CHECK(slot.bytes().data() == bytes.data());
  // The table of FORMAT.md.
  CHECK((bytes[0] == 2 && bytes[4] == 3 && bytes[8] == 'k' && bytes[10] == 'y'));
  CHECK((bytes[451] == 0 && bytes[452] == 0x11 && bytes[463] == 0x11));
  CHECK((bytes[464] == 0x22 && bytes[495] == 0x22 && bytes[496] == 0x33 && bytes[511] == 0x33));
}

TEST_CASE("each kind has its own sizes of params", "[seal][slot]") {
  const std::array<std::uint8_t, 512> params{};
  for (std::size_t n = 0; n <= params.size(); ++n) {
    CAPTURE(n);
    for (const std::uint32_t kind : known) {
      const auto encoded = slot_view::encode(slot_kind{kind}, byte_view(params).first(n));
      REQUIRE(encoded.has_value() == is_allowed(kind, n));
      if (!encoded) REQUIRE(encoded.error() == failure{errc::bad_length, 4, part::sealed_header});
    }
    const auto check = [&](std::uint32_t kind) {
      slot_bytes bytes{};
      put_le(bytes, 0, kind);
      put_le(bytes, 4, static_cast<std::uint32_t>(n));
      const auto parsed = slot_view::parse(bytes, base);
      REQUIRE(parsed.has_value() == is_allowed(kind, n));
      if (parsed) REQUIRE((parsed->kind() == slot_kind{kind} && parsed->params().size() == n));
      if (!parsed) REQUIRE(parsed.error() == at(errc::bad_length, 4));
    };
    for (const std::uint32_t kind : known) check(kind);
    for (const std::uint32_t kind : unknown) check(kind);
  }
}

TEST_CASE("no size of params leads out of the slot", "[seal][slot]") {
  for (std::size_t bit = 0; bit < 32; ++bit) {
    for (const std::uint32_t kind : {2u, 5u, 200u}) {
      slot_bytes bytes{};
      put_le(bytes, 0, kind);
      put_le(bytes, 4, std::uint32_t{1} << bit);
      const auto parsed = slot_view::parse(bytes, base);
      CHECK(parsed.has_value() == is_allowed(kind, std::size_t{1} << bit));
    }
  }
}

TEST_CASE("this version does not write kinds that it does not know", "[seal][slot]") {
  for (const std::uint32_t kind : unknown) {
    CHECK(slot_view::encode(slot_kind{kind}, {}).error() == failure{errc::unsupported_format, 0, part::sealed_header});
    CHECK_FALSE(slot_view::is_known(slot_kind{kind}));
    CHECK(std::string(name(slot_kind{kind})) == "unknown");
  }
  CHECK_FALSE(slot_view::is_known(slot_kind{0}));
  for (const std::uint32_t kind : known) CHECK(slot_view::is_known(slot_kind{kind}));
}

TEST_CASE("every kind has its own name", "[seal][slot]") {
  const std::vector<std::pair<slot_kind, std::string>> names{
      {slot_kind::snp_derived_key, "snp_derived_key"},
      {slot_kind::caller_key, "caller_key"},
      {slot_kind::tdx_derived_key, "tdx_derived_key"},
      {slot_kind::public_key, "public_key"},
      {slot_kind::broker_key, "broker_key"},
      {slot_kind::simulated_snp_derived_key, "simulated_snp_derived_key"},
      {slot_kind::simulated_tdx_derived_key, "simulated_tdx_derived_key"}};
  CHECK(names.size() == known.size());
  for (const auto& [kind, spelled] : names) CHECK(name(kind) == spelled);
}

TEST_CASE("a slot of kind 0 is refused", "[seal][slot]") {
  slot_bytes bytes = sample();
  bytes[0] = 0;
  CHECK(slot_view::parse(bytes, base).error() == at(errc::bad_value, 0));
}

TEST_CASE("every byte between the params and the nonce is zero", "[seal][slot]") {
  for (std::size_t i = 8 + 3; i < 452; ++i) {
    for (const unsigned bit : {0u, 7u}) {
      slot_bytes bytes = sample();
      bytes[i] = static_cast<std::uint8_t>(1u << bit);
      REQUIRE(slot_view::parse(bytes, base).error() == at(errc::reserved_not_zero, i));
    }
  }
}

}  // namespace test_slot_view
