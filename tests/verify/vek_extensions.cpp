// SPDX-License-Identifier: Apache-2.0
#include <unitee/verify/vek_extensions.hpp>

#include "support/verdicts.hpp"

#include <array>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string_view>

namespace test_vek_extensions {

using namespace unitee;
using namespace unitee::test;
using snp::signing_key_kind;

namespace {

const insecure_simulated_platform& milan() { return simulated_platform(); }
const signing_key& vlek_key() { return ec_key<p384>(); }
failure in_vek(errc code) { return {code, 0, part::vek}; }
std::optional<failure> parsed(const vek_plan& plan) { return refusal(snp::vek::parse(plan.issue())); }

constexpr std::optional<std::uint8_t> octet(std::initializer_list<std::uint8_t> der) {
  return snp::detail::der_octet({der.begin(), der.size()});
}

}  // namespace

static_assert(octet({2, 1, 0}) == 0 && octet({2, 1, 0x7F}) == 0x7F);
static_assert(octet({2, 2, 0, 0x80}) == 0x80 && octet({2, 2, 0, 0xFF}) == 0xFF);
static_assert(!octet({}) && !octet({2}) && !octet({2, 0}) && !octet({2, 1}) && !octet({2, 1, 0x80}));
static_assert(!octet({2, 2, 0, 0x7F}) && !octet({2, 2, 1, 0x80}) && !octet({2, 2, 0}) && !octet({2, 3, 0, 0, 0x80}));

TEST_CASE("every recorded VEK says what the manifest says", "[verify][vek_extensions]") {
  UNITEE_REQUIRE_EVIDENCE();
  const auto manifest = evidence_manifest("snp");
  nlohmann::json all = manifest.at("vek_extensions").at("files");
  for (const char* kind : {"certificates", "negatives"}) {
    for (const auto& each : manifest.at(kind)) {
      if (each.contains("verified") && each.at("verified").contains("extensions")) {
        all[each.contains("file") ? each.at("file") : each.at("files").at("vek")] =
            each.at("verified").at("extensions");
      }
    }
  }
  CHECK(all.size() == 16);
  const auto level_of = [](const nlohmann::json& values, const char* oid) {
    return values.contains(oid) ? bytes_of_hex(values.at(oid)).back() : std::uint8_t{0};
  };
  for (const auto& [file, values] : all.items()) {
    CAPTURE(file);
    const auto cert = recorded("snp/" + file).at(0);
    const auto vek = need(snp::vek::parse(cert));
    for (const auto& [oid, value] : values.items()) {
      const auto found = cert.extension(("1.3.6.1.4.1.3704.1" + oid.substr(3)).c_str());
      REQUIRE(found.has_value());
      CHECK(hex_of(*found) == value);
    }
    const bool turin = values.at("amd.1") == "020101";
    CHECK((vek.product_id() == snp::generation::turin) == turin);
    const octets tcb = turin ? octets{level_of(values, "amd.3.9"),
                                      level_of(values, "amd.3.1"),
                                      level_of(values, "amd.3.2"),
                                      level_of(values, "amd.3.3"),
                                      0,
                                      0,
                                      0,
                                      level_of(values, "amd.3.8")}
                             : octets{level_of(values, "amd.3.1"), level_of(values, "amd.3.2"), 0, 0, 0, 0,
                                      level_of(values, "amd.3.3"), level_of(values, "amd.3.8")};
    CHECK(hex_of(vek.tcb().value) == hex_of(tcb));
    if (values.contains("amd.5")) {
      CHECK(vek.kind() == signing_key_kind::vlek);
      REQUIRE(vek.as_vlek() != nullptr);
      CHECK(vek.as_vlek()->csp_id() == "CN=cc-us-east-2.amazonaws.com");
      CHECK(vek.as_vcek() == nullptr);
    } else {
      CHECK(vek.kind() == signing_key_kind::vcek);
      const std::string id = values.at("amd.4");
      CHECK(hex_of(vek.as_vcek()->hwid()) == (id.starts_with("0440") && id.size() == 132 ? id.substr(4) : id));
      CHECK(vek.as_vlek() == nullptr);
    }
  }
}

TEST_CASE("an extension that the product must have is missing or doubled", "[verify][vek_extensions]") {
  for (const auto& [oid, value] : vcek_plan(milan()).extensions) {
    CAPTURE(oid);
    auto without = vcek_plan(milan());
    without.drop(oid);
    CHECK(parsed(without) == in_vek(errc::extension_missing));
    auto twice = vcek_plan(milan());
    twice.extensions.push_back({oid, value});
    CHECK(parsed(twice) == in_vek(errc::duplicate));
  }
  for (const auto& [oid, value] : turin_vcek_plan(milan()).extensions) {
    CAPTURE(oid);
    auto without = turin_vcek_plan(milan());
    without.drop(oid);
    CHECK(parsed(without) == (oid == "3.4" ? std::nullopt : std::optional(in_vek(errc::extension_missing))));
    auto twice = turin_vcek_plan(milan());
    twice.extensions.push_back({oid, value});
    CHECK(parsed(twice) == in_vek(errc::duplicate));
  }
  for (const auto& [oid, value] : vlek_plan(milan(), vlek_key()).extensions) {
    CAPTURE(oid);
    auto without = vlek_plan(milan(), vlek_key());
    without.drop(oid);
    CHECK(parsed(without) == in_vek(errc::extension_missing));
  }
  CHECK(need(snp::vek::parse(turin_vcek_plan(milan()).issue())).tcb().value ==
        std::array<std::uint8_t, 8>{5, 4, 2, 24, 0, 0, 0, 219});
}

TEST_CASE("a patch level is a DER INTEGER from 0 to 255 in its only form", "[verify][vek_extensions]") {
  for (unsigned level = 0; level < 256; ++level) {
    auto plan = vcek_plan(milan());
    plan.set("3.3", der_level(static_cast<std::uint8_t>(level)));
    CHECK(need(snp::vek::parse(plan.issue())).tcb().value[6] == level);
  }
  for (const char* wrong : {"", "02", "0200", "020180", "0201ff", "0202007f", "02020100", "0203000080", "040104",
                            "02010400", "0a0104", "02810104"}) {
    CAPTURE(wrong);
    for (const char* oid : {"1", "3.1", "3.4", "3.8"}) {
      auto plan = vcek_plan(milan());
      plan.set(oid, bytes_of_hex(wrong));
      CHECK(parsed(plan) == in_vek(errc::bad_encoding));
    }
  }
}

TEST_CASE("levels of components that the product lacks are zero, and absent only where AMD leaves them out",
          "[verify][vek_extensions]") {
  const auto check = [](auto plan, const char* oid, bool may_be_absent) {
    CAPTURE(oid, may_be_absent);
    plan.drop(oid);
    CHECK(parsed(plan) == (may_be_absent ? std::nullopt : std::optional(in_vek(errc::extension_missing))));
    plan.extensions.push_back({oid, {0x02, 0x01, 0x00}});
    CHECK_FALSE(parsed(plan));
    plan.set(oid, {0x02, 0x01, 0x01});
    CHECK(parsed(plan) == in_vek(errc::product_mismatch));
  };
  for (const char* oid : {"3.4", "3.5", "3.6", "3.7", "3.9"}) {
    check(vcek_plan(milan()), oid, std::string_view(oid) == "3.9");
  }
  for (const char* oid : {"3.4", "3.5", "3.6", "3.7"})
    check(turin_vcek_plan(milan()), oid, std::string_view(oid) == "3.4");
}

TEST_CASE("product name and structure version are those of the issuer's product", "[verify][vek_extensions]") {
  const auto with_name = [](const std::string& hex) {
    auto plan = vcek_plan(milan());
    plan.set("2", bytes_of_hex(hex));
    return parsed(plan);
  };
  CHECK_FALSE(with_name("16054d696c616e"));                                // Milan
  CHECK_FALSE(with_name("16084d696c616e2d4231"));                          // Milan-B1
  CHECK(with_name("160547656e6f61") == in_vek(errc::product_mismatch));    // Genoa
  CHECK(with_name("16064d696c616e78") == in_vek(errc::product_mismatch));  // Milanx
  CHECK(with_name("1600") == in_vek(errc::product_mismatch));
  CHECK(with_name("0c054d696c616e") == in_vek(errc::bad_encoding));  // UTF8String
  CHECK(with_name("16064d696c616e") == in_vek(errc::bad_encoding));  // a length too far
  CHECK(with_name("16054d696c610a") == in_vek(errc::bad_encoding));  // a control character
  CHECK(with_name("") == in_vek(errc::bad_encoding));
  auto version = vcek_plan(milan());
  version.set("1", {0x02, 0x01, 0x01});
  CHECK(parsed(version) == in_vek(errc::product_mismatch));
}

}  // namespace test_vek_extensions
