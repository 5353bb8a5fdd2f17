// SPDX-License-Identifier: Apache-2.0
#include <unitee/crypto/certificate.hpp>

#include "support/certificates.hpp"
#include "support/openssl.hpp"

#include <type_traits>

namespace test_certificate {

using unitee::certificate;
using unitee::errc;
using unitee::failure;
using unitee::key_type;
using unitee::part;
using unitee::signature_scheme;
using unitee::test::hex_of;
using unitee::test::need;
using unitee::test::recorded;

static_assert(std::is_nothrow_copy_constructible_v<certificate> && std::is_nothrow_copy_assignable_v<certificate>);
static_assert(!std::is_default_constructible_v<certificate>);

namespace {

constexpr failure at_certificate(errc code, std::uint64_t offset = 0) { return {code, offset, part::certificate}; }

std::vector<std::uint8_t> der_of(const certificate& from) { return need(from.der()); }

certificate root() { return unitee::test::ec_plan().link[2].issue(); }

// ask calls everything that can be asked of a certificate.
void ask(const certificate& it) {
  (void)it.subject_common_name();
  (void)it.issuer_common_name();
  (void)it.not_before();
  (void)it.not_after();
  (void)it.serial();
  (void)it.x509_version();
  (void)it.extension("1.3.6.1.4.1.3704.1.3.1");
  (void)it.has_unknown_critical_extension();
  (void)it.key();
  (void)it.ec_key<unitee::p256>();
  (void)it.ec_key<unitee::p384>();
  (void)it.scheme();
  (void)it.spki_sha384();
  (void)it.is_ca();
  (void)it.path_length();
  (void)it.may_sign_certificates();
  (void)it.may_sign_crls();
  (void)it.may_sign_data();
  (void)it.is_issued_by(it);
  (void)it.has_key_of(it);
  CHECK(it == it);
}

// amd_oid turns the manifest's amd.3.1 into the dotted number.
std::string amd_oid(const std::string& name) { return "1.3.6.1.4.1.3704.1" + name.substr(3); }

}  // namespace

TEST_CASE("a certificate says what its request said", "[crypto][certificate]") {
  auto link = unitee::test::ec_plan().link[1];
  link.request.path_length = 3;
  link.serial = {0x7f, 0x00, 0x01};
  const auto it = link.issue();
  CHECK(*it.subject_common_name() == "intermediate");
  CHECK(*it.issuer_common_name() == "root");
  CHECK(it.not_before()->seconds == 1577836800);
  CHECK(it.not_after()->seconds == 2208988800);
  CHECK(hex_of(it.serial()) == "7f0001");
  CHECK(it.x509_version() == 3);
  CHECK(it.key() == unitee::p256_key);
  CHECK(it.scheme() == signature_scheme::ecdsa_sha256);
  CHECK(it.is_ca());
  CHECK(it.path_length() == 3);
  CHECK(it.may_sign_certificates());
  CHECK(it.may_sign_crls());
  CHECK_FALSE(it.has_unknown_critical_extension());
  CHECK(it.ec_key<unitee::p256>());
  CHECK(it.ec_key<unitee::p384>().error() == at_certificate(errc::certificate_unfit));
}

TEST_CASE("a certificate without extensions may nothing", "[crypto][certificate]") {
  const auto it = unitee::test::ec_plan().link[0].issue();
  CHECK_FALSE(it.is_ca());
  CHECK_FALSE(it.path_length());
  CHECK_FALSE(it.may_sign_certificates());
  CHECK_FALSE(it.may_sign_crls());
  CHECK_FALSE(it.may_sign_data());
  CHECK(it.extension("2.5.29.19").error() == at_certificate(errc::missing));
}

TEST_CASE("signing data is a usage of its own", "[crypto][certificate]") {
  auto link = unitee::test::ec_plan().link[0];
  link.request.sign_data = true;
  CHECK(link.issue().may_sign_data());
  CHECK_FALSE(link.issue().may_sign_certificates());
  CHECK_FALSE(link.issue().may_sign_crls());
  link.request.sign_data = false;
  link.request.ca = link.request.sign_certificates = link.request.sign_crls = true;
  CHECK_FALSE(link.issue().may_sign_data());
  CHECK(link.issue().may_sign_certificates());
}

TEST_CASE("a certificate is issued by whoever has the name, whatever the key", "[crypto][certificate]") {
  const auto plan = unitee::test::ec_plan();
  const auto chain = plan.issue();
  CHECK(chain[0].is_issued_by(chain[1]));
  CHECK(chain[1].is_issued_by(chain[2]));
  CHECK(chain[2].is_issued_by(chain[2]));
  CHECK_FALSE(chain[0].is_issued_by(chain[2]));
  CHECK_FALSE(chain[1].is_issued_by(chain[0]));
  auto namesake = plan.link[1];
  namesake.key = &unitee::test::ec_key<unitee::p256>(3);
  CHECK(chain[0].is_issued_by(namesake.issue()));
  namesake.subject = "Intermediate of another name";
  CHECK_FALSE(chain[0].is_issued_by(namesake.issue()));
}

TEST_CASE("certificates are of one CA when name and key are the same", "[crypto][certificate]") {
  const auto plan = unitee::test::ec_plan();
  const auto own = plan.link[1].issue();
  auto other = plan.link[1];
  other.serial = {9};
  other.issuer = "another root";
  other.request.not_after = {other.request.not_after.seconds + 1};
  CHECK(own.has_key_of(own));
  CHECK(own.has_key_of(other.issue()));
  CHECK(other.issue().has_key_of(own));
  other.subject = "other";
  CHECK_FALSE(own.has_key_of(other.issue()));
  other = plan.link[1];
  other.key = plan.link[2].key;
  CHECK_FALSE(own.has_key_of(other.issue()));
  other.key = &unitee::test::ec_key<unitee::p384>();
  CHECK_FALSE(own.has_key_of(other.issue()));
}

TEST_CASE("constraints that say no CA, and key usage without signing certificates, are told apart",
          "[crypto][certificate]") {
  auto link = unitee::test::ec_plan().link[1];
  link.request.sign_certificates = false;
  CHECK(link.issue().is_ca());
  CHECK_FALSE(link.issue().may_sign_certificates());
  CHECK(link.issue().may_sign_crls());
  link.request.ca = false;
  link.request.end_entity = true;
  link.request.path_length.reset();
  link.request.sign_certificates = true;
  CHECK_FALSE(link.issue().is_ca());
  CHECK_FALSE(link.issue().may_sign_certificates());
}

TEST_CASE("serial number zero is one zero byte", "[crypto][certificate]") {
  auto link = unitee::test::ec_plan().link[0];
  link.serial = {0};
  CHECK(hex_of(link.issue().serial()) == "00");
}

TEST_CASE("dates before 1950, from 2050 and of the year 9999 are read, and dates before 1970 refused",
          "[crypto][certificate]") {
  auto link = unitee::test::ec_plan().link[0];
  link.request.not_before = unitee::test::time("2049-12-31T23:59:59Z");
  link.request.not_after = unitee::test::time("9999-12-31T23:59:59Z");
  CHECK(*link.issue().not_before() == link.request.not_before);
  CHECK(*link.issue().not_after() == link.request.not_after);
  link.request.not_after = unitee::test::time("2050-01-01T00:00:00Z");
  CHECK(*link.issue().not_after() == link.request.not_after);
  link.request.not_before = {0};
  CHECK(link.issue().not_before()->seconds == 0);
  link.request.not_before = {-1};
  CHECK(link.issue().not_before().error() == at_certificate(errc::bad_encoding));
}

TEST_CASE("a date that is not RFC 5280's form is refused", "[crypto][certificate]") {
  auto der = der_of(root());
  const std::string date = "200101000000Z";
  const auto at = std::search(der.begin(), der.end(), date.begin(), date.end());
  REQUIRE(at != der.end());
  for (const std::string wrong : {"200101000000+", "2001010000000", "201301000000Z", "200132000000Z", "200101240000Z",
                                  "200101006000Z", "200101000060Z", "20010100000 Z", "2x0101000000Z"}) {
    std::copy(wrong.begin(), wrong.end(), at);
    const auto it = certificate::from_der(der);
    INFO(wrong);
    REQUIRE(it);
    CHECK(it->not_before().error() == at_certificate(errc::bad_encoding));
    CHECK(it->not_after());
  }
}

TEST_CASE("a common name must be there once, in plain text", "[crypto][certificate]") {
  using unitee::name_part;
  const auto& key = unitee::test::ec_key<unitee::p256>();
  const auto subject = [&](std::span<const name_part> name) {
    unitee::certificate_request request;
    const std::uint8_t serial[] = {1};
    request.subject = name;
    request.serial = serial;
    const auto made = need(unitee::issue_certificate(request, key, {name, key, "SHA256"}));
    CHECK(made.subject_common_name().has_value() == made.issuer_common_name().has_value());
    const auto found = made.subject_common_name();
    return found ? std::string(*found) : std::string(unitee::name(found.error().code));
  };
  const name_part none[] = {{"O", "x"}, {"OU", "y"}, {"C", "US"}, {"L", "z"}, {"ST", "CA"}};
  const name_part one[] = {{"O", "x"}, {"CN", "SEV-VCEK"}, {"OU", "y"}};
  const name_part two[] = {{"CN", "SEV-VCEK"}, {"CN", "SEV-VCEK"}};
  const name_part zero[] = {{"CN", std::string_view("SEV-VCEK\0.evil", 14)}};
  const name_part utf8[] = {{"CN", "J\xc3\xbcrgen"}};
  CHECK(subject(none) == "name_mismatch");
  CHECK(subject(one) == "SEV-VCEK");
  CHECK(subject(two) == "name_mismatch");
  CHECK(subject(zero) == "name_mismatch");
  CHECK(subject(utf8) == "J\xc3\xbcrgen");
}

TEST_CASE("an extension is found by its number, and refused when it is there twice", "[crypto][certificate]") {
  const std::uint8_t first[] = {0x02, 0x01, 0x05};
  const std::uint8_t second[] = {0x02, 0x01, 0x06};
  const unitee::raw_extension twice[] = {{"1.3.6.1.4.1.3704.1.3.1", first},
                                         {"1.3.6.1.4.1.3704.1.3.2", second},
                                         {"1.3.6.1.4.1.3704.1.3.2", first},
                                         {"1.2.3", {}}};
  auto link = unitee::test::ec_plan().link[0];
  link.request.extensions = twice;
  const auto it = link.issue();
  CHECK(hex_of(*it.extension("1.3.6.1.4.1.3704.1.3.1")) == "020105");
  CHECK(it.extension("1.3.6.1.4.1.3704.1.3.2").error() == at_certificate(errc::duplicate));
  CHECK(it.extension("1.3.6.1.4.1.3704.1.3.3").error() == at_certificate(errc::missing));
  CHECK(it.extension("1.2.3")->empty());
  CHECK(it.extension("not a number").error() == at_certificate(errc::bad_value));
  CHECK(it.extension("").error() == at_certificate(errc::bad_value));
  CHECK_FALSE(it.has_unknown_critical_extension());
}

TEST_CASE("a critical extension that nobody knows is seen", "[crypto][certificate]") {
  const unitee::raw_extension unknown[] = {{"1.2.3.4", {}, true}};
  auto link = unitee::test::ec_plan().link[0];
  link.request.extensions = unknown;
  CHECK(link.issue().has_unknown_critical_extension());
}

TEST_CASE("a malformed or doubled constraint takes away what the certificate may", "[crypto][certificate]") {
  const std::uint8_t broken[] = {0x30, 0x05};
  const std::uint8_t ca[] = {0x30, 0x03, 0x01, 0x01, 0xff};
  auto link = unitee::test::ec_plan().link[1];
  const unitee::raw_extension doubled[] = {{"2.5.29.19", ca, true}};
  link.request.extensions = doubled;
  CHECK_FALSE(link.issue().may_sign_certificates());
  CHECK_FALSE(link.issue().may_sign_crls());
  link.request.ca = false;
  link.request.path_length.reset();
  CHECK(link.issue().may_sign_certificates());
  const unitee::raw_extension malformed[] = {{"2.5.29.19", broken, true}};
  link.request.extensions = malformed;
  CHECK_FALSE(link.issue().may_sign_certificates());
  CHECK_FALSE(link.issue().is_ca());
  CHECK(link.issue().has_malformed_extension());
}

TEST_CASE("only one form of PSS is the one that AMD signs with", "[crypto][certificate]") {
  auto link = unitee::test::rsa_plan().link[2];
  CHECK(link.issue().scheme() == signature_scheme::rsa_pss_sha384);
  for (const int salt : {0, 20, 32, 47, 49, 64}) {
    link.pss_salt = salt;
    CHECK(link.issue().scheme() == signature_scheme::other);
  }
  link.pss_salt = 48;
  for (const char* digest : {"SHA256", "SHA512", "SHA1"}) {
    link.digest = digest;
    CHECK(link.issue().scheme() == signature_scheme::other);
  }
}

TEST_CASE("the signed and the unsigned algorithm identifier must agree", "[crypto][certificate]") {
  // id ecdsa-with-SHA256, whose last byte is 2; 3 is SHA-384, 4 SHA-512, 1 SHA-224.
  const std::uint8_t oid[] = {0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x02};
  const auto original = der_of(root());
  const auto a = unitee::test::find_in(original, oid) + 9;
  const auto b = unitee::test::find_last_in(original, oid) + 9;
  REQUIRE(a < b);
  const auto changed = [&](std::initializer_list<std::size_t> where, std::uint8_t to) {
    auto der = original;
    for (const auto at : where) der[at] = to;
    return need(certificate::from_der(der)).scheme();
  };
  CHECK(changed({}, 0) == signature_scheme::ecdsa_sha256);
  CHECK(changed({a}, 3) == signature_scheme::other);
  CHECK(changed({b}, 3) == signature_scheme::other);
  CHECK(changed({a, b}, 3) == signature_scheme::ecdsa_sha384);
  CHECK(changed({a, b}, 4) == signature_scheme::other);
}

TEST_CASE("keys of other kinds and sizes are told apart", "[crypto][certificate]") {
  auto link = unitee::test::ec_plan().link[0];
  link.key = &unitee::test::ec_key<unitee::p384>();
  CHECK(link.issue().key() == unitee::p384_key);
  CHECK(link.issue().ec_key<unitee::p384>());
  CHECK(link.issue().ec_key<unitee::p256>().error() == at_certificate(errc::certificate_unfit));
  link.key = &unitee::test::rsa_key(2048);
  CHECK(link.issue().key() == key_type{key_type::algorithm::rsa, 2048});
  CHECK(link.issue().ec_key<unitee::p256>().error() == at_certificate(errc::certificate_unfit));
}

TEST_CASE("a public key that is no point is no key", "[crypto][certificate]") {
  const auto& key = unitee::test::ec_key<unitee::p256>(2);
  const auto point = need(key.public_point<unitee::p256>());
  auto der = der_of(root());
  der.at(unitee::test::find_in(der, point.value)) ^= 1;
  const auto it = need(certificate::from_der(der));
  CHECK(it.ec_key<unitee::p256>().error() == at_certificate(errc::certificate_unfit));
  CHECK(it.key() != unitee::p256_key);
}

TEST_CASE("bytes after the certificate are refused where it ends", "[crypto][certificate]") {
  auto der = der_of(root());
  const auto size = der.size();
  der.push_back(0);
  CHECK(certificate::from_der(der).error() == at_certificate(errc::trailing_data, size));
  der.insert(der.end(), der.begin(), der.end() - 1);
  CHECK(certificate::from_der(der).error() == at_certificate(errc::trailing_data, size));
}

TEST_CASE("a certificate cut short anywhere is refused", "[crypto][certificate]") {
  const auto der = der_of(root());
  for (std::size_t n = 0; n < der.size(); ++n) {
    CHECK(certificate::from_der(unitee::byte_view(der).first(n)).error() == at_certificate(errc::bad_encoding));
  }
}

TEST_CASE("whatever bit is flipped, what still parses can be asked anything, and differs", "[crypto][certificate]") {
  const auto original = root();
  auto der = der_of(original);
  CHECK(unitee::test::keeps_error_queue([&] {
    for (std::size_t bit = 0; bit < 8 * der.size(); ++bit) {
      const auto mask = static_cast<std::uint8_t>(1u << (bit % 8));
      der[bit / 8] ^= mask;
      if (const auto it = certificate::from_der(der)) {
        ask(*it);
        REQUIRE(der_of(*it) == der);
        REQUIRE_FALSE(*it == original);
      }
      der[bit / 8] ^= mask;
    }
  }));
}

TEST_CASE("BER that is not DER is refused", "[crypto][certificate]") {
  const auto der = der_of(root());
  REQUIRE(der[1] == 0x82);
  std::vector<std::uint8_t> long_length{0x30, 0x83, 0x00, der[2], der[3]};
  long_length.insert(long_length.end(), der.begin() + 4, der.end());
  CHECK(certificate::from_der(long_length).error() == at_certificate(errc::bad_encoding));
  std::vector<std::uint8_t> indefinite{0x30, 0x80};
  indefinite.insert(indefinite.end(), der.begin() + 4, der.end());
  indefinite.insert(indefinite.end(), 2, 0);
  CHECK(certificate::from_der(indefinite).error() == at_certificate(errc::bad_encoding));
}

TEST_CASE("a negative serial number is refused", "[crypto][certificate]") {
  auto link = unitee::test::ec_plan().link[0];
  link.serial = {0x55, 0x44, 0x33};
  auto der = der_of(link.issue());
  const std::uint8_t serial[] = {0x02, 0x03, 0x55, 0x44, 0x33};
  der.at(unitee::test::find_in(der, serial) + 2) = 0x85;
  CHECK(certificate::from_der(der).error() == at_certificate(errc::bad_value));
}

TEST_CASE("copies share the certificate and outlive the original", "[crypto][certificate]") {
  std::string_view name;
  auto other = unitee::test::ec_plan().link[0].issue();
  {
    const auto it = root();
    other = it;
    name = *it.subject_common_name();
  }
  const auto moved = std::move(other);
  CHECK(name == "root");
  CHECK(moved == other);  // a move is a copy: there is no empty certificate
}

TEST_CASE("refusals by certificate leave the error queue as it was", "[crypto][certificate]") {
  const std::uint8_t broken[] = {0x30, 0x05};
  auto link = unitee::test::ec_plan().link[1];
  const unitee::raw_extension malformed[] = {{"2.5.29.15", broken, true}};
  link.request.extensions = malformed;
  const auto it = link.issue();
  CHECK(unitee::test::keeps_error_queue([&] {
    (void)certificate::from_der(broken);
    ask(it);
    (void)it.extension("no number");
  }));
}

TEST_CASE("AMD's recorded roots and intermediates are as the manifest says", "[crypto][certificate][evidence]") {
  UNITEE_REQUIRE_EVIDENCE();
  const auto anchors = unitee::test::evidence_manifest("snp").at("trust_anchors");
  REQUIRE(anchors.size() == 9);
  for (const auto& expected : anchors) {
    const std::string file = expected.at("file");
    INFO(file);
    const auto it = recorded("snp/" + file).at(0);
    CHECK(*it.subject_common_name() == expected.at("subject_cn").get<std::string>());
    CHECK(*it.issuer_common_name() == expected.at("issuer_cn").get<std::string>());
    CHECK(hex_of(it.serial()) == expected.at("serial").get<std::string>());
    CHECK(*it.not_before() == unitee::test::time(expected.at("not_before").get<std::string>()));
    CHECK(*it.not_after() == unitee::test::time(expected.at("not_after").get<std::string>()));
    CHECK(hex_of(it.spki_sha384()->value) == expected.at("spki_sha384").get<std::string>());
    CHECK(hex_of(unitee::sha384(der_of(it))->value) == expected.at("der_sha384").get<std::string>());
    CHECK(it.key() == unitee::rsa_4096_key);
    CHECK(it.scheme() == signature_scheme::rsa_pss_sha384);
    CHECK(it.may_sign_certificates());
    CHECK(it.x509_version() == 3);
    const bool ark = file.ends_with("ark.der");
    if (ark) CHECK(it.may_sign_crls());
    CHECK(it.path_length() == (ark ? std::nullopt : std::optional<long>(0)));
  }
}

TEST_CASE("the extensions of AMD's recorded leaves are as the manifest says", "[crypto][certificate][evidence]") {
  UNITEE_REQUIRE_EVIDENCE();
  const auto files = unitee::test::evidence_manifest("snp").at("vek_extensions").at("files");
  std::size_t checked = 0;
  for (const auto& [file, extensions] : files.items()) {
    INFO(file);
    const auto it = recorded("snp/" + file).at(0);
    CHECK(it.key() == unitee::p384_key);
    CHECK(it.ec_key<unitee::p384>());
    CHECK(it.scheme() == signature_scheme::rsa_pss_sha384);
    CHECK(hex_of(it.serial()) == "00");
    CHECK_FALSE(it.has_unknown_critical_extension());
    CHECK_FALSE(it.has_malformed_extension());
    for (const auto& [oid, value] : extensions.items()) {
      CHECK(hex_of(*it.extension(amd_oid(oid).c_str())) == value.get<std::string>());
      ++checked;
    }
    for (const std::string absent : {"amd.4", "amd.5", "amd.3.4", "amd.3.9"}) {
      if (!extensions.contains(absent)) {
        CHECK(it.extension(amd_oid(absent).c_str()).error() == at_certificate(errc::missing));
      }
    }
  }
  CHECK(checked > 80);
}

TEST_CASE("Intel's recorded root is as the reference says", "[crypto][certificate][evidence]") {
  UNITEE_REQUIRE_EVIDENCE();
  const auto it = recorded("tdx/trust/intel_sgx_root_ca.der").at(0);
  CHECK(it == recorded("tdx/trust/intel_sgx_root_ca.pem").at(0));
  CHECK(*it.subject_common_name() == "Intel SGX Root CA");
  CHECK(hex_of(it.serial()) == "22650cd65a9d3489f383b49552bf501b392706ac");
  CHECK(hex_of(it.spki_sha384()->value) ==
        "3cdf1feb4e5eac629170f17625648da4a16effa22ae2bcca030b4358a8961c1bf26cf54a9598cd6a2d4a9cbb62377d22");
  CHECK(it.key() == unitee::p256_key);
  CHECK(it.scheme() == signature_scheme::ecdsa_sha256);
  CHECK(it.path_length() == 1);
  CHECK(it.may_sign_certificates());
  CHECK(it.may_sign_crls());
  CHECK(*it.not_before() == unitee::test::time("2018-05-21T10:45:10Z"));
  CHECK(*it.not_after() == unitee::test::time("2049-12-31T23:59:59Z"));
}

TEST_CASE("recorded certificates with any byte changed can be asked anything", "[crypto][certificate][evidence]") {
  UNITEE_REQUIRE_EVIDENCE();
  for (const char* file : {"snp/reports/milan-v2-vcek-debug/vcek.der", "snp/roots/genoa/ark.der"}) {
    auto der = unitee::test::evidence_file(file);
    std::size_t parsed = 0;
    for (std::size_t at = 0; at < der.size(); ++at) {
      for (const std::uint8_t mask : {std::uint8_t{0x01}, std::uint8_t{0x80}}) {
        der[at] ^= mask;
        if (const auto it = certificate::from_der(der)) {
          ask(*it);
          ++parsed;
        }
        der[at] ^= mask;
      }
    }
    CHECK(parsed > der.size());
  }
}

}  // namespace test_certificate
