// SPDX-License-Identifier: Apache-2.0
#include <unitee/tdx/key_request.hpp>

#include "support/catch.hpp"

#include <array>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

namespace test_key_request {

using namespace unitee;
using tdx::key_basis;
using tdx::key_floor;
using tdx::key_policy;
using tdx::key_request;

namespace {

using request_bytes = std::array<std::uint8_t, 128>;

constexpr std::array<std::uint8_t, 16> run(std::uint8_t first) {
  std::array<std::uint8_t, 16> out{};
  for (std::size_t i = 0; i < out.size(); ++i) out[i] = static_cast<std::uint8_t>(first + i);
  return out;
}

constexpr key_basis basis{{run(0xC0)}, {run(0x30)}, 0x0102, 0x0304, 0x0506};

// bound is TDKEYREQUEST put together by hand: size 256 bits, policy MRTD, the masks of all known bits, SVNs of the
// basis.
constexpr request_bytes bound_bytes() {
  request_bytes out{};
  out[3] = 1;
  out[8] = 1;
  out[16] = 0x71, out[18] = 0x01, out[19] = 0xF8, out[23] = 0xC0;  // ATTRIBUTES 0, 4 to 6, 16, 27 to 31, 62, 63
  out[24] = 0xE7, out[25] = 0xDB, out[26] = 0x06;                  // XFAM 0 to 2, 5 to 9, 11, 12, 14, 15, 17, 18
  for (std::size_t i = 0; i < 16; ++i) out[32 + i] = static_cast<std::uint8_t>(0xC0 + i);
  for (std::size_t i = 0; i < 16; ++i) out[48 + i] = static_cast<std::uint8_t>(0x30 + i);
  out[64] = 0x02, out[65] = 0x01, out[66] = 0x04, out[67] = 0x03, out[68] = 0x06, out[69] = 0x05;
  return out;
}
constexpr request_bytes bound = bound_bytes();
constexpr key_request made = key_request::bound_to_measurement(basis);

static_assert(made.encode() == bound && *key_request::parse(bound) == made);
static_assert(key_request::size == 128 && key_request::vendor == 2 && made.encoded_size() == 128);
static_assert(std::same_as<key_request::basis, key_basis> && std::same_as<key_request::floor, key_floor>);
static_assert(key_policy::mrtd.mask() == 1 && key_policy::mrowner.mask() == 4 && key_policy::mrconfigid.mask() == 8);
static_assert(key_policy::mrownerconfig.mask() == 16 && key_policy::rtmr0.mask() == 0x100000000);
static_assert(key_policy::rtmr4.mask() == 0x1000000000);
static_assert(key_policy::of(tdx::rtmr_set{0, 3}).value == 0x900000000);

constexpr failure refused(errc code, std::size_t at) { return {code, at, part::key_request}; }

// expected restates what parse_any_binding refuses, in its order.
std::optional<failure> expected(const request_bytes& bytes) {
  for (std::size_t i = 4; i < 8; ++i) {
    if (bytes[i] != 0) return refused(errc::reserved_not_zero, i);
  }
  for (std::size_t i = 102; i < 128; ++i) {
    if (bytes[i] != 0) return refused(errc::reserved_not_zero, i);
  }
  if (bytes[0] != 0 || bytes[1] != 0) return refused(errc::bad_value, 0);
  if (bytes[3] > 1) return refused(errc::bad_value, 3);
  const bool reserved_bit = (bytes[8] & 0xE2) != 0 || bytes[9] != 0 || bytes[10] != 0 || bytes[11] != 0 ||
                            (bytes[12] & 0xE0) != 0 || bytes[13] != 0 || bytes[14] != 0 || bytes[15] != 0;
  if (reserved_bit) return refused(errc::reserved_not_zero, 8);
  return std::nullopt;
}

}  // namespace

TEST_CASE("every bit of a TDX key request is kept or refused", "[tdx][key_request]") {
  for (std::size_t at = 0; at < bound.size(); ++at) {
    for (unsigned value = 0; value < 256; ++value) {
      request_bytes bytes = bound;
      bytes[at] = static_cast<std::uint8_t>(value);
      const auto parsed = key_request::parse_any_binding(bytes);
      const auto why = parsed ? std::nullopt : std::optional(parsed.error());
      CAPTURE(at, value);
      if (why != expected(bytes)) CHECK(why == expected(bytes));
      if (parsed && parsed->encode() != bytes) FAIL("not the same request");
    }
  }
}

TEST_CASE("a TDX key request has 128 bytes", "[tdx][key_request]") {
  for (std::size_t n = 0; n <= 200; ++n) {
    std::vector<std::uint8_t> bytes(bound.begin(), bound.end());
    bytes.resize(n);
    const auto parsed = key_request::parse(bytes);
    CHECK(parsed.has_value() == (n == 128));
    if (n < 128) CHECK(parsed.error() == refused(errc::truncated, n));
    if (n > 128) CHECK(parsed.error() == refused(errc::trailing_data, 128));
  }
}

TEST_CASE("the module's rule that TEE_TCB_SVN is not all zero is kept", "[tdx][key_request]") {
  const auto zero = key_request::bound_to_measurement({.cpusvn = basis.cpusvn}).encode();
  CHECK(key_request::parse_any_binding(zero).error() == refused(errc::bad_value, 48));
  for (std::size_t i = 0; i < 16; ++i) {
    auto one = zero;
    one[48 + i] = 1;
    CHECK(key_request::parse(one));
  }
}

TEST_CASE("a request from a stranger must be bound to MRTD and all known bits of ATTRIBUTES", "[tdx][key_request]") {
  constexpr std::uint64_t all = ~std::uint64_t{0};
  const auto shared = [](std::uint64_t policy, std::uint64_t attributes, std::uint64_t xfam) {
    return key_request::shared_by_every_guest_the_host_allows({policy}, attributes, xfam, basis);
  };
  for (std::uint64_t chosen = 0; chosen < 512; ++chosen) {  // MRTD, MROWNER, MRCONFIGID, MROWNERCONFIG, RTMR0 to RTMR4
    const std::uint64_t policy = (chosen & 1) | (chosen & 0xE) << 1 | (chosen >> 4) << 32;
    const auto request = shared(policy, all, all);
    CHECK(request.is_under_bound() == ((chosen & 1) == 0));
    const auto parsed = key_request::parse(request.encode());
    CHECK(parsed.has_value() == ((chosen & 1) != 0));
    if (!parsed) CHECK(parsed.error() == refused(errc::weak_binding, 8));
    if (parsed) CHECK(*parsed == request);
    CHECK(*key_request::parse_any_binding(request.encode()) == request);
  }
  for (unsigned bit = 0; bit < 64; ++bit) {
    const auto request = shared(1, all ^ std::uint64_t{1} << bit, all);
    const bool known = (0xC0000000F8010071 >> bit & 1) != 0;  // DEBUG and whatever else a module takes
    CHECK(request.is_under_bound() == known);
    const auto parsed = key_request::parse(request.encode());
    CHECK(parsed.has_value() == !known);
    if (!parsed) CHECK(parsed.error() == refused(errc::weak_binding, 16));
  }
  for (unsigned bit = 0; bit < 64; ++bit) {
    const bool known = (std::uint64_t{0x6DBE7} >> bit & 1) != 0;
    const auto parsed = key_request::parse(shared(1, all, all ^ std::uint64_t{1} << bit).encode());
    CHECK(parsed.has_value() == !known);
    if (!parsed) CHECK(parsed.error() == refused(errc::weak_binding, 24));
  }
}

TEST_CASE("a key of 128 bits can be looked at and is not asked for", "[tdx][key_request]") {
  auto bytes = bound;
  bytes[3] = 0;
  CHECK(key_request::parse(bytes).error() == refused(errc::unsupported_format, 3));
  CHECK(key_request::parse_any_binding(bytes)->key_bits() == 128);
  CHECK(made.key_bits() == 256);
}

TEST_CASE("what is added to a TDX key request stands in its field", "[tdx][key_request]") {
  tdx::key_salt salt;
  for (std::size_t i = 0; i < 32; ++i) salt.value[i] = static_cast<std::uint8_t>(0x80 + i);
  const auto more = made.with_policy({key_policy::mrowner.mask()})
                        .with_policy(key_policy::of(tdx::rtmr_set{1, 4}))
                        .with_salt(salt)
                        .with_swkeyname(0x5A);
  auto bytes = bound;
  bytes[2] = 0x5A;
  bytes[8] = 5;
  bytes[12] = 0x12;
  for (std::size_t i = 0; i < 32; ++i) bytes[70 + i] = static_cast<std::uint8_t>(0x80 + i);
  CHECK(more.encode() == bytes);
  const auto parsed = *key_request::parse(bytes);
  CHECK(parsed == more);
  CHECK(parsed.swkeyname() == 0x5A);
  CHECK(parsed.salt() == salt);
  CHECK(parsed.policy() == key_policy{0x1200000005});
  CHECK(parsed.policy().has(key_policy::rtmr4));
  CHECK_FALSE(parsed.policy().has(key_policy::rtmr0));
  CHECK(parsed.attributes_mask() == 0xC0000000F8010071);
  CHECK(parsed.xfam_mask() == 0x6DBE7);
  CHECK(parsed.versions() == basis);
}

TEST_CASE("a TDX key request is below a floor at its first lower component", "[tdx][key_request]") {
  const key_floor own{basis.tee_tcb_svn, basis.isvsvn, basis.mrconfigsvn, basis.mrownerconfigsvn};
  CHECK_FALSE(made.first_below({}));
  CHECK_FALSE(made.first_below(own));
  for (std::size_t i = 0; i < 16; ++i) {
    key_floor least = own;
    ++least.tee_tcb_svn.value[i];
    least.isvsvn = 0xFFFF;
    CHECK(made.first_below(least) == 48 + i);
  }
  for (const auto& [svn, at] : {std::pair(&key_floor::isvsvn, 64u), std::pair(&key_floor::mrconfigsvn, 66u),
                                std::pair(&key_floor::mrownerconfigsvn, 68u)}) {
    key_floor least = own;
    ++(least.*svn);
    CHECK(made.first_below(least) == at);
  }
}

TEST_CASE("a TDX key request moves to other versions and stays bound to the same", "[tdx][key_request]") {
  const auto more = made.with_policy({key_policy::mrowner.mask()}).with_salt({{7}}).with_swkeyname(0x5A);
  const key_basis now{{{0xA1, 0xA2}}, {{0xB1, 0xB2}}, 0x0102, 0x0304, 0x0506};
  auto bytes = more.encode();
  for (std::size_t i = 32; i < 64; ++i) bytes[i] = 0;  // CPUSVN and TEE_TCB_SVN
  bytes[32] = 0xA1;
  bytes[33] = 0xA2;
  bytes[48] = 0xB1;
  bytes[49] = 0xB2;
  for (std::size_t i = 0; i < 6; ++i) bytes[64 + i] = std::array<std::uint8_t, 6>{2, 1, 4, 3, 6, 5}[i];
  CHECK(more.moved_to(now).encode() == bytes);
  CHECK(more.moved_to(now).versions() == now);
  CHECK(more.moved_to(now).moved_to(basis) == more);
  // An SVN that the basis does not know stays.
  const auto unknown = made.moved_to({{{0xA1}}, {{0xB1}}, 0, 0, 0}).versions();
  CHECK(unknown == key_basis{{{0xA1}}, {{0xB1}}, basis.isvsvn, basis.mrconfigsvn, basis.mrownerconfigsvn});
}

}  // namespace test_key_request
