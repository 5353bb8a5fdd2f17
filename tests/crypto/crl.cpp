// SPDX-License-Identifier: Apache-2.0
#include <unitee/crypto/crl.hpp>

#include "support/certificates.hpp"
#include "support/openssl.hpp"

#include <type_traits>

namespace test_crl {

using unitee::byte_view;
using unitee::certificate;
using unitee::crl;
using unitee::errc;
using unitee::failure;
using unitee::part;
using unitee::signature_scheme;
using unitee::test::hex_of;
using unitee::test::need;
using unitee::test::recorded;
using unitee::test::recorded_crl;
using unitee::test::time;

static_assert(std::is_nothrow_copy_constructible_v<crl> && !std::is_default_constructible_v<crl>);

namespace {

constexpr failure at_crl(errc code, std::uint64_t offset = 0) { return {code, offset, part::crl}; }

const std::uint8_t two[] = {0x02};
const byte_view serials[] = {two};
constexpr const char* from = "2025-01-01T00:00:00Z";
constexpr const char* until = "2025-02-01T00:00:00Z";

crl list_by(const unitee::test::plan_link& issuer) { return issuer.list(serials, time(from), time(until)); }

// der_of is the list's own bytes.
std::vector<std::uint8_t> der_of(X509_CRL* list) {
  std::vector<std::uint8_t> out(static_cast<std::size_t>(i2d_X509_CRL(list, nullptr)));
  auto* at = out.data();
  i2d_X509_CRL(list, &at);
  return out;
}
std::vector<std::uint8_t> der_of(const crl& list) { return der_of(list.native_handle()); }

void ask(const crl& list, const certificate& issuer) {
  (void)list.der();
  (void)list.issuer_common_name();
  (void)list.this_update();
  (void)list.next_update();
  (void)list.scheme();
  (void)list.number();
  (void)list.has_authority_key_identifier();
  (void)list.lists(issuer);
  (void)list.is_issued_by(issuer);
  (void)list.is_issued_by_same(issuer);
}

}  // namespace

TEST_CASE("a list says what its request said", "[crypto][crl]") {
  const auto plan = unitee::test::ec_plan();
  const auto list = list_by(plan.link[2]);
  CHECK(*list.issuer_common_name() == "root");
  CHECK(*list.this_update() == time(from));
  CHECK(*list.next_update() == time(until));
  CHECK(list.number() == 1);
  CHECK(list.scheme() == signature_scheme::ecdsa_sha256);
  const auto chain = plan.issue();
  CHECK_FALSE(list.lists(chain[0]));
  CHECK(list.lists(chain[1]));
  CHECK_FALSE(list.lists(chain[2]));
  CHECK(list.is_issued_by(chain[2]));
  CHECK_FALSE(list.is_issued_by(chain[1]));
  CHECK(list.is_issued_by_same(chain[1]));
  CHECK(list.is_issued_by_same(chain[2]));
  CHECK_FALSE(list.is_issued_by_same(chain[0]));
  CHECK_FALSE(plan.link[2].list({}, time(from), time(until)).lists(chain[1]));
}

TEST_CASE("a list speaks from its first second up to and including its next update", "[crypto][crl]") {
  const auto plan = unitee::test::ec_plan();
  const auto root = plan.link[2].issue();
  const auto list = list_by(plan.link[2]);
  const auto at = [&](std::int64_t seconds) { return list.verify(root, {seconds}, signature_scheme::ecdsa_sha256); };
  CHECK(at(time(from).seconds));
  CHECK(at(time(until).seconds));
  CHECK(at(time(from).seconds - 1).error() == at_crl(errc::not_yet_valid));
  CHECK(at(time(until).seconds + 1).error() == at_crl(errc::expired));
}

TEST_CASE("a list by another issuer, key or scheme is refused", "[crypto][crl]") {
  auto plan = unitee::test::ec_plan();
  const auto list = list_by(plan.link[2]);
  const auto verify = [&](const unitee::test::plan_link& issuer, signature_scheme scheme) {
    return list.verify(issuer.issue(), time(from), scheme).error();
  };
  CHECK(verify(plan.link[1], signature_scheme::ecdsa_sha256) == at_crl(errc::issuer_mismatch));
  CHECK(verify(plan.link[2], signature_scheme::ecdsa_sha384) == at_crl(errc::signature_invalid));
  CHECK(verify(plan.link[2], signature_scheme::rsa_pss_sha384) == at_crl(errc::signature_invalid));
  CHECK(verify(plan.link[2], signature_scheme::other) == at_crl(errc::signature_invalid));
  auto other_key = plan.link[2];
  other_key.key = &unitee::test::ec_key<unitee::p256>(1);
  CHECK(verify(other_key, signature_scheme::ecdsa_sha256) == at_crl(errc::signature_invalid));
  auto no_usage = plan.link[2];
  no_usage.request.sign_crls = false;
  CHECK(verify(no_usage, signature_scheme::ecdsa_sha256) == at_crl(errc::issuer_mismatch));
}

TEST_CASE("a list in another form of PSS is refused", "[crypto][crl]") {
  auto root = unitee::test::rsa_plan().link[2];
  const auto issuer = root.issue();
  CHECK(list_by(root).verify(issuer, time(from), signature_scheme::rsa_pss_sha384));
  root.pss_salt = 32;
  CHECK(list_by(root).verify(issuer, time(from), signature_scheme::rsa_pss_sha384).error() ==
        at_crl(errc::signature_invalid));
  root.pss_salt = 48;
  root.digest = "SHA256";
  CHECK(list_by(root).verify(issuer, time(from), signature_scheme::rsa_pss_sha384).error() ==
        at_crl(errc::signature_invalid));
}

TEST_CASE("a list that is not complete, or has a critical extension, is refused", "[crypto][crl]") {
  const auto& key = unitee::test::ec_key<unitee::p256>(2);
  const unitee::name_part name[] = {{"CN", "root"}};
  const std::uint8_t base[] = {0x02, 0x01, 0x01};
  const std::uint8_t only_users[] = {0x30, 0x03, 0x81, 0x01, 0xff};
  const auto issue = [&](const unitee::raw_extension& extension) {
    return unitee::issue_crl({time(from), time(until), 1, serials, {&extension, 1}}, {name, key, "SHA256"});
  };
  CHECK(issue({"1.2.3.4", base}));
  CHECK(issue({"1.2.3.4", base, true}).error() == at_crl(errc::certificate_unfit));
  CHECK(issue({"2.5.29.27", base}).error() == at_crl(errc::certificate_unfit));
  CHECK(issue({"2.5.29.28", only_users}).error() == at_crl(errc::certificate_unfit));
}

TEST_CASE("a list with a critical extension in an entry is refused", "[crypto][crl]") {
  const auto list = list_by(unitee::test::ec_plan().link[2]);
  X509_CRL* const copy = X509_CRL_dup(list.native_handle());
  ASN1_ENUMERATED* const reason = ASN1_ENUMERATED_new();
  ASN1_ENUMERATED_set(reason, CRL_REASON_KEY_COMPROMISE);
  for (const int critical : {0, 1}) {
    X509_REVOKED* entry = sk_X509_REVOKED_value(X509_CRL_get_REVOKED(copy), 0);
    X509_REVOKED_add1_ext_i2d(entry, NID_crl_reason, reason, critical, X509V3_ADD_REPLACE);
    X509_CRL_sign(copy, unitee::test::ec_key<unitee::p256>(2).native_handle(), EVP_sha256());
    const auto again = crl::from_der(der_of(copy));
    if (critical == 0) {
      CHECK(again);
    } else {
      CHECK(again.error() == at_crl(errc::certificate_unfit));
    }
  }
  ASN1_ENUMERATED_free(reason);
  X509_CRL_free(copy);
}

TEST_CASE("a list without a next update, a number or an authority key identifier says so", "[crypto][crl]") {
  const auto plan = unitee::test::ec_plan();
  const auto list = list_by(plan.link[2]);
  X509_CRL* const copy = X509_CRL_dup(list.native_handle());
  X509_EXTENSION_free(X509_CRL_delete_ext(copy, 0));
  X509_CRL_sign(copy, plan.link[2].key->native_handle(), EVP_sha256());
  CHECK_FALSE(need(crl::from_der(der_of(copy))).number());
  CHECK_FALSE(list.has_authority_key_identifier());
  const std::uint8_t key_identifier[] = {0x30, 0x03, 0x80, 0x01, 0xaa};
  const unitee::raw_extension extension[] = {{"2.5.29.35", key_identifier}};
  const unitee::name_part name[] = {{"CN", "root"}};
  CHECK(need(unitee::issue_crl({time(from), time(until), 1, serials, extension}, {name, *plan.link[2].key, "SHA256"}))
            .has_authority_key_identifier());
  X509_CRL_free(copy);

  // The next update follows this update: cut its 15 bytes out, and correct the two lengths around it.
  auto der = der_of(list);
  const std::string date = "250201000000Z";
  const auto at = std::search(der.begin(), der.end(), date.begin(), date.end());
  REQUIRE(at != der.end());
  der.erase(at - 2, at + 13);
  REQUIRE((der[1] == 0x81 && der[2] >= 0x80 + 15 && der[4] < 0x80));
  der[2] = static_cast<std::uint8_t>(der[2] - 15);
  der[4] = static_cast<std::uint8_t>(der[4] - 15);
  const auto without = need(crl::from_der(der));
  CHECK(without.this_update());
  CHECK(without.next_update().error() == at_crl(errc::missing));
}

TEST_CASE("a list gives back its bytes", "[crypto][crl]") {
  const auto list = list_by(unitee::test::ec_plan().link[2]);
  CHECK(need(list.der()) == der_of(list));
  CHECK(need(crl::from_der(need(list.der()))) == list);
}

TEST_CASE("two lists are the same when they are in every byte", "[crypto][crl]") {
  const auto plan = unitee::test::ec_plan();
  const auto list = list_by(plan.link[2]);
  const auto der = der_of(list);
  CHECK(list == list);
  CHECK(list == need(crl::from_der(der)));
  CHECK_FALSE(list == list_by(plan.link[2]));  // signed again: ECDSA draws a number
  CHECK_FALSE(list == list_by(plan.link[1]));
  std::size_t others = 0;
  for (std::size_t bit = 0; bit < 8 * der.size(); ++bit) {
    auto other = der;
    other[bit / 8] ^= static_cast<std::uint8_t>(1u << bit % 8);
    const auto changed = crl::from_der(other);
    if (!changed) continue;
    if (list == *changed || *changed == list) FAIL("bit " << bit);
    ++others;
  }
  CHECK(others > 100);
}

TEST_CASE("the signed and the unsigned algorithm identifier of a list must agree", "[crypto][crl]") {
  const std::uint8_t oid[] = {0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x02};
  const auto original = der_of(list_by(unitee::test::ec_plan().link[2]));
  for (const bool inner : {true, false}) {
    auto der = original;
    der.at((inner ? unitee::test::find_in(der, oid) : unitee::test::find_last_in(der, oid)) + 9) = 3;
    CHECK(crl::from_der(der).error() == at_crl(errc::bad_value));
  }
}

TEST_CASE("a list cut short anywhere is refused, and bytes after it where it ends", "[crypto][crl]") {
  auto der = der_of(list_by(unitee::test::ec_plan().link[2]));
  for (std::size_t n = 0; n < der.size(); ++n) {
    CHECK(crl::from_der(byte_view(der).first(n)).error() == at_crl(errc::bad_encoding));
  }
  const auto size = der.size();
  der.push_back(0x30);
  CHECK(crl::from_der(der).error() == at_crl(errc::trailing_data, size));
}

TEST_CASE("no list with one bit flipped verifies, and the error queue stays as it was", "[crypto][crl]") {
  const auto plan = unitee::test::ec_plan();
  const auto root = plan.link[2].issue();
  auto der = der_of(list_by(plan.link[2]));
  CHECK(unitee::test::keeps_error_queue([&] {
    for (std::size_t bit = 0; bit < 8 * der.size(); ++bit) {
      const auto mask = static_cast<std::uint8_t>(1u << (bit % 8));
      der[bit / 8] ^= mask;
      if (const auto list = crl::from_der(der)) {
        ask(*list, root);
        REQUIRE_FALSE(list->verify(root, time(from), signature_scheme::ecdsa_sha256));
      }
      der[bit / 8] ^= mask;
    }
  }));
}

TEST_CASE("AMD's recorded list is as the manifest says", "[crypto][crl][evidence]") {
  UNITEE_REQUIRE_EVIDENCE();
  const auto expected = unitee::test::evidence_manifest("snp").at("crls").at(0);
  const auto list = recorded_crl("snp/" + expected.at("file").get<std::string>());
  const auto ark = recorded("snp/roots/genoa/ark.der").at(0);
  CHECK(*list.issuer_common_name() == expected.at("issuer_cn").get<std::string>());
  CHECK(*list.this_update() == time(expected.at("this_update").get<std::string>()));
  CHECK(*list.next_update() == time(expected.at("next_update").get<std::string>()));
  CHECK(list.number() == 9);
  CHECK(list.scheme() == signature_scheme::rsa_pss_sha384);
  const auto at = time(expected.at("verify_time").get<std::string>());
  CHECK(list.verify(ark, at, signature_scheme::rsa_pss_sha384));
  CHECK_FALSE(list.lists(ark));
  CHECK_FALSE(list.lists(recorded("snp/roots/genoa/ask.der").at(0)));
  CHECK(list.verify(recorded("snp/roots/milan/ark.der").at(0), at, signature_scheme::rsa_pss_sha384).error() ==
        at_crl(errc::issuer_mismatch));
  auto link = unitee::test::ec_plan().link[0];
  link.serial = {0x02, 0x00, 0x01};  // the first ASK of Genoa
  CHECK(list.lists(link.issue()));
}

TEST_CASE("Intel's recorded lists verify between their dates", "[crypto][crl][evidence]") {
  UNITEE_REQUIRE_EVIDENCE();
  const auto manifest = unitee::test::evidence_manifest("tdx");
  for (const auto& set : manifest.at("collateral_sets")) {
    INFO(set.at("id").get<std::string>());
    const auto file = [&](const char* role) { return "tdx/" + set.at("files").at(role).get<std::string>(); };
    auto chain = recorded(file("pck_crl_issuer_chain"));
    REQUIRE(chain.size() == 2);
    if (!chain[0].is_ca() || chain[0].subject_common_name()->find("Root") != std::string_view::npos) {
      std::swap(chain[0], chain[1]);  // one set lists the root first
    }
    for (const auto& [role, issuer] : {std::pair{"pck_crl", chain[0]}, std::pair{"root_ca_crl", chain[1]}}) {
      const auto list = recorded_crl(file(role));
      const auto first = time(set.at(role).at(0).get<std::string>());
      const auto next = time(set.at(role).at(1).get<std::string>());
      CHECK(*list.this_update() == first);
      CHECK(*list.next_update() == next);
      CHECK(list.verify(issuer, first, signature_scheme::ecdsa_sha256));
      CHECK(list.verify(issuer, next, signature_scheme::ecdsa_sha256));
      CHECK(list.verify(issuer, {first.seconds - 1}, signature_scheme::ecdsa_sha256).error() ==
            at_crl(errc::not_yet_valid));
      CHECK(list.verify(issuer, {next.seconds + 1}, signature_scheme::ecdsa_sha256).error() == at_crl(errc::expired));
      CHECK_FALSE(list.lists(chain[0]));
      CHECK_FALSE(list.lists(chain[1]));
    }
  }
}

}  // namespace test_crl
