// SPDX-License-Identifier: Apache-2.0
//
// tests/verify/corpus.cpp: the recorded evidence before the verifier.
#include <unitee/verify/snp.hpp>

#include "support/verdicts.hpp"

#include <map>

namespace test_corpus {

using namespace unitee;
using namespace unitee::test;

namespace {

failure in_report(errc code, std::uint64_t offset) { return {code, offset, part::report}; }

// recorded_signer is the verified VEK of a recorded case.
snp::verified_vek recorded_signer(const nlohmann::json& entry) {
  const auto chain = amd_chain(entry.at("files"));
  return need(
      snp::verified_vek::verify(chain[0], chain[1], chain[2], time(entry.at("verify_time").get<std::string>())));
}

}  // namespace

TEST_CASE("every recorded case has the verdict that the manifest expects", "[verify][snp]") {
  UNITEE_REQUIRE_EVIDENCE();
  const auto manifest = evidence_manifest("snp");
  std::size_t valid = 0;
  for (const auto& entry : manifest.at("cases")) {
    const std::string id = entry.at("id");
    CAPTURE(id);
    const auto& files = entry.at("files");
    const auto report = recorded_report(files);
    const auto at = time(entry.at("verify_time").get<std::string>());
    const auto given = recorded_endorsements(files);
    const auto genuine = snp::verify(report, given, at);
    if (entry.at("expected").at("cryptographic") != "valid") {
      CHECK(id == "azure-milan-v2-wrong-vcek");
      CHECK(refusal(genuine) == in_report(errc::chip_id_mismatch, 0x1A0));
      continue;
    }
    ++valid;
    REQUIRE(genuine);
    const snp::claims& claims = **genuine;
    CHECK(claims.report == report);
    CHECK(claims.anchor == anchor_origin::pinned);
    CHECK(snp::product_of(claims.vek.product_id()).name == entry.at("key_generation").get<std::string>());
    CHECK((claims.vek.kind() == snp::signing_key_kind::vlek) == (entry.at("vek") == "VLEK"));
    CHECK_FALSE(claims.chip_id_masked);
    CHECK(claims.revocation == snp::revocation::unchecked);
    CHECK(snp::verify(report, recorded_signer(entry), at));
    if (files.contains("vek_alternative"))
      CHECK(snp::verify(report, recorded_endorsements(files, "vek_alternative"), at));
    for (const auto& [when, why] : entry.at("expected").items()) {
      if (!when.starts_with("at_")) continue;
      const std::string date = when.substr(3, 4) + "-" + when.substr(8, 2) + "-" + when.substr(11, 2) + "T00:00:00Z";
      CHECK(why.get<std::string>().find("expired") != std::string::npos);
      CHECK(refusal(snp::verify(report, given, time(date))) == failure{errc::expired, 0, part::vek});
    }
  }
  CHECK(valid == 12);
}

TEST_CASE("every recorded negative is refused for its own reason", "[verify][snp]") {
  UNITEE_REQUIRE_EVIDENCE();
  const std::map<std::string, failure> expected{
      {"neg-other-chip-vcek", in_report(errc::tcb_mismatch, 0x180)},
      {"neg-vlek-expired", {errc::expired, 0, part::vek}},
      {"neg-vlek-under-ask", {errc::missing, 0, part::intermediate}},
      {"neg-turin-under-genoa", {errc::missing, 0, part::intermediate}},
      {"neg-vcek-not-yet-valid", {errc::not_yet_valid, 0, part::vek}},
  };
  const auto manifest = evidence_manifest("snp");
  std::size_t tried = 0;
  for (const auto& entry : manifest.at("negatives")) {
    const auto known = expected.find(entry.at("id").get<std::string>());
    if (known == expected.end()) continue;  // of a certificate alone (vek.cpp), or of a TPM quote
    CAPTURE(known->first);
    const auto at = time(entry.at("verify_time").get<std::string>());
    CHECK(refusal(snp::verify(recorded_report(entry.at("files")), recorded_endorsements(entry.at("files")), at)) ==
          known->second);
    ++tried;
  }
  CHECK(tried == expected.size());
}

TEST_CASE("a list of Genoa's root counts when it is given", "[verify][snp]") {
  UNITEE_REQUIRE_EVIDENCE();
  const auto report = need(snp::report::parse(evidence_file("snp/reports/genoa-v3-vcek/report.bin")));
  endorsements given;
  for (const char* file : {"reports/genoa-v3-vcek/vcek.pem", "roots/genoa/vcek_cert_chain.pem", "crl/genoa.crl"})
    add_recorded(given, file);
  const auto genuine = snp::verify(report, given, time("2026-08-14T00:00:00Z"));
  REQUIRE(genuine);
  CHECK((*genuine)->revocation == snp::revocation::checked);
  const auto after = time("2026-09-09T00:00:01Z");
  CHECK(refusal(snp::verify(report, given, after)) == failure{errc::expired, 0, part::crl});
  const auto stale = snp::verify(report, given, after, {}, snp::stale_crls::accept);
  REQUIRE(stale);
  CHECK((*stale)->revocation == snp::revocation::stale_list);
  CHECK(refusal(snp::verify(report, given, time("2026-03-01T00:00:00Z"))) ==
        failure{errc::not_yet_valid, 0, part::crl});
  // A list of another product's root is no list of this one.
  const auto milan_report = need(snp::report::parse(evidence_file("snp/reports/milan-v5-vcek-gcp/report.bin")));
  endorsements others;
  for (const char* file : {"crl/genoa.crl", "roots/milan/vcek_cert_chain.pem", "reports/milan-v5-vcek-gcp/vcek.pem"})
    add_recorded(others, file);
  const auto unlisted = snp::verify(milan_report, others, time("2026-01-15T00:00:00Z"));
  REQUIRE(unlisted);
  CHECK((*unlisted)->revocation == snp::revocation::unchecked);
}

}  // namespace test_corpus
