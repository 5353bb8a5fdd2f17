// SPDX-License-Identifier: Apache-2.0
#include <unitee/verify/snp_appraise.hpp>

#include "support/appraisal.hpp"

#include <cstddef>
#include <cstdint>
#include <iterator>
#include <string>
#include <utility>
#include <vector>

namespace test_snp_appraise {

using namespace unitee;
using namespace unitee::test;
using snp::appraisal_policy;

namespace {

genuine_claims attested(const snp::report_data& data, const simulated_launch& launch = {}) {
  return judged_claims(need(simulated_guest(simulated_platform(), launch).attest(data)));
}

}  // namespace

TEST_CASE("the questions are asked in the order of the table, with its rules and sources", "[verify][appraise]") {
  const auto answer = snp::appraise(guest_claims(), lax());
  REQUIRE(answer.checks().size() == snp::check_table.size());
  for (std::size_t i = 0; i < snp::check_table.size(); ++i) {
    const appraisal_check& one = answer.checks()[i];
    CHECK(one.name == std::string(snp::check_table[i].name));
    CHECK(one.rule == std::string(snp::check_table[i].rule));
    CHECK(one.source == std::string(snp::check_table[i].source));
    CHECK(answer.check(one.name) == &one);
  }
  CHECK(answer.check("") == nullptr);
  CHECK(answer.check("report_dat") == nullptr);
}

TEST_CASE("nothing asked is nothing refused, and every value is shown", "[verify][appraise]") {
  const auto claims = guest_claims();
  const auto answer = snp::appraise(claims, lax());
  REQUIRE(answer.verdict());
  CHECK((*answer.verdict())->report == claims->report);
  const std::pair<const char*, std::string> found[] = {{"report_data", repeat("00", 64)},
                                                       {"measurement", repeat("11", 48)},
                                                       {"minimum_tcb", "04020000000018db"},
                                                       {"debug", "no"},
                                                       {"minimum_launch_tcb", "04020000000018db"},
                                                       {"provisional_firmware", "no"},
                                                       {"firmware_version", "1.58.1"},
                                                       {"launch_mitigations", "0x7"},
                                                       {"current_mitigations", "0xf"},
                                                       {"policy_smt", "no"},
                                                       {"policy_migrate_ma", "no"},
                                                       {"policy_cxl_allow", "no"},
                                                       {"policy_single_socket", "yes"},
                                                       {"policy_mem_aes_256_xts", "yes"},
                                                       {"policy_rapl_dis", "yes"},
                                                       {"policy_ciphertext_hiding_dram", "yes"},
                                                       {"policy_page_swap_disable", "yes"},
                                                       {"policy_abi", "1.55"},
                                                       {"vmpl", "#0"},
                                                       {"host_data", repeat("44", 32)},
                                                       {"family_id", repeat("22", 16)},
                                                       {"image_id", repeat("33", 16)},
                                                       {"guest_svn", "#5"},
                                                       {"id_block", repeat("55", 48)},
                                                       {"author_key", repeat("66", 48)},
                                                       {"report_id", hex_of(claims->report.report_id().value)},
                                                       {"migration_agent", repeat("ff", 32)},
                                                       {"product", "'Milan'"},
                                                       {"chip_id", hex_of(simulated_platform().get().chip_id.value)},
                                                       {"masked_chip_id", "no"},
                                                       {"signing_key", "'VCEK'"},
                                                       {"csp_id", "-"},
                                                       {"revocation", "'unchecked'"},
                                                       {"platform_required", "0x25"},
                                                       {"platform_forbidden", "0x25"},
                                                       {"platform_unknown", "no"}};
  static_assert(std::size(found) == snp::check_table.size());
  for (const auto& [name, value] : found) expect_unasked(answer, name, value);
}

TEST_CASE("report data are equal in every bit or not met", "[verify][appraise]") {
  const auto nonce = filled<snp::report_data>(0x5C);
  const auto claims = attested(nonce);
  const auto asking = [&](const snp::report_data& wanted) {
    return snp::appraise(claims, undecided().waive_measurement().waive_tcb().allow_debug().require_report_data(wanted));
  };
  expect(asking(nonce), "report_data", outcome::met, repeat("5c", 64), repeat("5c", 64));
  for (std::size_t bit = 0; bit < 512; ++bit) {
    auto other = nonce;
    other.value[bit / 8] = static_cast<std::uint8_t>(other.value[bit / 8] ^ 1u << bit % 8);
    CHECK(refusal(asking(other).verdict()) == failure{errc::policy_not_met, 0, part::policy});
  }
  expect(asking({}), "report_data", outcome::not_met, repeat("5c", 64), repeat("00", 64));
}

TEST_CASE("a measurement is one of those wanted", "[verify][appraise]") {
  const auto image = filled<snp::measurement>(0x11);
  const auto claims = guest_claims();
  const auto asking = [&](const std::vector<snp::measurement>& any_of) {
    return snp::appraise(claims, undecided().waive_report_data().waive_tcb().allow_debug().require_measurement(any_of));
  };
  const auto two = filled<snp::measurement>(0x22);
  const auto three = filled<snp::measurement>(0x33);
  expect(asking({image}), "measurement", outcome::met, repeat("11", 48), repeat("11", 48), 1);
  expect(asking({two, three, image}), "measurement", outcome::met, repeat("11", 48), repeat("22", 48), 3);
  expect(asking({two, three}), "measurement", outcome::not_met, repeat("11", 48), repeat("22", 48), 2);
  expect(asking({}), "measurement", outcome::not_met, repeat("11", 48), "-", 0);
  for (std::size_t bit = 0; bit < 384; ++bit) {
    auto other = image;
    other.value[bit / 8] = static_cast<std::uint8_t>(other.value[bit / 8] ^ 1u << bit % 8);
    CHECK_FALSE(asking({other}).verdict());
  }
}

TEST_CASE("a guest that its host can debug is refused unless allowed", "[verify][appraise]") {
  const auto open = guest_claims(set_policy(snp::guest_policy::debug));
  const auto forbidding = undecided().waive_report_data().waive_measurement().waive_tcb().forbid_debug();
  expect(snp::appraise(open, forbidding), "debug", outcome::not_met, "yes", "no");
  expect(snp::appraise(guest_claims(), forbidding), "debug", outcome::met, "no", "no");
  expect_unasked(snp::appraise(open, lax()), "debug", "yes");
}

TEST_CASE("all checks are answered, and the verdict names the first that is not met", "[verify][appraise]") {
  const auto claims = attested({}, {.policy = {0xB0000}, .vmpl = 1});
  const auto answer = snp::appraise(claims, appraisal_policy{}
                                                .require_report_data({})
                                                .require_measurement(filled<snp::measurement>(1))
                                                .require_minimum_tcb(snp::generation::milan, {.snp = 25})
                                                .forbid_debug()
                                                .require_vmpl(0));
  for (const auto& [name, expected] : {std::pair{"report_data", outcome::met},
                                       {"measurement", outcome::not_met},
                                       {"minimum_tcb", outcome::not_met},
                                       {"debug", outcome::not_met},
                                       {"provisional_firmware", outcome::not_asked},
                                       {"masked_chip_id", outcome::met},
                                       {"policy_migrate_ma", outcome::met},
                                       {"policy_cxl_allow", outcome::met},
                                       {"migration_agent", outcome::met},
                                       {"vmpl", outcome::not_met},
                                       {"host_data", outcome::not_asked}}) {
    CAPTURE(name);
    CHECK(answer.check(name)->answer == expected);
  }
  CHECK(refusal(answer.verdict()) == failure{errc::policy_not_met, 1, part::policy});
}

TEST_CASE("everything that can be asked of a good guest is met, and each thing that is wrong is named alone",
          "[verify][appraise]") {
  const auto appraised = [](const genuine_claims& of, const snp::reference_values& want) {
    return unitee::detail::appraiser<snp::claims>::appraise(*of, want);
  };
  const auto good = good_report();
  const auto answer = appraised(judged_claims(good), everything(good));
  CHECK(answer.verdict());
  for (const appraisal_check& each : answer.checks()) {
    CAPTURE(each.name);
    const std::string name = each.name;
    CHECK(each.answer == (name == "csp_id" || name == "revocation" ? outcome::not_asked : outcome::met));
  }
  const auto all = all_spoiled();
  REQUIRE(all.size() == snp::check_table.size());
  for (std::size_t i = 0; i < all.size(); ++i) {
    CAPTURE(all[i].check);
    REQUIRE(all[i].check == std::string(snp::check_table[i].name));
    const auto report = good_report(all[i].bytes);
    auto want = everything(report);
    if (all[i].want) all[i].want(want);
    const auto spoiled_answer = appraised(judged_claims(report), want);
    CHECK(refusal(spoiled_answer.verdict()) == failure{errc::policy_not_met, i, part::policy});
    for (std::size_t k = 0; k < all.size(); ++k) {
      if (spoiled_answer.checks()[k].answer == outcome::not_met) CHECK(all[k].check == std::string(all[i].check));
    }
  }
}

TEST_CASE("every recorded case is appraised as the manifest expects of a strict policy", "[verify][appraise]") {
  UNITEE_REQUIRE_EVIDENCE();
  std::size_t tried = 0;
  const auto manifest = evidence_manifest("snp");
  for (const auto& entry : manifest.at("cases")) {
    const std::string id = entry.at("id");
    CAPTURE(id);
    if (entry.at("expected").at("cryptographic") != "valid") continue;
    const auto claims = need(snp::verify(recorded_report(entry.at("files")), recorded_endorsements(entry.at("files")),
                                         time(entry.at("verify_time").get<std::string>())));
    const auto answer = snp::appraise(claims, strict());
    const std::string expected = entry.at("expected").value("default_appraisal", "");
    std::string refused;
    for (const appraisal_check& each : answer.checks()) {
      if (each.answer == outcome::not_met) refused += each.name;
    }
    if (expected.empty()) {
      CHECK(refused.empty());
      CHECK(answer.verdict());
    } else {
      CHECK(refused == (expected.find("DEBUG") != expected.npos ? "debug" : "provisional_firmware"));
      CHECK_FALSE(answer.verdict());
    }
    ++tried;
  }
  CHECK(tried == 12);
}

}  // namespace test_snp_appraise
