// SPDX-License-Identifier: Apache-2.0
#include <unitee/verify/snp_candidates.hpp>

#include "support/verdicts.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

namespace test_snp_candidates {

using namespace unitee;
using namespace unitee::test;

namespace {

const insecure_simulated_platform& milan() { return simulated_platform(); }

failure in_report(errc code, std::uint64_t offset) { return {code, offset, part::report}; }

}  // namespace

TEST_CASE("the caller's root need not stand among the endorsements, and may stand there twice",
          "[verify][candidates]") {
  const auto& own = milan().get();
  const auto report = need(simulated_guest(milan()).attest({}));
  CHECK(snp::verify(report, bag({own.ask, own.vcek}), simulated_now, anchors_of(milan())));
  CHECK(snp::verify(report, bag({own.ark, own.ark, own.ask, own.ask, own.vcek, own.vcek, own.ark}), simulated_now,
                    anchors_of(milan())));
  auto twice = anchors_of(milan());
  twice.add(own.ark);
  CHECK(snp::verify(report, endorsements_of(milan()), simulated_now, twice));
}

TEST_CASE("the right VEK is found among many, in any order", "[verify][candidates]") {
  const auto& own = milan().get();
  const auto report = need(simulated_guest(milan()).attest({}));
  std::vector<certificate> all{own.ask,
                               own.ark,
                               own.vcek,
                               other_simulated_platform().get().vcek,
                               other_simulated_platform().get().ask,
                               other_simulated_platform().get().ark,
                               vlek_plan(milan(), ec_key<p384>()).issue(),
                               issuer_under(milan(), "SEV-VLEK-Milan")};
  auto plan = vcek_plan(milan());
  plan.key = &ec_key<p384>(1);  // right in all but the key: its chain is good, and the report is not signed by it
  all.push_back(plan.issue());
  plan = vcek_plan(milan());
  plan.signer = &own.ark_key;  // a chain that is not good
  all.push_back(plan.issue());
  for (std::size_t turn = 0; turn < all.size(); ++turn) {
    std::rotate(all.begin(), all.begin() + 1, all.end());  // Clang 14 cannot compile the one in std::ranges
    endorsements given;
    for (const certificate& one : all) given.add(one);
    CHECK(snp::verify(report, given, simulated_now, anchors_of(milan())));
  }
}

TEST_CASE("a hostile host cannot have any number of chains tried", "[verify][candidates]") {
  const auto& own = milan().get();
  const auto report = need(simulated_guest(milan()).attest({}));
  const auto with_bad = [&](std::size_t n) {
    endorsements given = bag({own.ask, own.ark});
    auto plan = vcek_plan(milan());
    plan.signer = &own.ark_key;
    for (; n != 0; --n) {
      ++plan.not_after.seconds;
      given.add(plan.issue());
    }
    given.add(own.vcek);
    return snp::verify(report, given, simulated_now, anchors_of(milan()));
  };
  CHECK(with_bad(snp::chain_attempts_max - 1));
  CHECK(refusal(with_bad(snp::chain_attempts_max)) == failure{errc::signature_invalid, 0, part::vek});
}

TEST_CASE("a hostile host cannot have any number of keys tried on a report", "[verify][candidates]") {
  const auto& own = milan().get();
  const auto report = need(simulated_guest(milan()).attest({}));
  auto plan = vcek_plan(milan());
  plan.key = &ec_key<p384>(1);
  endorsements given = bag({own.ask, own.ark});
  for (std::size_t n = 1; n < snp::signature_attempts_max; ++n) {
    ++plan.not_after.seconds;
    given.add(plan.issue());
  }
  endorsements one_more = given;
  given.add(own.vcek);
  CHECK(snp::verify(report, given, simulated_now, anchors_of(milan())));
  ++plan.not_after.seconds;
  one_more.add(plan.issue());
  one_more.add(own.vcek);
  CHECK(refusal(snp::verify(report, one_more, simulated_now, anchors_of(milan()))) ==
        in_report(errc::signature_invalid, 0x2A0));
}

TEST_CASE("of several failures that of the attempt that came furthest is told", "[verify][candidates]") {
  const auto& own = milan().get();
  const auto report = need(simulated_guest(milan()).attest({}));
  auto wrong_key = vcek_plan(milan());
  wrong_key.key = &ec_key<p384>(1);
  auto wrong_signer = vcek_plan(milan());
  wrong_signer.signer = &own.ark_key;
  auto wrong_tcb = vcek_plan(milan());
  wrong_tcb.set("3.1", der_level(5));
  auto broken = vcek_plan(milan());
  broken.drop("4");
  const std::vector<std::pair<certificate, failure>> worst_first{
      {broken.issue(), {errc::extension_missing, 0, part::vek}},
      {wrong_tcb.issue(), in_report(errc::tcb_mismatch, 0x180)},
      {wrong_key.issue(), in_report(errc::signature_invalid, 0x2A0)},
      {wrong_signer.issue(), {errc::signature_invalid, 0, part::vek}},
  };
  for (std::size_t n = 1; n <= worst_first.size(); ++n) {
    endorsements given = bag({own.ask, own.ark});
    endorsements reversed = given;
    for (std::size_t i = 0; i < n; ++i) given.add(worst_first[i].first);
    for (std::size_t i = n; i-- > 0;) reversed.add(worst_first[i].first);
    CHECK(refusal(snp::verify(report, given, simulated_now, anchors_of(milan()))) == worst_first[n - 1].second);
    CHECK(refusal(snp::verify(report, reversed, simulated_now, anchors_of(milan()))) == worst_first[n - 1].second);
  }
}

TEST_CASE("certificates of the same key that are not valid now do not hide one that is", "[verify][candidates]") {
  const auto& own = milan().get();
  const auto report = need(simulated_guest(milan()).attest({}));
  endorsements given = bag({own.ask, own.ark});
  for (std::size_t i = 0; i < snp::chain_attempts_max + 8; ++i) {
    auto expired = vcek_plan(milan());
    expired.not_after = utc_time{simulated_begin.seconds + static_cast<std::int64_t>(i)};
    given.add(expired.issue());
  }
  CHECK(refusal(snp::verify(report, given, simulated_now, anchors_of(milan()))) ==
        failure{errc::expired, 0, part::vek});
  given.add(own.vcek);
  CHECK(snp::verify(report, given, simulated_now, anchors_of(milan())));
}

TEST_CASE("a list that was superseded does not spoil the current one", "[verify][candidates]") {
  const auto& own = milan().get();
  const auto report = need(simulated_guest(milan()).attest({}));
  const guest::detail::simulated_name root("ARK-Milan");
  const auto parts = root.parts();
  const auto list = [&](std::uint64_t number, const char* from, const char* until) {
    return need(issue_crl({.this_update = time(from), .next_update = time(until), .number = number},
                          {.name = parts, .key = own.ark_key}));
  };
  const crl old = list(1, "2025-01-02T00:00:00Z", "2025-01-20T00:00:00Z");
  const crl current = list(2, "2025-01-20T00:00:00Z", "2025-03-01T00:00:00Z");
  endorsements given = endorsements_of(milan());
  given.add(old);
  given.add(old);
  CHECK(given.crls().size() == 1);
  CHECK(refusal(snp::verify(report, given, simulated_now, anchors_of(milan()))) ==
        failure{errc::expired, 0, part::crl});
  const auto stale = snp::verify(report, given, simulated_now, anchors_of(milan()), snp::stale_crls::accept);
  REQUIRE(stale);
  CHECK((*stale)->revocation == snp::revocation::stale_list);
  CHECK((*stale)->validity.not_before == time("2025-01-20T00:00:01Z"));
  given.add(current);
  for (const auto how : {snp::stale_crls::refuse, snp::stale_crls::accept}) {
    const auto genuine = snp::verify(report, given, simulated_now, anchors_of(milan()), how);
    REQUIRE(genuine);
    CHECK((*genuine)->revocation == snp::revocation::checked);
  }
}

}  // namespace test_snp_candidates
