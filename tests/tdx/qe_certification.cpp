// SPDX-License-Identifier: Apache-2.0
#include <unitee/tdx/qe_certification.hpp>

#include "support/catch.hpp"
#include "support/sample_quote.hpp"

#include <cstddef>
#include <cstdint>

namespace test_qe_certification {

using namespace unitee;

namespace {

constexpr test::quote_shape shape = test::v4_shape;
constexpr test::sample quote = test::sample_quote(shape);
constexpr byte_view parts = quote.bytes().subspan(shape.parts_offset(), shape.parts_size());

static_assert(tdx::qe_certification::size_without_data == 456);

constexpr auto whole = tdx::qe_certification::parse(parts, 770, 766);
static_assert(whole.has_value());
static_assert(whole->bytes().data() == parts.data() && whole->bytes().size() == parts.size());
static_assert(whole->qe_report().mrenclave().value == test::run<32>(0x99));
static_assert(equal(whole->qe_report_signature(), test::run<64>(0xc0)));
static_assert(equal(whole->qe_authentication_data(), test::run<32>(0xd0)));
static_assert(whole->certification_data().type() == tdx::certification_data_type::pck_certificate_chain);
static_assert(whole->certification_data().offset() == 1258);
static_assert(equal(whole->certification_data().bytes(), test::run<40>(0xe0)));

}  // namespace

TEST_CASE("the parts fill their bytes exactly: each byte fewer contradicts a length", "[tdx][qe_certification]") {
  for (std::size_t n = 0; n < parts.size(); ++n) {
    const auto answer = tdx::qe_certification::parse(parts.first(n), 770, 766);
    // Too short for the fixed parts, then for the authentication data, then for the certification data.
    const std::size_t at = n < 456 ? 766 : n < 456 + 32 ? 1218 : 1254;
    CAPTURE(n);
    REQUIRE(!answer);
    REQUIRE(answer.error() == failure{errc::bad_length, at, part::quote});
  }
}

TEST_CASE("authentication data and certification data may be of any size", "[tdx][qe_certification]") {
  for (unsigned authentication = 0; authentication < 300; authentication += 1) {
    test::quote_shape other = shape;
    other.authentication_size = authentication;
    other.certification_size = 300 - authentication;
    const auto sample = test::sample_quote(other);
    const auto answer =
        tdx::qe_certification::parse(sample.bytes().subspan(other.parts_offset(), other.parts_size()), 770, 766);
    REQUIRE(answer);
    CHECK(answer->qe_authentication_data().size() == authentication);
    CHECK(answer->certification_data().bytes().size() == 300 - authentication);
    CHECK(answer->certification_data().offset() == 770 + 456 + authentication);
  }
}

}  // namespace test_qe_certification
