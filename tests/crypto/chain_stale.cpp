// SPDX-License-Identifier: Apache-2.0
//
// Revocation lists that are past their next update, and a caller who takes them all the same.
#include <unitee/crypto/chain.hpp>

#include "support/forge.hpp"

#include <cstdint>
#include <optional>
#include <vector>

namespace test_chain_stale {

using unitee::byte_view;
using unitee::certificate;
using unitee::chain_rules;
using unitee::chain_validity;
using unitee::crl;
using unitee::errc;
using unitee::failure;
using unitee::part;
using unitee::utc_time;
using unitee::verify_chain;
using unitee::test::ec_key;
using unitee::test::ec_plan;
using unitee::test::ec_rules;
using unitee::test::need;
using unitee::test::time;

namespace {

const utc_time now = time("2025-01-15T00:00:00Z");

constexpr chain_rules taking_stale = [] {
  chain_rules out = ec_rules;
  out.accept_stale_crls = true;
  return out;
}();

std::optional<failure> refusal(const std::vector<crl>& lists, const chain_rules& rules = taking_stale,
                               const std::vector<certificate>& chain = ec_plan().issue()) {
  const auto answer = verify_chain(chain, now, lists, rules);
  return answer ? std::nullopt : std::optional(answer.error());
}

chain_validity validity(const std::vector<crl>& lists) {
  return need(verify_chain(ec_plan().issue(), now, lists, taking_stale));
}

const std::uint8_t one[] = {1}, two[] = {2}, three[] = {3}, nine[] = {9};

// list is by the root, unless another issuer is given.
crl list(const std::vector<byte_view>& serials, const char* from, const char* until,
         const unitee::test::plan_link& issuer = ec_plan().link[2]) {
  return issuer.list(serials, time(from), time(until));
}
crl current() { return list({nine}, "2025-01-10T00:00:00Z", "2025-02-10T00:00:00Z"); }
crl stale(const std::vector<byte_view>& serials = {nine}) {
  return list(serials, "2024-11-01T00:00:00Z", "2024-12-01T00:00:00Z");
}

constexpr failure at(std::uint64_t index, errc code) { return {code, index, part::certificate}; }
constexpr failure at_list(std::uint64_t index, errc code) { return {code, index, part::crl}; }

}  // namespace

static_assert(!chain_rules{}.accept_stale_crls, "nobody takes stale lists without saying so");

TEST_CASE("a stale list is accepted only when asked, and told", "[crypto][chain]") {
  CHECK(refusal({stale()}, ec_rules) == at_list(0, errc::expired));
  CHECK(refusal({current(), stale()}, ec_rules) == at_list(1, errc::expired));
  CHECK_FALSE(refusal({stale()}));
  CHECK(validity({stale()}).crl_is_stale);
  CHECK(validity({current(), stale()}).crl_is_stale);
  CHECK(validity({stale(), current()}).crl_is_stale);
  CHECK_FALSE(validity({current()}).crl_is_stale);
  CHECK_FALSE(validity({}).crl_is_stale);
  CHECK_FALSE(need(verify_chain(ec_plan().issue(), now, std::vector{current()}, ec_rules)).crl_is_stale);
}

TEST_CASE("a list is stale after its next update", "[crypto][chain]") {
  const auto just_ended = list({nine}, "2025-01-01T00:00:00Z", "2025-01-14T23:59:59Z");
  const auto ending_now = list({nine}, "2025-01-01T00:00:00Z", "2025-01-15T00:00:00Z");
  CHECK(validity({just_ended}).crl_is_stale);
  CHECK(validity({just_ended}).not_before == now);
  CHECK_FALSE(validity({ending_now}).crl_is_stale);
  CHECK(validity({ending_now}).not_after == now);
}

TEST_CASE("a chain is stale from after its list's next update to its own end, which only a current list brings forward",
          "[crypto][chain]") {
  const auto alone = validity({stale()});
  CHECK(alone.not_before == time("2024-12-01T00:00:01Z"));
  CHECK(alone.not_after == time("2026-01-01T00:00:00Z"));  // of the leaf
  for (const auto& lists : {std::vector{stale(), current()}, std::vector{current(), stale()}}) {
    const auto both = validity(lists);
    CHECK(both.not_before == time("2025-01-10T00:00:00Z"));
    CHECK(both.not_after == time("2025-02-10T00:00:00Z"));
  }
}

TEST_CASE("a stale list still revokes", "[crypto][chain]") {
  CHECK(refusal({stale({nine, two})}) == at(1, errc::revoked));
  CHECK(refusal({stale({one})}) == at(2, errc::revoked));
  CHECK(refusal({list({three}, "2024-11-01T00:00:00Z", "2024-12-01T00:00:00Z", ec_plan().link[1])}) ==
        at(0, errc::revoked));
  CHECK(refusal({current(), stale({two})}) == at(1, errc::revoked));
  CHECK(refusal({stale(), list({two}, "2025-01-10T00:00:00Z", "2025-02-10T00:00:00Z")}) == at(1, errc::revoked));
}

TEST_CASE("nothing but staleness is forgiven", "[crypto][chain]") {
  const char* const from = "2024-11-01T00:00:00Z";
  const char* const until = "2024-12-01T00:00:00Z";
  CHECK(refusal({list({nine}, "2025-01-15T00:00:01Z", "2025-03-01T00:00:00Z")}) == at_list(0, errc::not_yet_valid));
  CHECK(refusal({stale(), list({nine}, "2025-02-01T00:00:00Z", until)}) == at_list(1, errc::not_yet_valid));
  auto forged = ec_plan().link[2];
  forged.key = &ec_key<unitee::p256>(3);
  CHECK(refusal({list({two}, from, until, forged)}) == at_list(0, errc::signature_invalid));
  CHECK(refusal({stale(), list({nine}, from, until, forged)}) == at_list(1, errc::signature_invalid));
  auto stranger = ec_plan().link[2];
  stranger.subject = "stranger";
  CHECK(refusal({list({nine}, from, until, stranger)}) == at_list(0, errc::issuer_mismatch));
  CHECK(refusal({list({nine}, from, until, ec_plan().link[0])}) == at_list(0, errc::issuer_mismatch));
  auto silent = ec_plan();
  silent.link[2].request.sign_crls = false;
  CHECK(refusal({stale()}, taking_stale, silent.issue()) == at_list(0, errc::issuer_mismatch));
  // Certificates that have expired have expired.
  auto ended = ec_plan();
  ended.link[0].request.not_after = time("2025-01-14T23:59:59Z");
  CHECK(refusal({stale()}, taking_stale, ended.issue()) == at(0, errc::expired));
}

}  // namespace test_chain_stale
