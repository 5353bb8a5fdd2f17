// SPDX-License-Identifier: Apache-2.0
#include <unitee/snp/report.hpp>

#include "support/catch.hpp"
#include "support/edits.hpp"
#include "support/evidence.hpp"
#include "support/fields.hpp"
#include "support/sample_report.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace test_report {

using unitee::errc;
using unitee::failure;
using unitee::part;
using unitee::test::sample_report;
namespace snp = unitee::snp;

namespace {

// counting is bytes that count up from `first`.
template <class Fixed>
constexpr Fixed counting(unsigned first) {
  Fixed out;
  for (std::size_t i = 0; i < out.size(); ++i) out.value[i] = static_cast<std::uint8_t>(first + i);
  return out;
}

constexpr snp::tcb_version tcb(std::uint8_t boot_loader, std::uint8_t tee, std::uint8_t level, std::uint8_t microcode) {
  return {{boot_loader, tee, 0, 0, 0, 0, level, microcode}};
}

constexpr bool every_field_reads_back(std::uint32_t version) {
  const auto bytes = sample_report(version);
  const auto parsed = snp::report::parse(bytes);
  if (!parsed) return false;
  const snp::report& report = *parsed;
  const bool has_cpuid = version >= 3, has_mitigations = version == 5;
  return report.version() == version && report.guest_svn() == 0x01020304 && report.policy().value == 0x3011F &&
         report.family_id() == counting<snp::family_id>(0x11) && report.image_id() == counting<snp::image_id>(0x12) &&
         report.vmpl() == 2 && report.signature_algo() == 1 && report.current_tcb() == tcb(5, 2, 0x1D, 0xDE) &&
         report.platform_info().value == 0x27 && report.key_info().value == 3 &&
         report.report_data() == counting<snp::report_data>(0x13) &&
         report.measurement() == counting<snp::measurement>(0x14) &&
         report.host_data() == counting<snp::host_data>(0x15) &&
         report.id_key_digest() == counting<snp::key_digest>(0x16) &&
         report.author_key_digest() == counting<snp::key_digest>(0x17) &&
         report.report_id() == counting<snp::report_id>(0x18) &&
         report.report_id_ma() == counting<snp::report_id>(0x19) && report.reported_tcb() == tcb(4, 0, 0x18, 0xDB) &&
         report.cpuid() == (has_cpuid ? std::optional(snp::cpuid{0x19, 0x01, 0x02}) : std::nullopt) &&
         report.chip_id() == counting<snp::chip_id>(0x1A) && report.committed_tcb() == tcb(4, 1, 0x19, 0xDC) &&
         report.current_version() == snp::firmware_version{6, 58, 37} &&
         report.committed_version() == snp::firmware_version{5, 55, 29} &&
         report.launch_tcb() == tcb(4, 2, 0x1A, 0xDD) &&
         report.launch_mit_vector() == (has_mitigations ? std::optional(0x1B1C1D1E1F20210Bu) : std::nullopt) &&
         report.current_mit_vector() == (has_mitigations ? std::optional(0x2B2C2D2E2F30310Fu) : std::nullopt) &&
         unitee::equal(report.signature_r().view().first<48>(), counting<snp::measurement>(0x30).value) &&
         unitee::equal(report.signature_s().view().first<48>(), counting<snp::measurement>(0x31).value) &&
         unitee::all_zero(report.signature_r().view().subspan<48>()) &&
         unitee::all_zero(report.signature_s().view().subspan<48>()) &&
         report.layout() == snp::tcb_layout::milan_genoa && unitee::equal(report.bytes(), bytes) &&
         unitee::equal(report.signed_bytes(), std::span(bytes).first<0x2A0>()) &&
         *snp::report::parse(report.bytes()) == report;
}

static_assert(every_field_reads_back(2));
static_assert(every_field_reads_back(3));
static_assert(every_field_reads_back(4));
static_assert(every_field_reads_back(5));
static_assert(sizeof(snp::report) == snp::report::size);

constexpr std::uint32_t versions[] = {2, 3, 4, 5};

using bytes_t = std::vector<std::uint8_t>;

bytes_t sample(std::uint32_t version) {
  const auto bytes = sample_report(version);
  return {bytes.begin(), bytes.end()};
}

// must_be_zero restates the reserved ranges of each version and those of the signature.
bool must_be_zero(std::uint32_t version, std::size_t at) {
  const auto within = [at](std::size_t first, std::size_t last) { return first <= at && at <= last; };
  return within(0x04C, 0x04F) || within(version == 2 ? 0x188 : 0x18B, 0x19F) || at == 0x1EB || at == 0x1EF ||
         within(version == 5 ? 0x208 : 0x1F8, 0x29F) || within(0x2D0, 0x2E7) || within(0x318, 0x32F) ||
         within(0x330, 0x49F);
}

// expected is what is wrong with 1184 bytes that are wrong in one place at most.
std::optional<failure> expected(const bytes_t& bytes) {
  const std::uint32_t version = unitee::load_le<std::uint32_t>(std::span(bytes).first<4>());
  if (version < 2 || version > 5) return failure{errc::unsupported_version, 0, part::report};
  if (bytes[0x34] != 1 || bytes[0x35] != 0 || bytes[0x36] != 0 || bytes[0x37] != 0) {
    return failure{errc::unsupported_algorithm, 0x34, part::report};
  }
  for (std::size_t at = 0; at < bytes.size(); ++at) {
    if (bytes[at] != 0 && must_be_zero(version, at)) return failure{errc::reserved_not_zero, at, part::report};
  }
  return std::nullopt;
}

std::optional<failure> failure_of(const bytes_t& bytes) {
  const auto parsed = snp::report::parse(bytes);
  if (parsed) return std::nullopt;
  return parsed.error();
}

std::size_t number(const std::string& text) { return std::stoull(text, nullptr, 16); }

}  // namespace

TEST_CASE("every bit of a report is a field's, or refused where it stands", "[snp][report]") {
  for (const std::uint32_t version : versions) {
    bytes_t bytes = sample(version);
    for (std::size_t at = 0; at < bytes.size(); ++at) {
      for (unsigned bit = 0; bit < 8; ++bit) {
        bytes[at] = static_cast<std::uint8_t>(bytes[at] ^ 1 << bit);
        const auto why = failure_of(bytes);
        if (why != expected(bytes)) {
          CAPTURE(version, at, bit);
          CHECK(why == expected(bytes));
        }
        if (!why) {
          const auto parsed = snp::report::parse(bytes);
          if (!unitee::equal(parsed->bytes(), bytes)) FAIL("bytes() differ at " << at);
        }
        bytes[at] = static_cast<std::uint8_t>(bytes[at] ^ 1 << bit);
      }
    }
  }
}

TEST_CASE("a report has 1184 bytes, not fewer and not more", "[snp][report]") {
  for (const std::uint32_t version : versions) {
    bytes_t bytes = sample(version);
    for (std::size_t size = 0; size < bytes.size(); ++size) {
      const auto parsed = snp::report::parse(std::span(bytes).first(size));
      REQUIRE_FALSE(parsed.has_value());
      CHECK(parsed.error() == failure{errc::truncated, size, part::report});
    }
    bytes.push_back(0);
    CHECK(failure_of(bytes) == failure{errc::trailing_data, 1184, part::report});
    bytes.resize(4000);  // the response of the guest device
    CHECK(failure_of(bytes) == failure{errc::trailing_data, 1184, part::report});
  }
}

TEST_CASE("any other version is unsupported, whatever its length is", "[snp][report]") {
  const failure unsupported{errc::unsupported_version, 0, part::report};
  bytes_t bytes = sample(5);
  const auto check = [&](std::uint32_t version) {
    for (unsigned i = 0; i < 4; ++i) bytes[i] = static_cast<std::uint8_t>(version >> (8 * i));
    if (failure_of(bytes) != unsupported) FAIL("version " << version);
  };
  check(0);
  check(1);
  for (std::uint32_t version = 6; version < 0x20000; ++version) check(version);
  for (unsigned bit = 3; bit < 32; ++bit) {
    for (std::uint32_t low = 0; low < 6; ++low) check((std::uint32_t{1} << bit) + low);
  }
  check(0xFFFFFFFF);
  CHECK(failure_of({6, 0, 0, 0}) == unsupported);
  bytes.resize(2000);
  CHECK(failure_of(bytes) == unsupported);
}

TEST_CASE("ECDSA P-384 with SHA-384 is the only signature algorithm", "[snp][report]") {
  for (const std::uint32_t version : versions) {
    bytes_t bytes = sample(version);
    for (unsigned value = 0; value < 0x10000; ++value) {
      bytes[0x34] = static_cast<std::uint8_t>(value);
      bytes[0x35] = static_cast<std::uint8_t>(value >> 8);
      const auto why = failure_of(bytes);
      if (value == 1 ? why.has_value() : why != failure{errc::unsupported_algorithm, 0x34, part::report}) FAIL(value);
    }
  }
}

TEST_CASE("the fields of a version are visited in order, all of them and no reserved byte", "[snp][report]") {
  for (const std::uint32_t version : versions) {
    const auto bytes = sample(version);
    std::vector<bool> seen(bytes.size());
    std::size_t end = 0;
    for (const auto& field : unitee::test::fields(*snp::report::parse(bytes))) {
      CAPTURE(version, field.name);
      CHECK(field.offset >= end);
      end = field.offset + field.size;
      CHECK(field.hex == unitee::test::hex_of(std::span(bytes).subspan(field.offset, field.size)));
      for (std::size_t i = field.offset; i < end; ++i) seen[i] = true;
    }
    for (std::size_t at = 0; at < bytes.size(); ++at) {
      const bool of_signature = (0x2D0 <= at && at <= 0x2E7) || (0x318 <= at && at <= 0x32F);  // zero, and of R or S
      if (seen[at] != (!must_be_zero(version, at) || of_signature)) FAIL("version " << version << " offset " << at);
    }
  }
}

TEST_CASE("CPUID decides how TCB versions are laid out, and an unknown processor leaves it open", "[snp][report]") {
  struct {
    std::uint8_t family, model;
    std::optional<snp::tcb_layout> layout;
  } const cases[] = {
      {0x19, 0x01, snp::tcb_layout::milan_genoa},
      {0x19, 0x11, snp::tcb_layout::milan_genoa},
      {0x19, 0xA0, snp::tcb_layout::milan_genoa},
      {0x1A, 0x02, snp::tcb_layout::turin},
      {0x1A, 0x11, snp::tcb_layout::turin},
      {0x1A, 0x50, snp::tcb_layout::venice},
      {0x1A, 0x12, std::nullopt},
      {0x19, 0x20, std::nullopt},
      {0x00, 0x00, std::nullopt},
  };
  for (const std::uint32_t version : {3u, 4u, 5u}) {
    for (const auto& one : cases) {
      bytes_t bytes = sample(version);
      bytes[0x188] = one.family;
      bytes[0x189] = one.model;
      CAPTURE(version, one.family, one.model);
      CHECK(snp::report::parse(bytes)->layout() == one.layout);
      // The chip id has no say.
      std::fill(bytes.begin() + 0x1A8, bytes.begin() + 0x1E0, std::uint8_t{0});
      CHECK(snp::report::parse(bytes)->layout() == one.layout);
    }
  }
}

TEST_CASE("in version 2 the shape of the chip id decides, and a masked one says nothing", "[snp][report]") {
  bytes_t bytes = sample(2);
  const auto layout = [&] { return snp::report::parse(bytes)->layout(); };
  CHECK(layout() == snp::tcb_layout::milan_genoa);
  std::fill(bytes.begin() + 0x1A8, bytes.begin() + 0x1E0, std::uint8_t{0});
  CHECK(layout() == snp::tcb_layout::turin);
  std::fill(bytes.begin() + 0x1A0, bytes.begin() + 0x1A8, std::uint8_t{0});
  CHECK(layout() == std::nullopt);
  for (std::size_t i = 0; i < 64; ++i) {
    CAPTURE(i);
    bytes[0x1A0 + i] = 0x80;
    CHECK(layout() == (i < 8 ? snp::tcb_layout::turin : snp::tcb_layout::milan_genoa));
    bytes[0x1A0 + i] = 0;
  }
}

TEST_CASE("recorded reports say what is known about them", "[snp][report]") {
  UNITEE_REQUIRE_EVIDENCE();
  const auto cases = unitee::test::evidence_manifest("snp").at("cases");
  CHECK(cases.size() == 13);
  for (const auto& one : cases) {
    const std::string id = one.at("id");
    CAPTURE(id);
    const bool azure = one.at("kind") == "azure-hcl";
    REQUIRE((azure || one.at("kind") == "report"));
    const std::string file = one.at("files").at(azure ? "hcl_report" : "report");
    bytes_t bytes = unitee::test::evidence_file("snp/" + file);
    if (azure) bytes = bytes_t(bytes.begin() + 0x20, bytes.begin() + 0x20 + 1184);

    const auto parsed = snp::report::parse(bytes);
    REQUIRE(parsed.has_value());
    CHECK(unitee::equal(parsed->bytes(), bytes));
    CHECK(parsed->version() == one.at("report_version"));
    const auto signer = one.at("vek") == "VLEK" ? snp::signing_key_kind::vlek : snp::signing_key_kind::vcek;
    CHECK(parsed->key_info().signer() == signer);
    const auto generation = snp::generation_named(one.at("key_generation").get<std::string>());
    REQUIRE(generation.has_value());
    CHECK(parsed->layout() == snp::product_of(*generation).layout);
    if (parsed->cpuid()) CHECK(snp::generation_of(*parsed->cpuid()) == generation);

    const auto fields = unitee::test::fields(*parsed);
    const auto firmware = [&](const std::string& which) {
      const auto byte = [&](const char* name) {
        return std::to_string(number(unitee::test::field_hex(fields, which + name)));
      };
      return byte("_major") + "." + byte("_minor") + "." + byte("_build");
    };
    for (const auto& [key, value] : one.at("fields").items()) {
      CAPTURE(key);
      if (key == "current_firmware" || key == "committed_firmware") {
        CHECK(firmware(key.substr(0, key.find('_'))) == value);
      } else if (key == "reported_tcb_parts") {
        for (const auto& [name, level] : value.items()) {
          CAPTURE(name);
          const auto component = name == "fmc"          ? snp::tcb_component::fmc
                                 : name == "bootloader" ? snp::tcb_component::boot_loader
                                 : name == "tee"        ? snp::tcb_component::tee
                                 : name == "snp"        ? snp::tcb_component::snp
                                                        : snp::tcb_component::microcode;
          CHECK((component != snp::tcb_component::microcode || name == "microcode"));
          const auto found = snp::spl(parsed->reported_tcb(), component, *parsed->layout());
          REQUIRE(found.has_value());
          CHECK(*found == level);
        }
      } else {
        std::string name = key, hex = value;
        if (name == "cpuid_fam" || name == "cpuid_mod") name += "_id";
        if (name.ends_with("_le")) name.resize(name.size() - 3);
        std::string found = unitee::test::field_hex(fields, name);
        if (found == "no such field") {  // not in this version: the bytes are reserved, and zero
          CHECK((parsed->version() == 2 || (parsed->version() < 5 && name.ends_with("mit_vector"))));
          CHECK(hex.find_first_not_of("0x") == std::string::npos);
        } else if (hex.starts_with("0x")) {
          auto little = unitee::test::bytes_of_hex(found);
          CHECK(number(unitee::test::hex_of(bytes_t(little.rbegin(), little.rend()))) == number(hex));
        } else {
          CHECK(found == hex);
        }
      }
    }
    // TCB versions are in order, and no reserved byte of theirs is in use.
    const auto within = [&](const snp::tcb_version& lower, const snp::tcb_version& upper) {
      return snp::at_least(upper, lower);
    };
    CHECK(within(parsed->reported_tcb(), parsed->committed_tcb()));
    CHECK(within(parsed->committed_tcb(), parsed->current_tcb()));
    CHECK(within(parsed->launch_tcb(), parsed->current_tcb()));
    CHECK(parsed->committed_version() <= parsed->current_version());
    for (const auto& level :
         {parsed->reported_tcb(), parsed->committed_tcb(), parsed->current_tcb(), parsed->launch_tcb()}) {
      CHECK(snp::reserved_are_zero(level, *parsed->layout()));
    }
  }
}

TEST_CASE("a changed recorded report is refused where its structure is wrong, and otherwise parses", "[snp][report]") {
  UNITEE_REQUIRE_EVIDENCE();
  const auto manifest = unitee::test::evidence_manifest("snp");
  const auto& mutations = manifest.at("mutations");
  const bytes_t base = unitee::test::evidence_file("snp/" + mutations.at("base").get<std::string>());
  for (const auto& recipe : mutations.at("recipes")) {
    const std::string says = recipe.at("expected");
    CAPTURE(recipe.at("name").get<std::string>(), says);
    const std::size_t offset = number(recipe.at("offset"));
    bytes_t bytes = base;
    bytes[offset] = static_cast<std::uint8_t>(bytes[offset] ^ number(recipe.at("xor")));
    const auto why = failure_of(bytes);
    CHECK(why == expected(bytes));
    if (says.starts_with("structure error")) {
      CHECK(why == failure{errc::reserved_not_zero, offset, part::report});
    } else if (says.starts_with("error")) {
      CHECK(recipe.at("name") == "version");
      CHECK(why == failure{errc::reserved_not_zero, 0x188, part::report});
    } else {
      CHECK(says.starts_with("signature invalid"));
      CHECK(why == std::nullopt);
    }
  }

  // The list in words. That r and s are inside the group is seen when the signature is verified.
  CHECK(mutations.at("other") ==
        nlohmann::json({"truncate to 1183 bytes: error", "append one byte: error for a strict 1184-byte parser",
                        "set version to 1, 6 or 0xffffffff: unsupported version",
                        "set signature_algo (0x034) to 0 or 2: unsupported algorithm",
                        "set r or s to zero, or to the P-384 group order: error"}));
  bytes_t bytes = base;
  bytes.pop_back();
  CHECK(failure_of(bytes) == failure{errc::truncated, 1183, part::report});
  bytes = base;
  bytes.push_back(0);
  CHECK(failure_of(bytes) == failure{errc::trailing_data, 1184, part::report});
  for (const std::uint32_t version : {1u, 6u, 0xFFFFFFFFu}) {
    bytes = base;
    for (unsigned i = 0; i < 4; ++i) bytes[i] = static_cast<std::uint8_t>(version >> (8 * i));
    CHECK(failure_of(bytes) == failure{errc::unsupported_version, 0, part::report});
  }
  for (const std::uint8_t algorithm : {std::uint8_t{0}, std::uint8_t{2}}) {
    bytes = base;
    bytes[0x34] = algorithm;
    CHECK(failure_of(bytes) == failure{errc::unsupported_algorithm, 0x34, part::report});
  }
  bytes = base;
  std::fill(bytes.begin() + 0x2A0, bytes.begin() + 0x330, std::uint8_t{0});
  CHECK(failure_of(bytes) == std::nullopt);
}

}  // namespace test_report
