// SPDX-License-Identifier: Apache-2.0
#include <unitee/crypto/aead.hpp>

#include "support/catch.hpp"
#include "support/openssl.hpp"

namespace test_aead {

using unitee::aes_256_gcm;
using unitee::errc;
using unitee::failure;
using unitee::test::counting_key;
using unitee::test::pattern;

// What this engine has in common with the others is in gcm_engine.cpp.
TEST_CASE("OpenSSL's error queue stays as it was, whatever becomes of a call", "[crypto][aead]") {
  CHECK(unitee::test::keeps_error_queue([] {
    auto gcm = aes_256_gcm::create(counting_key());
    REQUIRE(gcm);
    std::vector<std::uint8_t> out(10);
    CHECK(gcm->seal({}, {}, pattern(10), out));
    CHECK(gcm->open({}, {}, pattern(10), {}, out).error() == failure{errc::not_authentic});
    const auto moved = std::move(*gcm);
    CHECK(gcm->seal({}, {}, pattern(10), out).error() == failure{errc::crypto_error});
    CHECK(gcm->open({}, {}, pattern(10), {}, out).error() == failure{errc::crypto_error});
  }));
}

}  // namespace test_aead
