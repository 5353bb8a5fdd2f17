// SPDX-License-Identifier: Apache-2.0
#include <unitee/json/ear.hpp>

#include "support/ear.hpp"
#include "support/openssl.hpp"
#include "support/spoiled.hpp"

#include <unitee/json/strict.hpp>
#include <unitee/verify/snp_appraise.hpp>

#include <string>
#include <vector>

using namespace unitee;
using namespace unitee::test;

namespace {

using json = nlohmann::json;
using answer = attestation_result<snp::claims>;

answer appraised(const genuine_claims& of, const snp::reference_values& want) {
  return unitee::detail::appraiser<snp::claims>::appraise(*of, want);
}

ear_options plain() { return {.iat = simulated_now}; }

ear_options full() {
  return {.iat = simulated_now,
          .developer = "Acme Inc.",
          .build = "1.0",
          .submodule = "guest",
          .policy_id = "policy://acme/1",
          .eat_nonce = pattern(8),
          .raw_evidence = true};
}

// check_ear compares an EAR with what its checks are known to mean, and gives its status.
std::string check_ear(const answer& result, const genuine_claims& of) {
  const json claims = need(snp::ear(result, of, plain()));
  const json& cpu = claims.at("submods").at("cpu0");
  const bool debug = of->report.policy().has(snp::guest_policy::debug);
  const trust_values vector = cpu.at("ear.trustworthiness-vector").get<trust_values>();
  CHECK(vector == known_vector(result.checks(), debug, of->anchor));
  REQUIRE(cpu.at("unitee.checks").size() == result.checks().size());
  for (std::size_t i = 0; i < result.checks().size(); ++i) {
    const json& told = cpu.at("unitee.checks")[i];
    CHECK(told.at("check") == result.checks()[i].name);
    CHECK(told.at("outcome") == name(result.checks()[i].answer));
    CHECK(told.at("source") == result.checks()[i].source);
    CHECK(told.contains("wanted") == (result.checks()[i].answer != outcome::not_asked));
  }
  const std::string status = cpu.at("ear.status");
  for (const auto& [claim, value] : vector) CHECK((value < 96 || status == "contraindicated"));
  if (!result.verdict()) CHECK(status == "contraindicated");
  return status;
}

std::vector<std::string> members(const json& of) {
  std::vector<std::string> out;
  for (const auto& [name, value] : of.items()) out.push_back(name);
  return out;  // in alphabetical order
}

}  // namespace

TEST_CASE("an accepted guest has exactly the members of an EAR, and a simulated one is not genuine hardware",
          "[json][ear]") {
  const auto of = judged_claims(good_report());
  const auto result = appraised(of, everything(of->report));
  REQUIRE(result.verdict());
  CHECK(check_ear(result, of) == "contraindicated");  // under a root that the caller named

  const json least = need(snp::ear(result, of, plain()));
  CHECK(members(least) == std::vector<std::string>{"ear.verifier-id", "eat_profile", "iat", "submods"});
  CHECK(least.at("eat_profile") == "tag:github.com,2023:veraison/ear");
  CHECK(least.at("iat") == 1738368000);  // date -d 2025-02-01T00:00:00Z +%s
  CHECK(least.at("ear.verifier-id") == json{{"developer", "unitee"}, {"build", version}});
  CHECK(members(least.at("submods").at("cpu0")) == std::vector<std::string>{"ear.status", "ear.trustworthiness-vector",
                                                                            "ear.veraison.annotated-evidence",
                                                                            "unitee.checks"});
  CHECK(least.at("submods").at("cpu0").at("ear.trustworthiness-vector") == json{{"instance-identity", 2},
                                                                                {"configuration", 2},
                                                                                {"executables", 3},
                                                                                {"file-system", 0},
                                                                                {"hardware", 97},
                                                                                {"runtime-opaque", 0},
                                                                                {"storage-opaque", 0},
                                                                                {"sourced-data", 0}});

  const json most = need(snp::ear(result, of, full()));
  CHECK(members(most) ==
        std::vector<std::string>{"ear.raw-evidence", "ear.verifier-id", "eat_nonce", "eat_profile", "iat", "submods"});
  CHECK(most.at("ear.verifier-id") == json{{"developer", "Acme Inc."}, {"build", "1.0"}});
  CHECK(most.at("eat_nonce") == "AwoRGB8mLTQ");  // python: base64.urlsafe_b64encode(bytes(7 * i + 3 for i in range(8)))
  CHECK(most.at("ear.raw-evidence") == base64url_text(of->report.bytes()));
  CHECK(members(most.at("submods")) == std::vector<std::string>{"guest"});
  CHECK(most.at("submods").at("guest").at("ear.appraisal-policy-id") == "policy://acme/1");

  const std::string text = most.dump();
  CHECK(need(parse_json(bytes_of(text), {std::size_t{1} << 20, 16})) == most);
}

TEST_CASE("annotated evidence has every field of the report", "[json][ear]") {
  const auto of = judged_claims(good_report());
  const json whole = need(snp::ear(appraised(of, {}), of, plain()));
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

TEST_CASE("found and wanted are told by kind of value", "[json][ear]") {
  using unitee::detail::ear_value;
  CHECK(ear_value({}) == nullptr);
  CHECK(ear_value(check_value(true)) == true);
  CHECK(ear_value(check_value::number(7)) == 7);
  CHECK(ear_value(check_value::mask(0x30)) == "0x0000000000000030");
  CHECK(ear_value(check_value::release({1, 55, 21})) == "1.55.21");
  CHECK(ear_value(check_value::text("Milan")) == "Milan");
  CHECK(ear_value(check_value::text("\xFFM")) == "ff4d");
  CHECK(ear_value(check_value(byte_view(pattern(3)))) == "030a11");
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
    const auto refused = snp::ear(result, other, plain());
    REQUIRE_FALSE(refused);
    CHECK(refused.error() == failure{errc::binding_mismatch});
  }
}

TEST_CASE("options that an EAR cannot carry are refused", "[json][ear]") {
  const failure why{errc::signature_invalid, 0x2A0, part::report};
  const auto refused = [&](const ear_options& with) {
    const auto out = snp::ear_of_failure(why, with);
    return out ? std::nullopt : std::optional(out.error());
  };
  for (std::size_t size = 0; size < 100; ++size) {
    auto with = plain();
    with.eat_nonce = pattern(size);
    CHECK(refused(with) == (size < 8 || size > 64 ? std::optional(failure{errc::bad_length}) : std::nullopt));
  }
  for (std::string ear_options::*const text : {&ear_options::developer, &ear_options::build, &ear_options::submodule}) {
    auto with = plain();
    with.*text = "";
    CHECK(refused(with) == failure{errc::missing});
    with.*text = "a\xFF";
    CHECK(refused(with) == failure{errc::bad_encoding});
  }
  auto with = plain();
  with.policy_id = "";
  CHECK(refused(with) == failure{errc::missing});
  with.policy_id = "\x80";
  CHECK(refused(with) == failure{errc::bad_encoding});
}

TEST_CASE("evidence that was refused is contraindicated in every claim, and the step is named", "[json][ear]") {
  const auto report = good_report(flip(0x90));
  auto bytes = bytes_of(report);
  bytes[0x90] ^= 1;
  const auto refused = judged(simulated_platform(), need(snp::report::parse(bytes)));
  REQUIRE_FALSE(refused);
  const json claims = need(snp::ear_of_failure(refused.error(), full()));
  CHECK(members(claims) == std::vector<std::string>{"ear.verifier-id", "eat_nonce", "eat_profile", "iat", "submods"});
  const json& guest = claims.at("submods").at("guest");
  CHECK(members(guest) == std::vector<std::string>{"ear.appraisal-policy-id", "ear.status",
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
    const json cpu = need(snp::ear_of_failure(why, plain())).at("submods").at("cpu0");
    CHECK(cpu.at("ear.status") == "contraindicated");
    // What is not there was not validated.
    CHECK(cpu.at("ear.trustworthiness-vector").at("hardware") == (why.code == errc::missing ? 0 : 99));
    CHECK(cpu.at("unitee.failure").at("kind") == name(why.code));
    CHECK(cpu.at("unitee.failure").at("step") == snp::info_of(*snp::step_of(why)).name);
  }
  const json cpu =
      need(snp::ear_of_failure(failure{errc::crypto_error, 0, part::vek}, plain())).at("submods").at("cpu0");
  CHECK(cpu.at("ear.status") == "contraindicated");
  for (const json& value : cpu.at("ear.trustworthiness-vector")) CHECK(value == -1);
}

namespace {

// check_same_types says that what both have under one name has one type. The name of the submodule is anyone's.
void check_same_types(const json& sample, const json& ours) {
  for (const auto& [name, value] : sample.items()) {
    CAPTURE(name);
    if (name == "ear.veraison.key-attestation") continue;
    REQUIRE(ours.contains(name));
    CHECK((ours.at(name).is_number_integer() ? value.is_number_integer() : ours.at(name).type() == value.type()));
    if (name != "submods" && value.is_object()) check_same_types(value, ours.at(name));
  }
}

}  // namespace

TEST_CASE("recorded EARs have the members and types of ours, and the status of their worst claim", "[json][ear]") {
  UNITEE_REQUIRE_EVIDENCE();
  const auto of = judged_claims(good_report());
  const json ours = need(snp::ear(appraised(of, everything(of->report)), of, full()));
  for (const char* file :
       {"ear-claims", "ear-claims-tv-ok", "ear-claims-key-attestation-ok", "ear-claims-key-attestation-ko"}) {
    CAPTURE(file);
    const auto text = evidence_file(std::string("rats/ear/") + file + ".json");
    const json sample = need(parse_json(text, {std::size_t{1} << 16, 8}));
    check_same_types(sample, ours);
    CHECK(sample.at("eat_profile") == ours.at("eat_profile"));
    for (const json& submodule : sample.at("submods")) {
      check_same_types(submodule, ours.at("submods").at("guest"));
      if (!submodule.contains("ear.trustworthiness-vector")) continue;
      trustworthiness_vector vector;
      for (const trust_claim each : trust_claims) {
        vector.add(each, submodule.at("ear.trustworthiness-vector").value(name(each), std::int8_t{0}));
      }
      CHECK(name(vector.worst()) == submodule.at("ear.status"));
    }
  }
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
