// SPDX-License-Identifier: Apache-2.0
#include <unitee/json/text.hpp>

#include "support/catch.hpp"
#include "support/edits.hpp"
#include "support/openssl.hpp"

#include <unitee/bytes/base64url.hpp>

#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

namespace test_text {

using namespace unitee;
using namespace unitee::test;
using namespace std::literals;

TEST_CASE("bytes of every length are hex and base64url, and come back", "[json][text]") {
  for (std::size_t size = 0; size < 300; ++size) {
    const auto bytes = pattern(size);
    CHECK(hex_text(bytes) == hex_of(bytes));
    const std::string text = base64url_text(bytes);
    REQUIRE(base64url_size(text.size()) == size);
    std::vector<std::uint8_t> back(size);
    REQUIRE(base64url_decode(text, back));
    CHECK(back == bytes);
  }
}

TEST_CASE("base64url as text is that of RFC 4648 without padding", "[json][text]") {
  CHECK(base64url_text(bytes_of("")).empty());
  CHECK(base64url_text(bytes_of("f")) == "Zg");
  CHECK(base64url_text(bytes_of("fo")) == "Zm8");
  CHECK(base64url_text(bytes_of("foo")) == "Zm9v");
  CHECK(base64url_text(bytes_of("foob")) == "Zm9vYg");
  CHECK(base64url_text(bytes_of("fooba")) == "Zm9vYmE");
  CHECK(base64url_text(bytes_of("foobar")) == "Zm9vYmFy");
  CHECK(base64url_text(bytes_of("\xFB\xFF\xBF")) == "-_-_");
}

TEST_CASE("a number in hex has sixteen digits", "[json][text]") {
  CHECK(hex_number(0) == "0x0000000000000000");
  CHECK(hex_number(0x30000) == "0x0000000000030000");
  CHECK(hex_number(0x0123456789ABCDEF) == "0x0123456789abcdef");
  CHECK(hex_number(std::numeric_limits<std::uint64_t>::max()) == "0xffffffffffffffff");
}

TEST_CASE("text is UTF-8 or JSON cannot carry it", "[json][text]") {
  for (const std::string_view good :
       {""sv, "unitee 1.0"sv, "caf\xC3\xA9"sv, "\xF0\x9F\x98\x80"sv, "\xEF\xBF\xBD"sv, "\"\\\n\0"sv}) {
    CHECK(is_utf8(good));
  }
  for (const std::string_view bad :
       {"\x80"sv, "caf\xE9"sv, "\xC3"sv, "\xC0\x80"sv, "\xED\xA0\x80"sv, "\xF5\x80\x80\x80"sv, "a\xFF"sv}) {
    CHECK_FALSE(is_utf8(bad));
  }
}

}  // namespace test_text
