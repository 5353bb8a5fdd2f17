// SPDX-License-Identifier: Apache-2.0
#include <unitee/json/tdx_ear.hpp>

#include "support/td_ear.hpp"
#include "support/tdx_evidence.hpp"

#include <unitee/json/strict.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace test_tdx_ear {

using namespace unitee;
using namespace unitee::test;
using tdx::tcb_status;

namespace {

using json = nlohmann::json;

std::vector<std::uint8_t> quote_bytes() {
  static const auto bytes = need(simulated_td().attest(counted_report_data()));
  return bytes;
}

td_claims judged_quote(byte_view bytes) {
  return need(tdx::verify(need(tdx::quote::parse(bytes)), endorsements_of(simulated_tdx_collateral()),
                          simulated_tdx_now, anchors_of(simulated_tdx_platform())));
}

// wanted_td is what the TD of quote_bytes() is, and accepted_statuses is what to accept of others.
auto wanted_td(std::span<const tcb_status> accepted_statuses = std::array{tcb_status::up_to_date}) {
  return tdx::appraisal_policy{}
      .require_report_data(counted_report_data())
      .require_measurement(tdx::measurement{})
      .accept_tcb(accepted_statuses)
      .forbid_debug();
}

}  // namespace

TEST_CASE("an accepted TD has exactly the members of an EAR, and a simulated one is not genuine hardware",
          "[json][ear]") {
  const auto bytes = quote_bytes();
  const auto of = judged_quote(bytes);
  const auto result = tdx::appraise(of, wanted_td());
  REQUIRE(result.verdict());
  const json least = need(tdx::ear(result, of, plain_ear(simulated_tdx_now)));
  CHECK(check_ear(least, result.checks(), known_td_vector(result.checks(), 97, 0)) == "contraindicated");
  CHECK(member_names(least) == std::vector<std::string>{"ear.verifier-id", "eat_profile", "iat", "submods"});
  CHECK(least.at("iat") == 1739232000);  // date -u -d 2025-02-11 +%s
  const json& cpu = least.at("submods").at("cpu0");
  CHECK(member_names(cpu) == std::vector<std::string>{"ear.status", "ear.trustworthiness-vector",
                                                      "ear.veraison.annotated-evidence", "unitee.checks"});
  CHECK(cpu.at("ear.trustworthiness-vector") == json{{"instance-identity", 0},
                                                     {"configuration", 2},
                                                     {"executables", 0},
                                                     {"file-system", 0},
                                                     {"hardware", 97},
                                                     {"runtime-opaque", 0},
                                                     {"storage-opaque", 0},
                                                     {"sourced-data", 0}});
  const json& evidence = cpu.at("ear.veraison.annotated-evidence");
  CHECK(member_names(evidence) == std::vector<std::string>{"report_data", "tdx"});
  CHECK(evidence.at("report_data") == hex_of(counted_report_data().value));
  CHECK(evidence.at("tdx").at("trust_anchor") == "given by caller");

  const json most = need(tdx::ear(result, of, full_ear(bytes)));
  CHECK(most.at("ear.raw-evidence") == base64url_text(bytes));
  CHECK(member_names(most.at("submods")) == std::vector<std::string>{"guest"});
  const std::string text = most.dump();
  CHECK(need(parse_json(bytes_of(text), {std::size_t{1} << 20, 16})) == most);
}

TEST_CASE("an enclave's EAR calls its evidence by its own name", "[json][ear]") {
  const auto enclave = sample_enclave();
  const auto result = asked(enclave, lax_td());
  const json ear = need(unitee::detail::ear_about(enclave, result.checks(), result.verdict().has_value(), plain_ear()));
  CHECK(check_ear(ear, result.checks(), known_td_vector(result.checks(), 97, 0)) == "contraindicated");
  const json& evidence = ear.at("submods").at("cpu0").at("ear.veraison.annotated-evidence");
  CHECK(member_names(evidence) == std::vector<std::string>{"report_data", "sgx"});
  CHECK(evidence.at("report_data") == run_hex<64>(0x6e));
  CHECK(evidence.at("sgx").at("mrenclave") == run_hex<32>(0x59));
}

TEST_CASE("a TD that is refused is contraindicated, by the claim of the table", "[json][ear]") {
  const auto of = genuine_td();
  const std::vector others{run_of<tdx::measurement>(1)};
  const std::vector<tdx::ppid> no_ppid;
  const std::vector<tdx::fmspc> no_fmspc;
  const std::pair<const char*, td_answer> refusals[] = {
      {"measurement",
       asked(*of, undecided_td().waive_report_data().waive_tcb().allow_debug().require_measurement(others.front()))},
      {"report_data", asked(*of, undecided_td().waive_measurement().waive_tcb().allow_debug().require_report_data({}))},
      {"rtmr2", asked(*of, lax_td().require_rtmr(2, others))},
      {"mrseam", asked(*of, lax_td().require_mrseam({}))},
      {"mrconfigid", asked(*of, lax_td().require_mrconfigid(run_of<tdx::host_value>(1)))},
      {"sept_ve_disable", asked(*of, lax_td().forbid_attribute(tdx::td_attributes::sept_ve_disable))},
      {"tcb_date", asked(*of, lax_td().require_tcb_date(simulated_tdx_now))},
      {"ppid", asked(*of, lax_td().require_ppid(no_ppid))},
      {"fmspc", asked(*of, lax_td().require_fmspc(no_fmspc))}};
  for (const auto& [check, result] : refusals) {
    CAPTURE(check);
    REQUIRE(result.check(check)->answer == outcome::not_met);
    const json ear = need(tdx::ear(result, of, plain_ear()));
    CHECK(check_ear(ear, result.checks(), known_td_vector(result.checks(), 97, 0)) == "contraindicated");
  }
}

TEST_CASE("a result is not written down with other claims", "[json][ear]") {
  const auto bytes = quote_bytes();
  const auto of = judged_quote(bytes);
  const auto result = tdx::appraise(of, wanted_td());
  const auto refused = [&](const td_claims& other) { return refusal(tdx::ear(result, other, plain_ear())); };
  CHECK(refused(of) == std::nullopt);
  const failure mismatch{errc::binding_mismatch};
  CHECK(refused(judged_quote(need(simulated_td().attest({})))) == mismatch);
  CHECK(refused(genuine_td({}, {.mrtd = run_of<tdx::measurement>(1)})) == mismatch);
  CHECK(refused(genuine_td({}, {.mrowner = run_of<tdx::host_value>(1)})) == mismatch);
  CHECK(refused(genuine_td({}, {.attributes = {}})) == mismatch);
  // The same quote with collateral that says something else, and at a time when that was over.
  CHECK(refused(genuine_td({.status = tcb_status::out_of_date})) == mismatch);
  CHECK(refused(genuine_td({.tcb_evaluation_data_number = 21})) == mismatch);
  CHECK(refused(genuine_td({}, {}, {simulated_tdx_now.seconds + 86400 * 40}, 86400 * 365)) == mismatch);
  CHECK(refusal(tdx::ear(asked(sample_enclave(), lax_td()), of, plain_ear())) == mismatch);
}

TEST_CASE("a policy about advisories does not make a result another's", "[json][ear]") {
  const auto of = genuine_td({.status = tcb_status::sw_hardening_needed});
  REQUIRE_FALSE(of->tcb.advisories().empty());
  const std::vector<std::string_view> last{of->tcb.advisories().back()};
  CHECK(tdx::ear(asked(*of, lax_td().reject_advisories(last)), of, plain_ear()));
}

TEST_CASE("raw evidence is the quote of these claims or refused", "[json][ear]") {
  const auto bytes = quote_bytes();
  const auto of = judged_quote(bytes);
  const auto result = tdx::appraise(of, wanted_td());
  const auto refused = [&](byte_view raw) { return refusal(tdx::ear(result, of, full_ear(raw))); };
  const failure mismatch{errc::binding_mismatch};
  CHECK(refused(bytes) == std::nullopt);
  CHECK(refused(byte_view(bytes).first(bytes.size() - 1)) == mismatch);
  CHECK(refused(need(simulated_td().attest({}))) == mismatch);
  const auto parsed = need(tdx::quote::parse(bytes));
  const auto qe_offset = static_cast<std::size_t>(parsed.qe_report().bytes().data() - bytes.data());
  std::vector<std::size_t> offsets;
  for (std::size_t i = 0; i < parsed.signed_bytes().size(); ++i) offsets.push_back(i);
  for (std::size_t i = 0; i < tdx::enclave_report::size; ++i) offsets.push_back(qe_offset + i);
  for (const std::size_t offset : offsets) {
    auto other = bytes;
    other[offset] ^= 1;
    REQUIRE(refused(other) == mismatch);
  }
}

TEST_CASE("a quote that was refused is contraindicated in every claim, and the step is named", "[json][ear]") {
  auto bytes = quote_bytes();
  bytes[td_body + tdx::td_body_row::mrtd::offset] ^= 1;
  const auto refused = tdx::verify(need(tdx::quote::parse(bytes)), endorsements_of(simulated_tdx_collateral()),
                                   simulated_tdx_now, anchors_of(simulated_tdx_platform()));
  REQUIRE_FALSE(refused);
  const json ear = need(tdx::ear_of_failure(refused.error(), full_ear(bytes)));
  CHECK(member_names(ear) == std::vector<std::string>{"ear.verifier-id", "eat_nonce", "eat_profile", "iat", "submods"});
  const json& guest = ear.at("submods").at("guest");
  CHECK(member_names(guest) == std::vector<std::string>{"ear.appraisal-policy-id", "ear.status",
                                                        "ear.trustworthiness-vector", "unitee.failure"});
  CHECK(guest.at("ear.status") == "contraindicated");
  CHECK(guest.at("ear.trustworthiness-vector").size() == 8);
  for (const json& value : guest.at("ear.trustworthiness-vector")) CHECK(value == 99);
  CHECK(guest.at("unitee.failure").at("kind") == "signature_invalid");
  CHECK(guest.at("unitee.failure").at("part") == name(part::quote));
  CHECK(guest.at("unitee.failure").at("offset") == 48 + 6 + 648 + 4);  // header, descriptor, body 1.5, length
  CHECK(guest.at("unitee.failure").at("step") == "signature");

  for (const auto& [why, step] : {std::pair{failure{errc::missing, 0, part::tcb_info}, "tcb_info"},
                                  std::pair{failure{errc::expired, 0, part::qe_identity}, "qe_identity"},
                                  std::pair{failure{errc::revoked, 0, part::pck}, "revocation"},
                                  std::pair{failure{errc::untrusted_root, 0, part::root}, "anchor"}}) {
    const json cpu = need(tdx::ear_of_failure(why, plain_ear())).at("submods").at("cpu0");
    CHECK(cpu.at("ear.status") == "contraindicated");
    // What is not there was not validated.
    CHECK(cpu.at("ear.trustworthiness-vector").at("hardware") == (why.code == errc::missing ? 0 : 99));
    CHECK(cpu.at("unitee.failure").at("kind") == name(why.code));
    CHECK(cpu.at("unitee.failure").at("step") == step);
  }
  const json cpu =
      need(tdx::ear_of_failure(failure{errc::crypto_error, 0, part::pck}, plain_ear())).at("submods").at("cpu0");
  CHECK(cpu.at("ear.status") == "contraindicated");
  for (const json& value : cpu.at("ear.trustworthiness-vector")) CHECK(value == -1);
  CHECK_FALSE(cpu.at("unitee.failure").contains("step"));
}

TEST_CASE("what quote::parse refuses is refused at its own step", "[json][ear]") {
  const auto bytes = quote_bytes();
  const auto refused = tdx::quote::parse(byte_view(bytes).first(100));
  REQUIRE_FALSE(refused);
  const json cpu = need(tdx::ear_of_failure(refused.error(), tdx::step::parse, plain_ear())).at("submods").at("cpu0");
  CHECK(cpu.at("unitee.failure").at("kind") == "truncated");
  CHECK(cpu.at("unitee.failure").at("offset") == 100);
  CHECK(cpu.at("unitee.failure").at("step") == "parse");
}

TEST_CASE("an EAR of a recorded quote is as good as the status that the corpus names", "[json][ear]") {
  UNITEE_REQUIRE_EVIDENCE();
  std::size_t affirmed = 0;
  std::size_t warned = 0;
  for (const auto& entry : tdx_manifest().at("cases")) {
    if (!entry.contains("evaluations")) continue;
    const std::string id = entry.at("id");
    for (std::size_t i = 0; i < entry.at("evaluations").size(); ++i) {
      CAPTURE(id, i);
      const std::string status = entry.at("evaluations")[i].at("tcb_status");
      const auto sample = recorded_tdx(id, i);
      const auto of = need(sample.judged());
      const auto result = asked(*of, lax_td());
      const json ear = need(tdx::ear(result, of, {.iat = sample.at, .raw_evidence = sample.bytes}));
      const bool hopeless = status == "NotSupported" || status == "Revoked";
      const bool debug = id == "debug-td";
      const int hardware = status == "UpToDate" ? 2 : hopeless ? 96 : 32;
      CHECK(check_ear(ear, result.checks(), known_td_vector(result.checks(), hardware, debug ? 96 : 2)) ==
            (hopeless || debug      ? "contraindicated"
             : status == "UpToDate" ? "affirming"
                                    : "warning"));
      if (status == "UpToDate" && !debug) ++affirmed;
      if (status != "UpToDate" && !hopeless && !debug) ++warned;
      const json& evidence = ear.at("submods").at("cpu0").at("ear.veraison.annotated-evidence");
      const json& told = evidence.at(of->quote.td() ? "tdx" : "sgx");
      CHECK(told.at("trust_anchor") == "pinned");
      CHECK(told.at("tcb").at("status") == status);
      CHECK_FALSE(ear.dump().empty());
    }
  }
  CHECK(affirmed >= 3);
  CHECK(warned >= 2);
}

}  // namespace test_tdx_ear
