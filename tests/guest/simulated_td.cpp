// SPDX-License-Identifier: Apache-2.0
#include <unitee/guest/simulated_td.hpp>

#include "support/simulated_tdx.hpp"

#include <unitee/crypto/hash.hpp>
#include <unitee/crypto/hmac.hpp>
#include <unitee/eventlog/ccel.hpp>
#include <unitee/eventlog/replay.hpp>

#include <set>
#include <string>

namespace test_simulated_td {

using namespace unitee;
using namespace unitee::test;
using guest::insecure_simulated_td;
using guest::simulated_td_launch;

static_assert(guest::tdx_attester<insecure_simulated_td> && !guest::snp_attester<insecure_simulated_td>);
static_assert(insecure_simulated_td::is_simulated);

namespace {

byte_view text(std::string_view of) { return {reinterpret_cast<const std::uint8_t*>(of.data()), of.size()}; }

failure not_launched(const simulated_td_launch& with) {
  return insecure_simulated_td::launch(simulated_tdx_platform(), with).error();
}

}  // namespace

TEST_CASE("a TD's quote is of the TD that was launched", "[guest][td]") {
  const auto with = simulated_td_launch_full();
  const auto bytes = need(simulated_td(with).attest(counted_report_data()));
  const auto quote = need(tdx::quote::parse(bytes, tdx::trailing_bytes::none));
  CHECK(quote.version() == tdx::quote_version::v5);
  const auto td = *quote.td();
  CHECK(td.mrtd() == with.mrtd);
  CHECK(td.tdattributes() == with.attributes);
  CHECK(td.xfam() == with.xfam);
  CHECK(td.mrconfigid() == with.mrconfigid);
  CHECK(td.mrowner() == with.mrowner);
  CHECK(td.mrownerconfig() == with.mrownerconfig);
  CHECK(td.tee_tcb_svn() == with.tee_tcb_svn);
  CHECK(td.tee_tcb_svn_2() == guest::simulated_tee_tcb_svn);
  CHECK(td.mrservicetd() == with.mrservicetd);
  CHECK(td.mrseam() == guest::simulated_mrseam);
  CHECK(td.mrsignerseam().is_zero());
  CHECK(td.seamattributes() == 0);
  CHECK(td.reportdata() == counted_report_data());
  for (const auto& rtmr : td.rtmrs()) CHECK(rtmr.is_zero());
}

TEST_CASE("a TD that nobody describes has a 1.5 body, no debugging and the platform's SVNs", "[guest][td]") {
  const auto bytes = need(simulated_td().attest({}));
  const auto td = *need(tdx::quote::parse(bytes)).td();
  CHECK(td.is_1_5());
  CHECK(td.tdattributes().value == 0x10000000);
  CHECK((td.xfam().value & 3) == 3);
  CHECK(td.tee_tcb_svn() == *td.tee_tcb_svn_2());
  CHECK(td.mrservicetd()->is_zero());
}

TEST_CASE("two quotes about the same are signed anew", "[guest][td]") {
  const auto td = simulated_td();
  const auto one = need(td.attest({}));
  const auto two = need(td.attest({}));
  CHECK(equal(need(tdx::quote::parse(one)).signed_bytes(), need(tdx::quote::parse(two)).signed_bytes()));
  CHECK_FALSE(one == two);
}

TEST_CASE("a TD report says the same as the quote, and its hashes and MAC hold", "[guest][td]") {
  for (const auto body : {tdx::quote_body_type::td_1_0, tdx::quote_body_type::td_1_5}) {
    auto with = simulated_td_launch_full();
    with.body = body;
    const bool is_1_5 = body == tdx::quote_body_type::td_1_5;
    auto td = simulated_td(with);
    REQUIRE(td.measure(2, 6, text("a")));
    const auto report = need(td.td_report(counted_report_data()));
    const auto bytes = report.bytes();
    CHECK(hex_of(bytes.first<16>()) == (is_1_5 ? "81000100" : "81000000") + std::string(24, '0'));
    CHECK(report.tee_tcb_info_hash().value == need(sha384(bytes.subspan(256, 239))).value);
    CHECK(report.tee_info_hash().value == need(sha384(bytes.subspan(512, 512))).value);
    CHECK(report.mac().value == need(hmac_sha256(simulated_tdx_platform().get().mac_key, bytes.first(224))).value);
    CHECK(report.valid() == (is_1_5 ? 0x301FFU : 0x1FFU));
    CHECK(report.tee_tcb_svn_2() == (is_1_5 ? std::optional(guest::simulated_tee_tcb_svn) : std::nullopt));
    CHECK(report.cpusvn() == guest::simulated_cpusvn);
    CHECK(report.rtmr2() == td.rtmrs()[2]);
    CHECK(all_zero(bytes.subspan(912, 48)) == !is_1_5);
    CHECK(all_zero(bytes.subspan(960)));
    const auto quote_bytes = need(td.attest(counted_report_data()));
    const auto quote = need(tdx::quote::parse(quote_bytes));
    CHECK(quote.td()->is_1_5() == is_1_5);
    CHECK(equal(quote.td()->bytes().subspan(120, 400), bytes.subspan(512, 400)));
    CHECK(equal(quote.td()->bytes().first(120), bytes.subspan(264, 120)));
  }
}

TEST_CASE("a quote of version 4 leaves out what only the TD report of a 1.5 module says", "[guest][td]") {
  auto with = simulated_td_launch_full();
  with.quote_version = tdx::quote_version::v4;
  const auto td = simulated_td(with);
  CHECK(need(td.td_report({})).tee_tcb_svn_2().has_value());
  const auto bytes = need(td.attest({}));
  const auto quote = need(tdx::quote::parse(bytes));
  CHECK(quote.version() == tdx::quote_version::v4);
  CHECK_FALSE(quote.td()->is_1_5());
}

TEST_CASE("a register is extended by a digest, from zero", "[guest][td]") {
  // SHA-384 of "abc", and of 48 zero bytes and that: FIPS 180-4's example, and an independent script.
  const std::string once =
      "93732e3733514a841c982cfa75ea76ab55fe011acb9cd980ef4523913c65be1b0998e04d77f8c174f81a82151619ca40";
  for (std::size_t i = 0; i < 4; ++i) {
    auto td = simulated_td();
    REQUIRE(td.extend(i, need(sha384(text("abc")))));
    const auto bytes = need(td.attest({}));
    const auto rtmrs = need(tdx::quote::parse(bytes)).td()->rtmrs();
    CHECK(rtmrs == td.rtmrs());
    for (std::size_t k = 0; k < 4; ++k) CHECK(hex_of(rtmrs[k].value) == (k == i ? once : std::string(96, '0')));
  }
  auto td = simulated_td();
  for (const std::size_t index : {std::size_t{4}, std::size_t{5}, ~std::size_t{0}}) {
    CHECK(td.extend(index, {}).error() == failure{errc::bad_value, index});
    CHECK(td.measure(index, 6, {}).error() == failure{errc::bad_value, index});
  }
  CHECK(td.measure(0, 3, {}).error() == failure{errc::bad_value});
  CHECK(td.event_log() == simulated_td().event_log());
  CHECK(td.rtmrs() == simulated_td().rtmrs());
}

TEST_CASE("what was measured adds up to the registers, and an event's data hash to its digest", "[guest][td]") {
  auto td = simulated_td();
  constexpr std::array<std::uint8_t, 4> separator{};
  REQUIRE(td.measure(0, 4, separator));
  REQUIRE(td.measure(1, 0x80000007, text("Calling EFI Application from Boot Option")));
  REQUIRE(td.measure(2, 0xD, text("kernel_cmdline: quiet"), text("quiet")));
  for (int i = 0; i < 100; ++i) REQUIRE(td.measure(3, 6, text("application " + std::to_string(i))));
  const auto area = td.event_log();
  const auto log = eventlog::event_log::parse(area);
  REQUIRE(log);
  CHECK(log->size() == 103);
  CHECK(need(eventlog::replay(*log)) == td.rtmrs());
  std::set<std::string> distinct;
  for (const auto& rtmr : td.rtmrs()) distinct.insert(hex_of(rtmr.value));
  CHECK(distinct.size() == 4);
  std::size_t hashed = 0;
  log->for_each_event([&](const eventlog::event& each) {
    hashed += equal(*each.digest(eventlog::digest_algorithm::sha384), need(sha384(each.data)).value);
  });
  CHECK(hashed == 102);
  CHECK(hex_of(td.rtmrs()[0].value) ==  // one EV_SEPARATOR: an independent script
        "518923b0f955d08da077c96aaba522b9decede61c599cea6c41889cfbea4ae4d50529d96fe4d1afdafb65e7f95bf23c4");
}

TEST_CASE("an extension without an event is not in the log", "[guest][td]") {
  auto td = simulated_td();
  REQUIRE(td.extend(3, {}));
  const auto area = td.event_log();
  CHECK_FALSE(need(eventlog::replay(*eventlog::event_log::parse(area))) == td.rtmrs());
}

TEST_CASE("what no TDX module launches is refused", "[guest][td]") {
  simulated_td_launch with;
  with.quote_version = tdx::quote_version::v3;
  CHECK(not_launched(with) == failure{errc::unsupported_version});
  with = {};
  with.body = tdx::quote_body_type::enclave;
  CHECK(not_launched(with) == failure{errc::unsupported_format});
  for (const std::uint64_t features : {0U, 1U, 2U, 0x61AE6U, 0x61AE5U}) {
    with = {};
    with.xfam = {features};
    CHECK(not_launched(with) == failure{errc::bad_value});
  }
  with.xfam = {3};
  CHECK(insecure_simulated_td::launch(simulated_tdx_platform(), with));
}

}  // namespace test_simulated_td
