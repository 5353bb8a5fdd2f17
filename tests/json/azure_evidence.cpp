// SPDX-License-Identifier: Apache-2.0
#include <unitee/json/azure_evidence.hpp>

#include "support/evidence.hpp"
#include "support/forge.hpp"
#include "support/openssl.hpp"

#include <functional>
#include <string>

namespace test_azure_evidence {

using namespace unitee;
using namespace unitee::test;

namespace {

using json = nlohmann::ordered_json;
using bytes = std::vector<std::uint8_t>;

// good is evidence of version 1: "HCLA" and bytes that need both special digits of base64.
json good() {
  json out{{"version", 1},
           {"hcl_report", "SENMQfv_"},
           {"td_quote", "BAAC"},
           {"tpm_quote", {{"signature", "0014"}, {"message", "Ff54"}, {"pcrs", json::array()}}}};
  for (int i = 0; i < 24; ++i)
    out["tpm_quote"]["pcrs"].push_back(std::string(62, '0') + (i < 10 ? "0" : "1") + std::to_string(i % 10));
  return out;
}

result<azure_evidence> parsed(const json& value) { return azure_evidence::parse(bytes_of(value.dump())); }

// refusal is the code, and the text at the offset.
std::pair<errc, std::string> refusal(const std::function<void(json&)>& edit) {
  json value = good();
  edit(value);
  const std::string text = value.dump();
  CAPTURE(text);
  const auto answer = azure_evidence::parse(bytes_of(text));
  REQUIRE_FALSE(answer);
  CHECK(answer.error().in == part::input);
  return {answer.error().code, text.substr(answer.error().offset)};
}

}  // namespace

TEST_CASE("evidence of an Azure guest is byte strings in base64 and hexadecimal digits", "[json]") {
  const auto found = need(parsed(good()));
  CHECK(found.hcl_report == bytes{'H', 'C', 'L', 'A', 0xFB, 0xFF});
  CHECK(found.td_quote == bytes{4, 0, 2});
  CHECK_FALSE(found.vcek);
  REQUIRE(found.tpm_quote);
  CHECK(found.tpm_quote->signature == bytes{0x00, 0x14});
  CHECK(found.tpm_quote->message == bytes{0xFF, 0x54});
  REQUIRE(found.tpm_quote->pcrs.size() == 768);
  CHECK(found.tpm_quote->pcrs[31] == 0x00);
  CHECK(found.tpm_quote->pcrs[767] == 0x13);

  json value = good();
  for (const char* text : {"SENMQfv_", "SENMQfv/"}) {
    value["hcl_report"] = text;
    CHECK(need(parsed(value)).hcl_report == found.hcl_report);
  }
  value["hcl_report"] = "SENMQQ==";
  CHECK(need(parsed(value)).hcl_report == bytes{'H', 'C', 'L', 'A'});
  value["vcek"] = "MII=";
  CHECK(need(parsed(value)).vcek == bytes{0x30, 0x82});
  value["vcek"] = "-----BEGIN CERTIFICATE-----\n";
  CHECK(need(parsed(value)).vcek->size() == 28);
  value.erase("td_quote");
  value.erase("tpm_quote");
  value["more"] = nullptr;
  value["version"] = 2;
  CHECK_FALSE(need(parsed(value)).tpm_quote);
}

TEST_CASE("evidence without a version has arrays of numbers and older names", "[json]") {
  json value{{"report", {72, 67, 76, 65}},
             {"quote", {{"signature", {0, 255}}, {"message", json::array()}, {"pcrs", json::array()}}}};
  for (int i = 0; i < 24; ++i) value["quote"]["pcrs"].push_back(std::vector<int>(32, i));
  const auto found = need(parsed(value));
  CHECK(found.hcl_report == bytes{'H', 'C', 'L', 'A'});
  CHECK(found.tpm_quote->signature == bytes{0, 255});
  CHECK(found.tpm_quote->message.empty());
  CHECK(found.tpm_quote->pcrs[32 * 23] == 23);
}

TEST_CASE("evidence that lacks something or has it twice is refused where it should stand", "[json]") {
  CHECK(refusal([](json& v) { v.erase("hcl_report"); }) == std::pair(errc::missing, [] {
          json v = good();
          v.erase("hcl_report");
          return v.dump();
        }()));
  for (const char* member : {"message", "signature", "pcrs"}) {
    const auto [code, at] = refusal([&](json& v) { v["tpm_quote"].erase(member); });
    CHECK(code == errc::missing);
    CHECK(at.starts_with(*member == 's' ? "{\"message\"" : "{\"signature\""));
  }
  const auto report = refusal([](json& v) { v["report"] = "QUFB"; });
  CHECK((report.first == errc::duplicate && report.second.starts_with("\"QUFB\"")));
  CHECK(refusal([](json& v) { v["quote"] = nullptr; }).first == errc::duplicate);
}

TEST_CASE("values of another type, size or encoding are refused where they begin", "[json]") {
  const auto expect = [](const std::function<void(json&)>& edit, errc code, std::string_view begin) {
    const auto [found, at] = refusal(edit);
    CHECK(found == code);
    CHECK(at.starts_with(begin));
  };
  expect([](json& v) { v["version"] = 3; }, errc::unsupported_version, "3,");
  expect([](json& v) { v["version"] = "1"; }, errc::bad_value, "\"1\"");
  expect([](json& v) { v["hcl_report"] = 7; }, errc::bad_value, "7,");
  expect([](json& v) { v["hcl_report"] = "SEN*"; }, errc::bad_encoding, "\"SEN*\"");
  expect([](json& v) { v["hcl_report"] = "SENMQ"; }, errc::bad_encoding, "\"SENMQ\"");
  expect([](json& v) { v["hcl_report"] = "SENMQQ==="; }, errc::bad_encoding, "\"SENMQQ===\"");
  expect([](json& v) { v["td_quote"] = {1, 256}; }, errc::bad_value, "256");
  expect([](json& v) { v["td_quote"] = {1, -1}; }, errc::bad_value, "-1");
  expect([](json& v) { v["vcek"] = true; }, errc::bad_value, "true");
  expect([](json& v) { v["tpm_quote"] = "x"; }, errc::bad_value, "\"x\"");
  expect([](json& v) { v["tpm_quote"]["message"] = "f"; }, errc::bad_encoding, "\"f\"");
  expect([](json& v) { v["tpm_quote"]["signature"] = "zz"; }, errc::bad_encoding, "\"zz\"");
  expect([](json& v) { v["tpm_quote"]["pcrs"] = "00"; }, errc::bad_value, "\"00\"");
  expect([](json& v) { v["tpm_quote"]["pcrs"][3] = "00"; }, errc::bad_length, "\"00\"");
  expect([](json& v) { v["tpm_quote"]["pcrs"][3] = 0; }, errc::bad_value, "0,");
  expect([](json& v) { v["tpm_quote"]["pcrs"].erase(3); }, errc::bad_length, "[\"");
  CHECK(azure_evidence::parse(bytes_of("[]")).error() == failure{errc::bad_value, 0});
  CHECK(azure_evidence::parse(bytes_of("")).error().code == errc::bad_encoding);
  const std::string large(azure_evidence::limits.size + 1, ' ');
  CHECK(azure_evidence::parse(bytes_of(large)).error() == failure{errc::bad_length, azure_evidence::limits.size});
}

TEST_CASE("every truncation of recorded evidence is refused, and the whole is the files beside it", "[json]") {
  UNITEE_REQUIRE_EVIDENCE();
  const std::string folder = "tdx/azure/azure-2023/";
  const auto text = evidence_file(folder + "evidence.json");
  const auto found = need(azure_evidence::parse(text));
  CHECK(found.hcl_report == evidence_file(folder + "hcl_report.bin"));
  CHECK(found.td_quote == evidence_file(folder + "td_quote.bin"));
  CHECK(found.tpm_quote->message == evidence_file(folder + "tpm_quote_message.bin"));
  CHECK(found.tpm_quote->signature == evidence_file(folder + "tpm_quote_signature.bin"));
  CHECK(found.tpm_quote->pcrs == evidence_file(folder + "pcrs_sha256.bin"));
  std::size_t end = text.size();
  while (text[end - 1] != '}') --end;
  for (std::size_t size = 0; size < end; size += size < 600 ? 1 : 61) {
    REQUIRE_FALSE(azure_evidence::parse(byte_view(text).first(size)));
  }
}

}  // namespace test_azure_evidence
