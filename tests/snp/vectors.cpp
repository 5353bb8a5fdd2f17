// SPDX-License-Identifier: Apache-2.0
#include <unitee/snp/certificate_table.hpp>
#include <unitee/snp/key_request.hpp>
#include <unitee/snp/report.hpp>
#include <unitee/vtpm/hcl_report.hpp>

#include "support/catch.hpp"
#include "support/edits.hpp"
#include "support/sample_report.hpp"
#include "support/vectors.hpp"

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace test_vectors {

using namespace unitee;

namespace {

using bytes_t = std::vector<std::uint8_t>;

// refusal_of is the failure, or nothing for something that gives back its bytes.
template <class T>
std::optional<failure> refusal_of(const result<T>& parsed, const bytes_t& bytes) {
  if (!parsed) return parsed.error();
  CHECK(equal(parsed->bytes(), bytes));
  return std::nullopt;
}

std::optional<failure> refusal_of(const std::string& kind, const bytes_t& bytes) {
  if (kind == "snp_report") return refusal_of(snp::report::parse(bytes), bytes);
  if (kind == "certificate_table") return refusal_of(snp::certificate_table::parse(bytes), bytes);
  if (kind == "hcl_report") return refusal_of(vtpm::hcl_report::parse(bytes), bytes);
  REQUIRE(kind == "key_request");
  const auto request = snp::key_request::parse_any_binding(bytes);
  if (!request) return request.error();
  if (request->needs_version_2()) {
    CHECK(equal(request->encode_v2(), bytes));
  } else {
    CHECK(equal(request->encode(), bytes));
  }
  return std::nullopt;
}

std::map<std::string, bytes_t> bases_of(const nlohmann::json& vectors) {
  std::map<std::string, bytes_t> out;
  for (const auto& vector : vectors) {
    if (vector.contains("hex")) out[vector.at("name")] = test::bytes_of_hex(vector.at("hex"));
  }
  return out;
}

}  // namespace

TEST_CASE("every vector parses or is refused for its reason", "[snp][vtpm][vectors]") {
  const std::map<std::string, part> parts{{"report", part::report},
                                          {"certificate_table", part::certificate_table},
                                          {"key_request", part::key_request},
                                          {"hcl_report", part::hcl_report}};
  const auto vectors = test::vectors("snp");
  const auto bases = bases_of(vectors);
  std::size_t refused = 0;
  for (const auto& vector : vectors) {
    const std::string vector_name = vector.at("name");
    CAPTURE(vector_name);
    const auto bytes = vector.contains("hex")
                           ? bases.at(vector_name)
                           : test::edited(bases.at(vector.at("base").get<std::string>()), vector.at("edits"));
    const auto refusal = refusal_of(vector.at("kind").get<std::string>(), bytes);
    const std::string expected = vector.at("expect");
    CHECK((refusal ? name(refusal->code) : "ok") == expected);
    if (!refusal) continue;
    ++refused;
    CHECK(refusal->offset == vector.at("offset").get<std::uint64_t>());
    CHECK(refusal->in == parts.at(vector.at("part").get<std::string>()));
  }
  CHECK(refused > 100);
}

TEST_CASE("the vectors' reports are the sample reports, made apart from each other", "[snp][vectors]") {
  const auto bases = bases_of(test::vectors("snp"));
  for (const std::uint32_t version : {2u, 3u, 4u, 5u}) {
    CHECK(equal(bases.at("report_v" + std::to_string(version)), test::sample_report(version)));
  }
  CHECK(snp::report::parse(bases.at("report_v2_turin"))->layout() == snp::tcb_layout::turin);
  CHECK(snp::report::parse(bases.at("report_v5_turin"))->layout() == snp::tcb_layout::turin);
}

}  // namespace test_vectors
