// SPDX-License-Identifier: Apache-2.0
#include <unitee/verify/vek.hpp>

#include "support/verdicts.hpp"

using namespace unitee;
using namespace unitee::test;
using snp::signing_key_kind;

namespace {

failure in_vek(errc code) { return {code, 0, part::vek}; }
std::optional<failure> parsed(const vek_plan& plan) { return refusal(snp::vek::parse(plan.issue())); }
const insecure_simulated_platform& milan() { return simulated_platform(); }
const signing_key& vlek_key() { return ec_key<p384>(); }

// turin_plan is a VCEK of a Turin chip whose id is 8 bytes C7.
vek_plan turin_plan() {
  auto out = vcek_plan(milan());
  out.issuer = "SEV-Turin";
  out.set("1", {0x02, 0x01, 0x01});
  out.set("2", bytes_of_hex("1605547572696e"));
  out.set("4", octets(8, 0xC7));
  out.extensions.push_back({"3.9", {0x02, 0x01, 0x05}});
  return out;
}

}  // namespace

static_assert(snp::names_of(signing_key_kind::vcek, snp::generation::genoa).intermediate == "SEV-Genoa");
static_assert(snp::names_of(signing_key_kind::vlek, snp::generation::turin).intermediate == "SEV-VLEK-Turin");
static_assert(snp::names_of(signing_key_kind::vlek, snp::generation::milan).root == "ARK-Milan");

TEST_CASE("every recorded VEK says what the manifest says", "[verify][vek]") {
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
      CHECK(vek.csp_id() == "CN=cc-us-east-2.amazonaws.com");
      CHECK(vek.hwid().empty());
    } else {
      CHECK(vek.kind() == signing_key_kind::vcek);
      const std::string id = values.at("amd.4");
      CHECK(hex_of(vek.hwid()) == (id.starts_with("0440") && id.size() == 132 ? id.substr(4) : id));
      CHECK(vek.csp_id().empty());
    }
  }
}

TEST_CASE("a forged VCEK parses, and its chain is refused", "[verify][vek]") {
  UNITEE_REQUIRE_EVIDENCE();
  for (const char* file : {"certs/test-vcek-invalid-legacy.der", "certs/test-vcek-invalid-new.der"}) {
    CAPTURE(file);
    const auto cert = recorded(std::string("snp/") + file).at(0);
    CHECK(snp::vek::parse(cert).has_value());
    const auto chain =
        snp::verified_vek::verify(cert, recorded("snp/roots/milan/ask.der").at(0),
                                  recorded("snp/roots/milan/ark.der").at(0), time("2024-01-01T00:00:00Z"));
    CHECK(refusal(chain) == in_vek(errc::signature_invalid));
  }
}

TEST_CASE("a VCEK without a report has a good chain", "[verify][vek]") {
  UNITEE_REQUIRE_EVIDENCE();
  const auto manifest = evidence_manifest("snp");
  std::size_t tried = 0;
  for (const auto& entry : manifest.at("certificates")) {
    const auto one = [&](const char* role) { return recorded("snp/" + entry.at(role).get<std::string>()).at(0); };
    const auto chain = snp::verified_vek::verify(one("file"), one("intermediate"), one("root"),
                                                 time(entry.at("verify_time").get<std::string>()));
    CHECK(need(chain).anchor() == anchor_origin::pinned);
    ++tried;
  }
  CHECK(tried == 1);
}

TEST_CASE("the plans of the tests are good certificates", "[verify][vek]") {
  const auto vcek = need(snp::vek::parse(vcek_plan(milan()).issue()));
  CHECK(vcek.kind() == signing_key_kind::vcek);
  CHECK(vcek.tcb() == milan().get().tcb);
  CHECK(equal(vcek.hwid(), milan().get().chip_id.view()));
  const auto vlek = need(snp::vek::parse(vlek_plan(milan(), vlek_key()).issue()));
  CHECK(vlek.kind() == signing_key_kind::vlek);
  CHECK(vlek.tcb() == milan().get().tcb);
  CHECK(vlek.csp_id() == "CN=cc-us-east-2.amazonaws.com");
}

TEST_CASE("names other than AMD's are refused, and so are those of two chains mixed", "[verify][vek]") {
  using pair = std::pair<std::string, std::string>;
  for (const auto& [subject, issuer] :
       {pair{"VCEK", "SEV-Milan"}, pair{"SEV-VCEK ", "SEV-Milan"}, pair{"SEV-VCEK-Milan", "SEV-Milan"},
        pair{"SEV-VLEK", "SEV-Milan"}, pair{"SEV-VCEK", "SEV-VLEK-Milan"}, pair{"SEV-VCEK", "ARK-Milan"},
        pair{"SEV-VCEK", "SEV-Venice"}, pair{"SEV-VCEK", "SEV-"}, pair{"SEV-VLEK-Milan", "ARK-Milan"},
        pair{"SEV-Milan", "ARK-Milan"}, pair{"sev-vcek", "SEV-Milan"}}) {
    CAPTURE(subject, issuer);
    auto plan = vcek_plan(milan());
    plan.subject = subject;
    plan.issuer = issuer;
    CHECK(parsed(plan) == in_vek(errc::name_mismatch));
  }
}

TEST_CASE("an extension that the product must have is missing or doubled", "[verify][vek]") {
  for (const char* oid : {"1", "2", "3.1", "3.2", "3.3", "3.8", "4"}) {
    CAPTURE(oid);
    auto without = vcek_plan(milan());
    without.drop(oid);
    CHECK(parsed(without) == in_vek(errc::certificate_unfit));
  }
  for (const auto& [oid, value] : vcek_plan(milan()).extensions) {
    CAPTURE(oid);
    auto twice = vcek_plan(milan());
    twice.extensions.push_back({oid, value});
    CHECK(parsed(twice) == in_vek(errc::duplicate));
  }
  auto vlek = vlek_plan(milan(), vlek_key());
  vlek.drop("5");
  CHECK(parsed(vlek) == in_vek(errc::certificate_unfit));
  auto turin = turin_plan();
  turin.drop("3.9");
  CHECK(parsed(turin) == in_vek(errc::certificate_unfit));  // fmcSPL
  CHECK(need(snp::vek::parse(turin_plan().issue())).tcb().value ==
        std::array<std::uint8_t, 8>{5, 4, 2, 24, 0, 0, 0, 219});
}

TEST_CASE("a patch level is a DER INTEGER from 0 to 255 in its only form", "[verify][vek]") {
  for (unsigned level = 0; level < 256; ++level) {
    auto plan = vcek_plan(milan());
    plan.set("3.3", der_level(static_cast<std::uint8_t>(level)));
    CHECK(need(snp::vek::parse(plan.issue())).tcb().value[6] == level);
  }
  for (const char* wrong :
       {"", "02", "0200", "020180", "0201ff", "0202007f", "02020100", "0203000080", "040104", "02010400", "0a0104"}) {
    CAPTURE(wrong);
    for (const char* oid : {"1", "3.1", "3.4", "3.8"}) {
      auto plan = vcek_plan(milan());
      plan.set(oid, bytes_of_hex(wrong));
      CHECK(parsed(plan) == in_vek(errc::bad_encoding));
    }
  }
}

TEST_CASE("levels of components that the product lacks are zero, and absent only where AMD leaves them out",
          "[verify][vek]") {
  const auto check = [](auto plan, const char* oid, bool may_be_absent) {
    CAPTURE(oid, may_be_absent);
    plan.drop(oid);
    CHECK(parsed(plan) == (may_be_absent ? std::nullopt : std::optional(in_vek(errc::certificate_unfit))));
    plan.extensions.push_back({oid, {0x02, 0x01, 0x00}});
    CHECK_FALSE(parsed(plan));
    plan.set(oid, {0x02, 0x01, 0x01});
    CHECK(parsed(plan) == in_vek(errc::product_mismatch));
  };
  for (const char* oid : {"3.4", "3.5", "3.6", "3.7", "3.9"}) {
    check(vcek_plan(milan()), oid, std::string_view(oid) == "3.9");
  }
  for (const char* oid : {"3.4", "3.5", "3.6", "3.7"}) check(turin_plan(), oid, std::string_view(oid) == "3.4");
}

TEST_CASE("product name and structure version are those of the issuer's product", "[verify][vek]") {
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

TEST_CASE("a hardware id is 64 raw bytes, with or without an OCTET STRING around it", "[verify][vek]") {
  const auto with_id = [](const octets& id) {
    auto plan = vcek_plan(milan());
    plan.set("4", id);
    return snp::vek::parse(plan.issue());
  };
  const auto join = [](octets head, std::size_t n, std::uint8_t fill) {
    head.resize(head.size() + n, fill);
    return head;
  };
  CHECK(need(with_id(join({0x04, 0x40}, 64, 0xAB))).hwid().size() == 64);
  CHECK(need(with_id(join({0x04, 0x40}, 64, 0xAB))).hwid()[0] == 0xAB);
  CHECK(need(with_id(join({0x04, 0x3E}, 62, 0xAB))).hwid()[0] == 0x04);  // raw, although it looks like an OCTET STRING
  for (const octets& wrong : {octets{}, join({}, 63, 1), join({}, 65, 1), join({}, 8, 1), join({0x04, 0x08}, 8, 1),
                              join({0x04, 0x3F}, 64, 1), join({0x03, 0x40}, 64, 1), join({}, 66, 1)}) {
    CAPTURE(wrong.size());
    CHECK(refusal(with_id(wrong)) == in_vek(errc::bad_encoding));
  }
}

TEST_CASE("a VCEK names a chip and no provider, a VLEK a provider and no chip", "[verify][vek]") {
  auto vcek = vcek_plan(milan());
  vcek.extensions.push_back({"5", bytes_of_hex("160141")});
  CHECK(parsed(vcek) == in_vek(errc::signer_mismatch));
  auto vlek = vlek_plan(milan(), vlek_key());
  vlek.extensions.push_back({"4", octets(64, 1)});
  CHECK(parsed(vlek) == in_vek(errc::signer_mismatch));
  for (const char* wrong : {"1600", "", "0c0141", "16024100"}) {
    auto plan = vlek_plan(milan(), vlek_key());
    plan.set("5", bytes_of_hex(wrong));
    CHECK(parsed(plan) == in_vek(errc::bad_encoding));
  }
}

TEST_CASE("a certificate for another TCB, one lower or higher in any component, is refused", "[verify][vek]") {
  const auto report = need(simulated_guest(milan()).attest({}));
  for (const auto& [oid, at] : {std::pair{"3.1", 0}, std::pair{"3.2", 1}, std::pair{"3.3", 6}, std::pair{"3.8", 7}}) {
    for (const int step : {-1, 1}) {
      auto plan = vcek_plan(milan());
      plan.set(oid,
               der_level(static_cast<std::uint8_t>(report.reported_tcb().value[static_cast<std::size_t>(at)] + step)));
      const auto vek = need(snp::vek::parse(plan.issue()));
      CHECK(refusal(vek.check_against(report)) == failure{errc::tcb_mismatch, 0x180, part::report});
    }
  }
}

TEST_CASE("a reserved byte of REPORTED_TCB is a TCB that no certificate is for", "[verify][vek]") {
  const auto vek = need(snp::vek::parse(milan().get().vcek));
  for (const std::size_t at : {2u, 3u, 4u, 5u}) {
    const auto report = forged(milan(), [&](report_octets& bytes) { bytes[0x180 + at] = 1; });
    CHECK(refusal(vek.check_against(report)) == failure{errc::tcb_mismatch, 0x180, part::report});
  }
}

TEST_CASE("a certificate of another chip is refused, in any byte of the id", "[verify][vek]") {
  const auto vek = need(snp::vek::parse(milan().get().vcek));
  auto bytes = bytes_of(need(simulated_guest(milan()).attest({})));
  for (std::size_t at = 0x1A0; at < 0x1E0; ++at) {
    bytes[at] ^= 0x80;
    CHECK(refusal(vek.check_against(need(snp::report::parse(bytes)))) ==
          failure{errc::chip_id_mismatch, 0x1A0, part::report});
    bytes[at] ^= 0x80;
  }
  CHECK(vek.check_against(need(snp::report::parse(bytes))));
  std::fill(bytes.begin() + 0x1A0, bytes.begin() + 0x1E0, std::uint8_t{0});
  CHECK(vek.check_against(need(snp::report::parse(bytes))));  // masked: for the policy to decide
}

TEST_CASE("a Turin chip id is 8 bytes and then zeros", "[verify][vek]") {
  const auto vek = need(snp::vek::parse(turin_plan().issue()));
  CHECK(vek.hwid().size() == 8);
  auto bytes = bytes_of(need(simulated_guest(milan()).attest({})));
  bytes[0x188] = 0x1A;
  bytes[0x189] = 0x02;
  for (const std::size_t field : {0x038u, 0x180u, 0x1E0u, 0x1F0u}) {
    std::ranges::copy(std::array<std::uint8_t, 8>{5, 4, 2, 24, 0, 0, 0, 219}, bytes.begin() + static_cast<int>(field));
  }
  for (std::size_t at = 0; at < 64; ++at) bytes[0x1A0 + at] = at < 8 ? 0xC7 : 0;
  CHECK(vek.check_against(need(snp::report::parse(bytes))));
  for (std::size_t at = 0x1A0; at < 0x1E0; ++at) {
    bytes[at] ^= 1;
    CHECK(refusal(vek.check_against(need(snp::report::parse(bytes)))) ==
          failure{errc::chip_id_mismatch, 0x1A0, part::report});
    bytes[at] ^= 1;
  }
}

TEST_CASE("report and certificate agree about the kind of key and the product", "[verify][vek]") {
  const auto vcek = need(snp::vek::parse(milan().get().vcek));
  const auto vlek = need(snp::vek::parse(vlek_plan(milan(), vlek_key()).issue()));
  const auto by_vcek = need(simulated_guest(milan()).attest({}));
  const auto by_vlek = forged(milan(), [](report_octets& bytes) {
    bytes[0x48] = 4;
    std::fill(bytes.begin() + 0x1A0, bytes.begin() + 0x1E0, std::uint8_t{0});
  });
  CHECK(vcek.check_against(by_vcek));
  CHECK(vlek.check_against(by_vlek));
  CHECK(refusal(vcek.check_against(by_vlek)) == failure{errc::signer_mismatch, 0x48, part::report});
  CHECK(refusal(vlek.check_against(by_vcek)) == failure{errc::signer_mismatch, 0x48, part::report});
  const auto vlek_with_chip = forged(milan(), [](report_octets& bytes) { bytes[0x48] = 4; });
  CHECK(refusal(vlek.check_against(vlek_with_chip)) == failure{errc::chip_id_mismatch, 0x1A0, part::report});
  for (const auto& [family, model] :
       {std::pair{0x19, 0x11}, std::pair{0x19, 0xA0}, std::pair{0x1A, 0x02}, std::pair{0x17, 0x31}}) {
    const auto elsewhere = forged(milan(), [&, f = family, m = model](report_octets& bytes) {
      bytes[0x188] = static_cast<std::uint8_t>(f);
      bytes[0x189] = static_cast<std::uint8_t>(m);
    });
    CHECK(refusal(vcek.check_against(elsewhere)) == failure{errc::product_mismatch, 0x188, part::report});
  }
}
