// SPDX-License-Identifier: Apache-2.0
//
// The whole recorded corpus: every field as an independent script read it, every edit refused where it should be.
#include <unitee/tdx/quote.hpp>
#include <unitee/tdx/td_report.hpp>

#include "support/catch.hpp"
#include "support/edits.hpp"
#include "support/evidence.hpp"
#include "support/fields.hpp"

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace test_evidence {

using namespace unitee;
using nlohmann::json;

namespace {

// little_endian is a number as stored in that many bytes, as hex.
std::string little_endian(const json& value, std::size_t size) {
  std::vector<std::uint8_t> bytes;
  for (std::size_t i = 0; i < size; ++i)
    bytes.push_back(static_cast<std::uint8_t>(value.get<std::uint64_t>() >> (8 * i)));
  return test::hex_of(bytes);
}

// check_field compares an expected value with a field of that name.
void check_field(const std::vector<test::field>& fields, const std::string& name, const json& expected) {
  const std::string own = test::field_hex(fields, name);
  CAPTURE(name);
  CHECK(own == (expected.is_number() ? little_endian(expected, own.size() / 2) : expected.get<std::string>()));
}

// check_part compares bytes that the manifest gives as one and the specification as several fields, or as none.
void check_part(byte_view bytes, std::size_t offset, const std::string& expected) {
  CHECK(test::hex_of(bytes.subspan(offset, expected.size() / 2)) == expected);
}

void check_quote(const tdx::quote& quote, const json& expected) {
  const auto fields = test::fields(quote);
  const std::size_t envelope = quote.version() == tdx::quote_version::v3 ? 0 : 6;
  const std::map<std::string, json> computed{
      {"signed_length", quote.signed_bytes().size()},
      {"signature_data_length", quote.signature_data_length()},
      {"signature", test::hex_of(quote.signature())},
      {"attestation_key", test::hex_of(quote.attestation_key())},
      {"outer_certification_type", envelope == 0 ? json() : json(6)},
      {"outer_certification_size", quote.signature_data_length() - 128 - envelope},
      {"qe_report_signature", test::hex_of(quote.qe_report_signature())},
      {"qe_auth_data", test::hex_of(quote.qe_authentication_data())},
      {"inner_certification_type", static_cast<unsigned>(quote.certification_data().type())},
      {"inner_certification_size", quote.certification_data().bytes().size()},
      {"trailing_bytes", quote.trailing().size()},
      {"trailing_all_zero", all_zero(quote.trailing())},
  };
  for (const auto& [name, value] : expected.items()) {
    CAPTURE(name);
    if (const auto own = computed.find(name); own != computed.end()) {
      CHECK(own->second == value);
    } else if (name == "qe_report") {
      const auto report = test::fields(quote.qe_report());
      for (const auto& [part_name, part_value] : value.items()) check_field(report, part_name, part_value);
    } else if (name == "header_bytes_8_11") {
      check_part(quote.bytes(), 8, value);
    } else if (name == "reserved1") {
      check_part(quote.body(), 20, value);
    } else if (name == "reserved2") {
      check_part(quote.body(), 96, value);
    } else if (name == "reserved3") {
      check_part(quote.body(), 160, value);
    } else if (name == "reserved4") {
      check_part(quote.body(), 260, value);
    } else {
      check_field(fields, name, value);
    }
  }
}

void check_flags(const tdx::td_report_body& td, const json& flags) {
  using attributes = tdx::td_attributes;
  bool all_zero = true;
  for (const auto& rtmr : td.rtmrs()) all_zero = all_zero && rtmr.is_zero();
  const std::map<std::string, bool> own{
      {"debug", td.tdattributes().has(attributes::debug)},
      {"sept_ve_disable", td.tdattributes().has(attributes::sept_ve_disable)},
      {"migratable", td.tdattributes().has(attributes::migratable)},
      {"pks", td.tdattributes().has(attributes::pks)},
      {"perfmon", td.tdattributes().has(attributes::perfmon)},
      {"mr_service_td_nonzero", td.mrservicetd() && !td.mrservicetd()->is_zero()},
      {"rtmr3_nonzero", !td.rtmr3().is_zero()},
      {"all_rtmrs_zero", all_zero},
  };
  for (const auto& [name, value] : flags.items()) {
    CAPTURE(name);
    CHECK(own.at(name) == value.get<bool>());
  }
}

// refusals is where each edit that makes a quote unreadable is found out. Sizes are those of the base files.
const std::map<std::string, failure> refusals{
    {"v4-vendor-id", {errc::bad_value, 12, part::quote}},
    {"v4-truncated-header", {errc::truncated, 47, part::quote}},
    {"v4-truncated-body", {errc::truncated, 631, part::quote}},
    {"v4-no-signature-length", {errc::truncated, 634, part::quote}},
    {"v4-empty-signature", {errc::truncated, 636, part::quote}},
    {"v4-truncated-one-byte", {errc::truncated, 4935, part::quote}},
    {"v4-signature-length-too-long", {errc::truncated, 5006, part::quote}},
    {"v4-signature-length-zero", {errc::bad_length, 632, part::quote}},
    {"v4-outer-type-5", {errc::bad_value, 764, part::quote}},
    {"v4-outer-size-too-long", {errc::bad_length, 766, part::quote}},
    {"v4-qe-auth-size-too-long", {errc::bad_length, 1218, part::quote}},
    {"v4-inner-type-7", {errc::unsupported_format, 1252, part::quote}},
    {"v4-inner-size-too-long", {errc::bad_length, 1254, part::quote}},
    {"v4-inner-size-minus-1", {errc::bad_length, 1254, part::quote}},
    {"version-6", {errc::unsupported_version, 0, part::quote}},
    {"version-0", {errc::unsupported_version, 0, part::quote}},
    {"v4-claims-v3", {errc::bad_value, 4, part::quote}},
    {"v4-claims-v5", {errc::bad_value, 48, part::quote}},
    {"att-key-type-3", {errc::unsupported_algorithm, 2, part::quote}},
    {"tee-type-unknown", {errc::bad_value, 4, part::quote}},
    {"v4-tee-type-sgx", {errc::truncated, 5006, part::quote}},
    {"v5-body-type-2", {errc::bad_length, 50, part::quote}},
    {"v5-body-type-1", {errc::bad_value, 48, part::quote}},
    {"v5-body-type-9", {errc::bad_value, 48, part::quote}},
    {"v5-body-size-584", {errc::bad_length, 50, part::quote}},
};

}  // namespace

TEST_CASE("every recorded quote has the fields that the manifest says", "[tdx][evidence]") {
  UNITEE_REQUIRE_EVIDENCE();
  std::size_t quotes = 0;
  const auto manifest = test::evidence_manifest("tdx");
  for (const auto& entry : manifest.at("cases")) {
    if (entry.at("kind") != "quote") continue;
    const std::string id = entry.at("id");
    CAPTURE(id);
    const auto bytes = test::evidence_file("tdx/" + entry.at("file").get<std::string>());
    const auto quote = tdx::quote::parse(bytes);
    REQUIRE(quote);
    CHECK(equal(quote->bytes(), bytes));
    CHECK(static_cast<unsigned>(quote->version()) == entry.at("quote_version").get<unsigned>());
    check_quote(*quote, entry.at("fields"));
    if (entry.contains("flags")) {
      REQUIRE(quote->td());
      check_flags(*quote->td(), entry.at("flags"));
    } else {
      CHECK(quote->enclave());
    }
    ++quotes;
  }
  CHECK(quotes >= 10);
}

TEST_CASE("every recorded TD report has the fields that the manifest says", "[tdx][evidence]") {
  UNITEE_REQUIRE_EVIDENCE();
  std::size_t reports = 0;
  const auto manifest = test::evidence_manifest("tdx");
  for (const auto& entry : manifest.at("cases")) {
    if (entry.at("kind") != "tdreport") continue;
    const std::string id = entry.at("id");
    CAPTURE(id);
    const auto bytes = test::evidence_file("tdx/" + entry.at("file").get<std::string>());
    const auto report = tdx::td_report::parse(bytes);
    if (entry.at("expected").at("parse") != "ok") {
      REQUIRE(!report);
      CHECK(report.error() == failure{errc::bad_value, 0, part::td_report});
      continue;
    }
    REQUIRE(report);
    CHECK(equal(report->bytes(), bytes));
    const std::map<std::string, std::string> renamed{{"report_type", "type"},
                                                     {"report_subtype", "subtype"},
                                                     {"report_version", "version"},
                                                     {"tcb_info_valid", "valid"},
                                                     {"mr_service_td", "servtd_hash"}};
    const auto fields = test::fields(*report);
    for (const auto& [name, value] : entry.at("fields").items()) {
      const auto own = renamed.find(name);
      check_field(fields, own == renamed.end() ? name : own->second, value);
    }
    ++reports;
  }
  CHECK(reports >= 2);
}

TEST_CASE("an edited quote is refused where its form is broken, and parses where only a signature is",
          "[tdx][evidence]") {
  UNITEE_REQUIRE_EVIDENCE();
  std::size_t refused = 0;
  const auto manifest = test::evidence_manifest("tdx");
  for (const auto& entry : manifest.at("quote_mutations").at("list")) {
    const std::string id = entry.at("id");
    CAPTURE(id);
    const auto bytes =
        test::edited(test::evidence_file("tdx/" + entry.at("base").get<std::string>()), entry.at("edits"));
    const auto quote = tdx::quote::parse(bytes);
    const auto refusal = refusals.find(id);
    REQUIRE(quote.has_value() == (refusal == refusals.end()));
    if (quote) continue;
    CHECK(quote.error() == refusal->second);
    ++refused;
  }
  CHECK(refused == refusals.size());
}

TEST_CASE("every truncation of a recorded quote is refused until its signature data is whole", "[tdx][evidence]") {
  UNITEE_REQUIRE_EVIDENCE();
  const auto manifest = test::evidence_manifest("tdx");
  for (const auto& entry : manifest.at("cases")) {
    if (entry.at("kind") != "quote") continue;
    const auto bytes = test::evidence_file("tdx/" + entry.at("file").get<std::string>());
    const std::size_t used = bytes.size() - entry.at("fields").at("trailing_bytes").get<std::size_t>();
    for (std::size_t n = 0; n <= bytes.size(); ++n) {
      const auto quote = tdx::quote::parse(byte_view(bytes).first(n));
      CAPTURE(n);
      REQUIRE(quote.has_value() == (n >= used));
      if (!quote) REQUIRE(quote.error() == failure{errc::truncated, n, part::quote});
    }
  }
}

}  // namespace test_evidence
