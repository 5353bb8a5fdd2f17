// SPDX-License-Identifier: Apache-2.0
#include <unitee/vtpm/hcl_report.hpp>

#include "support/catch.hpp"
#include "support/evidence.hpp"
#include "support/fields.hpp"
#include "support/sample_quote.hpp"
#include "support/sample_report.hpp"

#include <unitee/snp/report.hpp>
#include <unitee/tdx/td_report.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace test_hcl_report {

using unitee::byte_view;
using unitee::errc;
using unitee::failure;
using unitee::part;
using unitee::vtpm::hcl_hash;
using unitee::vtpm::hcl_report;
using unitee::vtpm::hcl_report_type;

namespace {

using bytes_t = std::vector<std::uint8_t>;

constexpr std::size_t runtime_size = 77;

// sample_hcl is a container with 77 bytes of runtime data and 100 zero bytes behind it, of either version and type.
constexpr unitee::test::sample sample_hcl(std::uint32_t version, std::uint32_t type) {
  unitee::test::sample out;
  out.raw(std::array<std::uint8_t, 4>{'H', 'C', 'L', 'A'}).le(version, 4).le(0x20 + 0x4A0 + 20 + runtime_size, 4);
  out.le(2, 4).le(0x5A, 4).run<12>(0x61);
  if (type == 2) {
    out.raw(unitee::test::sample_report(3));
  } else {
    const auto report = unitee::test::sample_td_report(1);
    for (const std::uint8_t byte : report.bytes()) out.le(byte, 1);
    out.run<160>(0x62);
  }
  out.le(20 + runtime_size, 4).le(1, 4).le(type, 4).le(type == 2 ? 1 : 3, 4).le(runtime_size, 4);
  return out.run<runtime_size>(0x81).zeros(100);
}

constexpr auto snp_1 = sample_hcl(1, 2);
constexpr auto tdx_2 = sample_hcl(2, 4);
constexpr hcl_report of_snp = *hcl_report::parse(snp_1.bytes());
constexpr hcl_report of_tdx = *hcl_report::parse(tdx_2.bytes());

static_assert(snp_1.size == 0x4D4 + runtime_size + 100);
static_assert(of_snp.version() == 1 && of_tdx.version() == 2);
static_assert(of_snp.report_size() == 1313 && of_snp.request_type() == 2 && of_snp.status() == 0x5A);
static_assert(of_snp.data_size() == 97 && of_snp.data_version() == 1 && of_snp.variable_data_size() == 77);
static_assert(of_snp.report_type() == hcl_report_type::snp && of_tdx.report_type() == hcl_report_type::tdx);
static_assert(of_snp.hash_type() == hcl_hash::sha256 && of_tdx.hash_type() == hcl_hash::sha512);
static_assert(unitee::equal(of_snp.bytes(), snp_1.bytes()) && of_snp.bytes().data() == snp_1.storage.data());
static_assert(unitee::equal(of_snp.runtime_data(), unitee::test::run<runtime_size>(0x81)));
static_assert(unitee::equal(of_snp.hardware_report(), unitee::test::sample_report(3)));
static_assert(!of_snp.td_report() && !of_tdx.snp_report());
static_assert(unitee::snp::report::parse(*of_snp.snp_report())->version() == 3);
static_assert(unitee::tdx::td_report::parse(*of_tdx.td_report())->version() == 1);
static_assert(unitee::equal(*of_tdx.td_report(), of_tdx.hardware_report().first<1024>()));

bytes_t sample(std::uint32_t type) {
  const auto out = sample_hcl(type == 2 ? 1 : 2, type);
  return {out.bytes().begin(), out.bytes().end()};
}

std::optional<failure> failure_of(byte_view bytes) {
  const auto parsed = hcl_report::parse(bytes);
  if (parsed) return std::nullopt;
  return parsed.error();
}

failure refused(errc code, std::size_t at) { return {code, at, part::hcl_report}; }

bytes_t with_u32(bytes_t bytes, std::size_t at, std::uint32_t value) {
  for (unsigned i = 0; i < 4; ++i) bytes[at + i] = static_cast<std::uint8_t>(value >> (8 * i));
  return bytes;
}

// expected is what is wrong with a sample in which one byte was changed.
std::optional<failure> expected(const bytes_t& bytes) {
  const auto u32 = [&](std::size_t at) {
    return unitee::load_le<std::uint32_t>(byte_view(bytes).subspan(at).first<4>());
  };
  if (std::string(bytes.begin(), bytes.begin() + 4) != "HCLA") return refused(errc::bad_value, 0);
  if (u32(0x004) != 1 && u32(0x004) != 2) return refused(errc::unsupported_version, 0x004);
  if (u32(0x008) != 1313) return refused(errc::bad_length, 0x008);
  if (u32(0x00C) != 2) return refused(errc::bad_value, 0x00C);
  if (u32(0x4C0) != 97) return refused(errc::bad_length, 0x4C0);
  if (u32(0x4C4) != 1) return refused(errc::unsupported_version, 0x4C4);
  if (u32(0x4C8) != 2 && u32(0x4C8) != 4) return refused(errc::unsupported_format, 0x4C8);
  if (u32(0x4CC) < 1 || u32(0x4CC) > 3) return refused(errc::unsupported_algorithm, 0x4CC);
  if (u32(0x4D0) > bytes.size() - 0x4D4) return refused(errc::bad_length, 0x4D0);
  if (u32(0x4D0) != 77) return refused(errc::bad_length, 0x4C0);
  for (std::size_t at = 0x4D4 + 77; at < bytes.size(); ++at) {
    if (bytes[at] != 0) return refused(errc::reserved_not_zero, at);
  }
  return std::nullopt;
}

}  // namespace

TEST_CASE("every bit of an HCL report is kept or refused where it stands", "[vtpm][hcl_report]") {
  for (const std::uint32_t type : {2u, 4u}) {
    bytes_t bytes = sample(type);
    for (std::size_t at = 0; at < bytes.size(); ++at) {
      for (unsigned bit = 0; bit < 8; ++bit) {
        bytes[at] = static_cast<std::uint8_t>(bytes[at] ^ 1 << bit);
        const auto why = failure_of(bytes);
        if (why != expected(bytes)) {
          CAPTURE(type, at, bit);
          CHECK(why == expected(bytes));
        }
        bytes[at] = static_cast<std::uint8_t>(bytes[at] ^ 1 << bit);
      }
    }
  }
}

TEST_CASE("a cut HCL report is refused unless only zeros are lost", "[vtpm][hcl_report]") {
  for (const std::uint32_t type : {2u, 4u}) {
    const bytes_t bytes = sample(type);
    for (std::size_t size = 0; size < bytes.size(); ++size) {
      const auto why = failure_of(byte_view(bytes).first(size));
      CAPTURE(size);
      if (size < 0x4D4) {
        CHECK(why == refused(errc::truncated, size));
      } else if (size < 0x4D4 + runtime_size) {
        CHECK(why == refused(errc::bad_length, 0x4D0));
      } else {
        CHECK(why == std::nullopt);
      }
    }
  }
}

TEST_CASE("zeros of any number may follow the runtime data, and nothing else", "[vtpm][hcl_report]") {
  bytes_t bytes = sample(2);
  bytes.resize(4096);
  const auto report = hcl_report::parse(bytes);
  REQUIRE(report.has_value());
  CHECK(report->runtime_data().size() == runtime_size);
  CHECK(report->bytes().size() == 4096);
  bytes.back() = 1;
  CHECK(failure_of(bytes) == refused(errc::reserved_not_zero, 4095));
}

TEST_CASE("sizes that leave the blob or contradict each other are refused", "[vtpm][hcl_report]") {
  const bytes_t base = sample(2);
  for (const std::uint32_t size : {178u, 1000u, 0x7FFFFFFFu, 0xFFFFFB2Cu, 0xFFFFFFEBu, 0xFFFFFFECu, 0xFFFFFFFFu}) {
    CHECK(failure_of(with_u32(base, 0x4D0, size)) == refused(errc::bad_length, 0x4D0));
    // Also when the sum that holds in 32 bits is there.
    CHECK(failure_of(with_u32(with_u32(base, 0x4D0, size), 0x4C0, size + 20)) == refused(errc::bad_length, 0x4D0));
    CHECK(failure_of(with_u32(base, 0x4C0, size)) == refused(errc::bad_length, 0x4C0));
    CHECK(failure_of(with_u32(base, 0x008, size)) == refused(errc::bad_length, 0x008));
  }
  // 177 bytes are there: runtime data may end in zeros, or be missing.
  bytes_t whole = with_u32(with_u32(with_u32(base, 0x4D0, 177), 0x4C0, 197), 0x008, 1413);
  CHECK(hcl_report::parse(whole)->runtime_data().size() == 177);
  bytes_t none(with_u32(with_u32(with_u32(base, 0x4D0, 0), 0x4C0, 20), 0x008, 1236));
  CHECK(failure_of(none) == refused(errc::reserved_not_zero, 0x4D4));
  none.resize(0x4D4);
  CHECK(hcl_report::parse(none)->runtime_data().empty());
}

TEST_CASE("the fields of an HCL report are visited in order, without gaps", "[vtpm][hcl_report]") {
  for (const std::uint32_t type : {2u, 4u}) {
    const bytes_t bytes = sample(type);
    std::size_t end = 0;
    for (const auto& field : unitee::test::fields(*hcl_report::parse(bytes))) {
      CAPTURE(field.name);
      CHECK(field.offset == end);
      end += field.size;
      CHECK(field.hex == unitee::test::hex_of(std::span(bytes).subspan(field.offset, field.size)));
    }
    CHECK(end == 0x4D4);
  }
}

TEST_CASE("recorded HCL reports of SNP guests say what is known about them", "[vtpm][hcl_report]") {
  UNITEE_REQUIRE_EVIDENCE();
  unsigned found = 0;
  const auto cases = unitee::test::evidence_manifest("snp").at("cases");
  for (const auto& one : cases) {
    if (one.at("kind") != "azure-hcl") continue;
    CAPTURE(one.at("id").get<std::string>());
    const auto file = [&](const char* name) {
      return unitee::test::evidence_file("snp/" + one.at("files").at(name).get<std::string>());
    };
    const bytes_t bytes = file("hcl_report");
    const auto report = hcl_report::parse(bytes);
    REQUIRE(report.has_value());
    const auto& hcl = one.at("hcl");
    CHECK(hcl.at("signature") == "HCLA");
    CHECK(report->version() == hcl.at("header_version"));
    CHECK(report->report_size() == hcl.at("report_size"));
    CHECK(report->request_type() == hcl.at("request_type"));
    CHECK(report->status() == 0);
    CHECK(report->bytes().size() == hcl.at("blob_size"));
    CHECK(report->data_size() == hcl.at("data_size"));
    CHECK(report->data_version() == hcl.at("data_version"));
    CHECK(static_cast<std::uint32_t>(report->report_type()) == hcl.at("report_type"));
    CHECK(static_cast<std::uint32_t>(report->hash_type()) == hcl.at("hash_type"));
    CHECK(report->variable_data_size() == hcl.at("variable_data_size"));
    CHECK(unitee::equal(report->runtime_data(), file("runtime_data")));
    REQUIRE(report->snp_report().has_value());
    CHECK(unitee::snp::report::parse(*report->snp_report())->version() == one.at("report_version"));
    CHECK_FALSE(report->td_report().has_value());
    ++found;
  }
  CHECK(found == 4);
}

TEST_CASE("the recorded HCL report of a TDX guest says what is known about it", "[vtpm][hcl_report]") {
  UNITEE_REQUIRE_EVIDENCE();
  nlohmann::json fields;
  const auto cases = unitee::test::evidence_manifest("tdx").at("cases");
  for (const auto& one : cases) {
    if (one.at("id") == "azure-2023-evidence") fields = one.at("fields");
  }
  REQUIRE(fields.is_object());
  const bytes_t bytes = unitee::test::evidence_file("tdx/azure/azure-2023/hcl_report.bin");
  const auto report = hcl_report::parse(bytes);
  REQUIRE(report.has_value());
  CHECK(fields.at("hcl_magic") == "HCLA");
  CHECK(report->version() == fields.at("hcl_version"));
  CHECK(report->report_size() == fields.at("hcl_report_size"));
  CHECK(report->request_type() == fields.at("hcl_request_type"));
  CHECK(report->status() == fields.at("hcl_status"));
  CHECK(report->data_size() == fields.at("data_size"));
  CHECK(report->data_version() == fields.at("data_version"));
  CHECK(static_cast<std::uint32_t>(report->report_type()) == fields.at("report_type"));
  CHECK(static_cast<std::uint32_t>(report->hash_type()) == fields.at("hash_type"));
  CHECK(report->variable_data_size() == fields.at("variable_data_size"));
  CHECK(unitee::equal(report->runtime_data(), unitee::test::evidence_file("tdx/azure/azure-2023/variable_data.json")));
  CHECK_FALSE(report->snp_report().has_value());
  REQUIRE(report->td_report().has_value());
  const auto td_report = unitee::tdx::td_report::parse(*report->td_report());
  REQUIRE(td_report.has_value());
  // Hash type 1: report data are the SHA-256 of the runtime data and zeros.
  const auto reportdata = unitee::test::hex_of(td_report->reportdata().value);
  CHECK(reportdata == fields.at("variable_data_sha256").get<std::string>() + std::string(64, '0'));
}

TEST_CASE("no byte of a recorded HCL report can change without notice, but status, reserved and signed ones",
          "[vtpm][hcl_report]") {
  UNITEE_REQUIRE_EVIDENCE();
  bytes_t bytes = unitee::test::evidence_file("tdx/azure/azure-2023/hcl_report.bin");
  for (std::size_t at = 0; at < bytes.size(); ++at) {
    bytes[at] = static_cast<std::uint8_t>(bytes[at] ^ 0x80);
    const bool elsewhere = (0x010 <= at && at < 0x4C0) || (0x4D4 <= at && at < 0x4D4 + 1201);
    if (failure_of(bytes).has_value() == elsewhere) FAIL("offset " << at);
    bytes[at] = static_cast<std::uint8_t>(bytes[at] ^ 0x80);
  }
}

}  // namespace test_hcl_report
