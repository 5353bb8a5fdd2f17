// SPDX-License-Identifier: Apache-2.0
#include <unitee/tdx/td_report.hpp>

#include "support/catch.hpp"
#include "support/fields.hpp"
#include "support/sample_quote.hpp"

#include <cstddef>
#include <cstdint>
#include <string>

namespace test_td_report {

using namespace unitee;

namespace {

// reads_back compares every field of a TD report with what was put into it.
constexpr bool reads_back(unsigned version) {
  const auto sample = test::sample_td_report(version);
  const auto parsed = tdx::td_report::parse(sample.bytes());
  if (!parsed || sample.size != 1024 || !equal(parsed->bytes(), sample.bytes())) return false;
  const tdx::td_report& report = *parsed;
  const bool mac_struct = report.version() == version && report.cpusvn().value == test::run<16>(0x10) &&
                          report.tee_tcb_info_hash().value == test::run<48>(0x11) &&
                          report.tee_info_hash().value == test::run<48>(0x12) &&
                          report.reportdata().value == test::run<64>(0x13) && report.mac().value == test::run<32>(0x14);
  const bool tcb_info =
      report.valid() == 0x301ff && report.tee_tcb_svn().value == test::run<16>(0x15) &&
      report.mrseam().value == test::run<48>(0x16) && report.mrsignerseam().value == test::run<48>(0x17) &&
      report.seamattributes() == 0x1817161514131211 && report.tee_tcb_svn_2()->value == test::run<16>(0x18) &&
      equal(report.tee_tcb_info_bytes(), sample.bytes().subspan(256, 239));
  const bool td_info =
      report.tdattributes() == tdx::td_attributes{0x10000000} && report.xfam() == tdx::td_xfam{0x61ae7} &&
      report.mrtd().value == test::run<48>(0x1a) && report.mrconfigid().value == test::run<48>(0x1b) &&
      report.mrowner().value == test::run<48>(0x1c) && report.mrownerconfig().value == test::run<48>(0x1d) &&
      report.rtmr0().value == test::run<48>(0x1e) && report.rtmr1().value == test::run<48>(0x1f) &&
      report.rtmr2().value == test::run<48>(0x20) && report.rtmr3().value == test::run<48>(0x21) &&
      report.rtmrs()[0] == report.rtmr0() && report.rtmrs()[1] == report.rtmr1() &&
      report.rtmrs()[2] == report.rtmr2() && report.rtmrs()[3] == report.rtmr3() &&
      report.servtd_hash().has_value() == (version > 0) &&
      (version == 0 || report.servtd_hash()->value == test::run<48>(0x22)) &&
      equal(report.tee_info_bytes(), sample.bytes().subspan(512, 512));
  const bool tail = version < 3 ? !report.td_id() && !report.vmid() && !report.valid_flags()
                                : report.td_id()->value == test::run<32>(0x24) && *report.vmid() == 0x26 &&
                                      *report.valid_flags() == 0x2b2a2928;
  return mac_struct && tcb_info && td_info && tail;
}
static_assert(reads_back(0) && reads_back(1) && reads_back(2) && reads_back(3));

constexpr failure refusal(errc code, std::size_t offset) { return {code, offset, part::td_report}; }

result<tdx::td_report> parse(const test::sample& sample) { return tdx::td_report::parse(sample.bytes()); }

}  // namespace

TEST_CASE("a TD report has exactly 1024 bytes", "[tdx][td_report]") {
  for (unsigned version = 0; version < 4; ++version) {
    const auto sample = test::sample_td_report(version);
    for (std::size_t n = 0; n < sample.size; ++n)
      REQUIRE(parse(sample.first(n)).error() == refusal(errc::truncated, n));
    REQUIRE(parse(sample));
    for (std::size_t n = 1025; n < 1100; ++n)
      REQUIRE(parse(sample.first(n)).error() == refusal(errc::trailing_data, 1024));
  }
}

TEST_CASE("a type other than TDX is refused, whatever follows it", "[tdx][td_report]") {
  const auto sample = test::sample_td_report(1);
  for (unsigned type = 0; type < 256; ++type) {
    if (type == 0x81) continue;
    CHECK(parse(sample.with(0, type, 1)).error() == refusal(errc::bad_value, 0));
    CHECK(parse(sample.with(0, type, 1).first(1)).error() == refusal(errc::bad_value, 0));
  }
}

TEST_CASE("a subtype other than 0 and a version above 3 are newer than this library", "[tdx][td_report]") {
  const auto sample = test::sample_td_report(1);
  for (unsigned value = 0; value < 256; ++value) {
    const auto subtype = parse(sample.with(1, value, 1));
    REQUIRE(subtype.has_value() == (value == 0));
    if (!subtype) REQUIRE(subtype.error() == refusal(errc::unsupported_version, 1));
    const auto version = parse(sample.with(2, value, 1));
    REQUIRE(version.has_value() == (value <= 3));
    if (!version) REQUIRE(version.error() == refusal(errc::unsupported_version, 2));
  }
}

TEST_CASE("every byte of a TD report is kept, or must be zero and is refused", "[tdx][td_report]") {
  for (unsigned version = 0; version < 4; ++version) {
    const auto sample = test::sample_td_report(version);
    for (std::size_t at = 3; at < 1024; ++at) {
      const bool zero = (at < 16) || (at >= 192 && at < 224) || (at >= 495 && at < 512);
      const auto other = static_cast<std::uint8_t>(sample.storage[at] ^ 0x80);
      const auto edited = sample.with(at, other, 1);
      const auto answer = parse(edited);
      CAPTURE(version, at);
      REQUIRE(answer.has_value() == !zero);
      if (zero) {
        REQUIRE(answer.error() == refusal(errc::reserved_not_zero, at));
      } else {
        REQUIRE(equal(answer->bytes(), edited.bytes()));
      }
    }
  }
}

TEST_CASE("TEE_TCB_SVN_2 is unknown, not zero, unless both of its bits are valid", "[tdx][td_report]") {
  const auto sample = test::sample_td_report(1);
  for (const std::uint64_t valid : {0x1ffU, 0x101ffU, 0x201ffU, 0x0U}) {
    CHECK(!parse(sample.with(256, valid, 8))->tee_tcb_svn_2());
  }
  CHECK(parse(sample.with(256, 0x30000, 8))->tee_tcb_svn_2());
}

TEST_CASE("the fields of a TD report are visited in order and cover all that need not be zero", "[tdx][td_report]") {
  for (unsigned version = 0; version < 4; ++version) {
    const auto report = parse(test::sample_td_report(version));
    REQUIRE(report);
    std::string rebuilt(2048, '0');
    std::size_t end = 0, size = 0;
    for (const auto& field : test::fields(*report)) {
      CHECK(field.offset >= end);
      end = field.offset + field.size;
      size += field.size;
      rebuilt.replace(2 * field.offset, field.hex.size(), field.hex);
    }
    CHECK(size == 1024 - 62);
    CHECK(rebuilt == test::hex_of(report->bytes()));
    CHECK(test::field_hex(test::fields(*report), "vmid") == (version == 3 ? "26" : "no such field"));
  }
}

}  // namespace test_td_report
