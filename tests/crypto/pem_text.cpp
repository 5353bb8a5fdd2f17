// SPDX-License-Identifier: Apache-2.0
#include <unitee/crypto/pem_text.hpp>

#include "support/catch.hpp"
#include "support/openssl.hpp"

#include <unitee/crypto/pem.hpp>

namespace test_pem_text {

using unitee::byte_view;
using unitee::test::bytes_of;
using unitee::test::pattern;

namespace {

std::string text_of(const char* label, byte_view der) {
  std::string out;
  REQUIRE(unitee::to_pem(label, der, [&](byte_view text) { out.assign(text.begin(), text.end()); }));
  return out;
}

}  // namespace

TEST_CASE("a block is a BEGIN line, base64 and an END line", "[crypto][pem_text]") {
  const std::uint8_t der[] = {1, 2, 3, 4};
  CHECK(text_of("CERTIFICATE", der) == "-----BEGIN CERTIFICATE-----\nAQIDBA==\n-----END CERTIFICATE-----\n");
}

TEST_CASE("blocks of every length come back, and the error queue stays as it was", "[crypto][pem_text]") {
  CHECK(unitee::test::keeps_error_queue([] {
    for (std::size_t n = 1; n < 200; ++n) {
      std::vector<std::uint8_t> back;
      REQUIRE(unitee::for_each_pem(bytes_of(text_of("A B", pattern(n))),
                                   [&](std::string_view label, byte_view der) -> unitee::result<void> {
                                     CHECK(label == "A B");
                                     back.assign(der.begin(), der.end());
                                     return {};
                                   }));
      CHECK(back == pattern(n));
    }
  }));
}

}  // namespace test_pem_text
