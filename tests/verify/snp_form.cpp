// SPDX-License-Identifier: Apache-2.0
#include <unitee/verify/snp_form.hpp>

#include "support/catch.hpp"
#include "support/sample_report.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>

namespace test_snp_form {

using namespace unitee;
using test::report_bytes;
using test::report_sample;
using test::sample_report;

namespace {

constexpr std::optional<failure> form_of(const report_bytes& bytes) {
  const auto report = snp::report::parse(bytes);
  const auto form = snp::check_form(*report);
  return form ? std::nullopt : std::optional(form.error());
}

// plain is the sample with a KEY_INFO that does not contradict the rest: AUTHOR_KEY_EN, signed by a VCEK.
constexpr report_bytes plain(unsigned version = 5) {
  return report_sample{sample_report(version)}.le(0x48, 4, 1).bytes;
}

// with is the sample with an integer put somewhere, of all versions where that says nothing else.
constexpr std::optional<failure> with(std::size_t offset, std::size_t size, std::uint64_t value, unsigned version = 5) {
  return form_of(report_sample{plain(version)}.le(offset, size, value).bytes);
}

constexpr failure refused(errc code, std::size_t offset) { return {code, offset, part::report}; }

}  // namespace

static_assert(!form_of(plain(2)) && !form_of(plain(3)) && !form_of(plain(4)) && !form_of(plain(5)));
static_assert(with(0x48, 4, 7 << 2) == refused(errc::unsigned_evidence, 0x48));
static_assert(with(0x30, 4, 0xFFFFFFFF) == refused(errc::host_requested, 0x30));

TEST_CASE("the signing key is a VCEK or a VLEK", "[verify][form]") {
  CHECK_FALSE(with(0x48, 4, 1 | 0 << 2));
  CHECK_FALSE(with(0x48, 4, 1 | 1 << 2));
  for (const unsigned others : {0u, 1u, 2u, 3u}) {
    for (unsigned key = 2; key < 7; ++key) CHECK(with(0x48, 4, others | key << 2) == refused(errc::bad_value, 0x48));
    CHECK(with(0x48, 4, others | 7 << 2) == refused(errc::unsigned_evidence, 0x48));
  }
}

TEST_CASE("a VCEK that the host has forbidden has signed nothing", "[verify][form]") {
  constexpr unsigned author_key_en = 1, mask_chip_key = 2, by_vlek = 1 << 2;
  CHECK(with(0x48, 4, author_key_en | mask_chip_key) == refused(errc::bad_value, 0x48));
  CHECK_FALSE(with(0x48, 4, author_key_en | mask_chip_key | by_vlek));
}

TEST_CASE("AUTHOR_KEY_EN says whether there is an author key, who vouches for an ID key", "[verify][form]") {
  const auto digests = [](unsigned author_key_en, bool id, bool author) {
    report_sample out{plain()};
    out.le(0x48, 4, author_key_en);
    if (!id) std::fill_n(out.bytes.begin() + 0x0E0, 48, std::uint8_t{0});
    if (!author) std::fill_n(out.bytes.begin() + 0x110, 48, std::uint8_t{0});
    return form_of(out.bytes);
  };
  CHECK_FALSE(digests(1, true, true));
  CHECK_FALSE(digests(0, true, false));
  CHECK_FALSE(digests(0, false, false));
  CHECK(digests(0, true, true) == refused(errc::bad_value, 0x110));
  CHECK(digests(0, false, true) == refused(errc::bad_value, 0x110));
  CHECK(digests(1, true, false) == refused(errc::bad_value, 0x110));
  CHECK(digests(1, false, true) == refused(errc::bad_value, 0x0E0));
  for (std::size_t bit = 0; bit < 48 * 8; ++bit) {  // any bit makes a digest
    report_sample out{plain()};
    out.le(0x48, 4, 0);
    std::fill_n(out.bytes.begin() + 0x110, 48, std::uint8_t{0});
    out.bytes[0x110 + bit / 8] = static_cast<std::uint8_t>(1u << bit % 8);
    if (form_of(out.bytes) != refused(errc::bad_value, 0x110)) FAIL("bit " << bit);
  }
}

TEST_CASE("reserved bits of KEY_INFO and POLICY are zero, and POLICY's bit 17 is one", "[verify][form]") {
  for (unsigned bit = 5; bit < 32; ++bit)
    CHECK(with(0x48, 4, std::uint64_t{1} << bit) == refused(errc::reserved_not_zero, 0x48));
  for (unsigned bit = 0; bit < 64; ++bit) {
    const auto form = with(0x08, 8, 0x20000 | std::uint64_t{1} << bit);
    if (bit < 26) {
      CHECK_FALSE(form);
    } else {
      CHECK(form == refused(errc::reserved_not_zero, 0x08));
    }
  }
  CHECK(with(0x08, 8, 0) == refused(errc::bad_value, 0x08));
  CHECK(with(0x08, 8, 0x3FDFFFF) == refused(errc::bad_value, 0x08));
}

TEST_CASE("a VMPL is 0 to 3, and the host's is told apart", "[verify][form]") {
  for (unsigned vmpl = 0; vmpl < 4; ++vmpl) CHECK_FALSE(with(0x30, 4, vmpl));
  for (const std::uint64_t vmpl : {4u, 5u, 256u, 0x80000000u, 0xFFFFFFFEu})
    CHECK(with(0x30, 4, vmpl) == refused(errc::bad_value, 0x30));
  CHECK(with(0x30, 4, 0xFFFFFFFF) == refused(errc::host_requested, 0x30));
}

TEST_CASE("a processor that is not in the table is unsupported, and so is one that nothing verifies",
          "[verify][form]") {
  for (const unsigned version : {3u, 4u, 5u}) {
    for (const unsigned id : {0x0119u, 0x1119u, 0xA019u, 0x021Au}) CHECK_FALSE(with(0x188, 2, id, version));
    for (const unsigned id : {0x0000u, 0x3117u, 0x2019u, 0xB019u, 0x121Au, 0x501Au, 0x001Bu}) {
      CHECK(with(0x188, 2, id, version) == refused(errc::unsupported_product, 0x188));
    }
  }
}

TEST_CASE("TCB versions are in order in every byte: reported, committed, current, and launch, current",
          "[verify][form]") {
  for (std::size_t at = 0; at < 8; ++at) {
    const auto bytes = [&](std::uint8_t reported, std::uint8_t committed, std::uint8_t launch, std::uint8_t current) {
      report_sample out{plain()};
      for (const std::size_t field : {0x180u, 0x1E0u, 0x1F0u, 0x038u}) out.le(field, 8, 0x0505050505050505);
      out.bytes[0x180 + at] = reported;
      out.bytes[0x1E0 + at] = committed;
      out.bytes[0x1F0 + at] = launch;
      out.bytes[0x038 + at] = current;
      return form_of(out.bytes);
    };
    CHECK_FALSE(bytes(5, 5, 5, 5));
    CHECK_FALSE(bytes(0, 1, 2, 255));
    CHECK_FALSE(bytes(4, 6, 0, 6));  // launched before an update was committed
    CHECK(bytes(6, 5, 5, 6) == refused(errc::tcb_order, 0x180));
    CHECK(bytes(128, 127, 5, 128) == refused(errc::tcb_order, 0x180));
    CHECK(bytes(5, 6, 5, 5) == refused(errc::tcb_order, 0x1E0));
    CHECK(bytes(5, 5, 6, 5) == refused(errc::tcb_order, 0x1F0));
  }
}

TEST_CASE("the committed firmware version is not above the current one", "[verify][form]") {
  const auto versions = [](std::uint32_t committed, std::uint32_t current) {  // 0xMMmmbb, stored build first
    return form_of(report_sample{plain()}.le(0x1EC, 3, committed).le(0x1E8, 3, current).bytes);
  };
  CHECK_FALSE(versions(0x013A01, 0x013A01));
  CHECK_FALSE(versions(0x0137FF, 0x013A00));
  CHECK_FALSE(versions(0x00FFFF, 0x010000));
  CHECK(versions(0x013A02, 0x013A01) == refused(errc::tcb_order, 0x1EC));
  CHECK(versions(0x013B00, 0x013AFF) == refused(errc::tcb_order, 0x1EC));
  CHECK(versions(0x020000, 0x01FFFF) == refused(errc::tcb_order, 0x1EC));
}

}  // namespace test_snp_form
