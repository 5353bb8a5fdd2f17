// SPDX-License-Identifier: Apache-2.0
#include <unitee/verify/tdx_appraise.hpp>

#include "support/td_appraisal.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace test_tdx_appraise {

using namespace unitee;
using namespace unitee::test;
using tdx::appraisal_policy;
using tdx::tcb_status;

namespace {

// answer_about is the check of this name when a TD or enclave is asked by the policy.
template <class Policy>
std::string answer_about(const tdx::claims& of, const Policy& policy, std::string_view check) {
  return name(asked(of, policy).check(check)->answer);
}

}  // namespace

TEST_CASE("a TD is asked the questions in the order of the table, with its rules and sources", "[verify][appraise]") {
  const auto answer = tdx::appraise(genuine_td(), lax_td());
  REQUIRE(answer.checks().size() == tdx::check_table.size());
  for (std::size_t i = 0; i < tdx::check_table.size(); ++i) {
    const appraisal_check& one = answer.checks()[i];
    CHECK(one.name == std::string(tdx::check_table[i].name));
    CHECK(one.rule == std::string(tdx::check_table[i].rule));
    CHECK(one.source == std::string(tdx::check_table[i].source));
    CHECK(answer.check(one.name) == &one);
  }
}

TEST_CASE("of a TD nothing asked is nothing refused, and every value is shown", "[verify][appraise]") {
  const auto answer = asked(sample_td(), lax_td());
  CHECK(answer.verdict());
  const auto& pck = simulated_tdx_platform().get().pck_extension;
  const std::pair<const char*, std::string> found[] = {
      {"report_data", run_hex<64>(0x4b)},
      {"measurement", run_hex<48>(0x43)},
      {"tcb_status", "'UpToDate'"},
      {"debug", "yes"},
      {"tcb_supported", "yes"},
      {"quote_version", "#5"},
      {"quote_body", "'TD 1.5'"},
      {"unsigned_bytes", "#0"},
      {"qe_svn", "#8338"},
      {"pce_svn", "#13"},
      {"mrseam", run_hex<48>(0x41)},
      {"mrsignerseam", run_hex<48>(0x42)},
      {"mrconfigid", run_hex<48>(0x44)},
      {"mrowner", run_hex<48>(0x45)},
      {"mrownerconfig", run_hex<48>(0x46)},
      {"rtmr0", run_hex<48>(0x47)},
      {"rtmr1", run_hex<48>(0x48)},
      {"rtmr2", run_hex<48>(0x49)},
      {"rtmr3", run_hex<48>(0x4a)},
      {"attributes", "0x8000000050000001"},
      {"profiling", "no"},
      {"migratable", "no"},
      {"icssd", "no"},
      {"servtd_ext", "no"},
      {"lass", "no"},
      {"sept_ve_disable", "yes"},
      {"pks", "yes"},
      {"kl", "no"},
      {"tpa", "no"},
      {"perfmon", "yes"},
      {"unknown_attributes", "0x0"},
      {"xfam", "0x602e7"},
      {"mrservicetd", run_hex<48>(0x4d)},
      {"mrenclave", "-"},
      {"mrsigner", "-"},
      {"tee_tcb_svn", run_hex<16>(0x40)},
      {"tcb_evaluation_data_number", "#20"},
      {"tcb_date", shown(answer.check("tcb_date")->found)},  // see tdx_appraise_platform.cpp
      {"out_of_date_grace", "-"},
      {"rejected_advisories", "-"},
      {"allowed_advisories", "-"},
      {"qe_status", "'UpToDate'"},
      {"collateral_current", "#0"},
      {"platform_instance_id", hex_of(pck.platform_instance_id->value)},
      {"ppid", hex_of(pck.ppid.value)},
      {"dynamic_platform", "yes"},
      {"cached_keys", "yes"},
      {"smt", "yes"},
      {"sgx_type", "'Scalable'"},
      {"fmspc", "99906f000000"}};
  static_assert(std::size(found) == tdx::check_table.size());
  for (std::size_t i = 0; i < std::size(found); ++i) {
    const auto& [name, value] = found[i];
    if (std::ranges::find(always_asked, std::string_view(name)) != always_asked.end()) {
      CHECK(shown(answer.checks()[i].found) == value);
    } else {
      expect(answer, name, outcome::not_asked, value, "-", 0);
    }
  }
  CHECK(shown(answer.check("quote_body")->wanted) == "'TD 1.0'");
  CHECK(answer.check("quote_body")->choices == 4);
  CHECK(shown(answer.check("tcb_supported")->wanted) == "yes");
  CHECK(shown(answer.check("collateral_current")->wanted) == "#0");
}

TEST_CASE("an enclave has no field of a TD: nothing is found, and what is asked is not met", "[verify][appraise]") {
  const auto enclave = sample_enclave();
  const auto answer = asked(enclave, lax_td());
  CHECK(answer.verdict());
  for (const std::string_view check : {"measurement",
                                       "mrseam",
                                       "mrsignerseam",
                                       "mrconfigid",
                                       "mrowner",
                                       "mrownerconfig",
                                       "rtmr0",
                                       "rtmr1",
                                       "rtmr2",
                                       "rtmr3",
                                       "attributes",
                                       "profiling",
                                       "migratable",
                                       "icssd",
                                       "servtd_ext",
                                       "lass",
                                       "sept_ve_disable",
                                       "pks",
                                       "kl",
                                       "tpa",
                                       "perfmon",
                                       "unknown_attributes",
                                       "xfam",
                                       "mrservicetd",
                                       "tee_tcb_svn"}) {
    CAPTURE(std::string(check));
    CHECK(shown(answer.check(check)->found) == "-");
    CHECK(answer.check(check)->answer == outcome::not_asked);
  }
  CHECK(shown(answer.check("report_data")->found) == run_hex<64>(0x6e));  // 0x50 + 30
  CHECK(shown(answer.check("mrenclave")->found) == run_hex<32>(0x59));
  CHECK(shown(answer.check("mrsigner")->found) == run_hex<32>(0x5f));
  CHECK(shown(answer.check("qe_svn")->found) == "#2571");  // of the header, which is lower
  CHECK(shown(answer.check("debug")->found) == "no");

  const std::vector<tdx::measurement> images{run_of<tdx::measurement>(0x43)};
  const auto by_mrtd = undecided_td().waive_report_data().waive_tcb().allow_debug().require_measurement(images.front());
  expect(asked(enclave, by_mrtd), "measurement", outcome::not_met, "-", run_hex<48>(0x43));
  CHECK(answer_about(enclave, lax_td().require_mrseam(images), "mrseam") == "not met");
  CHECK(answer_about(enclave, lax_td().require_zero_mrsignerseam(), "mrsignerseam") == "not met");
  CHECK(answer_about(enclave, lax_td().require_mrconfigid({}), "mrconfigid") == "not met");
  CHECK(answer_about(enclave, lax_td().require_mrowner({}), "mrowner") == "not met");
  CHECK(answer_about(enclave, lax_td().require_mrownerconfig({}), "mrownerconfig") == "not met");
  CHECK(answer_about(enclave, lax_td().require_rtmr_zero(2), "rtmr2") == "not met");
  CHECK(answer_about(enclave, lax_td().require_attributes(0, 0), "attributes") == "not met");
  CHECK(answer_about(enclave, lax_td().require_xfam(0, 0), "xfam") == "not met");
  CHECK(answer_about(enclave, lax_td().forbid_attribute(tdx::td_attributes::kl), "kl") == "not met");
  CHECK(answer_about(enclave, lax_td().require_service_td(images), "mrservicetd") == "not met");
  CHECK(answer_about(enclave, lax_td().require_tee_tcb_svn({}), "tee_tcb_svn") == "not met");

  // What a policy refuses by itself is not asked of it.
  const auto strict = appraisal_policy{}.accept_enclaves().waive_report_data().waive_measurement().waive_tcb();
  expect(asked(enclave, appraisal_policy(strict).forbid_debug()), "debug", outcome::met, "no", "no");
}

TEST_CASE("an enclave is accepted by name only, and recognised by itself or its signer", "[verify][appraise]") {
  const auto enclave = sample_enclave();
  const auto any = [] { return appraisal_policy{}.waive_report_data().waive_measurement().waive_tcb().allow_debug(); };
  expect(asked(enclave, any()), "quote_body", outcome::not_met, "'SGX enclave'", "'TD 1.0'", 2);
  expect(asked(enclave, any().accept_enclaves()), "quote_body", outcome::met, "'SGX enclave'", "'TD 1.0'", 3);
  const std::vector only{tdx::quote_body_type::enclave};
  expect(asked(enclave, any().require_body(only)), "quote_body", outcome::met, "'SGX enclave'", "'SGX enclave'");
  CHECK(answer_about(sample_td(), any().require_body(only), "quote_body") == "not met");

  const std::vector own{run_of<tdx::enclave_measurement>(0x59)};
  const std::vector others{run_of<tdx::enclave_measurement>(0x58), run_of<tdx::enclave_measurement>(0x5a)};
  expect(asked(enclave, lax_td().require_mrenclave(own)), "mrenclave", outcome::met, run_hex<32>(0x59),
         run_hex<32>(0x59));
  expect(asked(enclave, lax_td().require_mrenclave(others)), "mrenclave", outcome::not_met, run_hex<32>(0x59),
         run_hex<32>(0x58), 2);
  const std::vector signer{run_of<tdx::enclave_signer>(0x5f)};
  const std::vector other_signer{run_of<tdx::enclave_signer>(0x59)};
  expect(asked(enclave, lax_td().require_mrsigner(signer)), "mrsigner", outcome::met, run_hex<32>(0x5f),
         run_hex<32>(0x5f));
  expect(asked(enclave, lax_td().require_mrsigner(other_signer)), "mrsigner", outcome::not_met, run_hex<32>(0x5f),
         run_hex<32>(0x59));
  expect(asked(sample_td(), lax_td().require_mrenclave(own)), "mrenclave", outcome::not_met, "-", run_hex<32>(0x59));
  expect(asked(sample_td(), lax_td().require_mrsigner(signer)), "mrsigner", outcome::not_met, "-", run_hex<32>(0x5f));
}

TEST_CASE("REPORTDATA is equal in every bit or not met", "[verify][appraise]") {
  const auto own = run_of<tdx::report_data>(0x4b);
  const auto td = sample_td();
  const auto asking = [&](const tdx::report_data& wanted) {
    return asked(td, undecided_td().waive_measurement().waive_tcb().allow_debug().require_report_data(wanted));
  };
  expect(asking(own), "report_data", outcome::met, run_hex<64>(0x4b), run_hex<64>(0x4b));
  for (std::size_t bit = 0; bit < 512; ++bit) {
    auto other = own;
    other.value[bit / 8] = static_cast<std::uint8_t>(other.value[bit / 8] ^ 1u << bit % 8);
    const auto answer = asking(other);
    REQUIRE_FALSE(answer.verdict());
    CHECK(answer.verdict().error() == failure{errc::policy_not_met, 0, part::policy});
  }
}

TEST_CASE("MRTD is one of those wanted", "[verify][appraise]") {
  const auto td = sample_td();
  const auto asking = [&](const std::vector<tdx::measurement>& any_of) {
    return asked(td, undecided_td().waive_report_data().waive_tcb().allow_debug().require_measurement(any_of));
  };
  const std::string own = run_hex<48>(0x43);
  const auto image = run_of<tdx::measurement>(0x43);
  const auto other = run_of<tdx::measurement>(0x42);
  expect(asking({image}), "measurement", outcome::met, own, own);
  expect(asking({other, image}), "measurement", outcome::met, own, run_hex<48>(0x42), 2);
  expect(asking({other}), "measurement", outcome::not_met, own, run_hex<48>(0x42));
  expect(asking({}), "measurement", outcome::not_met, own, "-", 0);
}

TEST_CASE("any bit of TUD is debug, and so is an enclave's DEBUG", "[verify][appraise]") {
  const auto forbidding = undecided_td().waive_report_data().waive_measurement().waive_tcb().forbid_debug();
  for (unsigned bit = 0; bit < 64; ++bit) {
    CAPTURE(bit);
    const auto td = td_with_attributes(std::uint64_t{1} << bit);
    const bool debug = bit < 4;
    expect(asked(td, forbidding), "debug", debug ? outcome::not_met : outcome::met, debug ? "yes" : "no", "no");
    expect(asked(td, lax_td()), "debug", outcome::not_asked, debug ? "yes" : "no", "-", 0);
  }
  const auto open = claims_about(sample_quote(v3_shape).with(48 + 48, 0x17, 1));  // ATTRIBUTES.DEBUG
  expect(asked(open, forbidding), "debug", outcome::not_met, "yes", "no");
}

TEST_CASE("a status is accepted when it is in the set, and Revoked and NotSupported never are", "[verify][appraise]") {
  const auto deciding = [] { return undecided_td().waive_report_data().waive_measurement().allow_debug(); };
  const std::vector two{tcb_status::up_to_date, tcb_status::out_of_date};
  for (const tcb_status status : tdx::tcb_statuses) {
    CAPTURE(tdx::name(status));
    auto td = sample_td();
    td.tcb.status = status;
    const std::string found = std::string("'") + tdx::name(status) + "'";
    const bool supported = status != tcb_status::revoked && status != tcb_status::not_supported;
    const auto only_current = asked(td, deciding().require_up_to_date());
    CHECK((only_current.check("tcb_status")->answer == outcome::met) == (status == tcb_status::up_to_date));
    CHECK(shown(only_current.check("tcb_status")->found) == found);
    CHECK(shown(only_current.check("tcb_status")->wanted) == "'UpToDate'");
    CHECK(only_current.verdict().has_value() == (status == tcb_status::up_to_date));

    const auto either = asked(td, deciding().accept_tcb(two));
    CHECK(either.verdict().has_value() == (status == tcb_status::up_to_date || status == tcb_status::out_of_date));
    CHECK(either.check("tcb_status")->choices == 2);

    const auto waived = asked(td, deciding().waive_tcb());
    CHECK(waived.check("tcb_status")->answer == outcome::not_asked);
    CHECK(waived.check("tcb_supported")->answer == (supported ? outcome::met : outcome::not_met));
    CHECK(shown(waived.check("tcb_supported")->found) == (supported ? "yes" : "no"));
    CHECK(waived.verdict().has_value() == supported);
  }
}

TEST_CASE("a TDX module that is revoked now is not supported, whatever it was at launch", "[verify][appraise]") {
  auto td = sample_td();
  REQUIRE(td.tcb.current);
  td.tcb.current->status = tcb_status::out_of_date;
  CHECK(asked(td, lax_td()).verdict());
  td.tcb.current->status = tcb_status::revoked;
  expect_check(asked(td, lax_td()), "tcb_supported", outcome::not_met, "no", "yes", 1, always_asked);
  td.tcb.current.reset();
  CHECK(asked(td, lax_td()).verdict());
}

TEST_CASE("all checks of a TD are answered, and the verdict names the first that is not met", "[verify][appraise]") {
  const auto genuine = genuine_td();
  const auto strict = appraisal_policy{}
                          .require_report_data(counted_report_data())
                          .require_measurement(run_of<tdx::measurement>(1))
                          .require_up_to_date()
                          .forbid_debug()
                          .require_attribute(tdx::td_attributes::sept_ve_disable)
                          .forbid_smt()
                          .require_rtmr_zero(3);
  const auto answer = tdx::appraise(genuine, strict);
  for (const auto& [name, expected] : {std::pair{"report_data", outcome::met},
                                       {"measurement", outcome::not_met},
                                       {"tcb_status", outcome::met},
                                       {"debug", outcome::met},
                                       {"tcb_supported", outcome::met},
                                       {"quote_body", outcome::met},
                                       {"rtmr3", outcome::met},
                                       {"rtmr2", outcome::not_asked},
                                       {"profiling", outcome::met},
                                       {"migratable", outcome::met},
                                       {"sept_ve_disable", outcome::met},
                                       {"unknown_attributes", outcome::met},
                                       {"mrservicetd", outcome::met},
                                       {"collateral_current", outcome::met},
                                       {"smt", outcome::not_met}}) {
    CAPTURE(name);
    CHECK(answer.check(name)->answer == expected);
  }
  REQUIRE_FALSE(answer.verdict());
  CHECK(answer.verdict().error() == failure{errc::policy_not_met, 1, part::policy});

  const auto good = appraisal_policy{}
                        .require_report_data(counted_report_data())
                        .require_measurement(tdx::measurement{})
                        .require_up_to_date()
                        .forbid_debug();
  const auto accepted = tdx::appraise(genuine, good);
  REQUIRE(accepted.verdict());
  CHECK(equal((*accepted.verdict())->quote.signed_bytes(), genuine->quote.signed_bytes()));
}

TEST_CASE("a simulated TD of every staged status is appraised as the status says", "[verify][appraise]") {
  for (const tcb_status status : tdx::tcb_statuses) {
    CAPTURE(tdx::name(status));
    const auto td = genuine_td({.status = status});
    const auto deciding = [] { return appraisal_policy{}.waive_report_data().waive_measurement().forbid_debug(); };
    CHECK(tdx::appraise(td, deciding().require_up_to_date()).verdict().has_value() ==
          (status == tcb_status::up_to_date));
    const bool supported = status != tcb_status::revoked && status != tcb_status::not_supported;
    CHECK(tdx::appraise(td, deciding().waive_tcb()).verdict().has_value() == supported);
    if (!supported) continue;
    const std::vector with_it{tcb_status::up_to_date, status};
    const auto answer = tdx::appraise(td, deciding().accept_tcb(with_it));
    CHECK(answer.verdict());
    CHECK(answer.check("tcb_status")->found.text() == tdx::name(status));
  }
}

}  // namespace test_tdx_appraise
