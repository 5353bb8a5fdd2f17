// SPDX-License-Identifier: Apache-2.0
#include <unitee/tdx/quote.hpp>
#include <unitee/tdx/td_report.hpp>

#include "support/catch.hpp"
#include "support/edits.hpp"
#include "support/sample_quote.hpp"
#include "support/vectors.hpp"

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace test_vectors {

using namespace unitee;

namespace {

// refusal_of is the failure of parsing bytes, or nothing; what parses gives back its bytes.
std::optional<failure> refusal_of(const std::string& kind, const std::vector<std::uint8_t>& bytes,
                                  tdx::trailing_bytes allowed) {
  if (kind == "td_report") {
    const auto report = tdx::td_report::parse(bytes);
    if (!report) return report.error();
    CHECK(equal(report->bytes(), bytes));
    return std::nullopt;
  }
  REQUIRE(kind == "tdx_quote");
  const auto quote = tdx::quote::parse(bytes, allowed);
  if (!quote) return quote.error();
  CHECK(equal(quote->bytes(), bytes));
  return std::nullopt;
}

}  // namespace

TEST_CASE("every vector parses or is refused for its reason", "[tdx][vectors]") {
  const std::map<std::string, tdx::trailing_bytes> policies{{"any", tdx::trailing_bytes::any},
                                                            {"zero_only", tdx::trailing_bytes::zero_only},
                                                            {"none", tdx::trailing_bytes::none}};
  const std::map<std::string, part> parts{{"quote", part::quote}, {"td_report", part::td_report}};

  const auto vectors = test::vectors("tdx");
  std::map<std::string, std::vector<std::uint8_t>> bases;
  for (const auto& vector : vectors) {
    if (vector.contains("hex")) bases[vector.at("name")] = test::bytes_of_hex(vector.at("hex"));
  }
  std::size_t refused = 0;
  for (const auto& vector : vectors) {
    const std::string vector_name = vector.at("name");
    const auto bytes = vector.contains("hex")
                           ? bases.at(vector_name)
                           : test::edited(bases.at(vector.at("base").get<std::string>()), vector.at("edits"));
    const auto refusal = refusal_of(vector.at("kind"), bytes, policies.at(vector.value("trailing", "any")));
    CAPTURE(vector_name);
    const std::string expected = vector.at("expect");
    CHECK((refusal ? name(refusal->code) : "ok") == expected);
    if (!refusal) continue;
    ++refused;
    CHECK(refusal->offset == vector.at("offset").get<std::uint64_t>());
    CHECK(refusal->in == parts.at(vector.at("part").get<std::string>()));
  }
  CHECK(vectors.size() > 90);
  CHECK(refused > 60);
}

TEST_CASE("two independent builders make the same samples", "[tdx][vectors]") {
  const std::map<std::string, test::sample> samples{
      {"quote_v3", test::sample_quote(test::v3_shape)},
      {"quote_v4", test::sample_quote(test::v4_shape)},
      {"quote_v4_enclave", test::sample_quote(test::v4_enclave_shape)},
      {"quote_v5_enclave", test::sample_quote(test::v5_enclave_shape)},
      {"quote_v5_td_1_0", test::sample_quote(test::v5_td_1_0_shape)},
      {"quote_v5_td_1_5", test::sample_quote(test::v5_shape)},
      {"quote_v5_td_1_5_extended", test::sample_quote(test::v5_extended_shape)},
      {"td_report_version_0", test::sample_td_report(0)},
      {"td_report_version_1", test::sample_td_report(1)},
      {"td_report_version_2", test::sample_td_report(2)},
      {"td_report_version_3", test::sample_td_report(3)},
  };
  std::size_t compared = 0;
  for (const auto& vector : test::vectors("tdx")) {
    if (!vector.contains("hex")) continue;
    const std::string vector_name = vector.at("name");
    CAPTURE(vector_name);
    CHECK(test::hex_of(samples.at(vector_name).bytes()) == vector.at("hex"));
    ++compared;
  }
  CHECK(compared == samples.size());
}

}  // namespace test_vectors
