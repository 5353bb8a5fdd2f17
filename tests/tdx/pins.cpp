// SPDX-License-Identifier: Apache-2.0
#include <unitee/tdx/pins.hpp>

#include "support/catch.hpp"
#include "support/edits.hpp"
#include "support/evidence.hpp"

#include <openssl/evp.h>
#include <openssl/x509.h>

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace test_pins {

using unitee::tdx::intel_root_pin;
using unitee::test::hex_of;

static_assert(intel_root_pin);
static_assert(intel_root_pin->size() == 48);

namespace {

std::string digest_of(const std::vector<std::uint8_t>& bytes, const EVP_MD* algorithm) {
  std::vector<std::uint8_t> out(static_cast<std::size_t>(EVP_MD_size(algorithm)));
  REQUIRE(EVP_Digest(bytes.data(), bytes.size(), out.data(), nullptr, algorithm, nullptr) == 1);
  return hex_of(out);
}

// spki_of is the SubjectPublicKeyInfo of a DER certificate.
std::vector<std::uint8_t> spki_of(const std::vector<std::uint8_t>& der) {
  const std::uint8_t* at = der.data();
  const std::unique_ptr<X509, decltype(&X509_free)> one(d2i_X509(nullptr, &at, static_cast<long>(der.size())),
                                                        X509_free);
  REQUIRE(one);
  std::uint8_t* out = nullptr;
  const int size = i2d_X509_PUBKEY(X509_get_X509_PUBKEY(one.get()), &out);
  REQUIRE(size > 0);
  const std::vector<std::uint8_t> spki(out, out + size);
  OPENSSL_free(out);
  return spki;
}

}  // namespace

TEST_CASE("the pin is the digest of the key of Intel's root", "[tdx][pins]") {
  UNITEE_REQUIRE_EVIDENCE();
  const auto root = unitee::test::evidence_file("tdx/trust/intel_sgx_root_ca.der");
  CHECK(digest_of(root, EVP_sha256()) == unitee::test::evidence_manifest("tdx").at("intel_root_sha256"));
  CHECK(digest_of(spki_of(root), EVP_sha384()) == hex_of(intel_root_pin->value));
}

}  // namespace test_pins
