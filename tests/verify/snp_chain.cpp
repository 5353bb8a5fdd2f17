// SPDX-License-Identifier: Apache-2.0
#include <unitee/verify/snp_chain.hpp>

#include "support/verdicts.hpp"

#include <array>
#include <span>
#include <string_view>
#include <vector>

namespace test_snp_chain {

using namespace unitee;
using namespace unitee::test;

static_assert(std::string_view(name(snp::revocation::unchecked)) == "unchecked");
static_assert(std::string_view(name(snp::revocation::stale_list)) == "stale list");
static_assert(std::string_view(name(snp::revocation::checked)) == "checked");

namespace {

const insecure_simulated_platform& milan() { return simulated_platform(); }

std::optional<failure> chain(const certificate& vek, const certificate& intermediate, const certificate& root,
                             utc_time at = simulated_now, std::span<const crl> crls = {}) {
  return refusal(snp::verified_vek::verify(vek, intermediate, root, at, crls, anchors_of(milan())));
}

failure in(part where, errc code) { return {code, 0, where}; }

// list is a revocation list in the root's name.
crl list(const std::vector<byte_view>& serials, utc_time from, utc_time until, const signing_key* key = nullptr) {
  const guest::detail::simulated_name name("ARK-", "Milan");
  const auto parts = name.parts();
  return need(issue_crl({from, until, 1, serials}, {parts, key == nullptr ? milan().get().ark_key : *key}));
}

}  // namespace

TEST_CASE("a chain of the simulated platform holds, and says what it rests on", "[verify][chain]") {
  const auto& own = milan().get();
  const auto signer =
      need(snp::verified_vek::verify(own.vcek, own.ask, own.ark, simulated_now, {}, anchors_of(milan())));
  CHECK(signer.anchor() == anchor_origin::given_by_caller);
  CHECK(signer.revocation() == snp::revocation::unchecked);
  CHECK(signer.validity().not_before == simulated_begin);
  CHECK(signer.validity().not_after == utc_time{simulated_begin.seconds + 7 * 365 * 86400});
  CHECK(signer.vek().tcb() == own.tcb);
}

TEST_CASE("a chain with all the right names is refused unless its root is named as an anchor", "[verify][chain]") {
  const auto& own = milan().get();
  const auto& other = other_simulated_platform().get();
  CHECK(refusal(snp::verified_vek::verify(own.vcek, own.ask, own.ark, simulated_now)) ==
        in(part::root, errc::untrusted_root));
  CHECK(refusal(snp::verified_vek::verify(own.vcek, own.ask, own.ark, simulated_now, {},
                                          anchors_of(other_simulated_platform()))) ==
        in(part::root, errc::untrusted_root));
  // Crossed with the other platform: the signatures fail.
  CHECK(chain(other.vcek, own.ask, own.ark) == in(part::vek, errc::signature_invalid));
  CHECK(chain(other.vcek, other.ask, own.ark) == in(part::intermediate, errc::signature_invalid));
}

TEST_CASE("intermediate and root have the names of their product and kind", "[verify][chain]") {
  const auto& own = milan().get();
  for (const char* name : {"SEV-Genoa", "SEV-VLEK-Milan", "SEV-Milan2", "ARK-Milan"}) {
    CHECK(chain(own.vcek, issuer_under(milan(), name), own.ark) == in(part::intermediate, errc::name_mismatch));
  }
  CHECK(chain(own.vcek, own.ask, own.ask) == in(part::root, errc::name_mismatch));
  CHECK(chain(own.ask, own.ask, own.ark) == in(part::vek, errc::name_mismatch));
}

TEST_CASE("an intermediate has path length 0, and signs certificates", "[verify][chain]") {
  const auto& own = milan().get();
  CHECK_FALSE(chain(own.vcek, issuer_under(milan(), "SEV-Milan", 0), own.ark));
  CHECK(chain(own.vcek, issuer_under(milan(), "SEV-Milan", 1), own.ark) ==
        in(part::intermediate, errc::certificate_unfit));
  CHECK(chain(own.vcek, issuer_under(milan(), "SEV-Milan", std::nullopt), own.ark) ==
        in(part::intermediate, errc::certificate_unfit));
}

TEST_CASE("a VEK has a P-384 key and AMD's signature scheme", "[verify][chain]") {
  const auto& own = milan().get();
  auto plan = vcek_plan(milan());
  CHECK_FALSE(chain(plan.issue(), own.ask, own.ark));
  plan.key = &ec_key<p256>();
  CHECK(chain(plan.issue(), own.ask, own.ark) == in(part::vek, errc::certificate_unfit));
  plan.key = &own.ark_key;
  CHECK(chain(plan.issue(), own.ask, own.ark) == in(part::vek, errc::certificate_unfit));
  plan = vcek_plan(milan());
  plan.pss_salt = 32;
  CHECK(chain(plan.issue(), own.ask, own.ark) == in(part::vek, errc::certificate_unfit));
  plan = vcek_plan(milan());
  plan.signer = &own.vcek_key;  // signed by a VEK, in the ASK's name
  CHECK(chain(plan.issue(), own.ask, own.ark) == in(part::vek, errc::certificate_unfit));
}

TEST_CASE("a chain is valid from its first second to its last", "[verify][chain]") {
  const auto& own = milan().get();
  const auto seconds = [](utc_time from, std::int64_t n) { return utc_time{from.seconds + n}; };
  auto plan = vcek_plan(milan());
  plan.not_before = time("2026-03-01T12:00:00Z");
  plan.not_after = time("2027-03-01T12:00:00Z");
  const auto vek = plan.issue();
  CHECK(chain(vek, own.ask, own.ark, seconds(plan.not_before, -1)) == in(part::vek, errc::not_yet_valid));
  CHECK_FALSE(chain(vek, own.ask, own.ark, plan.not_before));
  CHECK_FALSE(chain(vek, own.ask, own.ark, plan.not_after));
  CHECK(chain(vek, own.ask, own.ark, seconds(plan.not_after, 1)) == in(part::vek, errc::expired));
  // A VEK that outlives its issuers: they are looked at, too.
  plan.not_before = {0};
  plan.not_after = time("2090-01-01T00:00:00Z");
  const auto eternal = plan.issue();
  const utc_time end{simulated_begin.seconds + 25 * guest::detail::simulated_year};
  CHECK(chain(eternal, own.ask, own.ark, seconds(simulated_begin, -1)) == in(part::intermediate, errc::not_yet_valid));
  CHECK_FALSE(chain(eternal, own.ask, own.ark, simulated_begin));
  CHECK_FALSE(chain(eternal, own.ask, own.ark, end));
  CHECK(chain(eternal, own.ask, own.ark, seconds(end, 1)) == in(part::intermediate, errc::expired));
  // A signer that was verified keeps to the chain's time.
  const auto signer =
      need(snp::verified_vek::verify(vek, own.ask, own.ark, time("2026-06-01T00:00:00Z"), {}, anchors_of(milan())));
  const auto report = need(simulated_guest(milan()).attest({}));
  CHECK(refusal(snp::verify(report, signer, seconds(signer.validity().not_before, -1))) ==
        in(part::vek, errc::not_yet_valid));
  CHECK(snp::verify(report, signer, signer.validity().not_before));
  CHECK(snp::verify(report, signer, signer.validity().not_after));
  CHECK(refusal(snp::verify(report, signer, seconds(signer.validity().not_after, 1))) == in(part::vek, errc::expired));
}

TEST_CASE("revocation lists of the root are genuine, current and clear", "[verify][chain]") {
  const auto& own = milan().get();
  const auto later = time("2025-03-01T00:00:00Z");
  const auto with = [&](const std::vector<crl>& lists) {
    return chain(own.vcek, own.ask, own.ark, simulated_now, lists);
  };
  const auto in_crl = [](errc code, std::uint64_t index) { return failure{code, index, part::crl}; };
  const octets ark_serial{1};
  const octets ask_serial{2};
  const octets vek_serial{0};
  const crl clear = list({}, simulated_begin, later);
  CHECK_FALSE(with({clear}));
  CHECK(
      need(snp::verified_vek::verify(own.vcek, own.ask, own.ark, simulated_now, std::array{clear}, anchors_of(milan())))
          .revocation() == snp::revocation::checked);
  // The chain holds as long as its lists do.
  const auto listed = need(snp::verified_vek::verify(
      own.vcek, own.ask, own.ark, simulated_now,
      std::array{clear, list({}, simulated_now, time("2026-01-01T00:00:00Z"))}, anchors_of(milan())));
  CHECK(listed.validity().not_before == simulated_now);
  CHECK(listed.validity().not_after == later);
  CHECK_FALSE(with({clear, list({vek_serial}, simulated_begin, later)}));  // all VEKs have serial 0: it means nothing
  CHECK(with({clear, list({ask_serial}, simulated_begin, later)}) == in(part::intermediate, errc::revoked));
  CHECK(with({list({ark_serial}, simulated_begin, later)}) == in(part::root, errc::revoked));
  CHECK(with({clear, list({}, simulated_begin, utc_time{simulated_now.seconds - 1})}) == in_crl(errc::expired, 1));
  CHECK(with({list({}, later, time("2025-04-01T00:00:00Z"))}) == in_crl(errc::not_yet_valid, 0));
  CHECK(with({list({}, simulated_begin, later, &own.ask_key)}) == in_crl(errc::signature_invalid, 0));
}

TEST_CASE("a stale list is accepted by name only, still revokes, and says so", "[verify][chain]") {
  const auto& own = milan().get();
  const auto ended = time("2025-01-20T00:00:00Z");
  const auto later = time("2025-03-01T00:00:00Z");
  const auto with = [&](const std::vector<crl>& lists, snp::stale_crls stale) {
    return snp::verified_vek::verify(own.vcek, own.ask, own.ark, simulated_now, lists, anchors_of(milan()), stale);
  };
  using snp::stale_crls;
  const crl stale = list({}, simulated_begin, ended);
  const crl current = list({}, simulated_begin, later);
  CHECK(refusal(with({stale}, stale_crls::refuse)) == failure{errc::expired, 0, part::crl});
  const auto accepted = need(with({stale}, stale_crls::accept));
  CHECK(accepted.revocation() == snp::revocation::stale_list);
  CHECK(accepted.validity().not_before == utc_time{ended.seconds + 1});
  CHECK(accepted.validity().not_after == utc_time{simulated_begin.seconds + 7 * 365 * 86400});
  CHECK(need(with({current, stale}, stale_crls::accept)).revocation() == snp::revocation::stale_list);
  CHECK(need(with({current}, stale_crls::accept)).revocation() == snp::revocation::checked);
  CHECK(need(with({}, stale_crls::accept)).revocation() == snp::revocation::unchecked);
  const octets ask_serial{2};
  CHECK(refusal(with({list({ask_serial}, simulated_begin, ended)}, stale_crls::accept)) ==
        in(part::intermediate, errc::revoked));
  CHECK(refusal(with({list({}, simulated_begin, ended, &own.ask_key)}, stale_crls::accept)) ==
        failure{errc::signature_invalid, 0, part::crl});
  CHECK(refusal(with({list({}, later, time("2025-04-01T00:00:00Z"))}, stale_crls::accept)) ==
        failure{errc::not_yet_valid, 0, part::crl});
}

TEST_CASE("the recorded list of Genoa is accepted while it is current", "[verify][chain]") {
  UNITEE_REQUIRE_EVIDENCE();
  const auto manifest = evidence_manifest("snp");
  const auto& entry = manifest.at("crls").at(0);
  const std::array lists{recorded_crl("snp/" + entry.at("file").get<std::string>())};
  const auto vek = recorded("snp/reports/genoa-v3-vcek/vcek.pem").at(0);
  const auto ask = recorded("snp/roots/genoa/ask.der").at(0);
  const auto ark = recorded("snp/roots/genoa/ark.der").at(0);
  const auto at = [&](const std::string& when) { return snp::verified_vek::verify(vek, ask, ark, time(when), lists); };
  const auto good = at(entry.at("verify_time"));
  REQUIRE(good);
  CHECK(good->revocation() == snp::revocation::checked);
  CHECK(good->anchor() == anchor_origin::pinned);
  CHECK(at(entry.at("this_update")));
  CHECK(refusal(at("2026-07-28T04:07:22Z")) == failure{errc::not_yet_valid, 0, part::crl});
  CHECK(at(entry.at("next_update")));
  CHECK(refusal(at("2026-09-09T00:00:01Z")) == failure{errc::expired, 0, part::crl});
  // Another product's list says nothing here, and is not silently taken for ours.
  const auto milan_vek = recorded("snp/reports/milan-v3-vcek-azure-aci/vcek.pem").at(0);
  const auto crossed = snp::verified_vek::verify(milan_vek, recorded("snp/roots/milan/ask.der").at(0),
                                                 recorded("snp/roots/milan/ark.der").at(0),
                                                 time(entry.at("verify_time").get<std::string>()), lists);
  CHECK(refusal(crossed) == failure{errc::issuer_mismatch, 0, part::crl});
}

}  // namespace test_snp_chain
