// SPDX-License-Identifier: Apache-2.0
#include <unitee/guest/simulated_authority.hpp>

#include "support/edits.hpp"
#include "support/folder.hpp"
#include "support/simulated.hpp"

#include <cstdio>
#include <fstream>
#include <map>
#include <memory>

namespace test_simulated_authority {

using namespace unitee;
using namespace unitee::test;

namespace {

// described is what the openssl command line says about a certificate, or nothing where it is not installed.
std::string described(const certificate& one, const std::string& options) {
  const folder files;
  const auto der = need(one.der());
  std::ofstream(files / "one.der", std::ios::binary).write(reinterpret_cast<const char*>(der.data()), std::ssize(der));
  const std::string command = "openssl x509 -inform DER -noout " + options + " -in " + files / "one.der 2>/dev/null";
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> from(::popen(command.c_str(), "r"), ::pclose);
  std::string out;
  char piece[4096];
  while (from) {
    const std::size_t n = std::fread(piece, 1, sizeof piece, from.get());
    if (n == 0) break;
    out.append(piece, n);
  }
  return out;
}

bool contains(const std::string& text, const std::string& part) { return text.find(part) != text.npos; }

std::size_t count(const std::string& text, const std::string& part) {
  std::size_t out = 0;
  for (std::size_t at = text.find(part); at != text.npos; at = text.find(part, at + 1)) ++out;
  return out;
}

}  // namespace

TEST_CASE("the extensions of a simulated VCEK are AMD's, byte for byte", "[guest][authority]") {
  // From section "VEK certificate" of the evidence's reference: types and order; and levels as simulated_tcb has them.
  const std::map<snp::generation, std::vector<std::pair<std::string, std::string>>> expected{
      {snp::generation::milan,
       {{"1", "020100"},
        {"2", "16084d696c616e2d4230"},
        {"3.1", "020104"},
        {"3.2", "020102"},
        {"3.3", "020118"},
        {"3.8", "020200db"},
        {"3.4", "020100"},
        {"3.5", "020100"},
        {"3.6", "020100"},
        {"3.7", "020100"}}},
      {snp::generation::genoa,
       {{"1", "020100"},
        {"2", "160547656e6f61"},
        {"3.1", "020104"},
        {"3.2", "020102"},
        {"3.3", "020118"},
        {"3.8", "020200db"},
        {"3.4", "020100"},
        {"3.5", "020100"},
        {"3.6", "020100"},
        {"3.7", "020100"}}},
      {snp::generation::turin,
       {{"1", "020101"},
        {"2", "1605547572696e"},
        {"3.9", "020101"},
        {"3.1", "020104"},
        {"3.2", "020102"},
        {"3.3", "020118"},
        {"3.8", "020200db"},
        {"3.5", "020100"},
        {"3.6", "020100"},
        {"3.7", "020100"}}}};
  for (const auto& [id, extensions] : expected) {
    const auto& own = simulated_platform(id).get();
    const std::string text = described(own.vcek, "-text");
    for (const auto& [oid, hex] : extensions) {
      CAPTURE(oid);
      const auto value = own.vcek.extension(("1.3.6.1.4.1.3704.1." + oid).c_str());
      REQUIRE(value);
      CHECK(hex_of(*value) == hex);
    }
    const std::size_t id_size = id == snp::generation::turin ? 8 : 64;
    CHECK(hex_of(need(own.vcek.extension("1.3.6.1.4.1.3704.1.4"))) == hex_of(own.chip_id.view().first(id_size)));
    CHECK_FALSE(own.vcek.extension("1.3.6.1.4.1.3704.1.5"));
    CHECK(own.vcek.extension("1.3.6.1.4.1.3704.1.3.9").has_value() == (id == snp::generation::turin));
    CHECK(own.vcek.extension("1.3.6.1.4.1.3704.1.3.4").has_value() == (id != snp::generation::turin));
    if (!text.empty()) CHECK(count(text, "1.3.6.1.4.1.3704.1.") == extensions.size() + 1);
  }
}

TEST_CASE("openssl reads simulated certificates as it reads AMD's", "[guest][authority]") {
  const auto& own = simulated_platform().get();
  if (described(own.ark, "-serial").empty()) return;  // no openssl command on this machine
  const std::string amd = "OU = Engineering, C = US, L = Santa Clara, ST = CA, O = ";
  const std::string name = amd + "\"unitee simulated TEE, INSECURE\", CN = ";
  CHECK(described(own.vcek, "-subject -issuer -serial") ==
        "subject=" + name + "SEV-VCEK\nissuer=" + name + "SEV-Milan\nserial=00\n");
  CHECK(described(own.ask, "-subject -issuer") == "subject=" + name + "SEV-Milan\nissuer=" + name + "ARK-Milan\n");
  CHECK(described(own.ark, "-subject -issuer") == "subject=" + name + "ARK-Milan\nissuer=" + name + "ARK-Milan\n");
  const std::string vcek = described(own.vcek, "-text");
  const std::string ask = described(own.ask, "-text");
  const std::string ark = described(own.ark, "-text");
  for (const std::string& text : {vcek, ask, ark}) {
    CHECK(contains(text, "Version: 3 (0x2)"));
    CHECK(count(text, "Signature Algorithm: rsassaPss") == 2);
    CHECK(count(text, "Hash Algorithm: sha384") == 2);
    CHECK(count(text, "Mask Algorithm: mgf1 with sha384") == 2);
    CHECK(count(text, "Salt Length: 0x30") == 2);
    CHECK_FALSE(contains(text, "Authority Key Identifier"));
  }
  CHECK(contains(vcek, "NIST CURVE: P-384"));
  for (const char* absent : {"Basic Constraints", "Key Usage", "critical"}) CHECK_FALSE(contains(vcek, absent));
  for (const std::string& text : {ask, ark}) CHECK(contains(text, "Public-Key: (4096 bit)"));
  CHECK(contains(ask, "CA:TRUE, pathlen:0"));
  CHECK(contains(ark, "CA:TRUE"));
  CHECK_FALSE(contains(ark, "pathlen"));
  CHECK(contains(ask, "Certificate Sign\n"));
  CHECK(contains(ark, "Certificate Sign, CRL Sign"));
  CHECK(described(own.vcek, "-startdate -enddate") ==
        "notBefore=Jan  1 00:00:00 2025 GMT\nnotAfter=Dec 31 00:00:00 2031 GMT\n");
  CHECK(described(own.ark, "-startdate -enddate") ==
        "notBefore=Jan  1 00:00:00 2025 GMT\nnotAfter=Dec 26 00:00:00 2049 GMT\n");
}

TEST_CASE("DER integers and texts have one form", "[guest][authority]") {
  for (unsigned value = 0; value < 256; ++value)
    CHECK(guest::detail::der_integer(static_cast<std::uint8_t>(value)) == der_level(static_cast<std::uint8_t>(value)));
  CHECK(guest::detail::der_text("") == octets{0x16, 0x00});
  CHECK(guest::detail::der_text("Milan-B0") == bytes_of_hex("16084d696c616e2d4230"));
}

}  // namespace test_simulated_authority
