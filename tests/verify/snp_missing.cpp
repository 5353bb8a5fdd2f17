// SPDX-License-Identifier: Apache-2.0
#include <unitee/verify/snp_missing.hpp>

#include "support/verdicts.hpp"

#include <string_view>

namespace test_snp_missing {

using namespace unitee;
using namespace unitee::test;
using snp::generation;
using snp::signing_key_kind;

namespace {

const insecure_simulated_platform& milan() { return simulated_platform(); }

// line is one missing endorsement as text: "VEK certificate Milan https://..."
std::vector<std::string> lines(const snp::report& report, const endorsements& given,
                               const trust_anchors& anchors = {}) {
  std::vector<std::string> out;
  for (const auto& each : snp::missing_endorsements(report, given, anchors)) {
    out.push_back(std::string(name(each.what)) + " " + std::string(snp::product_of(each.product).name) + " " +
                  (each.source ? std::string(each.source->text()) : std::string("nowhere")));
  }
  return out;
}

using strings = std::vector<std::string>;
const std::string kds = "https://kdsintf.amd.com/";

}  // namespace

TEST_CASE("without endorsements all three are missing, with the key server's addresses", "[verify][missing]") {
  const auto report = need(simulated_guest(milan()).attest({}));
  const std::string chip = hex_of(milan().get().chip_id.value);
  const auto vek =
      "VEK certificate Milan " + kds + "vcek/v1/Milan/" + chip + "?blSPL=4&teeSPL=2&snpSPL=24&ucodeSPL=219";
  const auto chain = " Milan " + kds + "vcek/v1/Milan/cert_chain";
  CHECK(lines(report, {}) == strings{vek, "intermediate certificate" + chain, "root certificate" + chain});
  const auto& own = milan().get();
  CHECK(lines(report, bag({own.vcek})) == strings{"intermediate certificate" + chain, "root certificate" + chain});
  CHECK(lines(report, bag({own.ask, own.ark}), anchors_of(milan())) == strings{vek});
  CHECK(lines(report, bag({own.vcek, own.ark}), anchors_of(milan())) == strings{"intermediate certificate" + chain});
  CHECK(lines(report, bag({own.vcek, own.ask})) == strings{"root certificate" + chain});
  CHECK(lines(report, bag({own.vcek, own.ask}), anchors_of(milan())).empty());
  CHECK(lines(report, endorsements_of(milan()), anchors_of(milan())).empty());
  CHECK(lines(report, endorsements_of(milan())) == strings{"root certificate" + chain});  // which nobody trusts
  // What verify says is the first of these.
  const auto refused = [&](const endorsements& given) { return refusal(snp::verify(report, given, simulated_now)); };
  CHECK(refused({}) == failure{errc::missing, 0, part::vek});
  CHECK(refused(bag({own.ask, own.ark})) == failure{errc::missing, 0, part::vek});
  CHECK(refused(bag({own.vcek})) == failure{errc::missing, 0, part::intermediate});
  CHECK(refused(bag({own.vcek, own.ark})) == failure{errc::missing, 0, part::intermediate});
  CHECK(refused(bag({own.vcek, own.ask})) == failure{errc::missing, 0, part::root});
}

TEST_CASE("the VCEK of another chip or TCB does not count", "[verify][missing]") {
  const auto report = need(simulated_guest(milan()).attest({}));
  auto plan = vcek_plan(milan());
  plan.set("3.8", der_level(218));
  const auto& own = milan().get();
  CHECK(lines(report, bag({plan.issue(), own.ask}), anchors_of(milan())).size() == 1);
  CHECK(lines(report, bag({other_simulated_platform().get().vcek, own.ask}), anchors_of(milan())).size() == 1);
}

TEST_CASE("the address has REPORTED_TCB, not CURRENT_TCB", "[verify][missing]") {
  const auto report = forged(milan(), [](report_octets& bytes) { bytes[0x38 + 6] = 99; });
  const auto found = snp::missing_endorsements(report, {});
  REQUIRE(found.at(0).source);
  CHECK(found[0].source->text().ends_with("?blSPL=4&teeSPL=2&snpSPL=24&ucodeSPL=219"));
}

TEST_CASE("nobody publishes a VLEK, nor the VCEK of a masked chip id", "[verify][missing]") {
  const auto masked =
      forged(milan(), [](report_octets& bytes) { std::fill_n(bytes.begin() + 0x1A0, 64, std::uint8_t{0}); });
  CHECK(lines(masked, {}).at(0) == "VEK certificate Milan nowhere");
  const auto by_vlek = forged(milan(), [](report_octets& bytes) {
    bytes[0x48] = 4;
    std::fill_n(bytes.begin() + 0x1A0, 64, std::uint8_t{0});
  });
  const auto chain = " Milan " + kds + "vlek/v1/Milan/cert_chain";
  CHECK(lines(by_vlek, {}) ==
        strings{"VEK certificate Milan nowhere", "intermediate certificate" + chain, "root certificate" + chain});
  CHECK(snp::missing_endorsements(by_vlek, {}).at(0).signer == signing_key_kind::vlek);
}

TEST_CASE("a version 2 report can be of any product whose chip ids look like its own", "[verify][missing]") {
  const auto products_of = [](const snp::report& report, const endorsements& given = {}) {
    std::vector<generation> out;
    for (const auto& each : snp::missing_endorsements(report, given)) {
      if (out.empty() || out.back() != each.product) out.push_back(each.product);
    }
    return out;
  };
  const simulated_launch version_2{.report_version = 2};
  const auto plain = need(simulated_guest(milan(), version_2).attest({}));
  CHECK(products_of(plain) == std::vector{generation::milan, generation::genoa});
  CHECK(snp::missing_endorsements(plain, {}).size() == 6);
  CHECK(products_of(plain, bag({milan().get().vcek})) == std::vector{generation::milan});
  const auto with_chip = [&](std::size_t n) {
    return forged(
        milan(),
        [&](report_octets& bytes) {
          std::fill(bytes.begin() + 0x1A0 + static_cast<int>(n), bytes.begin() + 0x1E0, std::uint8_t{0});
        },
        nullptr, version_2);
  };
  CHECK(products_of(with_chip(8)) == std::vector{generation::turin});
  CHECK(products_of(with_chip(0)) == std::vector{generation::milan, generation::genoa, generation::turin});
}

TEST_CASE("a revocation list that is current then is asked for when a time is given", "[verify][missing]") {
  UNITEE_REQUIRE_EVIDENCE();
  const auto report = need(snp::report::parse(evidence_file("snp/reports/genoa-v3-vcek/report.bin")));
  endorsements given;
  for (const char* file : {"snp/reports/genoa-v3-vcek/vcek.pem", "snp/roots/genoa/vcek_cert_chain.pem"})
    need(given.add(evidence_file(file)));
  const auto missing_at = [&](const char* when) { return snp::missing_endorsements(report, given, {}, time(when)); };
  CHECK(snp::missing_endorsements(report, given).empty());
  const auto none = missing_at("2026-08-14T00:00:00Z");
  REQUIRE(none.size() == 1);
  CHECK(none[0].what == part::crl);
  CHECK(none[0].source->text() == "https://kdsintf.amd.com/vcek/v1/Genoa/crl");
  need(given.add(evidence_file("snp/crl/genoa.crl")));
  CHECK(missing_at("2026-08-14T00:00:00Z").empty());
  CHECK(missing_at("2026-09-09T00:00:00Z").empty());
  CHECK(missing_at("2026-09-09T00:00:01Z").size() == 1);  // stale
}

TEST_CASE("an unknown processor has no addresses", "[verify][missing]") {
  const auto report = forged(milan(), [](report_octets& bytes) { bytes[0x189] = 0xB0; });
  CHECK(snp::missing_endorsements(report, {}).empty());
}

TEST_CASE("recorded reports name the addresses of their certificates", "[verify][missing]") {
  UNITEE_REQUIRE_EVIDENCE();
  const auto manifest = evidence_manifest("snp");
  const auto address = [&](const std::string& id) -> std::string {
    for (const auto& entry : manifest.at("cases")) {
      if (entry.at("id") != id) continue;
      const auto source = snp::missing_endorsements(recorded_report(entry.at("files")), {}).at(0).source;
      return source ? std::string(source->text()) : "nowhere";
    }
    return "no such case";
  };
  CHECK(address("turin-v5-vcek") ==
        kds + "vcek/v1/Turin/59790fb1c39f35c1?fmcSPL=1&blSPL=1&teeSPL=1&snpSPL=4&ucodeSPL=81");
  CHECK(address("genoa-v5-vcek-model-a0") == kds +
                                                 "vcek/v1/Genoa/"
                                                 "b5f9a4c8280e63c97d288db6648577dc2b848884aa682d7a227ba40e50deb2b0d112b"
                                                 "599d87aaccda78d06f4254b1e81c4d953ef3c699db39d4e06013e9fa4ce"
                                                 "?blSPL=10&teeSPL=0&snpSPL=27&ucodeSPL=27");
  CHECK(address("milan-v5-vcek-gcp") == kds +
                                            "vcek/v1/Milan/"
                                            "980cf7b61876cb37fd517cd44ce11c72d43c5408e66ab39138370ec59bc195e063254cb501"
                                            "d87d82f0b8b8dc774bcfe28019447711598f007390e4accc405361"
                                            "?blSPL=4&teeSPL=0&snpSPL=27&ucodeSPL=222");
  CHECK(address("milan-v5-vlek-aws") == "nowhere");
}

}  // namespace test_snp_missing
