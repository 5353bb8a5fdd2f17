// SPDX-License-Identifier: Apache-2.0
#include <unitee/snp/key_request.hpp>

#include "support/catch.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>

namespace test_key_request {

using unitee::errc;
using unitee::failure;
using unitee::part;
using unitee::snp::guest_field_select;
using unitee::snp::key_request;
using unitee::snp::root_key;
using unitee::snp::tcb_version;

namespace {

using request_bytes = std::array<std::uint8_t, 32>;

constexpr tcb_version tcb{{0xA0, 0xA1, 0xA2, 0xA3, 0xA4, 0xA5, 0xA6, 0xA7}};

// What the two makers must write: MEASUREMENT, POLICY and TCB_VERSION are bits 3, 0 and 5.
constexpr request_bytes bound = {0, 0, 0, 0, 0, 0, 0, 0, 0x29, 0,    0,    0,    0,    0,    0,    0,
                                 2, 0, 0, 0, 0, 0, 0, 0, 0xA0, 0xA1, 0xA2, 0xA3, 0xA4, 0xA5, 0xA6, 0xA7};
constexpr request_bytes shared = {0, 0, 0, 0, 0,    0,    0,    0,    0x16, 0,    0,    0,    0,    0,    0,    0,
                                  3, 0, 0, 0, 0x44, 0x33, 0x22, 0x11, 0xA0, 0xA1, 0xA2, 0xA3, 0xA4, 0xA5, 0xA6, 0xA7};

std::optional<failure> failure_of(const request_bytes& bytes) {
  const auto parsed = key_request::parse_any_binding(bytes);
  if (parsed) return std::nullopt;
  return parsed.error();
}

// expected restates what firmware refuses, and that KEY_SEL is not for us.
std::optional<failure> expected(const request_bytes& bytes) {
  const auto refused = [](errc code, std::size_t at) { return failure{code, at, part::key_request}; };
  for (std::size_t i = 4; i < 8; ++i) {
    if (bytes[i] != 0) return refused(errc::reserved_not_zero, i);
  }
  if (bytes[0] > 7 || bytes[1] != 0 || bytes[2] != 0 || bytes[3] != 0) return refused(errc::reserved_not_zero, 0);
  if (bytes[0] > 1) return refused(errc::unsupported_format, 0);
  if (bytes[8] > 0x3F) return refused(errc::reserved_not_zero, 8);
  for (std::size_t i = 9; i < 16; ++i) {
    if (bytes[i] != 0) return refused(errc::reserved_not_zero, 8);
  }
  if (bytes[16] > 3 || bytes[17] != 0 || bytes[18] != 0 || bytes[19] != 0) return refused(errc::bad_value, 16);
  return std::nullopt;
}

}  // namespace

static_assert(key_request::bound_to_measurement(tcb, 2).encode() == bound);
static_assert(key_request::shared_by_every_guest_the_host_allows({0x16}, 3, 0x11223344, tcb).encode() == shared);
static_assert(*key_request::parse_any_binding(bound) == key_request::bound_to_measurement(tcb, 2));
static_assert(key_request::parse_any_binding(shared)->encode() == shared);

static_assert(guest_field_select::policy.mask() == 1 && guest_field_select::image_id.mask() == 2);
static_assert(guest_field_select::family_id.mask() == 4 && guest_field_select::measurement.mask() == 8);
static_assert(guest_field_select::guest_svn.mask() == 16 && guest_field_select::tcb_version.mask() == 32);
static_assert(guest_field_select::reserved_zero.mask() == ~std::uint64_t{0x3F});

TEST_CASE("a request reads back what was asked for", "[snp][key_request]") {
  const auto request = *key_request::parse_any_binding(shared);
  CHECK(request.root() == root_key::vek);
  CHECK(request.fields() == guest_field_select{0x16});
  CHECK_FALSE(request.fields().has(guest_field_select::measurement));
  CHECK(request.vmpl() == 3);
  CHECK(request.guest_svn() == 0x11223344);
  CHECK(request.tcb_version() == tcb);

  const auto safe = key_request::bound_to_measurement(tcb, 0);
  CHECK(safe.fields().has(guest_field_select::measurement));
  CHECK(safe.fields().has(guest_field_select::policy));
  CHECK(safe.fields().has(guest_field_select::tcb_version));
  CHECK(safe.guest_svn() == 0);
  CHECK(safe != request);

  request_bytes migratable = bound;
  migratable[0] = 1;
  CHECK(key_request::parse_any_binding(migratable)->root() == root_key::vmrk);
}

TEST_CASE("every bit of a request is kept or refused", "[snp][key_request]") {
  for (const request_bytes& base : {bound, shared}) {
    for (std::size_t at = 0; at < base.size(); ++at) {
      for (unsigned value = 0; value < 256; ++value) {
        request_bytes bytes = base;
        bytes[at] = static_cast<std::uint8_t>(value);
        CAPTURE(at, value);
        const auto why = failure_of(bytes);
        if (why != expected(bytes)) CHECK(why == expected(bytes));
        if (!why && key_request::parse_any_binding(bytes)->encode() != bytes) FAIL("not the same request");
      }
    }
  }
}

TEST_CASE("every choice of fields reads back, and a reserved one is refused", "[snp][key_request]") {
  for (std::uint64_t fields = 0; fields < 256; ++fields) {
    request_bytes bytes = bound;
    bytes[8] = static_cast<std::uint8_t>(fields);
    CAPTURE(fields);
    const auto parsed = key_request::parse_any_binding(bytes);
    REQUIRE(parsed.has_value() == (fields < 64));
    if (parsed) CHECK(parsed->fields() == guest_field_select{fields});
    if (!parsed) CHECK(parsed.error() == failure{errc::reserved_not_zero, 8, part::key_request});
  }
}

TEST_CASE("a request from a stranger must be bound to measurement and policy", "[snp][key_request]") {
  using select = unitee::snp::guest_field_select;
  const std::uint64_t needed = select::measurement.mask() | select::policy.mask();
  std::size_t accepted = 0;
  for (std::uint64_t fields = 0; fields < 64; ++fields) {
    const auto made = key_request::shared_by_every_guest_the_host_allows({fields}, 1, 0, {});
    const auto parsed = key_request::parse(made.encode());
    if ((fields & needed) == needed) {
      REQUIRE(parsed);
      CHECK(*parsed == made);
      ++accepted;
    } else {
      REQUIRE_FALSE(parsed);
      CHECK(parsed.error() == unitee::failure{unitee::errc::weak_binding, 8, unitee::part::key_request});
    }
  }
  CHECK(accepted == 16);
}

TEST_CASE("a request from a stranger must be under the chip's or provider's root", "[snp][key_request]") {
  auto bytes = key_request::bound_to_measurement({}, 0).encode();
  bytes[0] = 1;  // VMRK
  CHECK(key_request::parse_any_binding(bytes));
  CHECK(key_request::parse(bytes).error() == unitee::failure{unitee::errc::weak_binding, 0, unitee::part::key_request});
  bytes[0] = 8;
  CHECK(key_request::parse(bytes).error() ==
        unitee::failure{unitee::errc::reserved_not_zero, 0, unitee::part::key_request});
}

}  // namespace test_key_request
