// SPDX-License-Identifier: Apache-2.0
#include <unitee/crypto/issue.hpp>

#include "support/forge.hpp"
#include "support/openssl.hpp"

#include <openssl/x509v3.h>

namespace test_issue {

using unitee::errc;
using unitee::failure;
using unitee::name_part;
using unitee::signature_scheme;
using unitee::test::ec_key;
using unitee::test::hex_of;
using unitee::test::need;
using unitee::test::rsa_key;
using unitee::test::time;

namespace {

const name_part amd_like[] = {
    {"OU", "Engineering"},  {"C", "US"}, {"L", "Santa Clara"}, {"ST", "CA"}, {"O", "Simulated Micro Devices"},
    {"CN", "ARK-Simulated"}};
const std::uint8_t serial[] = {0x01, 0x00, 0x00};

unitee::certificate_request request() {
  unitee::certificate_request out;
  out.subject = amd_like;
  out.serial = serial;
  out.not_before = time("2025-01-01T00:00:00Z");
  out.not_after = time("2055-01-01T00:00:00Z");
  return out;
}

std::string oneline(const X509_NAME* name) {
  char* text = X509_NAME_oneline(name, nullptr, 0);
  std::string out(text);
  OPENSSL_free(text);
  return out;
}

}  // namespace

TEST_CASE("a name keeps its parts and their order", "[crypto][issue]") {
  const auto& key = ec_key<unitee::p256>();
  const auto it = need(unitee::issue_certificate(request(), key, {amd_like, key, "SHA256"}));
  const std::string expected = "/OU=Engineering/C=US/L=Santa Clara/ST=CA/O=Simulated Micro Devices/CN=ARK-Simulated";
  CHECK(oneline(X509_get_subject_name(it.native_handle())) == expected);
  CHECK(oneline(X509_get_issuer_name(it.native_handle())) == expected);
  CHECK(hex_of(it.serial()) == "010000");
}

TEST_CASE("the default signature is AMD's, and an EC key signs ECDSA", "[crypto][issue]") {
  const auto& rsa = rsa_key(4096);
  const auto& leaf = ec_key<unitee::p384>();
  const auto it = need(unitee::issue_certificate(request(), leaf, {amd_like, rsa}));
  CHECK(it.scheme() == signature_scheme::rsa_pss_sha384);
  CHECK(it.key() == unitee::p384_key);
  CHECK(X509_verify(it.native_handle(), rsa.native_handle()) == 1);
  CHECK(need(unitee::issue_certificate(request(), leaf, {amd_like, leaf})).scheme() == signature_scheme::ecdsa_sha384);
  CHECK(need(unitee::issue_certificate(request(), leaf, {amd_like, leaf, "SHA256"})).scheme() ==
        signature_scheme::ecdsa_sha256);
}

TEST_CASE("constraints and usages are encoded as RFC 5280 says", "[crypto][issue]") {
  const auto& key = ec_key<unitee::p256>();
  auto asked = request();
  asked.ca = asked.sign_certificates = asked.sign_crls = true;
  asked.path_length = 0;
  const auto ca = need(unitee::issue_certificate(asked, key, {amd_like, key, "SHA256"}));
  CHECK(hex_of(*ca.extension("2.5.29.19")) == "30060101ff020100");
  CHECK(hex_of(*ca.extension("2.5.29.15")) == "03020106");
  CHECK(X509_get_ext_by_critical(ca.native_handle(), 0, -1) < 0);
  auto leaf = request();
  leaf.end_entity = leaf.sign_data = true;
  const auto end = need(unitee::issue_certificate(leaf, key, {amd_like, key, "SHA256"}));
  CHECK(hex_of(*end.extension("2.5.29.19")) == "3000");
  CHECK(hex_of(*end.extension("2.5.29.15")) == "03020780");
  CHECK(X509_get_ext_count(
            need(unitee::issue_certificate(request(), key, {amd_like, key, "SHA256"})).native_handle()) == 0);
}

TEST_CASE("what OpenSSL cannot encode or sign is refused, and the error queue stays as it was", "[crypto][issue]") {
  const auto& key = ec_key<unitee::p256>();
  const auto& rsa = rsa_key(2048);
  const failure why{errc::crypto_error};
  const name_part no_field[] = {{"XYZ", "x"}};
  const name_part long_country[] = {{"C", "USA"}};
  const unitee::raw_extension no_oid[] = {{"x", {}}};
  const unitee::crl_request list{time("2025-01-01T00:00:00Z"), time("2026-01-01T00:00:00Z"), 1};
  CHECK(unitee::test::keeps_error_queue([&] {
    auto asked = request();
    CHECK(unitee::issue_certificate(asked, key, {no_field, key, "SHA256"}).error() == why);
    CHECK(unitee::issue_certificate(asked, key, {long_country, key, "SHA256"}).error() == why);
    CHECK(unitee::issue_certificate(asked, key, {amd_like, key, "no digest"}).error() == why);
    CHECK(unitee::issue_certificate(asked, key, {amd_like, rsa, "SHA384", 1000}).error() == why);
    asked.extensions = no_oid;
    CHECK(unitee::issue_certificate(asked, key, {amd_like, key, "SHA256"}).error() == why);
    CHECK(unitee::issue_crl(list, {no_field, key, "SHA256"}).error() == why);
    CHECK(unitee::issue_crl(list, {amd_like, key, "no digest"}).error() == why);
    auto extended = list;
    extended.extensions = no_oid;
    CHECK(unitee::issue_crl(extended, {amd_like, key, "SHA256"}).error() == why);
  }));
}

TEST_CASE("a list has every serial number that was asked for", "[crypto][issue]") {
  const auto& key = ec_key<unitee::p256>();
  const std::uint8_t zero[] = {0};
  const std::uint8_t big[] = {0xff, 0xee, 0xdd, 0xcc};
  const unitee::byte_view serials[] = {big, zero, serial};
  const auto list = need(unitee::issue_crl({time("2025-01-01T00:00:00Z"), time("2050-01-01T00:00:00Z"), 77, serials},
                                           {amd_like, key, "SHA256"}));
  CHECK(list.number() == 77);
  CHECK(*list.next_update() == time("2050-01-01T00:00:00Z"));
  for (const auto listed : serials) {
    auto asked = request();
    asked.serial = listed;
    CHECK(list.lists(need(unitee::issue_certificate(asked, key, {amd_like, key, "SHA256"}))));
  }
  auto asked = request();
  const std::uint8_t other[] = {5};
  asked.serial = other;
  CHECK_FALSE(list.lists(need(unitee::issue_certificate(asked, key, {amd_like, key, "SHA256"}))));
}

}  // namespace test_issue
