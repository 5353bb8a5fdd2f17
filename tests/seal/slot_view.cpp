// SPDX-License-Identifier: Apache-2.0
#include <unitee/seal/slot_view.hpp>

#include "support/catch.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <vector>

namespace test_slot_view {

using namespace unitee;

namespace {

constexpr std::uint64_t base = 144;

failure at(errc code, std::uint64_t offset) { return {code, base + offset, part::sealed_header}; }

slot_bytes caller_slot() {
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

}  // namespace

TEST_CASE("what is encoded is read back", "[seal][slot]") {
  const slot_bytes bytes = caller_slot();
  const slot_view slot = *slot_view::parse(bytes, base);
  CHECK(slot.kind() == slot_kind::caller_key);
  CHECK(std::vector<std::uint8_t>(slot.params().begin(), slot.params().end()) ==
        std::vector<std::uint8_t>{'k', 'e', 'y'});
  CHECK(slot.nonce().value.front() == 0x11);
  CHECK(slot.wrapped_key().value.back() == 0x22);
  CHECK(slot.tag().value.back() == 0x33);
  CHECK(slot.authenticated().data() == bytes.data());
  CHECK(slot.authenticated().size() == 452);
  CHECK(bytes[451] == 0);
  CHECK(bytes[452] == 0x11);
  CHECK(bytes[463] == 0x11);
  CHECK(bytes[464] == 0x22);
  CHECK(bytes[496] == 0x33);
}

TEST_CASE("each kind has its own sizes of params", "[seal][slot]") {
  const std::array<std::uint8_t, 512> params{};
  for (std::size_t n = 0; n <= params.size(); ++n) {
    const byte_view some = byte_view(params).first(n);
    const failure refused{errc::bad_length, 4, part::sealed_header};
    const auto snp = slot_view::encode(slot_kind::snp_derived_key, some);
    const auto caller = slot_view::encode(slot_kind::caller_key, some);
    REQUIRE(snp.has_value() == (n == 71 || n == 79));
    REQUIRE(caller.has_value() == (n <= 64));
    if (!snp) REQUIRE(snp.error() == refused);
    if (!caller) REQUIRE(caller.error() == refused);

    slot_bytes bytes{};
    for (const unsigned kind : {1u, 2u, 3u, 200u}) {
      bytes[0] = static_cast<std::uint8_t>(kind);
      bytes[4] = static_cast<std::uint8_t>(n);
      bytes[5] = static_cast<std::uint8_t>(n >> 8);
      const auto parsed = slot_view::parse(bytes, base);
      REQUIRE(parsed.has_value() == (kind == 1 ? n == 71 || n == 79 : kind == 2 ? n <= 64 : n <= 400));
      if (!parsed) REQUIRE(parsed.error() == at(errc::bad_length, 4));
    }
  }
}

TEST_CASE("this version does not write kinds that it does not know", "[seal][slot]") {
  for (const std::uint32_t kind : {0u, 3u, 4u, 0xffffffffu}) {
    CHECK(slot_view::encode(slot_kind{kind}, {}).error() == failure{errc::unsupported_format, 0, part::sealed_header});
    CHECK_FALSE(slot_view::is_known(slot_kind{kind}));
  }
}

TEST_CASE("a slot of kind 0 is refused", "[seal][slot]") {
  slot_bytes bytes = caller_slot();
  bytes[0] = 0;
  CHECK(slot_view::parse(bytes, base).error() == at(errc::bad_value, 0));
}

TEST_CASE("every byte between the params and the nonce is zero", "[seal][slot]") {
  for (std::size_t i = 8 + 3; i < 452; ++i) {
    slot_bytes bytes = caller_slot();
    bytes[i] = 0x80;
    REQUIRE(slot_view::parse(bytes, base).error() == at(errc::reserved_not_zero, i));
  }
}

}  // namespace test_slot_view
