// SPDX-License-Identifier: Apache-2.0
#include <unitee/verify/snp_verifier.hpp>

#include "support/catch.hpp"
#include "support/simulated.hpp"

#include <unitee/crypto/issue.hpp>

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <thread>
#include <utility>
#include <vector>

namespace test_snp_verifier {

using unitee::byte_view;
using unitee::endorsements;
using unitee::errc;
using unitee::failure;
using unitee::part;
using unitee::trust_anchors;
using unitee::utc_time;
using unitee::test::bytes_of;
using unitee::test::need;
using unitee::test::simulated_guest;
using unitee::test::simulated_now;
using unitee::test::simulated_platform;
namespace snp = unitee::snp;

namespace {

trust_anchors simulated_root() {
  trust_anchors out;
  out.add(simulated_platform().root());
  return out;
}

snp::report fresh_report(std::uint8_t first = 0) {
  snp::report_data data;
  data.value[0] = first;
  return need(simulated_guest(simulated_platform()).attest(data));
}

std::vector<std::uint8_t> table() { return need(simulated_platform().certificate_table()); }

}  // namespace

TEST_CASE("a fleet's verifier finds a chain once and then knows it", "[verify][snp_verifier]") {
  snp::verifier fleet({}, simulated_root());
  CHECK(fleet.size() == 0);
  for (std::uint8_t i = 0; i < 5; ++i) {
    const snp::report report = fresh_report(i);
    const auto genuine = fleet.verify(report, table(), simulated_now);
    REQUIRE(genuine);
    CHECK((*genuine)->report == report);
    CHECK((*genuine)->anchor == unitee::anchor_origin::given_by_caller);
    CHECK(fleet.size() == 1);
  }
}

TEST_CASE("a known chain does not help a report that its key did not sign", "[verify][snp_verifier]") {
  snp::verifier fleet({}, simulated_root());
  const auto delivered = table();
  REQUIRE(fleet.verify(fresh_report(), delivered, simulated_now));
  const auto good = bytes_of(fresh_report(1));
  std::size_t tried = 0;
  for (const std::size_t offset : {0x050U, 0x090U, 0x29FU, 0x2A0U, 0x2E8U}) {
    auto bytes = good;
    bytes[offset] ^= 0x10;
    const auto changed = snp::report::parse(bytes);
    if (!changed) continue;
    ++tried;
    const auto verdict = fleet.verify(*changed, delivered, simulated_now);
    REQUIRE(!verdict);
    CHECK(verdict.error().code == errc::signature_invalid);
  }
  CHECK(tried >= 4);
  CHECK(fleet.verify(need(snp::report::parse(good)), delivered, simulated_now));
}

TEST_CASE("a report without certificates is verified with the endorsements that the verifier has",
          "[verify][snp_verifier]") {
  endorsements known;
  need(known.add(table()));
  snp::verifier fleet(known, simulated_root());
  for (std::uint8_t i = 0; i < 3; ++i) CHECK(fleet.verify(fresh_report(i), simulated_now));
  CHECK(fleet.size() == 1);
  snp::verifier nothing({}, simulated_root());
  CHECK(nothing.verify(fresh_report(), simulated_now).error() == failure{errc::missing, 0, part::vek});
  CHECK(nothing.size() == 0);
}

TEST_CASE("nothing is trusted because a verifier has seen it", "[verify][snp_verifier]") {
  snp::verifier fleet(endorsements{});
  for (int i = 0; i < 2; ++i) {
    CHECK(fleet.verify(fresh_report(), table(), simulated_now).error() == failure{errc::untrusted_root, 0, part::root});
  }
  CHECK(fleet.size() == 0);
}

TEST_CASE("a known chain is not used outside of its validity", "[verify][snp_verifier]") {
  snp::verifier fleet({}, simulated_root());
  const auto delivered = table();
  REQUIRE(fleet.verify(fresh_report(), delivered, simulated_now));
  const utc_time too_late = unitee::test::time("2033-01-01T00:00:00Z");
  CHECK(fleet.verify(fresh_report(), delivered, too_late).error() == failure{errc::expired, 0, part::vek});
  const utc_time too_early{unitee::test::simulated_begin.seconds - 1};
  CHECK(fleet.verify(fresh_report(), delivered, too_early).error() == failure{errc::not_yet_valid, 0, part::vek});
  CHECK(fleet.verify(fresh_report(), delivered, simulated_now));
}

TEST_CASE("new endorsements make the verifier look at every chain again", "[verify][snp_verifier]") {
  snp::verifier fleet({}, simulated_root());
  const auto delivered = table();
  REQUIRE(fleet.verify(fresh_report(), delivered, simulated_now));

  // A list of the root that names the ASK.
  const auto& own = simulated_platform().get();
  const unitee::guest::detail::simulated_name root_name("ARK-", "Milan");
  const auto parts = root_name.parts();
  const std::array<byte_view, 1> serials{own.ask.serial()};
  const auto list = need(unitee::issue_crl({.this_update = unitee::test::simulated_begin,
                                            .next_update = unitee::test::time("2025-06-01T00:00:00Z"),
                                            .number = 1,
                                            .serials = serials},
                                           {.name = parts, .key = own.ark_key}));
  endorsements known;
  known.add(list);
  fleet.replace(known);
  CHECK(fleet.size() == 0);
  CHECK(fleet.verify(fresh_report(), delivered, simulated_now).error() ==
        failure{errc::revoked, 0, part::intermediate});
  fleet.replace({});
  CHECK(fleet.verify(fresh_report(), delivered, simulated_now));
}

TEST_CASE("what was delivered and cannot be read is refused, and padding is not looked at", "[verify][snp_verifier]") {
  snp::verifier fleet({}, simulated_root());
  const std::array<std::uint8_t, 5> garbage{1, 2, 3, 4, 5};
  CHECK(fleet.verify(fresh_report(), garbage, simulated_now).error().code == errc::unrecognized);
  auto delivered = table();
  REQUIRE(fleet.verify(fresh_report(), delivered, simulated_now));
  delivered.resize(delivered.size() + 4096);
  REQUIRE(fleet.verify(fresh_report(), delivered, simulated_now));
  CHECK(fleet.size() == 1);
}

TEST_CASE("a verifier keeps no more chains than it was told to", "[verify][snp_verifier]") {
  endorsements issuers;
  issuers.add(simulated_platform().get().ask);
  snp::verifier fleet(issuers, simulated_root(), snp::stale_crls::refuse, 2);
  const auto vcek = need(simulated_platform().get().vcek.der());
  REQUIRE(fleet.verify(fresh_report(), vcek, simulated_now));
  REQUIRE(fleet.verify(fresh_report(), table(), simulated_now));  // the same VCEK
  CHECK(fleet.size() == 1);
  for (int i = 0; i < 4; ++i) {  // AMD issues another certificate at every request
    auto plan = unitee::test::vcek_plan(simulated_platform());
    plan.not_before = utc_time{simulated_now.seconds - i};
    REQUIRE(fleet.verify(fresh_report(), need(plan.issue().der()), simulated_now));
    CHECK(fleet.size() == 2);
  }

  snp::verifier keeps_none(issuers, simulated_root(), snp::stale_crls::refuse, 0);
  REQUIRE(keeps_none.verify(fresh_report(), vcek, simulated_now));
  CHECK(keeps_none.size() == 0);
}

TEST_CASE("many threads share a verifier, while endorsements are replaced", "[verify][snp_verifier]") {
  snp::verifier fleet({}, simulated_root());
  const auto delivered = table();
  const snp::report good = fresh_report();
  auto bytes = bytes_of(good);
  bytes[0x050] ^= 1;
  const snp::report bad = need(snp::report::parse(bytes));
  std::atomic<int> wrong = 0;
  const auto work = [&] {
    for (int i = 0; i < 40; ++i) {
      if (!fleet.verify(good, delivered, simulated_now)) ++wrong;
      if (fleet.verify(bad, delivered, simulated_now)) ++wrong;
    }
  };
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) threads.emplace_back(work);
  for (int i = 0; i < 20; ++i) {
    fleet.replace({});
    std::this_thread::yield();
  }
  for (std::thread& each : threads) each.join();
  CHECK(wrong == 0);
}

}  // namespace test_snp_verifier
