// SPDX-License-Identifier: Apache-2.0
#include <unitee/tdx/quote_service_message.hpp>

#include "support/catch.hpp"
#include "support/edits.hpp"
#include "support/sample_quote.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace test_quote_service_message {

using namespace unitee;

namespace row = tdx::quote_service_row;
static_assert(row::header::size == 16 && row::payload == 24 && tdx::quote_service_message_max == 1024 * 1024);
static_assert(row::major_version::offset == 0 && row::major_version::size == 2);
static_assert(row::minor_version::offset == 2 && row::minor_version::size == 2);
static_assert(row::type::offset == 4 && row::type::size == 4 && row::size::offset == 8 && row::size::size == 4);
static_assert(row::error_code::offset == 12 && row::error_code::size == 4);
static_assert(row::report_size::offset == 16 && row::id_list_size::offset == 20);
static_assert(row::selected_id_size::offset == 16 && row::quote_size::offset == 20);

namespace {

using bytes = std::vector<std::uint8_t>;

// The header of a response with major version, minor version, type, size, error code, id size and quote size.
constexpr const char* response_to_3_bytes =
    "0100010001000000"   // 1, 1, GET_QUOTE_RESP
    "1b00000000000000"   // 27 bytes, no error
    "0000000003000000";  // no id, 3 bytes of quote
constexpr const char* response_with_id =
    "0100000001000000"  // minor version 0, of older services
    "2b00000000000000"  // 43 bytes, no error
    "1000000003000000"  // an id of 16 bytes, 3 bytes of quote
    "e86c046e8cc44d958173fc43c1fa4f3f";

bytes message(const std::string& header) { return test::bytes_of_hex(header + "aabbcc"); }

bytes with(bytes out, std::size_t offset, std::uint32_t value, std::size_t width = 4) {
  for (std::size_t i = 0; i < width; ++i) out.at(offset + i) = static_cast<std::uint8_t>(value >> (8 * i));
  return out;
}

failure refusal(errc code, std::uint64_t offset) { return {code, offset, part::quote_service}; }

failure refused(const bytes& message) {
  const auto quote = tdx::quote_in(message);
  REQUIRE_FALSE(quote);
  return quote.error();
}

}  // namespace

TEST_CASE("a request is 4 bytes of length, 24 of header, and the TD report", "[tdx][quote_service_message]") {
  for (unsigned version = 0; version < 4; ++version) {
    const auto sample = test::sample_td_report(version);
    const auto request = tdx::get_quote_request(*tdx::td_report::parse(sample.bytes()));
    CHECK(test::hex_of(byte_view(request).first(28)) ==
          "00000418"            // 1048, big-endian
          "0100010000000000"    // version 1.1, GET_QUOTE_REQ
          "1804000000000000"    // 1048 bytes, no error
          "0004000000000000");  // a report of 1024 bytes, any key
    CHECK(equal(byte_view(request).subspan(28), sample.bytes()));
  }
}

TEST_CASE("a message has a header and at most 1 MiB", "[tdx][quote_service_message]") {
  const auto length = [](std::uint32_t n) {
    const std::array<std::uint8_t, 4> prefix{static_cast<std::uint8_t>(n >> 24), static_cast<std::uint8_t>(n >> 16),
                                             static_cast<std::uint8_t>(n >> 8), static_cast<std::uint8_t>(n)};
    return tdx::quote_service_length(prefix);
  };
  for (const std::uint32_t good : {16U, 17U, 0x1234U, 1048575U, 1048576U}) CHECK(*length(good) == good);
  for (const std::uint32_t bad : {0U, 1U, 15U, 1048577U, 0x10000000U, 0xFFFFFFFFU}) {
    CHECK(length(bad).error() == refusal(errc::bad_length, 0));
  }
}

TEST_CASE("the quote is what follows the header and the id", "[tdx][quote_service_message]") {
  const bytes expected{0xAA, 0xBB, 0xCC};
  for (const char* const header : {response_to_3_bytes, response_with_id}) {
    const bytes whole = message(header);
    const auto quote = tdx::quote_in(whole);
    REQUIRE(quote);
    CHECK(equal(*quote, expected));
    CHECK(quote->data() + 3 == whole.data() + whole.size());
  }
}

TEST_CASE("a response that is cut short anywhere is refused", "[tdx][quote_service_message]") {
  for (const char* const header : {response_to_3_bytes, response_with_id}) {
    const bytes whole = message(header);
    for (std::size_t n = 0; n < whole.size(); ++n) {
      CAPTURE(n);
      const bytes cut(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(n));
      CHECK(refused(cut) == (n < 16 ? refusal(errc::truncated, n) : refusal(errc::bad_length, 8)));
      if (n < 16) continue;
      // Where the header has the length that is there, the sizes behind it do not add up.
      const bool has_id = header == response_with_id;
      CHECK(refused(with(cut, 8, static_cast<std::uint32_t>(n))) ==
            (n < 24 ? refusal(errc::truncated, n) : refusal(errc::bad_length, 20)));
      if (n >= (has_id ? 40U : 24U)) {
        const auto quote_size = static_cast<std::uint32_t>(n - (has_id ? 40 : 24));
        const bytes shorter = with(with(cut, 8, static_cast<std::uint32_t>(n)), 20, quote_size);
        if (quote_size == 0) {
          CHECK(refused(shorter) == refusal(errc::no_quote, 0));
        } else {
          CHECK(tdx::quote_in(shorter)->size() == quote_size);
        }
      }
    }
    bytes longer = whole;
    longer.push_back(0);
    CHECK(refused(longer) == refusal(errc::bad_length, 8));
    CHECK(refused(with(longer, 8, static_cast<std::uint32_t>(longer.size()))) == refusal(errc::bad_length, 20));
  }
}

TEST_CASE("another version or type is refused, another minor version is not", "[tdx][quote_service_message]") {
  const bytes good = message(response_to_3_bytes);
  for (const std::uint32_t major : {0U, 2U, 0x0101U, 0xFFFFU}) {
    CHECK(refused(with(good, 0, major, 2)) == refusal(errc::unsupported_version, 0));
  }
  for (const std::uint32_t minor : {0U, 2U, 0xFFFFU}) CHECK(tdx::quote_in(with(good, 2, minor, 2)));
  for (const std::uint32_t type : {0U, 2U, 3U, 4U, 5U, 0x101U, 0x01000001U}) {
    CHECK(refused(with(good, 4, type)) == refusal(errc::bad_value, 4));
  }
}

TEST_CASE("sizes that contradict the message are refused, however large", "[tdx][quote_service_message]") {
  for (const char* const header : {response_to_3_bytes, response_with_id}) {
    const bytes good = message(header);
    const auto size = static_cast<std::uint32_t>(good.size());
    for (const std::uint32_t wrong : {0U, size - 1, size + 1, size + 0x100U, 0xFFFFFFFFU, size | 0x80000000U}) {
      CHECK(refused(with(good, 8, wrong)) == refusal(errc::bad_length, 8));
    }
    const std::uint32_t id = header == response_with_id ? 16 : 0;
    for (const std::uint32_t wrong : {1U, 15U, 17U, 32U, 0x10000000U, 0xFFFFFFFFU, 0xFFFFFFF0U}) {
      CHECK(refused(with(good, 16, wrong)) == refusal(errc::bad_length, 16));
    }
    CHECK(refused(with(good, 16, 16 - id)) == refusal(errc::bad_length, 20));
    // The last two make the sum right modulo 2^32, or one too small.
    for (const std::uint32_t wrong : {0U, 2U, 4U, 0xFFFFFFFFU, 0xFFFFFFFFU - 20, 3U | 0x80000000U}) {
      CHECK(refused(with(good, 20, wrong)) == refusal(errc::bad_length, 20));
    }
  }
}

TEST_CASE("the service's error is passed on, whether or not sizes follow it", "[tdx][quote_service_message]") {
  const bytes good = message(response_to_3_bytes);
  for (const std::uint32_t code :
       {0x12001U, 0x12002U, 0x12003U, 0x12004U, 0x12005U, 0x12006U, 0x12007U, 1U, 0xFFFFFFFFU}) {
    CHECK(refused(with(good, 12, code)) == refusal(errc::service_error, code));
    for (const std::uint32_t n : {16U, 20U, 24U}) {
      bytes alone = with(with(good, 12, code), 8, n);
      alone.resize(n);
      CHECK(refused(alone) == refusal(errc::service_error, code));
    }
  }
}

TEST_CASE("a quote of no bytes is no quote", "[tdx][quote_service_message]") {
  bytes empty = with(with(message(response_to_3_bytes), 8, 24), 20, 0);
  empty.resize(24);
  CHECK(refused(empty) == refusal(errc::no_quote, 0));
}

}  // namespace test_quote_service_message
