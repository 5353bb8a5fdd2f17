// SPDX-License-Identifier: Apache-2.0
#include <unitee/snp/kds.hpp>

#include "support/catch.hpp"
#include "support/evidence.hpp"
#include "support/sample_report.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace test_kds {

using unitee::errc;
using unitee::failure;
using unitee::part;
using unitee::test::sample_report;
namespace snp = unitee::snp;

static_assert(snp::chain_address(snp::signing_key_kind::vcek, snp::generation::milan).text() ==
              "https://kdsintf.amd.com/vcek/v1/Milan/cert_chain");
static_assert(snp::chain_address(snp::signing_key_kind::vlek, snp::generation::milan).text() ==
              "https://kdsintf.amd.com/vlek/v1/Milan/cert_chain");
static_assert(snp::crl_address(snp::signing_key_kind::vcek, snp::generation::genoa).text() ==
              "https://kdsintf.amd.com/vcek/v1/Genoa/crl");
static_assert(snp::crl_address(snp::signing_key_kind::vlek, snp::generation::turin).text() ==
              "https://kdsintf.amd.com/vlek/v1/Turin/crl");

namespace {

using bytes_t = std::vector<std::uint8_t>;

// report_with is a report with this chip id and this REPORTED_TCB.
snp::report report_with(const bytes_t& chip_id, const std::array<std::uint8_t, 8>& reported_tcb) {
  auto bytes = sample_report();
  std::fill(bytes.begin() + 0x1A0, bytes.begin() + 0x1E0, std::uint8_t{0});
  std::ranges::copy(chip_id, bytes.begin() + 0x1A0);
  std::ranges::copy(reported_tcb, bytes.begin() + 0x180);
  return *snp::report::parse(bytes);
}

std::string address(const snp::report& report, snp::generation id) {
  const auto out = snp::vcek_address(report, id);
  REQUIRE(out.has_value());
  return std::string(out->text());
}

constexpr std::array<std::uint8_t, 8> milan_tcb = {4, 0, 0, 0, 0, 0, 24, 219};
constexpr std::array<std::uint8_t, 8> turin_tcb = {2, 3, 4, 5, 0, 0, 0, 81};

}  // namespace

TEST_CASE("a VCEK is addressed by chip id and reported TCB", "[snp][kds]") {
  const auto report = report_with(bytes_t(64, 0xAB), milan_tcb);
  std::string digits;
  for (int i = 0; i < 64; ++i) digits += "ab";
  const std::string query = "?blSPL=4&teeSPL=0&snpSPL=24&ucodeSPL=219";
  CHECK(address(report, snp::generation::milan) == "https://kdsintf.amd.com/vcek/v1/Milan/" + digits + query);
  CHECK(address(report, snp::generation::genoa) == "https://kdsintf.amd.com/vcek/v1/Genoa/" + digits + query);
  CHECK(snp::vcek_address(*snp::report::parse(sample_report()), snp::generation::milan)->text().ends_with(query));
}

TEST_CASE("a Turin VCEK is addressed by the first 8 bytes and the FMC, too", "[snp][kds]") {
  const auto report = report_with({0x01, 0x23, 0x45, 0x67, 0x89, 0xAB, 0xCD, 0xEF}, turin_tcb);
  CHECK(address(report, snp::generation::turin) ==
        "https://kdsintf.amd.com/vcek/v1/Turin/0123456789abcdef?fmcSPL=2&blSPL=3&teeSPL=4&snpSPL=5&ucodeSPL=81");
}

TEST_CASE("the longest address fits", "[snp][kds]") {
  const std::array<std::uint8_t, 8> highest = {255, 255, 255, 255, 255, 255, 255, 255};
  const auto report = report_with(bytes_t(64, 0xFF), highest);
  CHECK(address(report, snp::generation::genoa).ends_with("f?blSPL=255&teeSPL=255&snpSPL=255&ucodeSPL=255"));
  CHECK(address(report, snp::generation::turin).ends_with("f?fmcSPL=255&blSPL=255&teeSPL=255&snpSPL=255&ucodeSPL=255"));
}

TEST_CASE("a level is written in decimal without padding", "[snp][kds]") {
  for (unsigned level = 0; level < 256; ++level) {
    std::array<std::uint8_t, 8> tcb = milan_tcb;
    tcb[6] = static_cast<std::uint8_t>(level);
    const std::string text = address(report_with(bytes_t(64, 1), tcb), snp::generation::milan);
    CHECK(text.find("&snpSPL=" + std::to_string(level) + "&") != std::string::npos);
  }
}

TEST_CASE("a chip id that is zero has no address", "[snp][kds]") {
  const failure missing{errc::missing, 0x1A0, part::report};
  for (const snp::product& p : snp::products) {
    CHECK(snp::vcek_address(report_with({}, milan_tcb), p.id).error() == missing);
  }
  // On Turin only the first 8 bytes are the id.
  bytes_t other(64, 0);
  other[8] = 1;
  CHECK(snp::vcek_address(report_with(other, turin_tcb), snp::generation::turin).error() == missing);
  CHECK(snp::vcek_address(report_with(other, milan_tcb), snp::generation::milan).has_value());
  // Nobody knows how long an id of Venice is.
  CHECK(snp::vcek_address(report_with(bytes_t(64, 0xAB), {}), snp::generation::venice).error() == missing);
}

TEST_CASE("recorded VCEK reports have the address that their fields make", "[snp][kds]") {
  UNITEE_REQUIRE_EVIDENCE();
  const auto cases = unitee::test::evidence_manifest("snp").at("cases");
  CHECK(cases.size() == 13);
  for (const auto& one : cases) {
    CAPTURE(one.at("id").get<std::string>());
    const bool azure = one.at("kind") == "azure-hcl";
    bytes_t bytes =
        unitee::test::evidence_file("snp/" + one.at("files").at(azure ? "hcl_report" : "report").get<std::string>());
    if (azure) bytes = bytes_t(bytes.begin() + 0x20, bytes.begin() + 0x20 + 1184);
    const std::string product = one.at("key_generation");
    const auto made = snp::vcek_address(*snp::report::parse(bytes), *snp::generation_named(product));
    REQUIRE(made.has_value() == (one.at("vek") == "VCEK"));
    if (!made) {
      CHECK(made.error() == failure{errc::missing, 0x1A0, part::report});
      continue;
    }
    const auto& parts = one.at("fields").at("reported_tcb_parts");
    const auto level = [&](const char* part) { return std::to_string(parts.at(part).get<int>()); };
    const bool turin = product == "Turin";
    CHECK(made->text() == "https://kdsintf.amd.com/vcek/v1/" + product + "/" +
                              one.at("fields").at("chip_id").get<std::string>().substr(0, turin ? 16 : 128) +
                              (turin ? "?fmcSPL=" + level("fmc") + "&" : "?") + "blSPL=" + level("bootloader") +
                              "&teeSPL=" + level("tee") + "&snpSPL=" + level("snp") +
                              "&ucodeSPL=" + level("microcode"));
  }
}

}  // namespace test_kds
