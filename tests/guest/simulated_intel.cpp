// SPDX-License-Identifier: Apache-2.0
#include <unitee/guest/simulated_intel.hpp>

#include "support/evidence.hpp"
#include "support/simulated_tdx.hpp"

#include <unitee/tdx/quote.hpp>

#include <openssl/x509.h>

#include <map>
#include <tuple>

namespace test_simulated_intel {

using namespace unitee;
using namespace unitee::test;
using guest::detail::octets;

namespace {

// described is OID, critical and value of every extension, in order. Values that differ by right are left empty.
std::vector<std::tuple<std::string, bool, std::string>> described(const certificate& one) {
  std::vector<std::tuple<std::string, bool, std::string>> out;
  for (int i = 0; i < X509_get_ext_count(one.native_handle()); ++i) {
    X509_EXTENSION* const extension = X509_get_ext(one.native_handle(), i);
    char oid[64];
    OBJ_obj2txt(oid, sizeof oid, X509_EXTENSION_get_object(extension), 1);
    const bool same = std::string(oid) == "2.5.29.15" || std::string(oid) == "2.5.29.19";
    out.emplace_back(oid, X509_EXTENSION_get_critical(extension) != 0,
                     same ? hex_of(need(one.extension(oid))) : std::string());
  }
  return out;
}

// name_fields is field number, string type and, unless it is O, the text of every part of a name, in order.
std::vector<std::tuple<int, int, std::string>> name_fields(const X509_NAME* name) {
  std::vector<std::tuple<int, int, std::string>> out;
  for (int i = 0; i < X509_NAME_entry_count(name); ++i) {
    const X509_NAME_ENTRY* const entry = X509_NAME_get_entry(name, i);
    const ASN1_STRING* const value = X509_NAME_ENTRY_get_data(entry);
    const int field = OBJ_obj2nid(X509_NAME_ENTRY_get_object(entry));
    const std::string text(reinterpret_cast<const char*>(ASN1_STRING_get0_data(value)),
                           static_cast<std::size_t>(ASN1_STRING_length(value)));
    out.emplace_back(field, ASN1_STRING_type(value), field == NID_organizationName ? std::string() : text);
  }
  return out;
}

std::vector<certificate> recorded_chain(const std::string& quote) {
  const auto bytes = evidence_file("tdx/quotes/" + quote);
  return certificates_in(need(tdx::quote::parse(bytes)).certification_data().bytes());
}

}  // namespace

TEST_CASE("an element of DER has the shortest length", "[guest][intel]") {
  const std::map<std::size_t, std::string> heads{{0, "0400"},       {1, "0401"},        {127, "047f"},
                                                 {128, "048180"},   {255, "0481ff"},    {256, "04820100"},
                                                 {257, "04820101"}, {1000, "048203e8"}, {65535, "0482ffff"}};
  for (const auto& [size, head] : heads) {
    const octets content(size, 0xA5);
    const octets made = guest::detail::der(0x04, {content});
    CHECK(hex_of(made).substr(0, head.size()) == head);
    CHECK(made.size() == head.size() / 2 + size);
    CHECK(guest::detail::der(0x04, {byte_view(content).first(size / 2), byte_view(content).subspan(size / 2)}) == made);
  }
}

TEST_CASE("a number of 16 bits has one form", "[guest][intel]") {
  for (unsigned value = 0; value < 0x10000; ++value) {
    const octets made = guest::detail::der_number(0x02, static_cast<std::uint16_t>(value));
    tdx::detail::der_cursor at{byte_view(made)};
    const auto element = at.next(tdx::detail::der_tag::integer);
    if (!element || !at.at_end() || need(tdx::detail::der_unsigned(*element)) != value) FAIL(value);
  }
}

TEST_CASE("an SGX extension reads back as it was written, with and without its last two members", "[guest][intel]") {
  tdx::pck_extension says;
  for (std::uint8_t i = 0; i < 16; ++i) {
    says.ppid.value[i] = static_cast<std::uint8_t>(0x10 + i);
    says.tcb_components[i] = static_cast<std::uint8_t>(17 * i);
    says.cpusvn.value[i] = static_cast<std::uint8_t>(0xF0 - i);
  }
  says.pcesvn = 0xFEDC;
  says.pceid = {{1, 2}};
  says.fmspc = {{3, 4, 5, 6, 7, 8}};
  says.sgx_type = tdx::sgx_type::scalable_with_integrity;
  CHECK(need(tdx::pck_extension::parse(guest::detail::encode_pck_extension(says))) == says);
  says.platform_instance_id = {{9, 8, 7}};
  says.configuration = {.dynamic_platform = false, .cached_keys = true, .smt_enabled = false};
  CHECK(need(tdx::pck_extension::parse(guest::detail::encode_pck_extension(says))) == says);
}

TEST_CASE("the SGX extensions of recorded certificates are written as Intel writes them", "[guest][intel][evidence]") {
  UNITEE_REQUIRE_EVIDENCE();
  for (const char* quote : {"v5-td15.bin", "v5-servicetd.bin", "b0c06f-uptodate.bin", "debug-td.bin", "gcp-cos113.bin",
                            "sgx-v3-processor-ca.bin"}) {
    CAPTURE(quote);
    const auto pck = recorded_chain(quote).at(0);
    const auto value = need(pck.extension(tdx::pck_extension_oid));
    CHECK(hex_of(guest::detail::encode_pck_extension(need(tdx::pck_extension::parse(value)))) == hex_of(value));
  }
}

TEST_CASE("simulated certificates have the form of Intel's", "[guest][intel][evidence]") {
  UNITEE_REQUIRE_EVIDENCE();
  const auto& own = simulated_tdx_platform().get();
  const auto recorded_pck = recorded_chain("v5-td15.bin");
  const auto recorded_signing = recorded("tdx/collateral/50806f-2026-03/tcb_info_issuer_chain.pem");
  const std::vector<std::pair<certificate, certificate>> pairs{{own.pck, recorded_pck.at(0)},
                                                               {own.ca, recorded_pck.at(1)},
                                                               {own.root, recorded_pck.at(2)},
                                                               {own.tcb_signing, recorded_signing.at(0)}};
  for (const auto& [simulated, real] : pairs) {
    CAPTURE(need(real.subject_common_name()));
    CHECK(described(simulated) == described(real));
    CHECK(name_fields(X509_get_subject_name(simulated.native_handle())) ==
          name_fields(X509_get_subject_name(real.native_handle())));
    CHECK(name_fields(X509_get_issuer_name(simulated.native_handle())) ==
          name_fields(X509_get_issuer_name(real.native_handle())));
    CHECK(simulated.x509_version() == real.x509_version());
    CHECK(simulated.scheme() == real.scheme());
    CHECK(simulated.key() == real.key());
    CHECK(simulated.path_length() == real.path_length());
    CHECK(simulated.serial().size() <= 21);
  }
}

TEST_CASE("a key identifier is of the public key, and is a CA's serial number", "[guest][intel]") {
  const auto& own = simulated_tdx_platform().get();
  const std::string root_id = hex_of(need(guest::detail::sgx_key_identifier(own.root_key)));
  CHECK(hex_of(need(own.root.extension("2.5.29.14"))) == "0414" + root_id);
  CHECK(hex_of(need(own.root.extension("2.5.29.35"))) == "30168014" + root_id);
  CHECK(hex_of(need(own.tcb_signing.extension("2.5.29.35"))) == "30168014" + root_id);
  octets point{0x04};
  for (const std::uint8_t each : need(own.root_key.public_point<p256>()).value) point.push_back(each);
  CHECK(hex_of(need(sha256(point)).value).substr(0, 40) == root_id);
  CHECK(guest::detail::sgx_key_identifier(ec_key<p384>()).error() == failure{errc::unsupported_algorithm});
}

}  // namespace test_simulated_intel
