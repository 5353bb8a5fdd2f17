// SPDX-License-Identifier: Apache-2.0
#include <unitee/tdx/quote.hpp>

#include "support/catch.hpp"
#include "support/fields.hpp"
#include "support/sample_quote.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <type_traits>

namespace test_quote {

using namespace unitee;

namespace {

constexpr tdx::quote_version version_of(const test::quote_shape& shape) {
  return static_cast<tdx::quote_version>(shape.version);
}

// reads_back builds a quote of that shape and compares every field with what was put into it.
constexpr bool reads_back(const test::quote_shape& shape) {
  const auto sample = test::sample_quote(shape);
  const auto parsed = tdx::quote::parse(sample.bytes());
  if (!parsed) return false;
  const tdx::quote& quote = *parsed;

  const bool version_3 = shape.version == 3;
  const bool header = quote.version() == version_of(shape) && quote.att_key_type() == 2 &&
                      quote.tee_type() == static_cast<tdx::tee_type>(shape.tee_type) &&
                      quote.qe_vendor_id() == tdx::intel_qe_vendor_id &&
                      quote.user_data().value == test::run<20>(0x30) && quote.qe_svn().has_value() == version_3 &&
                      quote.pce_svn().has_value() == version_3 &&
                      (!version_3 || (*quote.qe_svn() == 0x0a0b && *quote.pce_svn() == 0x0c0d));

  const bool about_td = shape.body_type != 1;
  const bool body =
      quote.body_type() == static_cast<tdx::quote_body_type>(shape.body_type) &&
      quote.body().data() == sample.storage.data() + shape.body_offset() && quote.body().size() == shape.body_size() &&
      quote.td().has_value() == about_td && quote.enclave().has_value() == !about_td &&
      (about_td ? quote.td()->mrtd().value == test::run<48>(0x43) && quote.td()->is_1_5() == (shape.body_type > 2) &&
                      quote.td()->is_1_5_extended() == (shape.body_type == 4) &&
                      (shape.body_type < 4 || quote.td()->curr_servtd_attr() == 0x5e5d5c5b5a595857)
                : quote.enclave()->mrenclave().value == test::run<32>(0x59));

  const std::size_t certification_offset = shape.parts_offset() + shape.parts_size() - shape.certification_size;
  const bool signature =
      equal(quote.signed_bytes(), sample.bytes().first(shape.length_offset())) &&
      quote.signature_data_length() == shape.signature_data_size() && equal(quote.signature(), test::run<64>(0xa0)) &&
      equal(quote.attestation_key(), test::run<64>(0xb0)) &&
      quote.qe_report().mrenclave().value == test::run<32>(0x99) &&
      quote.qe_report().reportdata().value == test::run<64>(0xae) &&
      equal(quote.qe_report_signature(), test::run<64>(0xc0)) &&
      equal(quote.qe_authentication_data(),
            sample.bytes().subspan(shape.parts_offset() + 450, shape.authentication_size)) &&
      quote.certification_data().type() == static_cast<tdx::certification_data_type>(shape.certification_type) &&
      quote.certification_data().offset() == certification_offset &&
      equal(quote.certification_data().bytes(), sample.bytes().subspan(certification_offset, shape.certification_size));

  const std::size_t used = sample.size - shape.trailing;
  const bool rest = equal(quote.trailing(), sample.bytes().subspan(used, shape.trailing)) &&
                    quote.bytes().data() == sample.storage.data() && quote.bytes().size() == sample.size;
  return header && body && signature && rest;
}

static_assert(reads_back(test::v3_shape));
static_assert(reads_back(test::v4_shape));
static_assert(reads_back(test::v4_enclave_shape));
static_assert(reads_back(test::v5_enclave_shape));
static_assert(reads_back(test::v5_td_1_0_shape));
static_assert(reads_back(test::v5_shape));
static_assert(reads_back(test::v5_extended_shape));

// The offsets of the document, against which the builder is measured.
static_assert(test::v3_shape.length_offset() == 432 && test::v3_shape.parts_offset() == 436 + 128);
static_assert(test::v4_shape.length_offset() == 632 && test::v4_shape.parts_offset() == 770);
static_assert(test::v5_shape.length_offset() == 702 && test::v5_shape.parts_offset() == 840);
static_assert(test::v5_td_1_0_shape.length_offset() == 638 && test::v5_enclave_shape.length_offset() == 438);
static_assert(test::v5_extended_shape.length_offset() == 54 + 885);

static_assert(std::is_trivially_copyable_v<tdx::quote>);

constexpr failure refusal(errc code, std::size_t offset) { return {code, offset, part::quote}; }

// Where the lengths of version 4 are when the authentication data has 32 bytes.
constexpr std::size_t length_at = 632, outer_type_at = 764, outer_size_at = 766, authentication_size_at = 1218,
                      inner_type_at = 1252, inner_size_at = 1254;

const test::sample v4 = test::sample_quote(test::v4_shape);
const test::sample v5 = test::sample_quote(test::v5_shape);
const std::size_t signature_data_size = test::v4_shape.signature_data_size();
const std::size_t parts_size = test::v4_shape.parts_size();

result<tdx::quote> parse(const test::sample& sample, tdx::trailing_bytes allowed = tdx::trailing_bytes::any) {
  return tdx::quote::parse(sample.bytes(), allowed);
}

}  // namespace

TEST_CASE("a quote reads back with every kind of certification data and trailing bytes", "[tdx][quote]") {
  for (test::quote_shape shape : test::quote_shapes) {
    for (unsigned n = 0; n <= 64; ++n) {
      shape.authentication_size = n;
      shape.certification_size = 100 - n;
      shape.certification_type = 1 + n % 5;
      shape.trailing = n % 9;
      CAPTURE(shape.version, shape.body_type, n);
      REQUIRE(reads_back(shape));
    }
  }
}

TEST_CASE("a quote that ends early is refused where it ends", "[tdx][quote]") {
  for (const auto& shape : test::quote_shapes) {
    const auto sample = test::sample_quote(shape);
    for (std::size_t n = 0; n < sample.size; ++n) {
      const auto answer = tdx::quote::parse(sample.bytes().first(n));
      CAPTURE(shape.version, shape.body_type, n);
      REQUIRE(!answer);
      REQUIRE(answer.error() == refusal(errc::truncated, n));
    }
  }
}

TEST_CASE("a quote refuses what its header says as check_quote_header does", "[tdx][quote]") {
  CHECK(parse(v4.with(0, 6, 2)).error() == refusal(errc::unsupported_version, 0));
  CHECK(parse(v4.with(2, 3, 2)).error() == refusal(errc::unsupported_algorithm, 2));
  CHECK(parse(v4.with(4, 0x82, 4)).error() == refusal(errc::bad_value, 4));
  CHECK(parse(v4.with(12, 0, 1)).error() == refusal(errc::bad_value, 12));
}

TEST_CASE("a body type of version 5 is known and fits the TEE type, or it is refused", "[tdx][quote]") {
  for (unsigned type = 0; type <= 0xffff; ++type) {
    const auto answer = parse(v5.with(48, type, 2));
    if (type == 3) {
      REQUIRE(answer);
    } else if (type == 2 || type == 4) {
      REQUIRE(answer.error() == refusal(errc::bad_length, 50));  // its size is another one
    } else {
      REQUIRE(answer.error() == refusal(errc::bad_value, 48));
    }
  }
  const auto enclave = test::sample_quote(test::v5_enclave_shape);
  CHECK(parse(enclave.with(4, 0x81, 4)).error() == refusal(errc::bad_value, 48));
  CHECK(parse(v5.with(4, 0, 4)).error() == refusal(errc::bad_value, 48));
  const auto old = test::sample_quote(test::v5_td_1_0_shape);
  CHECK(parse(old.with(4, 0, 4)).error() == refusal(errc::bad_value, 48));
  const auto extended = test::sample_quote(test::v5_extended_shape);
  CHECK(parse(extended.with(4, 0, 4)).error() == refusal(errc::bad_value, 48));
  CHECK(parse(extended.with(48, 3, 2)).error() == refusal(errc::bad_length, 50));
  CHECK(parse(enclave.with(48, 4, 2)).error() == refusal(errc::bad_value, 48));
}

TEST_CASE("a body size of version 5 is that of its type", "[tdx][quote]") {
  for (const auto& shape : {test::v5_enclave_shape, test::v5_td_1_0_shape, test::v5_shape, test::v5_extended_shape}) {
    const auto sample = test::sample_quote(shape);
    for (std::uint64_t size = 0; size < 2000; ++size) {
      const auto answer = parse(sample.with(50, size, 4));
      REQUIRE(answer.has_value() == (size == shape.body_size()));
      if (!answer) REQUIRE(answer.error() == refusal(errc::bad_length, 50));
    }
    for (unsigned bit = 11; bit < 32; ++bit) {
      const auto answer = parse(sample.with(50, shape.body_size() | (std::uint64_t{1} << bit), 4));
      REQUIRE(answer.error() == refusal(errc::bad_length, 50));
    }
  }
}

TEST_CASE("a length of the signature data that does not fit is refused", "[tdx][quote]") {
  for (std::size_t length = 0; length < signature_data_size; ++length) {
    const auto answer = parse(v4.with(length_at, length, 4));
    CAPTURE(length);
    REQUIRE(!answer);
    REQUIRE(answer.error() == refusal(errc::bad_length, length < 134 ? length_at : outer_size_at));
  }
  for (const std::uint64_t length :
       {std::uint64_t{signature_data_size} + 1, std::uint64_t{0x80000000}, std::uint64_t{0xffffffff}}) {
    CHECK(parse(v4.with(length_at, length, 4)).error() == refusal(errc::truncated, v4.size));
  }
  const auto v3 = test::sample_quote(test::v3_shape);
  for (std::size_t length = 0; length < test::v3_shape.signature_data_size(); ++length) {
    const auto answer = parse(v3.with(432, length, 4));
    const std::size_t at = length < 128 + 456 ? 432 : length < 128 + 456 + 32 ? 1012 : 1048;
    CAPTURE(length);
    REQUIRE(!answer);
    REQUIRE(answer.error() == refusal(errc::bad_length, at));
  }
}

TEST_CASE("the parts fill the signature data exactly, whatever follows", "[tdx][quote]") {
  for (const auto& shape : test::quote_shapes) {
    for (const bool zeros : {false, true}) {
      test::quote_shape with_tail = shape;
      with_tail.trailing = zeros ? 0 : 70;
      auto sample = test::sample_quote(with_tail);
      if (zeros) sample.zeros(70);
      CHECK(parse(sample));
      for (std::size_t more = 1; more <= 70; ++more) {
        const auto counted = sample.with(shape.length_offset(), shape.signature_data_size() + more, 4);
        CAPTURE(shape.version, shape.body_type, zeros, more);
        // In version 3 the certification data's own size is the last one that could count them.
        const std::size_t at = shape.version == 3 ? 1048 : shape.length_offset();
        REQUIRE(!parse(counted));
        REQUIRE(parse(counted).error() == refusal(errc::bad_length, at));
      }
    }
  }
}

TEST_CASE("the outer certification data type is 6", "[tdx][quote]") {
  for (unsigned type = 0; type <= 0xffff; ++type) {
    const auto answer = parse(v4.with(outer_type_at, type, 2));
    REQUIRE(answer.has_value() == (type == 6));
    if (!answer) REQUIRE(answer.error() == refusal(errc::bad_value, outer_type_at));
  }
}

TEST_CASE("an outer certification data size that does not fit is refused", "[tdx][quote]") {
  for (std::size_t size = 0; size < 5000; ++size) {
    const auto answer = parse(v4.with(outer_size_at, size, 4));
    CAPTURE(size);
    REQUIRE(answer.has_value() == (size == parts_size));
    if (answer) continue;
    const std::size_t at = size < 456          ? outer_size_at
                           : size < 456 + 32   ? authentication_size_at
                           : size < parts_size ? inner_size_at
                                               : outer_size_at;
    REQUIRE(answer.error() == refusal(errc::bad_length, at));
  }
  CHECK(parse(v4.with(outer_size_at, 0xffffffff, 4)).error() == refusal(errc::bad_length, outer_size_at));
}

TEST_CASE("a size of the authentication data that does not fit is refused", "[tdx][quote]") {
  for (unsigned size = 0; size <= 0xffff; ++size) {
    const auto answer = parse(v4.with(authentication_size_at, size, 2));
    CAPTURE(size);
    REQUIRE(answer.has_value() == (size == 32));
    if (answer) continue;
    // Up to 72, the inner type is read from a wrong place first.
    if (size > 72) REQUIRE(answer.error() == refusal(errc::bad_length, authentication_size_at));
    REQUIRE((answer.error().code == errc::bad_length || answer.error().code == errc::unsupported_format));
  }
}

TEST_CASE("inner certification data types are 1 to 5", "[tdx][quote]") {
  for (unsigned type = 0; type <= 0xffff; ++type) {
    const auto answer = parse(v4.with(inner_type_at, type, 2));
    REQUIRE(answer.has_value() == (type >= 1 && type <= 5));
    if (!answer) REQUIRE(answer.error() == refusal(errc::unsupported_format, inner_type_at));
  }
}

TEST_CASE("the inner certification data fills the outer exactly", "[tdx][quote]") {
  for (std::uint64_t size = 0; size <= 0xffff; ++size) {
    const auto answer = parse(v4.with(inner_size_at, size, 4));
    REQUIRE(answer.has_value() == (size == 40));
    if (!answer) REQUIRE(answer.error() == refusal(errc::bad_length, inner_size_at));
  }
  CHECK(parse(v4.with(inner_size_at, 0xffffffff, 4)).error() == refusal(errc::bad_length, inner_size_at));
}

TEST_CASE("bytes that no length accounts for are accepted, only as zeros, or not at all", "[tdx][quote]") {
  using tdx::trailing_bytes;
  for (const unsigned extra : {0U, 1U, 40U}) {
    test::quote_shape shape = test::v4_shape;
    shape.trailing = extra;
    auto sample = test::sample_quote(shape);
    const std::size_t first = sample.size - extra;
    CHECK(parse(sample));
    const auto strict = parse(sample, trailing_bytes::none);
    REQUIRE(strict.has_value() == (extra == 0));
    if (!strict) CHECK(strict.error() == refusal(errc::trailing_data, first));

    for (std::size_t i = 0; i < extra; ++i) sample.storage[first + i] = 0;
    CHECK(parse(sample, trailing_bytes::zero_only));
    CHECK(parse(sample, trailing_bytes::none).has_value() == (extra == 0));
    for (std::size_t i = 0; i < extra; ++i) {
      const auto dirty = parse(sample.with(first + i, 0x80, 1), trailing_bytes::zero_only);
      REQUIRE(!dirty);
      REQUIRE(dirty.error() == refusal(errc::trailing_data, first + i));
    }
  }
}

TEST_CASE("the fields of a quote are visited in order and cover all that is signed", "[tdx][quote]") {
  for (const auto& shape : test::quote_shapes) {
    const auto sample = test::sample_quote(shape);
    const auto quote = parse(sample);
    REQUIRE(quote);
    std::string hex;
    for (const auto& field : test::fields(*quote)) hex += field.hex;
    CHECK(hex == test::hex_of(quote->signed_bytes()));
    CHECK(test::field_hex(test::fields(*quote), "qe_svn") == (shape.version == 3 ? "0b0a" : "no such field"));
    CHECK(test::field_hex(test::fields(*quote), "body_type") ==
          (shape.version == 5 ? test::stored_hex(static_cast<std::uint16_t>(shape.body_type)) : "no such field"));
  }
}

}  // namespace test_quote
