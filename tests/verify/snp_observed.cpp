// SPDX-License-Identifier: Apache-2.0
#include <unitee/verify/snp.hpp>

#include "support/no_algorithms.hpp"
#include "support/observer.hpp"
#include "support/verdicts.hpp"

#include <unitee/verify/snp_verifier.hpp>
#include <unitee/verify/verify.hpp>

#include <algorithm>
#include <atomic>
#include <set>
#include <string>
#include <thread>
#include <vector>

namespace test_snp_observed {

using namespace unitee;
using namespace unitee::test;
using names = std::vector<std::string>;

namespace {

const insecure_simulated_platform& milan() { return simulated_platform(); }
snp::report good_report() { return need(simulated_guest(milan()).attest({})); }
const names cold{"product", "vek", "signature", "chain_signatures"};
const names warm{"vek", "signature"};

told_events heard_of(const snp::report& report, const endorsements& given, utc_time at = simulated_now) {
  told_events out;
  const auto watched = snp::verify(report, given, at, anchors_of(milan()), snp::stale_crls::refuse, out);
  const auto alone = snp::verify(report, given, at, anchors_of(milan()));
  CHECK(refusal(watched) == refusal(alone));  // nothing depends on who listens
  CHECK(out.only_failure() == refusal(alone));
  return out;
}

snp::verified_vek good_vek() {
  const auto& own = milan().get();
  return need(snp::verified_vek::verify(own.vcek, own.ask, own.ark, simulated_now, {}, anchors_of(milan())));
}

}  // namespace

TEST_CASE("an observer hears of every step of a report's verification once, in their order",
          "[verify][snp][observer]") {
  const auto heard = heard_of(good_report(), endorsements_of(milan()));
  CHECK(heard.names() == cold);
  for (const step_event& each : heard.steps) {
    CHECK(each.vendor == tee_vendor::snp);
    CHECK(each.outcome);
    CHECK(each.nanoseconds == 1);
  }
  // Whatever step there is, it is told as one of these.
  std::set<std::string> told;
  for (const auto& each : snp::steps) told.insert(snp::info_of(snp::told_as(each.id)).name);
  CHECK(told == std::set<std::string>(cold.begin(), cold.end()));
}

TEST_CASE("an observer hears when AMD's chain ends", "[verify][snp][observer]") {
  const auto report = good_report();
  told_events heard;
  const auto genuine =
      need(snp::verify(report, endorsements_of(milan()), simulated_now, anchors_of(milan()), {}, heard));
  REQUIRE(heard.expiries.size() == 1);
  CHECK(heard.expiries[0].vendor == tee_vendor::snp);
  CHECK(heard.expiries[0].what == part::vek);
  CHECK(heard.expiries[0].ends == genuine->validity.not_after);
  const utc_time last = genuine->validity.not_after;
  CHECK(heard.expiries[0].seconds_left == last.seconds - simulated_now.seconds);
  CHECK(heard_of(report, endorsements_of(milan()), last).expiries.at(0).seconds_left == 0);
  // After the end it is a refusal, of which nothing expires any more.
  const auto late = heard_of(report, endorsements_of(milan()), {last.seconds + 1});
  CHECK(late.names() == names{"product", "vek", "signature", "validity"});
  CHECK(late.expiries.empty());
}

TEST_CASE("a report that is refused is told with the step that it stopped at", "[verify][snp][observer]") {
  const auto& own = milan().get();
  const auto good = good_report();
  const auto product = heard_of(forged(milan(), [](auto& bytes) { bytes[0x188] = 0xFE; }), endorsements_of(milan()));
  CHECK(product.names() == names{"product"});
  const auto masked = forged(milan(), [](auto& bytes) { bytes[0x1A0] ^= 1; });
  CHECK(heard_of(masked, endorsements_of(milan())).names() == names{"product", "vek_chip"});
  CHECK(heard_of(good, {}).names() == names{"product", "vek"});
  CHECK(heard_of(good, bag({own.vcek, own.ark})).names() == names{"product", "vek", "signature", "intermediate"});
  CHECK(heard_of(good, bag({own.vcek, own.ask, own.ark}), simulated_begin).names() == cold);
  told_events nobodys;
  CHECK(!snp::verify(good, endorsements_of(milan()), simulated_now, {}, {}, nobodys));
  CHECK(nobodys.names() == names{"product", "vek", "signature", "anchor"});
  auto bytes = bytes_of(good);
  bytes[0x50] ^= 1;
  const auto changed = heard_of(need(snp::report::parse(bytes)), endorsements_of(milan()));
  CHECK(changed.names() == names{"product", "vek", "signature"});
  CHECK(changed.only_failure() == failure{errc::signature_invalid, 0x2A0, part::report});
}

TEST_CASE("other machines' certificates among the endorsements make no more events", "[verify][snp][observer]") {
  endorsements all = bag({other_simulated_platform().get().vcek, other_simulated_platform().get().ask,
                          other_simulated_platform().get().ark});
  const auto& own = milan().get();
  for (const certificate& one : {own.vcek, own.ask, own.ark}) all.add(one);
  CHECK(heard_of(good_report(), all).names() == cold);
}

TEST_CASE("an observer hears of the steps that a verified VEK leaves", "[verify][snp][observer]") {
  const auto vek = good_vek();
  told_events heard;
  CHECK(snp::verify(good_report(), vek, simulated_now, heard));
  CHECK(heard.names() == warm);
  CHECK(heard.expiries.size() == 1);
  CHECK(heard.clock == 4);

  told_events late;
  const utc_time after{vek.validity().not_after.seconds + 1};
  const auto verdict = snp::verify(good_report(), vek, after, late);
  CHECK(refusal(verdict) == failure{errc::expired, 0, part::vek});
  CHECK(late.only_failure() == refusal(verdict));
  CHECK(late.names() == names{"validity"});
  CHECK(late.expiries.empty());
}

TEST_CASE("an observer hears that a VEK was verified, and when its chain ends", "[verify][snp][observer]") {
  const auto& own = milan().get();
  const auto verify = [&](utc_time at, const trust_anchors& anchors, told_events& heard) {
    return snp::verified_vek::verify(own.vcek, own.ask, own.ark, at, {}, anchors, snp::stale_crls::refuse, heard);
  };
  told_events heard;
  const auto vek = need(verify(simulated_now, anchors_of(milan()), heard));
  CHECK(heard.names() == names{"chain_signatures"});
  CHECK(heard.clock == 2);
  REQUIRE(heard.expiries.size() == 1);
  CHECK(heard.expiries[0].what == part::vek);
  CHECK(heard.expiries[0].ends == vek.validity().not_after);
  told_events late;
  CHECK(!verify({vek.validity().not_after.seconds + 1}, anchors_of(milan()), late));
  CHECK(late.names() == names{"validity"});
  told_events nobodys;
  const auto untrusted = verify(simulated_now, {}, nobodys);
  CHECK(refusal(untrusted) == failure{errc::untrusted_root, 0, part::root});
  CHECK(nobodys.only_failure() == refusal(untrusted));
  CHECK(nobodys.names() == names{"anchor"});
  CHECK(nobodys.expiries.empty());
}

TEST_CASE("a fleet's verifier tells all steps the first time, and what is left of them then",
          "[verify][snp_verifier][observer]") {
  snp::verifier fleet({}, anchors_of(milan()));
  const auto table = need(milan().certificate_table());
  told_events first;
  REQUIRE(fleet.verify(good_report(), table, simulated_now, first));
  CHECK(first.names() == cold);
  CHECK(first.expiries.size() == 1);
  told_events second;
  REQUIRE(fleet.verify(good_report(), table, simulated_now, second));
  CHECK(second.names() == warm);
  CHECK(second.expiries.size() == 1);

  // What the known key did not sign is looked at again from the start, and told once.
  auto bytes = bytes_of(good_report());
  bytes[0x50] ^= 1;
  told_events third;
  CHECK(!fleet.verify(need(snp::report::parse(bytes)), table, simulated_now, third));
  CHECK(third.names() == names{"product", "vek", "signature"});
  CHECK(third.only_failure() == failure{errc::signature_invalid, 0x2A0, part::report});
  told_events bare;
  CHECK(!fleet.verify(good_report(), simulated_now, bare));
  CHECK(bare.only_failure() == failure{errc::missing, 0, part::vek});
  told_events garbage;
  const std::vector<std::uint8_t> nonsense{1, 2, 3};
  const auto refused = fleet.verify(good_report(), nonsense, simulated_now, garbage);
  CHECK(garbage.only_failure() == refusal(refused));
  CHECK(garbage.names() == names{"none"});

  // Where OpenSSL has no SHA-256 for it, a chain cannot be looked for.
  told_events helpless;
  const snp::report report = good_report();
  const no_algorithms without;
  CHECK(refusal(fleet.verify(report, table, simulated_now, helpless)) == failure{errc::crypto_error});
  CHECK(helpless.names() == names{"none"});
  CHECK(helpless.only_failure() == failure{errc::crypto_error});
}

TEST_CASE("several threads may tell one observer", "[verify][snp_verifier][observer]") {
  struct counting : no_observer {
    std::atomic<int> steps{0}, ends{0};
    void step(const step_event& one) noexcept { steps += one.outcome ? 1 : 1000; }
    void expiry(const expiry_event&) noexcept { ++ends; }
  } heard;
  snp::verifier fleet({}, anchors_of(milan()));
  const auto table = need(milan().certificate_table());
  const auto report = good_report();
  REQUIRE(fleet.verify(report, table, simulated_now));
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&] {
      for (int j = 0; j < 5; ++j) (void)fleet.verify(report, table, simulated_now, heard);
    });
  }
  for (auto& each : threads) each.join();
  CHECK(heard.steps == 40);
  CHECK(heard.ends == 20);
}

TEST_CASE("evidence that is a report is told as one", "[verify][observer]") {
  told_events heard;
  const auto report = good_report();
  CHECK(verify(evidence(report), endorsements_of(milan()), simulated_now, anchors_of(milan()), {}, heard));
  CHECK(heard.names() == cold);
  CHECK(heard.expiries.size() == 1);
}

}  // namespace test_snp_observed
