// SPDX-License-Identifier: Apache-2.0
#include <unitee/verify/tdx.hpp>

#include "support/forged_intel.hpp"
#include "support/no_algorithms.hpp"
#include "support/observer.hpp"
#include "support/quote_parts.hpp"

#include <unitee/verify/tdx_verifier.hpp>
#include <unitee/verify/verify.hpp>

#include <atomic>
#include <map>
#include <set>
#include <string>
#include <thread>
#include <vector>

namespace test_tdx_observed {

using namespace unitee;
using namespace unitee::test;
using tdx::quote;
using names = std::vector<std::string>;

namespace {

const utc_time now = simulated_tdx_now;
const names warm{"module", "qe_report_signature", "enclave", "signature", "tcb_evaluation"};
const names cold{"chain_data",          "pck_chain", "tcb_info",  "module",
                 "qe_report_signature", "enclave",   "signature", "tcb_evaluation"};

octets good_quote() { return need(simulated_td().attest({})); }

told_events heard_of(const octets& bytes, const pieces& given, utc_time at = now) {
  told_events out;
  const auto parsed = need(quote::parse(bytes));
  const auto watched = tdx::verify(parsed, given.all(), at, anchored(), {}, out);
  const auto alone = tdx::verify(parsed, given.all(), at, anchored());
  CHECK(why_not(watched) == why_not(alone));  // nothing depends on who listens
  CHECK(out.only_failure() == why_not(alone));
  return out;
}

std::map<part, std::int64_t> ends_of(const told_events& heard) {
  std::map<part, std::int64_t> out;
  for (const expiry_event& each : heard.expiries) {
    CHECK(each.vendor == tee_vendor::tdx);
    CHECK(out.emplace(each.what, each.ends.seconds).second);  // each once
  }
  return out;
}

// up_to is the names before one, and then another: where the verdict stopped.
names up_to(const std::string& last, const std::string& instead) {
  names out;
  for (const std::string& each : cold) {
    if (each == last) break;
    out.push_back(each);
  }
  out.push_back(instead);
  return out;
}

}  // namespace

TEST_CASE("an observer hears of every step of a quote's verification once, in their order", "[verify][tdx][observer]") {
  const auto heard = heard_of(good_quote(), good_pieces());
  CHECK(heard.names() == cold);
  for (const step_event& each : heard.steps) {
    CHECK(each.vendor == tee_vendor::tdx);
    CHECK(each.outcome);
    CHECK(each.nanoseconds == 1);
  }
  std::set<std::string> told;
  for (const auto& each : tdx::steps) told.insert(tdx::info_of(tdx::told_as(each.id)).name);
  told.erase("parse");
  CHECK(told == std::set<std::string>(cold.begin(), cold.end()));
}

TEST_CASE("an observer hears when each thing that the verdict rests on ends", "[verify][tdx][observer]") {
  const std::int64_t month = simulated_tdx_issued.seconds + 30 * day;
  pieces given = good_pieces();
  given.infos[0].document = signed_info(lasting(info_text(), now + 60));
  const auto heard = heard_of(good_quote(), given);
  const auto ends = ends_of(heard);
  REQUIRE(ends.size() == 7);
  CHECK(ends.at(part::tcb_info) == now.seconds + 60);
  CHECK(ends.at(part::qe_identity) == month);
  CHECK(ends.at(part::root_crl) == month);
  CHECK(ends.at(part::pck_crl) == month);
  const auto& own = simulated_tdx_platform().get();
  CHECK(ends.at(part::root) == need(own.root.not_after()).seconds);
  CHECK(ends.at(part::tcb_signing) == need(own.tcb_signing.not_after()).seconds);
  CHECK(ends.at(part::pck) == std::min({need(own.pck.not_after()).seconds, need(own.ca.not_after()).seconds,
                                        need(own.root.not_after()).seconds}));
  for (const expiry_event& each : heard.expiries) {
    CHECK(each.seconds_left == each.ends.seconds - now.seconds);
  }
  // A second after the end it is a refusal, and within a grace what is left is less than nothing.
  const auto late = heard_of(good_quote(), given, now + 61);
  CHECK(late.names() == up_to("tcb_info", "tcb_info"));
  CHECK(late.expiries.empty());
  told_events graceful;
  const octets bytes = good_quote();
  REQUIRE(
      tdx::verify(need(quote::parse(bytes)), given.all(), now + 61, anchored(), {.collateral_grace = 10}, graceful));
  const auto is_info = [](const expiry_event& one) { return one.what == part::tcb_info; };
  CHECK(std::ranges::find_if(graceful.expiries, is_info)->seconds_left == -1);
}

TEST_CASE("a quote that is refused is told with the step that it stopped at", "[verify][tdx][observer]") {
  const auto& own = simulated_tdx_platform().get();
  const auto without = [&](auto spoil) {
    pieces given = good_pieces();
    spoil(given);
    return heard_of(good_quote(), given).names();
  };
  CHECK(without([](pieces& p) { p.infos.clear(); }) == up_to("tcb_info", "tcb_info"));
  CHECK(without([](pieces& p) { p.identities.clear(); }) == up_to("tcb_info", "qe_identity"));
  CHECK(without([](pieces& p) { p.lists.clear(); }) == up_to("tcb_info", "revocation"));
  CHECK(without([&](pieces& p) { p.lists[1] = ca_list({own.pck.serial()}); }) == up_to("tcb_info", "revocation"));
  const octets elsewhere = need(simulated_td({}, other_simulated_tdx_platform()).attest({}));
  CHECK(heard_of(elsewhere, good_pieces()).names() == up_to("pck_chain", "anchor"));
  CHECK(heard_of(good_quote(), good_pieces(), {0}).names() == up_to("pck_chain", "pck_chain"));

  const auto changed = [&](auto edit) {
    quote_parts parts(good_quote());
    edit(parts);
    return heard_of(parts.bytes(), good_pieces()).names();
  };
  CHECK(changed([](quote_parts& p) { p.signed_bytes.back() ^= 1; }) == up_to("signature", "signature"));
  CHECK(changed([](quote_parts& p) { p.qe_report.back() ^= 1; }) ==
        up_to("qe_report_signature", "qe_report_signature"));
}

TEST_CASE("an observer hears of the steps that a verified platform leaves", "[verify][tdx][observer]") {
  const auto with = need(collateral_from(good_pieces()));
  const auto platform = need(tdx::verified_pck::verify(chain_of(), with, now, anchored()));
  const octets bytes = good_quote();
  told_events heard;
  REQUIRE(tdx::verify(need(quote::parse(bytes)), platform, now, tdx::tcb_procedure::current, heard));
  CHECK(heard.names() == warm);
  CHECK(ends_of(heard).size() == 7);
  CHECK(heard.clock == 10);
  told_events late;
  CHECK(!tdx::verify(need(quote::parse(bytes)), platform, now + 31 * day, {}, late));
  CHECK(late.steps.size() == 1);
  CHECK(late.only_failure() == failure{errc::expired, 0, part::pck_crl});
}

TEST_CASE("an observer hears that a platform was verified, and when it ends", "[verify][tdx][observer]") {
  const auto with = need(collateral_from(good_pieces()));
  told_events heard;
  const auto platform = need(tdx::verified_pck::verify(chain_of(), with, now, anchored(), heard));
  CHECK(heard.names() == names{"pck_chain", "tcb_info"});
  CHECK(heard.clock == 4);
  const auto items = platform.items();
  const std::map<part, std::int64_t> ends{{part::pck, items[0].next_update.seconds},
                                          {part::pck_crl, items[1].next_update.seconds}};
  CHECK(ends_of(heard) == ends);
  told_events nobodys;
  const auto untrusted = tdx::verified_pck::verify(chain_of(), with, now, {}, nobodys);
  CHECK(why_not(untrusted) == failure{errc::untrusted_root, 0, part::root});
  CHECK(nobodys.only_failure() == why_not(untrusted));
  CHECK(nobodys.names() == names{"anchor"});
  told_events late;
  CHECK(!tdx::verified_pck::verify(chain_of(), with, now + 31 * day, anchored(), late));
  CHECK(late.only_failure() == failure{errc::expired, 0, part::pck_crl});
  CHECK(late.steps.size() == 2);
  CHECK(late.expiries.empty());
}

TEST_CASE("an observer of collateral hears that it was verified, and when each piece ends",
          "[verify][tdx_collateral][observer]") {
  told_events heard;
  const auto with = need(tdx::collateral::verify(good_pieces().all(), scope_of(), now, anchored(), 0, heard));
  CHECK(heard.names() == names{"tcb_info"});
  const auto ends = ends_of(heard);
  CHECK(ends.size() == 5);
  CHECK(!ends.contains(part::pck_crl));  // whose it is a quote will say
  for (const tdx::collateral_item& each : with.items()) {
    if (each.what != part::pck_crl) CHECK(ends.at(each.what) <= each.next_update.seconds);
  }
  told_events refused;
  CHECK(!tdx::collateral::verify({}, scope_of(), now, {}, 0, refused));
  CHECK(refused.names() == names{"anchor"});
  CHECK(refused.expiries.empty());
}

TEST_CASE("a fleet's verifier of quotes tells all steps the first time, and what is left of them then",
          "[verify][tdx_verifier][observer]") {
  tdx::verifier fleet(good_pieces().all(), anchored());
  for (int i = 0; i < 2; ++i) {
    const octets bytes = good_quote();
    told_events heard;
    REQUIRE(fleet.verify(need(quote::parse(bytes)), now, heard));
    CHECK(heard.names() == (i == 0 ? cold : warm));
    CHECK(ends_of(heard).size() == 7);
  }
  quote_parts parts(good_quote());
  parts.signed_bytes.back() ^= 1;
  const octets bytes = parts.bytes();
  told_events refused;
  const auto verdict = fleet.verify(need(quote::parse(bytes)), now, refused);
  CHECK(refused.names() == names{"module", "qe_report_signature", "enclave", "signature"});
  CHECK(refused.only_failure() == why_not(verdict));
  CHECK(refused.expiries.empty());

  told_events helpless;
  const no_algorithms without;
  CHECK(why_not(fleet.verify(need(quote::parse(bytes)), now, helpless)) == failure{errc::crypto_error});
  CHECK(helpless.names() == names{"none"});
  CHECK(helpless.only_failure() == failure{errc::crypto_error});
}

TEST_CASE("several threads may tell one observer of quotes", "[verify][tdx_verifier][observer]") {
  struct counting : no_observer {
    std::atomic<int> steps{0}, ends{0};
    void step(const step_event& one) noexcept { steps += one.outcome ? 1 : 1000; }
    void expiry(const expiry_event&) noexcept { ++ends; }
  } heard;
  tdx::verifier fleet(good_pieces().all(), anchored());
  const octets bytes = good_quote();
  REQUIRE(fleet.verify(need(quote::parse(bytes)), now));
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&] {
      const auto parsed = quote::parse(bytes);
      for (int j = 0; j < 5; ++j) (void)fleet.verify(*parsed, now, heard);
    });
  }
  for (auto& each : threads) each.join();
  CHECK(heard.steps == 20 * static_cast<int>(warm.size()));
  CHECK(heard.ends == 20 * 7);
}

TEST_CASE("evidence that is a quote is told as one", "[verify][observer]") {
  told_events heard;
  const octets bytes = good_quote();
  CHECK(verify(evidence(need(quote::parse(bytes))), good_pieces().all(), now, anchored(), {}, heard));
  CHECK(heard.names() == cold);
  CHECK(ends_of(heard).size() == 7);
}

}  // namespace test_tdx_observed
