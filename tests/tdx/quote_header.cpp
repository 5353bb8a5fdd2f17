// SPDX-License-Identifier: Apache-2.0
#include <unitee/tdx/quote_header.hpp>

#include "support/catch.hpp"
#include "support/sample_quote.hpp"

#include <cstddef>
#include <cstdint>

namespace test_quote_header {

using namespace unitee;

namespace {

constexpr test::sample v4 = test::sample_quote(test::v4_shape).first(48);
constexpr test::sample v3 = test::sample_quote(test::v3_shape).first(48);

static_assert(tdx::quote_header_size == 48);
static_assert(tdx::check_quote_header(v3.bytes()) && tdx::check_quote_header(v4.bytes()));

constexpr failure refusal(errc code, std::size_t offset) { return {code, offset, part::quote}; }

}  // namespace

TEST_CASE("a header that ends early is refused where it ends", "[tdx][quote_header]") {
  for (std::size_t n = 0; n < 48; ++n) {
    CHECK(tdx::check_quote_header(v4.bytes().first(n)).error() == refusal(errc::truncated, n));
  }
}

TEST_CASE("versions 3, 4 and 5 are known, and no other", "[tdx][quote_header]") {
  for (unsigned version = 0; version <= 0xffff; ++version) {
    const auto edited = v4.with(0, version, 2);
    const auto answer = tdx::check_quote_header(edited.bytes());
    if (version == 4 || version == 5) {
      REQUIRE(answer);
    } else if (version == 3) {
      REQUIRE(answer.error() == refusal(errc::bad_value, 4));  // version 3 is about enclaves only
    } else {
      REQUIRE(answer.error() == refusal(errc::unsupported_version, 0));
    }
  }
}

TEST_CASE("attestation key type 2 is supported, and no other", "[tdx][quote_header]") {
  for (unsigned type = 0; type <= 0xffff; ++type) {
    const auto edited = v4.with(2, type, 2);
    const auto answer = tdx::check_quote_header(edited.bytes());
    REQUIRE(answer.has_value() == (type == 2));
    if (!answer) REQUIRE(answer.error() == refusal(errc::unsupported_algorithm, 2));
  }
}

TEST_CASE("TEE types are SGX and TDX, and SGX alone in version 3", "[tdx][quote_header]") {
  for (const auto& sample : {v3, v4}) {
    const bool version_3 = sample.storage[0] == 3;
    for (unsigned low = 0; low <= 0xffff; ++low) {
      const auto edited = sample.with(4, low, 4);
      const auto answer = tdx::check_quote_header(edited.bytes());
      REQUIRE(answer.has_value() == (low == 0 || (low == 0x81 && !version_3)));
      if (!answer) REQUIRE(answer.error() == refusal(errc::bad_value, 4));
    }
    for (unsigned bit = 16; bit < 32; ++bit) {
      const auto edited = sample.with(4, sample.storage[4] | (1U << bit), 4);
      REQUIRE(tdx::check_quote_header(edited.bytes()).error() == refusal(errc::bad_value, 4));
    }
  }
}

TEST_CASE("every bit of the vendor id counts", "[tdx][quote_header]") {
  for (std::size_t bit = 0; bit < 128; ++bit) {
    auto edited = v4;
    edited.storage[12 + bit / 8] ^= static_cast<std::uint8_t>(1U << (bit % 8));
    REQUIRE(tdx::check_quote_header(edited.bytes()).error() == refusal(errc::bad_value, 12));
  }
}

TEST_CASE("SVNs and user data may be anything", "[tdx][quote_header]") {
  for (std::size_t at = 0; at < 48; ++at) {
    if (at < 8 || (at >= 12 && at < 28)) continue;
    for (unsigned value = 0; value < 256; ++value) {
      const auto edited = v4.with(at, value, 1);
      REQUIRE(tdx::check_quote_header(edited.bytes()));
    }
  }
}

}  // namespace test_quote_header
