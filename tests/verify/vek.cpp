// SPDX-License-Identifier: Apache-2.0
#include <unitee/verify/vek.hpp>

#include "support/verdicts.hpp"

namespace test_vek {

using namespace unitee;
using namespace unitee::test;
using snp::signing_key_kind;

namespace {

const insecure_simulated_platform& milan() { return simulated_platform(); }
const signing_key& vlek_key() { return ec_key<p384>(); }
failure in_vek(errc code) { return {code, 0, part::vek}; }

}  // namespace

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
  CHECK(equal(vcek.as_vcek()->hwid(), milan().get().chip_id.view()));
  const auto vlek = need(snp::vek::parse(vlek_plan(milan(), vlek_key()).issue()));
  CHECK(vlek.kind() == signing_key_kind::vlek);
  CHECK(vlek.tcb() == milan().get().tcb);
  CHECK(vlek.as_vlek()->csp_id() == "CN=cc-us-east-2.amazonaws.com");
}

TEST_CASE("a VCEK does not parse as a VLEK, nor a VLEK as a VCEK", "[verify][vek]") {
  const auto vcek = vcek_plan(milan()).issue();
  const auto vlek = vlek_plan(milan(), vlek_key()).issue();
  CHECK(snp::vcek::parse(vcek).has_value());
  CHECK(snp::vlek::parse(vlek).has_value());
  CHECK(refusal(snp::vcek::parse(vlek)) == in_vek(errc::name_mismatch));
  CHECK(refusal(snp::vlek::parse(vcek)) == in_vek(errc::name_mismatch));
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

}  // namespace test_vek
