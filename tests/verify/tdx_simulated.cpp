// SPDX-License-Identifier: Apache-2.0
//
// tests/verify/tdx_simulated.cpp: the evidence of simulated TDs goes through the same calls as that of real ones.
#include <unitee/verify/verify.hpp>

#include "support/catch.hpp"
#include "support/td_appraisal.hpp"

#include <unitee/evidence.hpp>
#include <unitee/guest/simulated_td.hpp>
#include <unitee/tdx/tcb_status.hpp>
#include <unitee/verify/tdx_appraise.hpp>
#include <unitee/verify/trust_anchors.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace test_tdx_simulated {

using namespace unitee;
using namespace unitee::test;
using guest::simulated_revocation;
using guest::simulated_stage;
using tdx::tcb_procedure;
using tdx::tcb_status;

namespace {

constexpr std::array procedures{tcb_procedure::current, tcb_procedure::qvl_2024};

// shape is a kind of quote, and of the TD that it is about.
struct shape {
  tdx::quote_version version;
  tdx::quote_body_type body;
};
constexpr std::array shapes{shape{tdx::quote_version::v4, tdx::quote_body_type::td_1_0},
                            shape{tdx::quote_version::v4, tdx::quote_body_type::td_1_5},
                            shape{tdx::quote_version::v5, tdx::quote_body_type::td_1_0},
                            shape{tdx::quote_version::v5, tdx::quote_body_type::td_1_5}};

// shows_current_svn says whether such a quote has the SVNs that the platform has now beside those of the launch.
constexpr bool shows_current_svn(const shape& of) {
  return of.version == tdx::quote_version::v5 && of.body == tdx::quote_body_type::td_1_5;
}

constexpr bool is_relaunch(tcb_status status) {
  return status == tcb_status::td_relaunch_advised || status == tcb_status::td_relaunch_advised_configuration_needed;
}

// expected is the status that a stage comes to: without the current SVNs, a TD to relaunch is merely an old one.
constexpr tcb_status expected(tcb_status staged, const shape& of) {
  return is_relaunch(staged) && !shows_current_svn(of) ? tcb_status::out_of_date : staged;
}

// quote_for is a quote of a TD that was launched for the stage.
std::vector<std::uint8_t> quote_for(tcb_status staged, const shape& of = shapes.back()) {
  guest::simulated_td_launch with;
  with.quote_version = of.version;
  with.body = of.body;
  with.tee_tcb_svn = guest::simulated_launch_svn(staged);
  return need(simulated_td(with).attest(counted_report_data()));
}

endorsements given_for(const simulated_stage& as) { return endorsements_of(simulated_tdx_collateral(as)); }

// outcomes is what tdx::verify and unitee::verify say of a quote by both procedures: the same.
result<std::vector<td_claims>> outcomes(byte_view bytes, const endorsements& given, const trust_anchors& anchors,
                                        utc_time at = simulated_tdx_now) {
  const auto quote = need(tdx::quote::parse(bytes, tdx::trailing_bytes::none));
  const auto either = need(evidence::parse(bytes));
  std::vector<td_claims> out;
  std::vector<failure> refusals;
  for (const tcb_procedure by : procedures) {
    const auto genuine = tdx::verify(quote, given, at, anchors, {.procedure = by});
    const auto unified = verify(either, given, at, anchors, {.tdx = {.procedure = by}});
    REQUIRE(genuine.has_value() == unified.has_value());
    if (genuine) {
      CHECK((*unified)->kind() == evidence_kind::quote);
      CHECK((*unified)->report_data().value == counted_report_data().value);
      CHECK((*unified)->anchor() == (*genuine)->collateral.anchor());
      CHECK((*unified)->tdx()->tcb.status == (*genuine)->tcb.status);
      CHECK((*genuine)->procedure == by);
      out.push_back(*genuine);
    } else {
      CHECK(unified.error() == genuine.error());
      refusals.push_back(genuine.error());
    }
  }
  if (refusals.empty()) return out;
  REQUIRE(refusals.size() == procedures.size());
  CHECK(refusals.front() == refusals.back());
  return refusals.front();
}

failure refusal(byte_view bytes, const endorsements& given, const trust_anchors& anchors) {
  const auto out = outcomes(bytes, given, anchors);
  REQUIRE_FALSE(out);
  return out.error();
}

trust_anchors own_anchor() { return anchors_of(simulated_tdx_platform()); }

// with_tcb is a policy that asks for nothing but the TCB, which `decide` decides.
template <class Decide>
td_answer appraised(const td_claims& genuine, Decide decide) {
  return tdx::appraise(genuine, decide(tdx::appraisal_policy{}.waive_report_data().waive_measurement().forbid_debug()));
}

}  // namespace

TEST_CASE("a simulated quote comes to the staged status, whichever its version and body and by both procedures",
          "[verify][tdx][simulated]") {
  for (const tcb_status staged : tdx::tcb_statuses) {
    const endorsements given = given_for({.status = staged});
    for (const shape& of : shapes) {
      CAPTURE(name(staged), static_cast<int>(of.version), shows_current_svn(of));
      const auto bytes = quote_for(staged, of);
      const auto out = outcomes(bytes, given, own_anchor());
      REQUIRE(out);
      for (const td_claims& genuine : *out) {
        CHECK(name(genuine->tcb.status) == std::string(name(expected(staged, of))));
        CHECK(genuine->collateral.anchor() == anchor_origin::given_by_caller);
        CHECK(genuine->quote.version() == of.version);
        CHECK_FALSE(genuine->collateral_is_stale());
      }
    }
  }
}

TEST_CASE("of all policies, exactly those that name the staged status accept it", "[verify][tdx][simulated]") {
  constexpr std::size_t choices = 7;  // beside UpToDate; Revoked and NotSupported cannot be chosen
  std::size_t accepted = 0;
  for (const tcb_status staged : tdx::tcb_statuses) {
    CAPTURE(name(staged));
    const bool hopeless = staged == tcb_status::revoked || staged == tcb_status::not_supported;
    const auto out = outcomes(quote_for(staged), given_for({.status = staged}), own_anchor());
    REQUIRE(out);
    for (const td_claims& genuine : *out) {
      for (unsigned set = 0; set < 1U << choices; ++set) {
        std::vector<tcb_status> names{tcb_status::up_to_date};
        for (std::size_t i = 0; i < choices; ++i) {
          if ((set >> i & 1) != 0) names.push_back(tdx::tcb_statuses[i + 1]);
        }
        const auto answer = appraised(genuine, [&](auto&& rest) { return std::move(rest).accept_tcb(names); });
        const bool wanted = std::ranges::find(names, staged) != names.end();
        CHECK(answer.verdict().has_value() == wanted);
        CHECK((answer.check("tcb_status")->answer == outcome::met) == wanted);
        CHECK((answer.check("tcb_supported")->answer == outcome::met) != hopeless);
        if (!wanted) CHECK(answer.verdict().error().code == errc::policy_not_met);
        accepted += wanted ? 1 : 0;
      }
      const auto only = appraised(genuine, [](auto&& rest) { return std::move(rest).require_up_to_date(); });
      CHECK(only.verdict().has_value() == (staged == tcb_status::up_to_date));
      const auto any = appraised(genuine, [](auto&& rest) { return std::move(rest).waive_tcb(); });
      CHECK(any.verdict().has_value() != hopeless);
    }
  }
  CHECK(accepted == procedures.size() * (128 + 7 * 64));
}

TEST_CASE("a status that has fallen behind is accepted until its days of grace are over", "[verify][tdx][simulated]") {
  // The level was the newest 240 days before the day on which the collateral was issued.
  const utc_time level = time("2024-06-06T00:00:00Z");
  const std::int64_t age = simulated_tdx_now.seconds - level.seconds;
  for (const tcb_status staged :
       {tcb_status::out_of_date, tcb_status::out_of_date_configuration_needed, tcb_status::td_relaunch_advised,
        tcb_status::td_relaunch_advised_configuration_needed}) {
    CAPTURE(name(staged));
    const auto out = outcomes(quote_for(staged), given_for({.status = staged}), own_anchor());
    REQUIRE(out);
    const std::array names{tcb_status::up_to_date, staged};
    for (const td_claims& genuine : *out) {
      CHECK(genuine->tcb.date() == level);
      const auto accepted = [&](std::int64_t grace) {
        const auto answer = appraised(
            genuine, [&](auto&& rest) { return std::move(rest).accept_tcb(names).accept_out_of_date_for(grace); });
        return answer.verdict().has_value();
      };
      CHECK(accepted(age));
      CHECK_FALSE(accepted(age - 1));
    }
  }
}

TEST_CASE("a newer TDX module or quoting enclave makes a simulated quote out of date", "[verify][tdx][simulated]") {
  for (const bool module : {true, false}) {
    for (const auto& [staged, comes_to] :
         {std::pair{tcb_status::up_to_date, tcb_status::out_of_date},
          std::pair{tcb_status::sw_hardening_needed, tcb_status::out_of_date},
          std::pair{tcb_status::configuration_needed, tcb_status::out_of_date_configuration_needed},
          std::pair{tcb_status::configuration_and_sw_hardening_needed, tcb_status::out_of_date_configuration_needed}}) {
      const endorsements given =
          given_for({.status = staged, .module_out_of_date = module, .enclave_out_of_date = !module});
      for (const shape& of : shapes) {
        CAPTURE(module, name(staged), static_cast<int>(of.version), shows_current_svn(of));
        const auto out = outcomes(quote_for(staged, of), given, own_anchor());
        REQUIRE(out);
        for (const td_claims& genuine : *out) CHECK(name(genuine->tcb.status) == std::string(name(comes_to)));
      }
    }
  }
}

TEST_CASE("with the pinned root of Intel alone every simulated quote is refused", "[verify][tdx][simulated]") {
  const failure untrusted{errc::untrusted_root, 0, part::root};
  trust_anchors nothing;
  nothing.distrust_pinned();
  for (const tcb_status staged : tdx::tcb_statuses) {
    endorsements given = given_for({.status = staged});
    given.add(simulated_tdx_platform().root());  // who asks to be trusted is not
    for (const shape& of : shapes) {
      CAPTURE(name(staged), static_cast<int>(of.version), shows_current_svn(of));
      const auto bytes = quote_for(staged, of);
      CHECK(refusal(bytes, given, {}) == untrusted);
      CHECK(refusal(bytes, given, nothing) == untrusted);
      CHECK(refusal(bytes, given, anchors_of(other_simulated_tdx_platform())) == untrusted);
    }
  }
}

TEST_CASE("with pinned roots distrusted a simulated quote is as good under its own", "[verify][tdx][simulated]") {
  trust_anchors own = own_anchor();
  own.distrust_pinned();
  CHECK(outcomes(quote_for(tcb_status::up_to_date), given_for({}), own));
}

TEST_CASE("a simulated quote is refused when a certificate of its platform is revoked, whatever the status",
          "[verify][tdx][simulated]") {
  for (const auto& [revoked, in] : {std::pair{simulated_revocation::pck, part::pck},
                                    std::pair{simulated_revocation::platform_ca, part::intermediate},
                                    std::pair{simulated_revocation::tcb_signing, part::tcb_signing}}) {
    for (const tcb_status staged : tdx::tcb_statuses) {
      CAPTURE(name(staged), name(in));
      const endorsements given = given_for({.status = staged, .revoked = revoked});
      CHECK(refusal(quote_for(staged), given, own_anchor()) == failure{errc::revoked, 0, in});
    }
  }
}

TEST_CASE("the collateral of a platform under another root is none, though both roots are trusted",
          "[verify][tdx][simulated]") {
  trust_anchors both = own_anchor();
  both.add(other_simulated_tdx_platform().root());
  const auto strange =
      endorsements_of(need(guest::make_simulated_collateral(other_simulated_tdx_platform(), simulated_tdx_issued)));
  const auto bytes = quote_for(tcb_status::up_to_date);
  CHECK(refusal(bytes, strange, both) == failure{errc::untrusted_root, 0, part::root});
}

TEST_CASE("a machine of the same vendor and model is judged by the same collateral", "[verify][tdx][simulated]") {
  static const auto neighbour = need(simulated_tdx_platform().another_platform(simulated_tdx_begin));
  const auto bytes = need(simulated_td({}, neighbour).attest(counted_report_data()));
  const auto out = outcomes(bytes, given_for({}), own_anchor());
  REQUIRE(out);
  CHECK(out->front()->pck.ppid == neighbour.get().pck_extension.ppid);
  CHECK_FALSE(out->front()->pck.ppid == simulated_tdx_platform().get().pck_extension.ppid);
  // The one's revoked certificate is not the other's.
  CHECK(outcomes(bytes, given_for({.revoked = simulated_revocation::pck}), own_anchor()));
}

TEST_CASE("simulated collateral counts from its issue to its next update", "[verify][tdx][simulated]") {
  const auto bytes = quote_for(tcb_status::up_to_date);
  const endorsements given = given_for({});
  const utc_time until{simulated_tdx_issued.seconds + 30 * 86400};
  CHECK(outcomes(bytes, given, own_anchor(), simulated_tdx_issued));
  CHECK(outcomes(bytes, given, own_anchor(), until));
  CHECK_FALSE(outcomes(bytes, given, own_anchor(), {simulated_tdx_issued.seconds - 1}));
  CHECK_FALSE(outcomes(bytes, given, own_anchor(), {until.seconds + 1}));
}

}  // namespace test_tdx_simulated
