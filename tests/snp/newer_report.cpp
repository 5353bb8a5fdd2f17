// SPDX-License-Identifier: Apache-2.0
#include <unitee/snp/newer_report.hpp>

#include "support/catch.hpp"
#include "support/sample_report.hpp"

#include <algorithm>
#include <cstdint>
#include <string>
#include <vector>

namespace test_newer_report {

using unitee::byte_view;
using unitee::errc;
using unitee::failure;
using unitee::part;
using unitee::snp::newer_report;
using unitee::test::report_bytes;
using unitee::test::sample_report;

namespace {

constexpr report_bytes of_version(std::uint32_t version) {
  report_bytes out = sample_report();
  for (std::size_t i = 0; i < 4; ++i) out[i] = static_cast<std::uint8_t>(version >> (8 * i));
  return out;
}

}  // namespace

static_assert(newer_report::parse(of_version(6))->version() == 6);
static_assert(newer_report::parse(of_version(6))->policy().value == 0x3011F);

TEST_CASE("of a report of a newer version the fields that every version shares can be read", "[snp][newer_report]") {
  for (const std::uint32_t version : {6U, 7U, 0x10000U, 0xFFFFFFFFU}) {
    const report_bytes bytes = of_version(version);
    const auto newer = newer_report::parse(bytes);
    REQUIRE(newer);
    CHECK(newer->version() == version);
    CHECK(std::ranges::equal(newer->report_data().value, byte_view(bytes).subspan(0x050, 64)));
    CHECK(std::ranges::equal(newer->measurement().value, byte_view(bytes).subspan(0x090, 48)));
    CHECK(std::ranges::equal(newer->host_data().value, byte_view(bytes).subspan(0x0C0, 32)));
  }
}

TEST_CASE("no TCB version is read from a report of a newer version, which may lay it out in another way",
          "[snp][newer_report]") {
  const auto newer = newer_report::parse(of_version(6));
  REQUIRE(newer);
  std::vector<std::string> names;
  newer->for_each_field([&](auto row, const auto&) { names.emplace_back(row.name); });
  const std::vector<std::string> shared{
      "version",        "guest_svn",         "policy",    "family_id",   "image_id",    "vmpl",
      "signature_algo", "platform_info",     "key_info",  "report_data", "measurement", "host_data",
      "id_key_digest",  "author_key_digest", "report_id", "report_id_ma"};
  CHECK(names == shared);
}

TEST_CASE("a report that this library reads is not newer, and one that never was in use is unsupported",
          "[snp][newer_report]") {
  for (std::uint32_t version = 2; version <= 5; ++version) {
    CHECK(newer_report::parse(of_version(version)).error() == failure{errc::bad_value, 0, part::report});
  }
  for (std::uint32_t version = 0; version < 2; ++version) {
    CHECK(newer_report::parse(of_version(version)).error() == failure{errc::unsupported_version, 0, part::report});
  }
}

TEST_CASE("a newer report may be of any length that holds the shared fields", "[snp][newer_report]") {
  const report_bytes bytes = of_version(6);
  for (std::size_t size = 0; size <= bytes.size(); ++size) {
    const auto newer = newer_report::parse(byte_view(bytes).first(size));
    if (size >= newer_report::shared_size) {
      CHECK(newer);
    } else if (newer.error() != failure{errc::truncated, size, part::report}) {
      FAIL("size " << size);
    }
  }
}

}  // namespace test_newer_report
