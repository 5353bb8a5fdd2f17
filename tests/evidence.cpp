// SPDX-License-Identifier: Apache-2.0
#include <unitee/evidence.hpp>

#include "support/evidence.hpp"
#include "support/sample_quote.hpp"
#include "support/sample_report.hpp"

#include <algorithm>
#include <optional>

namespace test_evidence {

using namespace unitee;
using namespace unitee::test;

namespace {

constexpr std::optional<evidence_kind> kind_of_sample(unsigned version) { return recognize(sample_report(version)); }

std::optional<failure> refusal(byte_view bytes) {
  const auto parsed = evidence::parse(bytes);
  return parsed ? std::nullopt : std::optional(parsed.error());
}

// keeps_its_kind says that every beginning of the bytes that has the four bytes to judge by is of this kind.
bool keeps_its_kind(byte_view bytes, evidence_kind kind) {
  for (std::size_t n = 0; n <= bytes.size(); ++n) {
    if (recognize(bytes.first(n)) != (n < 4 ? std::nullopt : std::optional(kind))) return false;
  }
  return true;
}

}  // namespace

static_assert(kind_of_sample(2) == evidence_kind::snp_report && kind_of_sample(5) == evidence_kind::snp_report);
static_assert(evidence::parse(sample_report(3))->snp()->version() == 3);
static_assert(evidence::parse(sample_quote(v4_shape).bytes())->quote()->version() == tdx::quote_version::v4);

TEST_CASE("evidence is told by its first bytes, however much of it there is", "[evidence]") {
  for (unsigned version = 2; version <= 5; ++version)
    CHECK(keeps_its_kind(sample_report(version), evidence_kind::snp_report));
  for (const quote_shape& shape : quote_shapes) {
    const auto quote = sample_quote(shape);
    CHECK(keeps_its_kind(quote.bytes(), evidence_kind::quote));
  }
  for (unsigned version = 0; version < 4; ++version) {
    const auto report = sample_td_report(version);
    CHECK(keeps_its_kind(report.bytes(), evidence_kind::td_report));
  }
}

TEST_CASE("evidence parses to its vendor's type, and gives its bytes back", "[evidence]") {
  for (unsigned version = 2; version <= 5; ++version) {
    const auto bytes = sample_report(version);
    const auto parsed = evidence::parse(bytes);
    REQUIRE(parsed);
    CHECK(parsed->kind() == evidence_kind::snp_report);
    REQUIRE(parsed->snp() != nullptr);
    CHECK(parsed->quote() == nullptr);
    CHECK(equal(parsed->bytes(), bytes));
  }
  for (const quote_shape& shape : quote_shapes) {
    const auto bytes = sample_quote(shape);
    const auto parsed = evidence::parse(bytes.bytes());
    REQUIRE(parsed);
    CHECK(parsed->kind() == evidence_kind::quote);
    CHECK(parsed->snp() == nullptr);
    REQUIRE(parsed->quote() != nullptr);
    CHECK(equal(parsed->bytes(), bytes.bytes()));
  }
}

TEST_CASE("a report is copied, so that the bytes may go", "[evidence]") {
  auto bytes = sample_report(5);
  const auto parsed = evidence::parse(bytes);
  REQUIRE(parsed);
  bytes.fill(0);
  CHECK(parsed->snp()->version() == 5);
}

TEST_CASE("truncated evidence fails as its vendor's type does, where it ends", "[evidence]") {
  const auto report = sample_report(3);
  for (std::size_t n = 4; n < report.size(); ++n)
    CHECK(refusal(byte_view(report).first(n)) == failure{errc::truncated, n, part::report});
  const auto quote = sample_quote(v5_shape);
  for (std::size_t n = 4; n < quote.size; ++n) {
    const auto why = refusal(quote.bytes().first(n));
    REQUIRE(why);
    CHECK(why->in == part::quote);
  }
}

TEST_CASE("a TD report is known, and is no evidence", "[evidence]") {
  for (unsigned version = 0; version < 4; ++version) {
    const auto report = sample_td_report(version);
    CHECK(refusal(report.bytes()) == failure{errc::unsupported_format, 0, part::td_report});
  }
}

TEST_CASE("a certificate table is known by its first GUID in either order, and is no evidence", "[evidence]") {
  for (const auto& known : snp::table_guid::all) {
    for (const guid& id : {known.id, swapped(known.id)}) {
      std::vector<std::uint8_t> table(48);
      std::ranges::copy(id.value, table.begin());
      CHECK(recognize(table) == evidence_kind::certificate_table);
      CHECK(recognize(byte_view(table).first(16)) == evidence_kind::certificate_table);
      CHECK(refusal(table) == failure{errc::unsupported_format, 0, part::certificate_table});
      ++table[15];
      CHECK(recognize(table) != evidence_kind::certificate_table);
    }
  }
  CHECK_FALSE(recognize(std::vector<std::uint8_t>(48)));
}

TEST_CASE("versions that there are not yet are unsupported, not unrecognized", "[evidence]") {
  for (const unsigned version : {0u, 1u, 6u, 0xFFFFFFFFu}) {
    auto report = report_sample{sample_report(5)}.le(0, 4, version).bytes;
    CHECK(refusal(report) == failure{errc::unsupported_version, 0, part::report});
  }
  for (const unsigned version : {0u, 1u, 2u, 6u, 0xFFFFu}) {
    const auto why = refusal(sample_quote(v4_shape).with(0, version, 2).bytes());
    REQUIRE(why);
    CHECK(why->code == errc::unsupported_version);
    CHECK(why->in == part::quote);
  }
}

TEST_CASE("bytes that begin like nothing known are unrecognized", "[evidence]") {
  const std::array<std::uint8_t, 64> zeros{};
  for (std::size_t n = 0; n <= zeros.size(); ++n)
    CHECK(refusal(byte_view(zeros).first(n)) == failure{errc::unrecognized});
  constexpr std::array<std::uint8_t, 8> pem{'-', '-', '-', '-', '-', 'B', 'E', 'G'};
  CHECK(refusal(pem) == failure{errc::unrecognized});
  constexpr std::array<std::uint8_t, 4> der{0x30, 0x82, 0x05, 0x3F};
  CHECK(refusal(der) == failure{errc::unrecognized});
}

TEST_CASE("recorded evidence of both vendors is recognized", "[evidence]") {
  UNITEE_REQUIRE_EVIDENCE();
  const auto manifest = evidence_manifest("snp");
  for (const auto& entry : manifest.at("cases")) {
    if (!entry.at("files").contains("report")) continue;
    const auto bytes = evidence_file("snp/" + entry.at("files").at("report").get<std::string>());
    const auto parsed = evidence::parse(bytes);
    REQUIRE(parsed);
    CHECK(parsed->snp() != nullptr);
  }
  std::size_t quotes = 0;
  for (const auto& file : std::filesystem::recursive_directory_iterator(evidence_path("tdx/quotes"))) {
    if (!file.is_regular_file()) continue;
    CAPTURE(file.path());
    const auto bytes = file_bytes(file.path());
    CHECK(recognize(bytes) == evidence_kind::quote);
    ++quotes;
  }
  CHECK(quotes > 0);
}

}  // namespace test_evidence
