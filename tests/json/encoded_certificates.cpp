// SPDX-License-Identifier: Apache-2.0
#include <unitee/json/encoded_certificates.hpp>

#include "support/catch.hpp"
#include "support/certificates.hpp"
#include "support/endorsements.hpp"
#include "support/forge.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace test_encoded_certificates {

using namespace unitee;
using namespace unitee::test;
using unitee::detail::add_encoded;

namespace {

// forged is a leaf, its two issuers and a list, made once.
struct forged {
  std::vector<certificate> chain = ec_plan().issue();
  crl list = ec_plan().link[2].list({}, time("2024-01-01T00:00:00Z"), time("2026-01-01T00:00:00Z"));
  std::vector<std::vector<std::uint8_t>> der;

  forged() {
    for (const certificate& each : chain) der.push_back(need(each.der()));
    der.push_back(need(list.der()));
  }

  static const forged& made() {
    static const forged once;
    return once;
  }
};

std::string text_of(const std::vector<std::uint8_t>& bytes) { return {bytes.begin(), bytes.end()}; }

// check_found wants exactly these items of `forged` in the bytes.
void check_found(std::string_view bytes, const std::vector<std::size_t>& items) {
  CAPTURE(std::string(bytes.substr(0, 200)));
  endorsements wanted;
  for (const std::size_t each : items) REQUIRE(wanted.add(forged::made().der[each]));
  endorsements found;
  const auto added = add_encoded(found, bytes_of(bytes));
  REQUIRE(added);
  CHECK(*added == items.size());
  CHECK(same(found, wanted));
}

failure refusal(std::string_view bytes) {
  CAPTURE(std::string(bytes.substr(0, 200)));
  endorsements found;
  const auto added = add_encoded(found, bytes_of(bytes));
  REQUIRE_FALSE(added);
  return added.error();
}

}  // namespace

TEST_CASE("DER, PEM, hexadecimal digits and base64 mean the same", "[json][encoded_certificates]") {
  for (std::size_t i = 0; i < 4; ++i) {
    const auto& der = forged::made().der[i];
    const std::string hex = hex_of(der);
    std::string upper = hex;
    for (char& each : upper) each = each >= 'a' ? static_cast<char>(each - 'a' + 'A') : each;
    const std::string base64 = base64_of(der);
    const std::string pem = pem_of(i == 3 ? "X509 CRL" : "CERTIFICATE", der);
    check_found(text_of(der), {i});
    check_found(pem, {i});
    check_found(percent_of(pem), {i});
    for (const std::string& text : {hex, upper, base64}) {
      check_found(text, {i});
      check_found(" " + text + "\r\n", {i});
      check_found(text + std::string(1, '\0'), {i});
    }
    check_found(base64.substr(0, 64) + "\n" + base64.substr(64), {i});
  }
}

TEST_CASE("DER elements may stand one behind the other", "[json][encoded_certificates]") {
  const auto& der = forged::made().der;
  std::string all;
  for (const auto& each : der) all += text_of(each);
  check_found(all, {0, 1, 2, 3});
  check_found(hex_of(bytes_of(all)), {0, 1, 2, 3});
  check_found(text_of(der[1]) + text_of(der[2]), {1, 2});
  check_found(text_of(der[3]) + text_of(der[0]), {3, 0});

  CHECK(refusal(text_of(der[0]) + "\x30\x03\x02\x01\x05") == failure{errc::bad_encoding, der[0].size()});
  CHECK(refusal(text_of(der[0]) + "x").code == errc::trailing_data);
  CHECK(refusal(all.substr(0, all.size() - 1)).code == errc::trailing_data);
  std::string many;
  for (std::size_t i = 0; i < pem_block_max; ++i) many += text_of(der[0]);
  endorsements once;
  CHECK(*add_encoded(once, bytes_of(many)) == pem_block_max);
  CHECK(once.certificates().size() == 1);
  endorsements twice;
  CHECK(*add_encoded(twice, bytes_of(all + all)) == 8);  // these are candidates: nothing is worse for standing twice
  CHECK(twice.certificates().size() == 3);
  CHECK(twice.crls().size() == 1);
  CHECK(refusal(many + text_of(der[0])) == failure{errc::bad_length, many.size()});
}

TEST_CASE("a chain in the header of an HTTP answer is found", "[json][encoded_certificates]") {
  const auto& der = forged::made().der;
  const std::string chain = pem_of("CERTIFICATE", der[1]) + pem_of("CERTIFICATE", der[2]);
  const std::string value = percent_of(chain);
  check_found(value, {1, 2});
  check_found("TCB-Info-Issuer-Chain: " + value + "\r\n", {1, 2});
  check_found("SGX-Enclave-Identity-Issuer-Chain:" + value, {1, 2});
  check_found("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\ntcb-info-issuer-chain: " + value +
                  "\r\nRequest-ID: 100%\r\nSGX-PCK-CRL-Issuer-Chain: " + percent_of(pem_of("CERTIFICATE", der[0])) +
                  "\r\n\r\n",
              {1, 2, 0});

  const std::size_t last = value.rfind('%');
  CHECK(refusal("Name: " + value.substr(0, last) + "%g0") == failure{errc::bad_encoding, 6 + last});
  CHECK(refusal("Name: " + value.substr(0, last) + "%0") == failure{errc::bad_encoding, 6 + last});
  CHECK(refusal("Name: " + value.substr(0, value.find("-----END"))) == failure{errc::truncated, 6});
  std::string many;
  const std::string line = "a: " + percent_of(pem_of("CERTIFICATE", der[0])) + "\n";
  for (std::size_t i = 0; i < pem_block_max; ++i) many += line;
  endorsements found;
  CHECK(*add_encoded(found, bytes_of(many)) == pem_block_max);
  CHECK(refusal(many + line) == failure{errc::bad_length, many.size() + 3});
}

TEST_CASE("bytes that are no certificate in any encoding are not recognised", "[json][encoded_certificates]") {
  for (const std::string_view text : {"", " ", "text", "30", "3", "30z0", "M", "MII", "Mandarin", "308", "{}"}) {
    const failure why = refusal(text);
    CAPTURE(std::string(text));
    if (text == "30") {
      CHECK(why.code == errc::bad_encoding);  // the digits of one byte that may begin DER
    } else {
      CHECK(why == failure{errc::unrecognized});
    }
  }
  const std::string hex = hex_of(forged::made().der[0]);
  CHECK(refusal(hex.substr(2)) == failure{errc::unrecognized});
  CHECK(refusal(hex.substr(0, hex.size() - 1)) == failure{errc::unrecognized});
  CHECK(refusal("\n" + hex.substr(0, hex.size() - 2)) == failure{errc::bad_encoding, 1});
  const std::string base64 = base64_of(forged::made().der[0]);
  CHECK(refusal(base64.substr(0, 400)) == failure{errc::bad_encoding, 0});
}

}  // namespace test_encoded_certificates
