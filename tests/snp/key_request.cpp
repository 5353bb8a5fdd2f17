// SPDX-License-Identifier: Apache-2.0
#include <unitee/snp/key_request.hpp>

#include "support/catch.hpp"

#include <algorithm>
#include <array>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

namespace test_key_request {

using unitee::errc;
using unitee::failure;
using unitee::part;
using unitee::snp::guest_field_select;
using unitee::snp::key_basis;
using unitee::snp::key_floor;
using unitee::snp::key_request;
using unitee::snp::key_selection;
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

// expected restates what firmware refuses. A request with LAUNCH_MIT_VECTOR goes on behind the 32 bytes.
std::optional<failure> expected(const request_bytes& bytes) {
  const auto refused = [](errc code, std::size_t at) { return failure{code, at, part::key_request}; };
  for (std::size_t i = 4; i < 8; ++i) {
    if (bytes[i] != 0) return refused(errc::reserved_not_zero, i);
  }
  if (bytes[0] > 7 || bytes[1] != 0 || bytes[2] != 0 || bytes[3] != 0) return refused(errc::reserved_not_zero, 0);
  const bool sane = bytes[0] == 0 || bytes[0] == 1 || bytes[0] == 2 || bytes[0] == 4;
  if (!sane) return refused(errc::bad_value, 0);
  if (bytes[8] > 0x7F) return refused(errc::reserved_not_zero, 8);
  for (std::size_t i = 9; i < 16; ++i) {
    if (bytes[i] != 0) return refused(errc::reserved_not_zero, 8);
  }
  if (bytes[16] > 3 || bytes[17] != 0 || bytes[18] != 0 || bytes[19] != 0) return refused(errc::bad_value, 16);
  if (bytes[8] > 0x3F) return refused(errc::truncated, 32);
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
static_assert(guest_field_select::launch_mit_vector.mask() == 64);
static_assert(guest_field_select::reserved_zero.mask() == ~std::uint64_t{0x7F});
static_assert(key_request::vendor == 1 && key_request::size == 32 && key_request::size_max == 40);
static_assert(std::same_as<key_request::basis, key_basis> && std::same_as<key_request::floor, key_floor>);

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
    if (!parsed && fields < 128) CHECK(parsed.error() == failure{errc::truncated, 32, part::key_request});
    if (fields >= 128) CHECK(parsed.error() == failure{errc::reserved_not_zero, 8, part::key_request});
  }
}

TEST_CASE("a request from a stranger must be bound to measurement, policy and TCB", "[snp][key_request]") {
  using select = unitee::snp::guest_field_select;
  const std::uint64_t needed = select::measurement.mask() | select::policy.mask() | select::tcb_version.mask();
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
  CHECK(accepted == 8);
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

TEST_CASE("the root is the one that was named last", "[snp][key_request]") {
  const auto made = key_request::bound_to_measurement(tcb, 2);
  const auto root_bytes = [](const key_request& request) { return unsigned{request.encode()[0]}; };
  CHECK(made.key_sel() == key_selection::firmware_default);
  CHECK(root_bytes(made.with_key_selection(key_selection::vcek)) == 2);
  CHECK(root_bytes(made.with_key_selection(key_selection::vlek)) == 4);
  CHECK(root_bytes(made.with_migration_root()) == 1);
  CHECK(root_bytes(made.with_key_selection(key_selection::vlek).with_migration_root()) == 1);
  CHECK(root_bytes(made.with_migration_root().with_key_selection(key_selection::vcek)) == 2);
  CHECK(made.with_key_selection(key_selection::firmware_default) == made);
  for (const auto which : {key_selection::firmware_default, key_selection::vcek, key_selection::vlek}) {
    const auto parsed = key_request::parse(made.with_key_selection(which).encode());
    REQUIRE(parsed);
    CHECK(parsed->key_sel() == which);
    CHECK(parsed->root() == root_key::vek);
    CHECK_FALSE(parsed->is_under_bound());
  }
  CHECK(made.with_migration_root().is_under_bound());
  CHECK(made.with_migration_root().check_binding().error() == failure{errc::weak_binding, 0, part::key_request});
}

TEST_CASE("a request with LAUNCH_MIT_VECTOR is written down in 40 bytes", "[snp][key_request]") {
  const auto plain = key_request::bound_to_measurement(tcb, 2);
  const auto made = plain.with_launch_mit_vector(0x8877665544332211);
  CHECK(made.needs_version_2());
  CHECK_FALSE(plain.needs_version_2());
  CHECK(made.encoded_size() == 40);
  CHECK(plain.encoded_size() == 32);
  request_bytes first = bound;
  first[8] = 0x69;
  CHECK(made.encode() == first);
  std::array<std::uint8_t, 40> whole{};
  for (std::size_t i = 0; i < 32; ++i) whole[i] = first[i];
  for (std::size_t i = 32; i < 40; ++i) whole[i] = static_cast<std::uint8_t>(0x11 * (i - 31));
  CHECK(made.encode_v2() == whole);
  const auto parsed = key_request::parse(whole);
  REQUIRE(parsed);
  CHECK(*parsed == made);
  CHECK(parsed->launch_mit_vector() == 0x8877665544332211);
  CHECK(made != plain.with_launch_mit_vector(1));
  const auto v2_of_plain = plain.encode_v2();
  CHECK(std::equal(bound.begin(), bound.end(), v2_of_plain.begin()));
  CHECK(key_request::parse(v2_of_plain).error() == failure{errc::trailing_data, 32, part::key_request});
}

TEST_CASE("a request has the one size that it should have", "[snp][key_request]") {
  const auto short_one = key_request::bound_to_measurement(tcb, 2).encode();
  const auto long_one = key_request::bound_to_measurement(tcb, 2).with_launch_mit_vector(3).encode_v2();
  for (std::size_t n = 0; n <= 64; ++n) {
    CAPTURE(n);
    std::vector<std::uint8_t> some(short_one.begin(), short_one.end());
    some.resize(n);
    const auto one = key_request::parse(some);
    CHECK(one.has_value() == (n == 32));
    if (n < 32) CHECK(one.error() == failure{errc::truncated, n, part::key_request});
    if (n > 32) CHECK(one.error() == failure{errc::trailing_data, 32, part::key_request});
    some.assign(long_one.begin(), long_one.end());
    some.resize(n);
    const auto two = key_request::parse(some);
    CHECK(two.has_value() == (n == 40));
    if (n < 40) CHECK(two.error() == failure{errc::truncated, n, part::key_request});
    if (n > 40) CHECK(two.error() == failure{errc::trailing_data, 40, part::key_request});
  }
}

TEST_CASE("a request is below a floor at its first lower component", "[snp][key_request]") {
  const auto both = guest_field_select{0b111001};
  const auto request = key_request::shared_by_every_guest_the_host_allows(both, 0, 7, tcb);
  CHECK_FALSE(request.first_below({}));
  CHECK_FALSE(request.first_below({tcb, 7}));
  CHECK(request.first_below({tcb, 8}) == 20);
  for (std::size_t i = 0; i < 8; ++i) {
    key_floor least{tcb, 7};
    ++least.tcb.value[i];
    CHECK(request.first_below(least) == 24 + i);
    --least.tcb.value[i];
    --least.tcb.value[7 - i];
    CHECK_FALSE(request.first_below(least));
  }
  // What is not mixed in proves nothing.
  const auto no_svn = key_request::shared_by_every_guest_the_host_allows({0b101001}, 0, 7, tcb);
  CHECK(no_svn.first_below({tcb, 1}) == 20);
  CHECK_FALSE(no_svn.first_below({tcb, 0}));
  const auto no_tcb = key_request::shared_by_every_guest_the_host_allows({0b011001}, 0, 7, tcb);
  CHECK(no_tcb.first_below({tcb, 7}) == 24);
  CHECK_FALSE(no_tcb.first_below({{}, 7}));
}

TEST_CASE("a request moves to other versions and stays bound to the same", "[snp][key_request]") {
  constexpr key_basis now{{{9, 8, 7, 6, 5, 4, 3, 2}}, 3, 0x0A0B0C0D};
  const auto both = key_request::shared_by_every_guest_the_host_allows({0b111111}, 2, 7, tcb).with_launch_mit_vector(5);
  auto bytes = both.encode_v2();
  for (std::size_t i = 0; i < 4; ++i) bytes[20 + i] = static_cast<std::uint8_t>(0x0D - i);
  for (std::size_t i = 0; i < 8; ++i) bytes[24 + i] = static_cast<std::uint8_t>(9 - i);
  CHECK(both.moved_to(now).encode_v2() == bytes);
  CHECK(both.moved_to(now).moved_to({tcb, 2, 7}) == both);
  // An SVN that is not mixed in stays as it was.
  const auto plain = key_request::bound_to_measurement(tcb, 2);
  CHECK(plain.moved_to(now) == key_request::bound_to_measurement(now.committed_tcb, 2));
  CHECK(plain.moved_to(now).vmpl() == 2);
}

}  // namespace test_key_request
