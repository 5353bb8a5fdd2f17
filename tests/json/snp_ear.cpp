// SPDX-License-Identifier: Apache-2.0
#include <unitee/json/snp_ear.hpp>

#include "support/ear.hpp"
#include "support/spoiled.hpp"

#include <unitee/json/strict.hpp>
#include <unitee/verify/snp_appraise.hpp>

#include <string>
#include <vector>

namespace test_snp_ear {

using namespace unitee;
using namespace unitee::test;

namespace {

using json = nlohmann::json;
using answer = attestation_result<snp::claims>;

answer appraised(const genuine_claims& of, const snp::reference_values& want) {
  return unitee::detail::appraiser<snp::claims>::appraise(*of, want);
}

std::string check_ear(const answer& result, const genuine_claims& of) {
  const bool debug = of->report.policy().has(snp::guest_policy::debug);
  return test::check_ear(need(snp::ear(result, of, plain_ear())), result.checks(),
                         known_vector(result.checks(), debug, of->anchor));
}

}  // namespace

TEST_CASE("an accepted guest has exactly the members of an EAR, and a simulated one is not genuine hardware",
          "[json][ear]") {
  const auto of = judged_claims(good_report());
  const auto result = appraised(of, everything(of->report));
  REQUIRE(result.verdict());
  CHECK(check_ear(result, of) == "contraindicated");  // under a root that the caller named

  const json least = need(snp::ear(result, of, plain_ear()));
  CHECK(member_names(least) == std::vector<std::string>{"ear.verifier-id", "eat_profile", "iat", "submods"});
  CHECK(least.at("eat_profile") == "tag:github.com,2023:veraison/ear");
  CHECK(least.at("iat") == 1738368000);  // date -d 2025-02-01T00:00:00Z +%s
  CHECK(least.at("ear.verifier-id") == json{{"developer", "unitee"}, {"build", version}});
  CHECK(member_names(least.at("submods").at("cpu0")) ==
        std::vector<std::string>{"ear.status", "ear.trustworthiness-vector", "ear.veraison.annotated-evidence",
                                 "unitee.checks"});
  CHECK(least.at("submods").at("cpu0").at("ear.trustworthiness-vector") == json{{"instance-identity", 2},
                                                                                {"configuration", 2},
                                                                                {"executables", 3},
                                                                                {"file-system", 0},
                                                                                {"hardware", 97},
                                                                                {"runtime-opaque", 0},
                                                                                {"storage-opaque", 0},
                                                                                {"sourced-data", 0}});

  const json most = need(snp::ear(result, of, full_ear(of->report.bytes())));
  CHECK(member_names(most) ==
        std::vector<std::string>{"ear.raw-evidence", "ear.verifier-id", "eat_nonce", "eat_profile", "iat", "submods"});
  CHECK(most.at("ear.verifier-id") == json{{"developer", "Acme Inc."}, {"build", "1.0"}});
  CHECK(most.at("eat_nonce") == "AwoRGB8mLTQ");  // python: base64.urlsafe_b64encode(bytes(7 * i + 3 for i in range(8)))
  CHECK(most.at("ear.raw-evidence") == base64url_text(of->report.bytes()));
  CHECK(member_names(most.at("submods")) == std::vector<std::string>{"guest"});
  CHECK(most.at("submods").at("guest").at("ear.appraisal-policy-id") == "policy://acme/1");

  const std::string text = most.dump();
  CHECK(need(parse_json(bytes_of(text), {std::size_t{1} << 20, 16})) == most);
}

TEST_CASE("annotated evidence has every field of the report", "[json][ear]") {
  const auto of = judged_claims(good_report());
  const json whole = need(snp::ear(appraised(of, {}), of, plain_ear()));
  const json& told = whole.at("submods").at("cpu0").at("ear.veraison.annotated-evidence");
  CHECK(told.at("report_data") == hex_of(of->report.report_data().value));
  const json& snp = told.at("snp");
  CHECK(snp.at("version") == 5);
  CHECK(snp.at("guest_svn") == 5);
  CHECK(snp.at("policy") == "0x0000000003d20137");
  CHECK(snp.at("launch_mit_vector") == "0x0000000000000007");
  CHECK(snp.at("vmpl") == 0);
  CHECK(snp.at("measurement") == hex_of(filled<unitee::snp::measurement>(0x11).value));
  CHECK(snp.at("reported_tcb") == "04020000000018db");
  CHECK(snp.at("product") == "Milan");
  CHECK(snp.at("signer") == "VCEK");
  CHECK(snp.at("trust_anchor") == "given by caller");
  CHECK(snp.at("revocation") == name(of->revocation));
  std::size_t fields = 0;
  of->report.for_each_field([&](auto row, const auto&) {
    ++fields;
    CHECK(snp.contains(decltype(row)::name));
  });
  CHECK(snp.size() == fields + 4);
}

TEST_CASE("what is not asked is claimed by hardware and encrypted memory alone", "[json][ear]") {
  const auto of = judged_claims(good_report());
  snp::reference_values nothing;
  nothing.allow_debug = nothing.allow_migration = nothing.allow_cxl = nothing.allow_masked_chip_id = true;
  CHECK(check_ear(appraised(of, nothing), of) == "contraindicated");  // of a simulated guest not even that
  const auto open = judged_claims(good_report(set_policy(snp::guest_policy::debug)));
  const auto accepted = appraised(open, nothing);
  CHECK(accepted.verdict());
  CHECK(check_ear(accepted, open) == "contraindicated");  // the host can read it, whoever accepts that
}

TEST_CASE("each check that is not met makes the result contraindicated, by the claim of the table", "[json][ear]") {
  const auto all = all_spoiled();
  REQUIRE(all.size() == snp::check_table.size());
  for (std::size_t i = 0; i < all.size(); ++i) {
    CAPTURE(all[i].check);
    REQUIRE(std::string(all[i].check) == snp::check_table[i].name);
    const auto of = judged_claims(good_report(all[i].bytes));
    auto want = everything(of->report);
    if (all[i].want) all[i].want(want);
    const auto result = appraised(of, want);
    for (const appraisal_check& check : result.checks()) {
      const bool here = std::string(check.name) == all[i].check;
      CHECK((check.answer == outcome::not_met) == here);
    }
    CHECK(check_ear(result, of) == "contraindicated");
  }
}

TEST_CASE("a result is not written down with the claims of another report", "[json][ear]") {
  const auto of = judged_claims(good_report());
  const auto result = appraised(of, everything(of->report));
  for (const std::size_t offset :
       {snp::row::report_data::offset, snp::row::measurement::offset, snp::row::report_id::offset}) {
    const auto other = judged_claims(good_report([&](report_octets& bytes) {
      snp::row::report_id::write(bytes, of->report.report_id());
      flip(offset)(bytes);
    }));
    const auto refused = snp::ear(result, other, plain_ear());
    REQUIRE_FALSE(refused);
    CHECK(refused.error() == failure{errc::binding_mismatch});
  }
}

TEST_CASE("evidence that was refused is contraindicated in every claim, and the step is named", "[json][ear]") {
  const auto report = good_report(flip(0x90));
  auto bytes = bytes_of(report);
  bytes[0x90] ^= 1;
  const auto refused = judged(simulated_platform(), need(snp::report::parse(bytes)));
  REQUIRE_FALSE(refused);
  const json claims = need(snp::ear_of_failure(refused.error(), full_ear(bytes)));
  CHECK(member_names(claims) ==
        std::vector<std::string>{"ear.verifier-id", "eat_nonce", "eat_profile", "iat", "submods"});
  const json& guest = claims.at("submods").at("guest");
  CHECK(member_names(guest) == std::vector<std::string>{"ear.appraisal-policy-id", "ear.status",
                                                        "ear.trustworthiness-vector", "unitee.failure"});
  CHECK(guest.at("ear.status") == "contraindicated");
  CHECK(guest.at("ear.trustworthiness-vector").size() == 8);
  for (const json& value : guest.at("ear.trustworthiness-vector")) CHECK(value == 99);
  CHECK(guest.at("unitee.failure").at("kind") == "signature_invalid");
  CHECK(guest.at("unitee.failure").at("part") == "attestation report");
  CHECK(guest.at("unitee.failure").at("offset") == 0x2A0);
  CHECK(guest.at("unitee.failure").at("step") == "signature");

  for (const failure& why : {failure{errc::truncated, 9, part::report}, failure{errc::missing, 0, part::vek},
                             failure{errc::untrusted_root, 0, part::root}, failure{errc::revoked, 0, part::vek},
                             failure{errc::unsupported_version, 0, part::report}}) {
    const json cpu = need(snp::ear_of_failure(why, plain_ear())).at("submods").at("cpu0");
    CHECK(cpu.at("ear.status") == "contraindicated");
    // What is not there was not validated.
    CHECK(cpu.at("ear.trustworthiness-vector").at("hardware") == (why.code == errc::missing ? 0 : 99));
    CHECK(cpu.at("unitee.failure").at("kind") == name(why.code));
    CHECK(cpu.at("unitee.failure").at("step") == snp::info_of(*snp::step_of(why)).name);
  }
  const json cpu =
      need(snp::ear_of_failure(failure{errc::crypto_error, 0, part::vek}, plain_ear())).at("submods").at("cpu0");
  CHECK(cpu.at("ear.status") == "contraindicated");
  for (const json& value : cpu.at("ear.trustworthiness-vector")) CHECK(value == -1);
}

TEST_CASE("an EAR of recorded evidence names the pinned root", "[json][ear]") {
  UNITEE_REQUIRE_EVIDENCE();
  const json manifest = evidence_manifest("snp");
  for (const auto& entry : manifest.at("cases")) {
    if (entry.at("expected").at("cryptographic") != "valid") continue;
    const std::string id = entry.at("id");
    CAPTURE(id);
    const auto at = time(entry.at("verify_time").get<std::string>());
    const auto& files = entry.at("files");
    const auto of = need(snp::verify(recorded_report(files), recorded_endorsements(files), at));
    const auto result = appraised(of, {});
    check_ear(result, of);
    const json claims = need(snp::ear(result, of, {.iat = at}));
    const json& told = claims.at("submods").at("cpu0").at("ear.veraison.annotated-evidence").at("snp");
    CHECK(told.at("trust_anchor") == "pinned");
    CHECK(told.at("version") == of->report.version());
    CHECK_FALSE(claims.dump().empty());
  }
}

}  // namespace test_snp_ear
