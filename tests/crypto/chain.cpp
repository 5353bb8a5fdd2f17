// SPDX-License-Identifier: Apache-2.0
#include <unitee/crypto/chain.hpp>

#include "support/certificates.hpp"
#include "support/openssl.hpp"

namespace test_chain {

using unitee::byte_view;
using unitee::certificate;
using unitee::chain_rules;
using unitee::crl;
using unitee::errc;
using unitee::failure;
using unitee::key_type;
using unitee::part;
using unitee::signature_scheme;
using unitee::utc_time;
using unitee::verify_chain;
using unitee::test::ec_key;
using unitee::test::ec_plan;
using unitee::test::ec_rules;
using unitee::test::need;
using unitee::test::plan;
using unitee::test::recorded;
using unitee::test::recorded_crl;
using unitee::test::rsa_plan;
using unitee::test::rsa_rules;
using unitee::test::time;

namespace {

constexpr const char* now = "2025-01-15T00:00:00Z";

constexpr failure at(std::uint64_t index, errc code) { return {code, index, part::certificate}; }
constexpr failure at_list(std::uint64_t index, errc code) { return {code, index, part::crl}; }

// outcome is the failure, or none.
std::optional<failure> outcome(const std::vector<certificate>& chain, const chain_rules& rules = ec_rules,
                               const std::vector<crl>& lists = {}, utc_time when = time(now)) {
  const auto answer = verify_chain(chain, when, lists, rules);
  return answer ? std::nullopt : std::optional(answer.error());
}
std::optional<failure> outcome(const plan& made, const chain_rules& rules = ec_rules) {
  return outcome(made.issue(), rules);
}

// with is a good plan that a test has spoiled.
template <class Spoil>
plan with(plan made, Spoil spoil) {
  spoil(made);
  return made;
}

std::vector<certificate> without_last(std::vector<certificate> chain) {
  chain.pop_back();
  return chain;
}

const std::uint8_t one[] = {1}, two[] = {2}, three[] = {3}, nine[] = {9};
crl list_of(const unitee::test::plan_link& issuer, std::vector<byte_view> serials,
            const char* from = "2025-01-01T00:00:00Z", const char* until = "2025-02-01T00:00:00Z") {
  return issuer.list(serials, time(from), time(until));
}

}  // namespace

TEST_CASE("a good chain is valid as long as all of its certificates", "[crypto][chain]") {
  const auto validity = verify_chain(ec_plan().issue(), time(now), {}, ec_rules);
  REQUIRE(validity);
  CHECK(validity->not_before == time("2024-01-01T00:00:00Z"));
  CHECK(validity->not_after == time("2026-01-01T00:00:00Z"));
  const auto shorter = with(ec_plan(), [](plan& p) {
    p.link[1].request.not_after = time("2025-02-03T04:05:06Z");
    p.link[2].request.not_before = time("2025-01-02T03:04:05Z");
  });
  const auto inner = verify_chain(shorter.issue(), time(now), {}, ec_rules);
  REQUIRE(inner);
  CHECK(inner->not_before == time("2025-01-02T03:04:05Z"));
  CHECK(inner->not_after == time("2025-02-03T04:05:06Z"));
}

TEST_CASE("chains of two, and an anchor alone, are chains", "[crypto][chain]") {
  auto direct = ec_plan();
  direct.link[0].issuer = "root";
  direct.link[0].signer = direct.link[2].key;
  CHECK_FALSE(outcome({direct.link[0].issue(), direct.link[2].issue()}));
  CHECK_FALSE(outcome({direct.link[2].issue()}));
}

TEST_CASE("a chain like AMD's is good, and spoiled by any other salt or digest", "[crypto][chain]") {
  CHECK_FALSE(outcome(rsa_plan(), rsa_rules));
  for (const std::size_t i : {0u, 1u, 2u}) {
    CHECK(outcome(with(rsa_plan(), [&](plan& p) { p.link[i].pss_salt = 32; }), rsa_rules) ==
          at(i, errc::certificate_unfit));
    CHECK(outcome(with(rsa_plan(), [&](plan& p) { p.link[i].digest = "SHA256"; }), rsa_rules) ==
          at(i, errc::certificate_unfit));
  }
}

TEST_CASE("keys of another kind or size are unfit", "[crypto][chain]") {
  CHECK(
      outcome(with(rsa_plan(),
                   [](plan& p) { p.link[2].key = p.link[2].signer = p.link[1].signer = &unitee::test::rsa_key(2048); }),
              rsa_rules) == at(2, errc::certificate_unfit));
  CHECK(outcome(with(rsa_plan(), [](plan& p) { p.link[0].key = &ec_key<unitee::p256>(); }), rsa_rules) ==
        at(0, errc::certificate_unfit));
  CHECK(outcome(with(ec_plan(), [](plan& p) { p.link[0].key = &ec_key<unitee::p384>(); })) ==
        at(0, errc::certificate_unfit));
  CHECK(outcome(with(ec_plan(), [](plan& p) { p.link[1].key = p.link[0].signer = &ec_key<unitee::p384>(); })) ==
        at(1, errc::certificate_unfit));
  CHECK(outcome(ec_plan(), rsa_rules) == at(0, errc::certificate_unfit));
  CHECK(outcome(ec_plan(), {signature_scheme::other, unitee::p256_key, unitee::p256_key}) ==
        at(0, errc::certificate_unfit));
}

TEST_CASE("only version 3 is fit", "[crypto][chain]") {
  for (const std::size_t i : {0u, 1u, 2u}) {
    CHECK(outcome(with(ec_plan(), [&](plan& p) { p.link[i].request.version = 1; })) == at(i, errc::certificate_unfit));
    CHECK(outcome(with(ec_plan(), [&](plan& p) { p.link[i].request.version = 4; })) == at(i, errc::certificate_unfit));
  }
}

TEST_CASE("an issuer must be a CA and may sign certificates", "[crypto][chain]") {
  for (const std::size_t i : {1u, 2u}) {
    CHECK(outcome(with(ec_plan(), [&](plan& p) {
            p.link[i].request.ca = false;
            p.link[i].request.path_length.reset();
          })) == at(i, errc::certificate_unfit));
    CHECK(outcome(with(ec_plan(), [&](plan& p) {
            p.link[i].request.ca = false;
            p.link[i].request.end_entity = true;
            p.link[i].request.path_length.reset();
          })) == at(i, errc::certificate_unfit));
    CHECK(outcome(with(ec_plan(), [&](plan& p) { p.link[i].request.sign_certificates = false; })) ==
          at(i, errc::certificate_unfit));
  }
}

TEST_CASE("a path longer than an issuer allows is unfit", "[crypto][chain]") {
  CHECK_FALSE(outcome(with(ec_plan(), [](plan& p) { p.link[2].request.path_length = 1; })));
  const auto answer = outcome(with(ec_plan(), [](plan& p) { p.link[2].request.path_length = 0; }));
  CHECK(answer == at(2, errc::certificate_unfit));
}

TEST_CASE("an unknown critical extension is unfit, an unknown other one is not", "[crypto][chain]") {
  const unitee::raw_extension unknown[] = {{"1.2.3.4", one}};
  const unitee::raw_extension critical[] = {{"1.2.3.4", one, true}};
  for (const std::size_t i : {0u, 1u, 2u}) {
    CHECK_FALSE(outcome(with(ec_plan(), [&](plan& p) { p.link[i].request.extensions = unknown; })));
    CHECK(outcome(with(ec_plan(), [&](plan& p) { p.link[i].request.extensions = critical; })) ==
          at(i, errc::certificate_unfit));
  }
}

TEST_CASE("a malformed extension that path validation reads is unfit", "[crypto][chain]") {
  const std::uint8_t broken[] = {0x30, 0x05};
  const unitee::raw_extension usage[] = {{"2.5.29.15", broken}};
  for (const std::size_t i : {0u, 1u, 2u}) {
    CHECK(outcome(with(ec_plan(), [&](plan& p) {
            p.link[i].request.sign_certificates = p.link[i].request.sign_crls = false;
            p.link[i].request.extensions = usage;
          })) == at(i, errc::certificate_unfit));
  }
}

TEST_CASE("dates are inclusive, and those of the certificate that is out of date are named", "[crypto][chain]") {
  const auto when = [](const plan& made, std::int64_t seconds) {
    return outcome(made.issue(), ec_rules, {}, {seconds});
  };
  const auto from = time("2024-01-01T00:00:00Z").seconds;
  const auto until = time("2026-01-01T00:00:00Z").seconds;
  CHECK_FALSE(when(ec_plan(), from));
  CHECK_FALSE(when(ec_plan(), until));
  CHECK(when(ec_plan(), from - 1) == at(0, errc::not_yet_valid));
  CHECK(when(ec_plan(), until + 1) == at(0, errc::expired));
  for (const std::size_t i : {1u, 2u}) {
    CHECK(when(with(ec_plan(), [&](plan& p) { p.link[i].request.not_before = {from + 10}; }), from) ==
          at(i, errc::not_yet_valid));
    CHECK(when(with(ec_plan(), [&](plan& p) { p.link[i].request.not_after = {until - 10}; }), until) ==
          at(i, errc::expired));
    CHECK(when(with(ec_plan(), [&](plan& p) { p.link[i].request.not_before = {-1}; }), until) ==
          at(i, errc::bad_encoding));
  }
}

TEST_CASE("a forged certificate that has expired is called forged", "[crypto][chain]") {
  const auto forged = with(ec_plan(), [](plan& p) {
    p.link[0].signer = &ec_key<unitee::p256>(3);
    p.link[0].request.not_after = time("2024-02-01T00:00:00Z");
  });
  CHECK(outcome(forged) == at(0, errc::signature_invalid));
}

TEST_CASE("names must link, and the anchor must be its own issuer", "[crypto][chain]") {
  CHECK(outcome(with(ec_plan(), [](plan& p) { p.link[0].issuer = "other"; })) == at(0, errc::issuer_mismatch));
  CHECK(outcome(with(ec_plan(), [](plan& p) { p.link[1].issuer = "other"; })) == at(1, errc::issuer_mismatch));
  CHECK(outcome(with(ec_plan(), [](plan& p) { p.link[2].issuer = "other"; })) == at(2, errc::issuer_mismatch));
  CHECK(outcome(without_last(ec_plan().issue())) == at(1, errc::issuer_mismatch));
  const auto chain = ec_plan().issue();
  CHECK(outcome({chain[0], chain[2]}) == at(0, errc::issuer_mismatch));
  CHECK(outcome({chain[0], chain[2], chain[1]}) == at(0, errc::issuer_mismatch));
  CHECK(outcome({chain[0], chain[1], chain[1], chain[2]}) == at(1, errc::issuer_mismatch));
  CHECK(outcome({chain[0], chain[0], chain[1], chain[2]}).value().in == part::certificate);
}

TEST_CASE("an anchor that stands in the chain twice makes another chain", "[crypto][chain]") {
  const auto chain = ec_plan().issue();
  const auto answer = outcome({chain[0], chain[1], chain[2], chain[2]});
  REQUIRE(answer);
  CHECK(answer == at(3, errc::issuer_mismatch));
}

TEST_CASE("a signature by another key is invalid, the anchor's own too", "[crypto][chain]") {
  for (const std::size_t i : {0u, 1u, 2u}) {
    CHECK(outcome(with(ec_plan(), [&](plan& p) { p.link[i].signer = &ec_key<unitee::p256>(3); })) ==
          at(i, errc::signature_invalid));
  }
}

TEST_CASE("only the anchor's own signature may have been verified before", "[crypto][chain]") {
  static_assert(!chain_rules{}.anchor_is_verified);
  chain_rules verified = ec_rules;
  verified.anchor_is_verified = true;
  CHECK_FALSE(outcome(ec_plan(), verified));
  auto made = ec_plan();
  made.link[2].signer = &ec_key<unitee::p256>(3);
  const auto chain = made.issue();
  CHECK(outcome(chain) == at(2, errc::signature_invalid));
  CHECK_FALSE(outcome(chain, verified));
  CHECK_FALSE(outcome({chain[1], chain[2]}, verified));
  for (const std::size_t i : {0U, 1U}) {
    const auto forged = with(made, [&](plan& p) { p.link[i].signer = &ec_key<unitee::p256>(3); });
    CHECK(outcome(forged, verified) == at(i, errc::signature_invalid));
  }
  // Dates, usage and names of the anchor are looked at all the same.
  CHECK(outcome(with(made, [](plan& p) { p.link[2].request.not_after = {time(now).seconds - 1}; }), verified) ==
        at(2, errc::expired));
  CHECK(outcome(with(made, [](plan& p) { p.link[2].request.sign_certificates = false; }), verified) ==
        at(2, errc::certificate_unfit));
  CHECK(outcome(with(made, [](plan& p) { p.link[2].issuer = "stranger"; }), verified) == at(2, errc::issuer_mismatch));
}

TEST_CASE("an intermediate of the same name with another key is refused", "[crypto][chain]") {
  auto chain = ec_plan().issue();
  auto other = ec_plan().link[1];
  other.key = &ec_key<unitee::p256>(3);
  chain[1] = other.issue();
  CHECK(outcome(chain) == at(0, errc::signature_invalid));

  // With key identifiers, the intermediate is not even the issuer.
  const std::uint8_t subject_id[] = {0x04, 0x02, 0xaa, 0xbb};
  const std::uint8_t other_id[] = {0x04, 0x02, 0xaa, 0xbc};
  const std::uint8_t authority_id[] = {0x30, 0x04, 0x80, 0x02, 0xaa, 0xbb};
  const unitee::raw_extension leaf[] = {{"2.5.29.35", authority_id}};
  const unitee::raw_extension right[] = {{"2.5.29.14", subject_id}};
  const unitee::raw_extension wrong[] = {{"2.5.29.14", other_id}};
  const auto with_ids = [&](std::span<const unitee::raw_extension> id) {
    return with(ec_plan(), [&](plan& p) {
      p.link[0].request.extensions = leaf;
      p.link[1].request.extensions = id;
    });
  };
  CHECK_FALSE(outcome(with_ids(right)));
  CHECK(outcome(with_ids(wrong)) == at(0, errc::issuer_mismatch));
}

TEST_CASE("no chain, and one that is too long, are refused", "[crypto][chain]") {
  CHECK(outcome(std::vector<certificate>()) == at(0, errc::missing));
  const std::vector<certificate> nine_of_it(9, ec_plan().link[2].issue());
  CHECK(outcome(nine_of_it) == at(8, errc::bad_length));
}

TEST_CASE("a list revokes what its issuer issued, and the anchor itself", "[crypto][chain]") {
  const auto made = ec_plan();
  const auto chain = made.issue();
  CHECK_FALSE(outcome(chain, ec_rules, {list_of(made.link[2], {nine}), list_of(made.link[1], {nine})}));
  CHECK_FALSE(outcome(chain, ec_rules, {list_of(made.link[2], {})}));
  CHECK(outcome(chain, ec_rules, {list_of(made.link[2], {nine, two})}) == at(1, errc::revoked));
  CHECK(outcome(chain, ec_rules, {list_of(made.link[2], {one})}) == at(2, errc::revoked));
  CHECK(outcome(chain, ec_rules, {list_of(made.link[1], {three})}) == at(0, errc::revoked));
  // Serial numbers belong to issuers: these are of certificates by others.
  CHECK_FALSE(outcome(chain, ec_rules, {list_of(made.link[2], {three})}));
  CHECK_FALSE(outcome(chain, ec_rules, {list_of(made.link[1], {one, two})}));
}

TEST_CASE("a list must be good, and of this chain", "[crypto][chain]") {
  const auto made = ec_plan();
  const auto chain = made.issue();
  const auto good = list_of(made.link[2], {nine});
  auto stranger = made.link[2];
  stranger.subject = "stranger";
  CHECK(outcome(chain, ec_rules, {good, list_of(stranger, {nine})}) == at_list(1, errc::issuer_mismatch));
  CHECK(outcome(chain, ec_rules, {list_of(made.link[0], {nine})}) == at_list(0, errc::issuer_mismatch));
  auto forged = made.link[2];
  forged.key = &ec_key<unitee::p256>(3);
  CHECK(outcome(chain, ec_rules, {good, good, list_of(forged, {two})}) == at_list(2, errc::signature_invalid));
  CHECK(outcome(chain, ec_rules, {list_of(made.link[2], {}, "2024-11-01T00:00:00Z", "2025-01-14T23:59:59Z")}) ==
        at_list(0, errc::expired));
  CHECK(outcome(chain, ec_rules, {good, list_of(made.link[2], {}, "2025-01-15T00:00:01Z", "2025-03-01T00:00:00Z")}) ==
        at_list(1, errc::not_yet_valid));
  auto no_usage = with(ec_plan(), [](plan& p) { p.link[2].request.sign_crls = false; });
  CHECK(outcome(no_usage.issue(), ec_rules, {good}) == at_list(0, errc::issuer_mismatch));
}

TEST_CASE("a chain is valid no longer than the lists that were checked are current", "[crypto][chain]") {
  const auto made = ec_plan();
  const auto chain = made.issue();
  const std::vector<crl> lists{list_of(made.link[2], {nine}, "2025-01-10T00:00:00Z", "2025-02-10T00:00:00Z"),
                               list_of(made.link[1], {nine}, "2025-01-12T00:00:00Z", "2025-03-10T00:00:00Z")};
  const auto validity = need(verify_chain(chain, time(now), lists, ec_rules));
  CHECK(validity.not_before == time("2025-01-12T00:00:00Z"));
  CHECK(validity.not_after == time("2025-02-10T00:00:00Z"));
}

TEST_CASE("a certificate that is expired is named before a list is looked at", "[crypto][chain]") {
  const auto made = ec_plan();
  CHECK(outcome(made.issue(), ec_rules, {list_of(made.link[2], {two})}, time("2027-01-01T00:00:00Z")) ==
        at(0, errc::expired));
}

TEST_CASE("verifying a chain leaves the error queue as it was", "[crypto][chain]") {
  const auto good = ec_plan().issue();
  const auto forged = with(ec_plan(), [](plan& p) { p.link[0].signer = &ec_key<unitee::p256>(3); }).issue();
  const auto list = list_of(ec_plan().link[2], {two});
  CHECK(unitee::test::keeps_error_queue([&] {
    CHECK_FALSE(outcome(good));
    CHECK(outcome(forged));
    CHECK(outcome(good, ec_rules, {list}));
    CHECK(outcome(good, rsa_rules));
    CHECK(outcome(without_last(good)));
  }));
}

TEST_CASE("AMD's recorded chains verify at the manifest's times", "[crypto][chain][evidence]") {
  UNITEE_REQUIRE_EVIDENCE();
  const auto manifest = unitee::test::evidence_manifest("snp");
  std::size_t checked = 0;
  for (const auto& each : manifest.at("cases")) {
    if (!each.at("files").contains("vek")) continue;
    INFO(each.at("id").get<std::string>());
    const auto chain = unitee::test::amd_chain(each.at("files"));
    const auto when = time(each.at("verify_time").get<std::string>());
    CHECK_FALSE(outcome(chain, rsa_rules, {}, when));
    const auto validity = verify_chain(chain, when, {}, rsa_rules);
    REQUIRE(validity);
    CHECK(validity->not_before == *chain[0].not_before());
    CHECK(validity->not_after == *chain[0].not_after());
    ++checked;
  }
  CHECK(checked >= 9);
  for (const auto& each : manifest.at("certificates")) {
    const nlohmann::json files{
        {"vek", each.at("file")}, {"intermediate", each.at("intermediate")}, {"root", each.at("root")}};
    CHECK_FALSE(
        outcome(unitee::test::amd_chain(files), rsa_rules, {}, time(each.at("verify_time").get<std::string>())));
  }
}

TEST_CASE("AMD's recorded chains that are wrong say what is wrong", "[crypto][chain][evidence]") {
  UNITEE_REQUIRE_EVIDENCE();
  const auto expected = [](const std::string& id) -> std::optional<failure> {
    if (id == "neg-vlek-expired") return at(0, errc::expired);
    if (id == "neg-vlek-under-ask" || id == "neg-turin-under-genoa") return at(0, errc::issuer_mismatch);
    if (id == "neg-vcek-not-yet-valid") return at(0, errc::not_yet_valid);
    if (id.starts_with("neg-forged-vcek")) return at(0, errc::signature_invalid);
    return std::nullopt;
  };
  std::size_t checked = 0;
  const auto manifest = unitee::test::evidence_manifest("snp");
  for (const auto& each : manifest.at("negatives")) {
    if (!each.contains("files") || !each.at("files").contains("vek")) continue;
    const std::string id = each.at("id");
    INFO(id);
    const auto when = time(each.at("verify_time").get<std::string>());
    CHECK(outcome(unitee::test::amd_chain(each.at("files")), rsa_rules, {}, when) == expected(id));
    ++checked;
  }
  CHECK(checked >= 6);
}

TEST_CASE("AMD's recorded list goes with Genoa's chain and with no other", "[crypto][chain][evidence]") {
  UNITEE_REQUIRE_EVIDENCE();
  const auto list = recorded_crl("snp/crl/genoa.crl");
  const auto when = time("2026-08-14T00:00:00Z");
  const std::vector<certificate> genoa{recorded("snp/roots/genoa/ask.der").at(0),
                                       recorded("snp/roots/genoa/ark.der").at(0)};
  const std::vector<certificate> milan{recorded("snp/roots/milan/ask.der").at(0),
                                       recorded("snp/roots/milan/ark.der").at(0)};
  const chain_rules rules{signature_scheme::rsa_pss_sha384, unitee::rsa_4096_key, unitee::rsa_4096_key};
  CHECK_FALSE(outcome(genoa, rules, {list}, when));
  CHECK(outcome(milan, rules, {list}, when) == at_list(0, errc::issuer_mismatch));
  CHECK_FALSE(outcome(genoa, rules, {list}, time("2026-09-09T00:00:00Z")));
  CHECK(outcome(genoa, rules, {list}, time("2026-09-09T00:00:01Z")) == at_list(0, errc::expired));
}

TEST_CASE("Intel's recorded chains verify with their lists while all are current", "[crypto][chain][evidence]") {
  UNITEE_REQUIRE_EVIDENCE();
  const auto root = recorded("tdx/trust/intel_sgx_root_ca.der").at(0);
  const chain_rules rules = ec_rules;
  const auto manifest = unitee::test::evidence_manifest("tdx");
  for (const auto& set : manifest.at("collateral_sets")) {
    const std::string id = set.at("id");
    INFO(id);
    if (id == "qvl-test-tdx") continue;  // of another root
    const auto file = [&](const char* role) { return "tdx/" + set.at("files").at(role).get<std::string>(); };
    const auto root_list = recorded_crl(file("root_ca_crl"));
    const auto pck_list = recorded_crl(file("pck_crl"));
    const auto when = time(set.at("all_current_from").get<std::string>());
    const auto signing = recorded(file("tcb_info_issuer_chain"));
    REQUIRE(signing.size() == 2);
    CHECK(signing[1] == root);
    CHECK_FALSE(outcome(signing, rules, {root_list}, when));
    CHECK(outcome(signing, rules, {root_list, pck_list}, when) == at_list(1, errc::issuer_mismatch));
    const auto issuers = recorded(file("pck_crl_issuer_chain"));
    CHECK_FALSE(outcome(issuers, rules, {root_list, pck_list}, when));
    CHECK(outcome(signing, rules, {root_list}, time("2033-01-01T00:00:00Z")) == at(0, errc::expired));
  }
  const auto fake = recorded("tdx/trust/fake_self_signed_pck.pem");
  CHECK(outcome({fake.at(0), root}, rules, {}, time("2025-06-01T00:00:00Z")));
}

}  // namespace test_chain
