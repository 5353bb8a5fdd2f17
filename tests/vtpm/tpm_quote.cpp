// SPDX-License-Identifier: Apache-2.0
#include <unitee/vtpm/tpm_quote.hpp>

#include "support/catch.hpp"
#include "support/edits.hpp"
#include "support/evidence.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace test_tpm_quote {

using namespace unitee;
using unitee::test::bytes_of_hex;
using unitee::test::hex_of;
using vtpm::pcr_hash;
using vtpm::tpm_quote;

namespace {

using bytes_t = std::vector<std::uint8_t>;

// A quote of PCR 0, 9 and 23 of SHA-256, none of SHA-1, and PCR 31 of SHA-512, with a value of its own in each field.
constexpr std::array<std::uint8_t, 90> sample{
    0xFF, 0x54, 0x43, 0x47, 0x80, 0x18,              // magic, type
    0x00, 0x04, 0x81, 0x00, 0x00, 0x03,              // qualifiedSigner
    0x00, 0x03, 0x0A, 0x0B, 0x0C,                    // extraData
    0x11, 0x12, 0x13, 0x14, 0x15, 0x16, 0x17, 0x18,  // clock
    0x21, 0x22, 0x23, 0x24, 0x31, 0x32, 0x33, 0x34,  // resetCount, restartCount
    0x01,                                            // safe
    0x41, 0x42, 0x43, 0x44, 0x45, 0x46, 0x47, 0x48,  // firmwareVersion
    0x00, 0x00, 0x00, 0x03,                          // pcrSelect
    0x00, 0x0B, 0x03, 0x01, 0x02, 0x80,              //
    0x00, 0x04, 0x03, 0x00, 0x00, 0x00,              //
    0x00, 0x0D, 0x04, 0x00, 0x00, 0x00, 0x80,        //
    0x00, 0x14, 0x51, 0x52, 0x53, 0x54, 0x55, 0x56, 0x57, 0x58, 0x59,
    0x5A, 0x5B, 0x5C, 0x5D, 0x5E, 0x5F, 0x60, 0x61, 0x62, 0x63, 0x64};  // pcrDigest

constexpr std::size_t size = 87;
constexpr byte_view view() { return byte_view(sample).first(size); }
constexpr tpm_quote quote = *tpm_quote::parse(view());

static_assert(quote.bytes().data() == sample.data() && quote.bytes().size() == size);
static_assert(quote.magic() == 0xFF544347 && quote.type() == 0x8018);
static_assert(equal(quote.qualified_signer(), view().subspan(8, 4)) && quote.offset_of(quote.qualified_signer()) == 8);
static_assert(equal(quote.extra_data(), view().subspan(14, 3)) && quote.offset_of(quote.extra_data()) == 14);
static_assert(quote.clock_offset() == 17 && quote.clock() == 0x1112131415161718);
static_assert(quote.reset_count() == 0x21222324 && quote.restart_count() == 0x31323334);
static_assert(quote.safe() && quote.firmware_version() == 0x4142434445464748);
static_assert(quote.bank(pcr_hash::sha256)->offset == 46 && quote.bank(pcr_hash::sha1)->offset == 52);
static_assert(quote.bank(pcr_hash::sha512)->offset == 58 && !quote.bank(pcr_hash::sha384));
static_assert(quote.bank(pcr_hash::sha256)->has(0) && quote.bank(pcr_hash::sha256)->has(9));
static_assert(quote.bank(pcr_hash::sha256)->has(23) && quote.bank(pcr_hash::sha512)->has(31));
static_assert(quote.offset_of(quote.pcr_digest()) == 67 && quote.pcr_digest().size() == 20);
static_assert(name(pcr_hash::sha384) == std::string_view("sha384") && name(pcr_hash{0x12}) == nullptr);

std::optional<failure> failure_of(byte_view bytes) {
  const auto parsed = tpm_quote::parse(bytes);
  if (parsed) return std::nullopt;
  return parsed.error();
}

}  // namespace

TEST_CASE("a selection has the PCRs whose bits are set, and no others", "[vtpm][tpm_quote]") {
  std::string selected;
  quote.for_each_bank([&](const vtpm::pcr_selection& bank) {
    selected += name(bank.hash);
    for (std::size_t pcr = 0; pcr < 1000; ++pcr) {
      if (bank.has(pcr)) selected += " " + std::to_string(pcr);
    }
    selected += ";";
  });
  CHECK(selected == "sha256 0 9 23;sha1;sha512 31;");
}

TEST_CASE("a cut TPM quote is refused where it ends, and a longer one where it should", "[vtpm][tpm_quote]") {
  for (std::size_t n = 0; n < size; ++n) {
    CHECK(failure_of(view().first(n)) == failure{errc::truncated, n, part::tpm_quote});
  }
  CHECK(failure_of(view()) == std::nullopt);
  for (std::size_t n = size + 1; n <= sample.size(); ++n) {
    CHECK(failure_of(byte_view(sample).first(n)) == failure{errc::trailing_data, size, part::tpm_quote});
  }
}

TEST_CASE("every value of every byte of a TPM quote is kept or refused", "[vtpm][tpm_quote]") {
  bytes_t bytes(view().begin(), view().end());
  for (std::size_t at = 0; at < size; ++at) {
    for (unsigned value = 0; value < 256; ++value) {
      bytes[at] = static_cast<std::uint8_t>(value);
      const auto why = failure_of(bytes);
      CAPTURE(at, value);
      if (why) {
        CHECK(why->in == part::tpm_quote);
        CHECK(why->offset <= size);
        CHECK(class_of(why->code) <= failure_class::unsupported);
      }
      // Values that nothing in the format forbids are those inside of the names, numbers, selections and digests.
      const bool free = (at >= 8 && at < 12) || (at >= 14 && at < 33) || (at >= 34 && at < 42) ||
                        (at >= 49 && at < 52) || (at >= 55 && at < 58) || (at >= 61 && at < 65) || at >= 67;
      if (free || value == sample[at] || (at == 33 && value < 2) || (at == 47 && value == 0x0C) ||
          (at == 53 && value == 0x0C) || (at == 59 && value == 0x0C)) {
        CHECK(why == std::nullopt);
      } else {
        CHECK(why != std::nullopt);
      }
    }
    bytes[at] = sample[at];
  }
}

TEST_CASE("recorded TPM quotes say what is known about them", "[vtpm][tpm_quote]") {
  UNITEE_REQUIRE_EVIDENCE();
  std::size_t found = 0;
  const auto snp = test::evidence_manifest("snp");
  for (const auto& one : snp.at("cases")) {
    if (!one.contains("tpm_quote")) continue;
    CAPTURE(one.at("id").get<std::string>());
    const auto bytes = test::evidence_file("snp/" + one.at("files").at("tpm_quote_message").get<std::string>());
    const auto parsed = tpm_quote::parse(bytes);
    REQUIRE(parsed);
    const auto& known = one.at("tpm_quote");
    CHECK(hex_of(parsed->qualified_signer()) == known.at("qualified_signer"));
    CHECK(hex_of(parsed->extra_data()) == known.at("extra_data"));
    CHECK(hex_of(parsed->pcr_digest()) == known.at("pcr_digest"));
    CHECK(known.at("pcr_bank") == "sha256");
    std::size_t banks = 0;
    parsed->for_each_bank([&](const auto&) { ++banks; });
    CHECK(banks == 1);
    REQUIRE(parsed->bank(pcr_hash::sha256));
    CHECK(hex_of(parsed->bank(pcr_hash::sha256)->select) == known.at("pcr_select"));
    for (std::size_t n = 0; n < bytes.size(); ++n) {
      CHECK(failure_of(byte_view(bytes).first(n)) == failure{errc::truncated, n, part::tpm_quote});
    }
    ++found;
  }
  CHECK(found == 3);
  const auto tdx = test::evidence_manifest("tdx");
  for (const auto& one : tdx.at("cases")) {
    if (one.at("id") != "azure-2023-evidence") continue;
    const auto bytes = test::evidence_file("tdx/azure/azure-2023/tpm_quote_message.bin");
    const auto parsed = tpm_quote::parse(bytes);
    REQUIRE(parsed);
    const auto& known = one.at("fields");
    CHECK(parsed->magic() == std::stoul(known.at("tpm_magic").get<std::string>(), nullptr, 16));
    CHECK(parsed->type() == std::stoul(known.at("tpm_type").get<std::string>(), nullptr, 16));
    CHECK(hex_of(parsed->extra_data()) == known.at("tpm_extra_data"));
    CHECK(hex_of(parsed->bank(pcr_hash::sha256)->select) == known.at("tpm_pcr_selection")[0][1]);
    CHECK(hex_of(parsed->pcr_digest()) == known.at("tpm_pcr_digest"));
    ++found;
  }
  CHECK(found == 4);
}

}  // namespace test_tpm_quote
