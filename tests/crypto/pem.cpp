// SPDX-License-Identifier: Apache-2.0
#include <unitee/crypto/pem.hpp>

#include "support/certificates.hpp"
#include "support/openssl.hpp"

namespace test_pem {

using unitee::byte_view;
using unitee::errc;
using unitee::failure;
using unitee::test::bytes_of;
using unitee::test::hex_of;
using unitee::test::pattern;

namespace {

// walk is "label:hex label:hex ..." or the failure in words.
std::string walk(std::string_view text) {
  std::string out;
  const auto done = unitee::for_each_pem(bytes_of(text), [&](std::string_view label, byte_view der) {
    out += std::string(label) + ":" + hex_of(der) + " ";
    return unitee::result<void>();
  });
  return done ? out : out + Catch::StringMaker<failure>::convert(done.error());
}

const std::string one = "-----BEGIN CERTIFICATE-----\nAQIDBA==\n-----END CERTIFICATE-----\n";
const std::string list = "-----BEGIN X509 CRL-----\nBQYH\n-----END X509 CRL-----\n";

// encode is base64 with lines of 64 characters, written apart from the code under test.
std::string encode(byte_view bytes) {
  constexpr char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string out;
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    std::uint32_t word = 0;
    for (std::size_t k = 0; k < 3; ++k) word = word << 8 | (i + k < bytes.size() ? bytes[i + k] : 0u);
    for (std::size_t k = 0; k < 4; ++k) {
      out += i + k <= bytes.size() ? digits[(word >> (18 - 6 * k)) & 63] : '=';
    }
    if ((i + 3) % 48 == 0) out += '\n';
  }
  return out;
}

}  // namespace

TEST_CASE("blocks are found one after another, with text between them", "[crypto][pem]") {
  CHECK(walk("") == "");
  CHECK(walk("no block here") == "");
  CHECK(walk(one) == "CERTIFICATE:01020304 ");
  CHECK(walk(one + list) == "CERTIFICATE:01020304 X509 CRL:050607 ");
  CHECK(walk("subject=a\nissuer=b\n" + one + "\n\nmore\n" + list + "the end") ==
        "CERTIFICATE:01020304 X509 CRL:050607 ");
  CHECK(walk("-----BEGIN PRIVATE KEY-----\nBQYH\n-----END PRIVATE KEY-----") == "PRIVATE KEY:050607 ");
}

TEST_CASE("lines may end in CRLF, and the text in a zero byte or without a newline", "[crypto][pem]") {
  std::string crlf;
  for (const char c : one + list) crlf += c == '\n' ? std::string("\r\n") : std::string(1, c);
  CHECK(walk(crlf) == "CERTIFICATE:01020304 X509 CRL:050607 ");
  CHECK(walk(one + std::string(1, '\0')) == "CERTIFICATE:01020304 ");
  CHECK(walk(one + std::string(1, '\0') + list) == "CERTIFICATE:01020304 X509 CRL:050607 ");
  CHECK(walk(one.substr(0, one.size() - 1)) == "CERTIFICATE:01020304 ");
  CHECK(walk("-----BEGIN A-----\nAQID BA==\n\n-----END A-----") == "A:01020304 ");
}

TEST_CASE("a BEGIN that does not begin its line is text", "[crypto][pem]") {
  CHECK(walk(" " + one) == "");
  CHECK(walk("see -----BEGIN CERTIFICATE----- below\n" + one) == "CERTIFICATE:01020304 ");
}

TEST_CASE("every length decodes to the same bytes", "[crypto][pem]") {
  for (std::size_t n = 1; n < 300; ++n) {
    const auto bytes = pattern(n);
    CHECK(walk("-----BEGIN A-----\n" + encode(bytes) + "\n-----END A-----\n") == "A:" + hex_of(bytes) + " ");
  }
}

TEST_CASE("a text cut short anywhere inside of a block is refused at its end", "[crypto][pem]") {
  for (std::size_t n = 11; n + 1 < one.size(); ++n) {
    const auto cut = walk(one.substr(0, n));
    INFO(cut);
    const std::size_t foot = one.find("-----END");
    if (n < foot + 5) {
      CHECK(cut == "truncated at " + std::to_string(n) + " in input");
    } else {
      CHECK(cut == "bad_encoding at " + std::to_string(foot) + " in input");
    }
  }
}

TEST_CASE("what is wrong is refused where it stands", "[crypto][pem]") {
  const auto body = [](const std::string& text) { return walk("-----BEGIN A-----\n" + text + "\n-----END A-----\n"); };
  const std::string whole = "bad_encoding at 17 in input";  // the body, newline included
  CHECK(body("") == whole);
  CHECK(body("A") == whole);
  CHECK(body("AA") == whole);
  CHECK(body("AAA") == whole);
  CHECK(body("AAAAA") == whole);
  CHECK(body("AA==AAAA") == whole);
  CHECK(body("A===") == whole);
  CHECK(body("====") == whole);
  CHECK(body("AAAA====") == whole);
  CHECK(body("AA$A") == "bad_encoding at 20 in input");
  CHECK(body("AA-A") == "bad_encoding at 20 in input");
  CHECK(body("Proc-Type: 4,ENCRYPTED") == "bad_encoding at 22 in input");
  CHECK(body(std::string("AAA\0", 4)) == "bad_encoding at 21 in input");
  CHECK(walk("-----BEGIN A-----\nAAAA\n-----END B-----\n") == "bad_encoding at 23 in input");
  CHECK(walk("-----BEGIN A-----\nAAAA\n-----BEGIN A-----\n") == "bad_encoding at 23 in input");
  CHECK(walk("-----BEGIN A-----\nAAAA\n-----END A----\n") == "bad_encoding at 23 in input");
  CHECK(walk("-----BEGIN -----\nAAAA\n-----END -----\n") == "bad_value at 11 in input");
  CHECK(walk("-----BEGIN A\n-----\nAAAA\n-----END A\n-----\n") == "bad_value at 11 in input");
  CHECK(walk("-----BEGIN " + std::string(65, 'A') + "-----\n") == "bad_value at 11 in input");
  CHECK(walk(one + "-----BEGIN CERTIFICATE-----\n") == "CERTIFICATE:01020304 truncated at 91 in input");
}

TEST_CASE("a text has at most 64 blocks", "[crypto][pem]") {
  std::string many, expected;
  for (int i = 0; i < 64; ++i) {
    many += list;
    expected += "X509 CRL:050607 ";
  }
  CHECK(walk(many) == expected);
  CHECK(walk(many + list) == expected + "bad_length at " + std::to_string(many.size()) + " in input");
}

TEST_CASE("the failure of the callback ends the walk", "[crypto][pem]") {
  int calls = 0;
  const failure why{errc::duplicate, 5, unitee::part::root};
  const auto done =
      unitee::for_each_pem(bytes_of(one + list), [&](std::string_view, byte_view) -> unitee::result<void> {
        ++calls;
        return why;
      });
  CHECK(done.error() == why);
  CHECK(calls == 1);
}

TEST_CASE("walking leaves the error queue as it was", "[crypto][pem]") {
  CHECK(unitee::test::keeps_error_queue([] {
    (void)walk(one);
    (void)walk("-----BEGIN A-----\nAA\n-----END A-----\n");
  }));
}

TEST_CASE("recorded chains are walked to the certificates that stand beside them", "[crypto][pem][evidence]") {
  UNITEE_REQUIRE_EVIDENCE();
  using unitee::test::recorded;
  const auto chain = recorded("snp/roots/genoa/vcek_cert_chain.pem");
  REQUIRE(chain.size() == 2);
  CHECK(chain[0] == recorded("snp/roots/genoa/ask.der").at(0));
  CHECK(chain[1] == recorded("snp/roots/genoa/ark.der").at(0));
  CHECK(recorded("snp/azure/azure-milan-v2/imds-chain.pem").size() == 3);
  CHECK(recorded("tdx/collateral/b0c06f-2025-06/pck_crl_issuer_chain.pem").size() == 2);
}

}  // namespace test_pem
