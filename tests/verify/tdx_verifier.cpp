// SPDX-License-Identifier: Apache-2.0
#include <unitee/verify/tdx_verifier.hpp>

#include "support/forged_intel.hpp"
#include "support/quote_parts.hpp"

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <string>
#include <thread>
#include <vector>

namespace test_tdx_verifier {

using namespace unitee;
using namespace unitee::test;
using tdx::quote;

namespace {

const auto& own() { return simulated_tdx_platform().get(); }

const utc_time now = simulated_tdx_now;
const utc_time ends = simulated_tdx_issued + 30 * day;

constexpr failure in(part what, errc code) { return {code, 0, what}; }

octets fresh_quote(std::uint8_t first = 0, const tdx_platform& on = simulated_tdx_platform()) {
  tdx::report_data data;
  data.value[0] = first;
  return need(simulated_td({}, on).attest(data));
}

result<verified<tdx::claims>> judged(tdx::verifier& by, const octets& bytes, utc_time at = now) {
  return by.verify(need(quote::parse(bytes)), at);
}
std::optional<failure> refused(tdx::verifier& by, const octets& bytes, utc_time at = now) {
  return why_not(judged(by, bytes, at));
}

// enclave_quote is a quote of the platform about an enclave: its own quoting enclave, to have one.
octets enclave_quote(const tdx_platform& on = simulated_tdx_platform()) {
  quote_parts parts(fresh_quote(0, on));
  parts.signed_bytes.resize(tdx::quote_header_size);
  parts.signed_bytes[0] = 4;
  parts.signed_bytes[4] = 0;
  parts.signed_bytes.insert(parts.signed_bytes.end(), parts.qe_report.begin(), parts.qe_report.end());
  parts.sign_all(on.get().attestation_key, on.get().pck_key);
  return parts.bytes();
}

// both_tees is the good pieces, and what else a quote about an enclave needs.
pieces both_tees() {
  auto info = nlohmann::ordered_json::parse(info_text());
  info["id"] = "SGX";
  info.erase("tdxModule");
  info.erase("tdxModuleIdentities");
  for (auto& level : info["tcbLevels"]) level["tcb"].erase("tdxtcbcomponents");
  pieces out = good_pieces();
  out.infos.push_back({signed_info(info.dump()), {}});
  out.identities.push_back({signed_identity(replaced(identity_text(), "TD_QE", "QE")), {}});
  return out;
}

// check_same says that two verdicts are the same in all that they say.
void check_same(const tdx::claims& a, const tdx::claims& b) {
  CHECK(std::ranges::equal(a.quote.signed_bytes(), b.quote.signed_bytes()));
  CHECK(std::ranges::equal(a.quote.qe_report().bytes(), b.quote.qe_report().bytes()));
  CHECK(a.pck == b.pck);
  CHECK(a.collateral.tcb_info() == b.collateral.tcb_info());
  CHECK(a.collateral.qe_identity() == b.collateral.qe_identity());
  CHECK(a.collateral.anchor() == b.collateral.anchor());
  CHECK(a.tcb.status == b.tcb.status);
  CHECK(a.tcb.date() == b.tcb.date());
  CHECK(a.tcb.advisories() == b.tcb.advisories());
  CHECK(a.tcb.current.has_value() == b.tcb.current.has_value());
  CHECK(a.procedure == b.procedure);
  CHECK(a.at == b.at);
  CHECK(a.current_until == b.current_until);
  CHECK(a.platform_items == b.platform_items);
}

}  // namespace

TEST_CASE("a fleet's verifier finds a platform once, and says afterwards what it would have said at first",
          "[verify][tdx_verifier]") {
  const endorsements known = good_pieces().all();
  tdx::verifier fleet(known, anchored());
  CHECK(fleet.size() == 0);
  for (std::uint8_t i = 0; i < 4; ++i) {
    const octets bytes = fresh_quote(i);
    const auto warm = need(judged(fleet, bytes));
    CHECK(fleet.size() == 1);
    check_same(*warm, *need(tdx::verify(need(quote::parse(bytes)), known, now, anchored())));
    CHECK(warm->tcb.status == tdx::tcb_status::up_to_date);
  }
  // With its options, too.
  tdx::verifier lenient(known, anchored(), {.collateral_grace = 60, .procedure = tdx::tcb_procedure::qvl_2024});
  for (int i = 0; i < 2; ++i) {
    const auto late = need(judged(lenient, fresh_quote(), ends + 60));
    CHECK(late->collateral_is_stale());
    CHECK(late->procedure == tdx::tcb_procedure::qvl_2024);
    CHECK(refused(lenient, fresh_quote(), ends + 61) == in(part::root_crl, errc::expired));
  }
}

TEST_CASE("a known platform does not help a quote that it did not sign", "[verify][tdx_verifier]") {
  const endorsements known = good_pieces().all();
  tdx::verifier fleet(known, anchored());
  REQUIRE(judged(fleet, fresh_quote()));
  const octets good = fresh_quote(1);
  const quote parsed = need(quote::parse(good));
  const std::size_t signature = parsed.signed_bytes().size() + 4;
  std::size_t tried = 0;
  for (std::size_t offset : {std::size_t{60}, signature - 20, signature, signature + 63, signature + 64,
                             signature + 140, signature + 500, signature + 600}) {
    octets bytes = good;
    bytes[offset] ^= 0x10;
    const auto changed = quote::parse(bytes);
    if (!changed) continue;
    ++tried;
    const auto warm = why_not(fleet.verify(*changed, now));
    CHECK(warm.has_value());
    CHECK(warm == why_not(tdx::verify(*changed, known, now, anchored())));
  }
  CHECK(tried >= 6);
  CHECK_FALSE(refused(fleet, good));
  CHECK(fleet.size() == 1);
}

TEST_CASE("nothing is trusted because a verifier of TDs has seen it", "[verify][tdx_verifier]") {
  tdx::verifier fleet(good_pieces().all());
  tdx::verifier empty({}, anchored());
  for (int i = 0; i < 2; ++i) {
    CHECK(refused(fleet, fresh_quote()) == in(part::root, errc::untrusted_root));
    CHECK(refused(empty, fresh_quote()) == in(part::root_crl, errc::missing));
  }
  CHECK(fleet.size() == 0);
  CHECK(empty.size() == 0);
}

TEST_CASE("time may pass the next update and go back", "[verify][tdx_verifier]") {
  tdx::verifier fleet(good_pieces().all(), anchored());
  REQUIRE(judged(fleet, fresh_quote()));
  for (int i = 0; i < 2; ++i) {
    CHECK_FALSE(refused(fleet, fresh_quote(), ends));
    CHECK(refused(fleet, fresh_quote(), ends + 1) == in(part::root_crl, errc::expired));
    CHECK(refused(fleet, fresh_quote(), simulated_tdx_issued + -1) == in(part::root_crl, errc::not_yet_valid));
    CHECK_FALSE(refused(fleet, fresh_quote(), simulated_tdx_issued));
    CHECK(refused(fleet, fresh_quote(), time("2035-01-01T00:00:00Z")) == in(part::pck, errc::expired));
  }
  // Where the next collateral is known as well, it counts from the end of the first on.
  const utc_time next = simulated_tdx_issued + 29 * day;
  pieces renewed = good_pieces();
  renewed.lists.push_back(root_list({}, next));
  renewed.lists.push_back(ca_list({}, next));
  renewed.infos.push_back({signed_info(info_text(next)), {}});
  renewed.identities.push_back({signed_identity(identity_text(next)), {}});
  tdx::verifier both(renewed.all(), anchored());
  for (int i = 0; i < 2; ++i) {
    CHECK(need(judged(both, fresh_quote()))->collateral.tcb_info() == renewed.infos[0].document);
    CHECK(need(judged(both, fresh_quote(), ends + 1))->collateral.tcb_info() == renewed.infos[1].document);
    CHECK(both.size() == 1);
  }
}

TEST_CASE("new endorsements make the verifier look at every platform again", "[verify][tdx_verifier]") {
  tdx::verifier fleet(good_pieces().all(), anchored());
  REQUIRE(judged(fleet, fresh_quote()));
  pieces revoking = good_pieces();
  revoking.lists[1] = ca_list({own().pck.serial()});
  fleet.replace(revoking.all());
  CHECK(fleet.size() == 0);
  CHECK(refused(fleet, fresh_quote()) == in(part::pck, errc::revoked));
  CHECK(fleet.size() == 0);
  fleet.replace({});
  CHECK(refused(fleet, fresh_quote()) == in(part::root_crl, errc::missing));
  fleet.replace(good_pieces().all());
  CHECK_FALSE(refused(fleet, fresh_quote()));
  CHECK(fleet.size() == 1);
}

TEST_CASE("a verifier keeps no more platforms than it was told to", "[verify][tdx_verifier]") {
  std::vector<octets> quotes;
  for (int i = 0; i < 3; ++i) {
    quotes.push_back(fresh_quote(0, need(simulated_tdx_platform().another_platform(simulated_tdx_begin))));
  }
  const endorsements known = good_pieces().all();
  for (const std::size_t capacity : {0U, 1U, 2U}) {
    tdx::verifier fleet(known, anchored(), {}, capacity);
    for (int round = 0; round < 2; ++round) {
      for (std::size_t i = 0; i < quotes.size(); ++i) {
        CHECK_FALSE(refused(fleet, quotes[i]));
        CHECK_FALSE(refused(fleet, quotes[i]));
        CHECK(fleet.size() == (round == 0 ? std::min(i + 1, capacity) : capacity));
      }
    }
  }
  tdx::verifier all(known, anchored());
  for (const octets& each : quotes) CHECK_FALSE(refused(all, each));
  CHECK(all.size() == quotes.size());
}

TEST_CASE("platforms of two families are judged by the collateral of each", "[verify][tdx_verifier]") {
  const auto elsewhere =
      need(simulated_tdx_platform().another_platform(simulated_tdx_begin, tdx::fmspc{{0x12, 0x90, 0x6F, 0, 0, 0}}));
  pieces all = good_pieces();
  tdx::verifier one_family(all.all(), anchored());
  CHECK_FALSE(refused(one_family, fresh_quote()));
  CHECK(refused(one_family, fresh_quote(0, elsewhere)) == in(part::tcb_info, errc::platform_mismatch));
  all.infos.push_back({signed_info(info_text(simulated_tdx_issued, elsewhere)), {}});
  tdx::verifier fleet(all.all(), anchored());
  for (int i = 0; i < 2; ++i) {
    CHECK(need(judged(fleet, fresh_quote()))->collateral.tcb_info() == all.infos[0].document);
    CHECK(need(judged(fleet, fresh_quote(0, elsewhere)))->collateral.tcb_info() == all.infos[1].document);
  }
  CHECK(fleet.size() == 2);
}

TEST_CASE("quotes of one platform about a TD and about an enclave have their own collateral",
          "[verify][tdx_verifier]") {
  const octets about_td = fresh_quote();
  const octets about_enclave = enclave_quote();
  REQUIRE(std::ranges::equal(need(quote::parse(about_td)).certification_data().bytes(),
                             need(quote::parse(about_enclave)).certification_data().bytes()));
  tdx::verifier tds_only(good_pieces().all(), anchored());
  REQUIRE_FALSE(refused(tds_only, about_td));
  CHECK(refused(tds_only, about_enclave) == in(part::tcb_info, errc::product_mismatch));
  tdx::verifier fleet(both_tees().all(), anchored());
  for (int i = 0; i < 2; ++i) {
    CHECK(need(judged(fleet, about_td))->collateral.tee() == tdx::tee_type::tdx);
    const auto enclave = need(judged(fleet, about_enclave));
    CHECK(enclave->collateral.tee() == tdx::tee_type::sgx);
    CHECK(enclave->tcb.status == tdx::tcb_status::up_to_date);
  }
  CHECK(fleet.size() == 2);
}

TEST_CASE("the same bytes as another type of certification data are another matter", "[verify][tdx_verifier]") {
  tdx::verifier fleet(good_pieces().all(), anchored());
  quote_parts parts(fresh_quote());
  REQUIRE_FALSE(refused(fleet, parts.bytes()));
  parts.type = tdx::certification_data_type::pck_leaf_certificate;
  const auto why = refused(fleet, parts.bytes());
  REQUIRE(why);
  CHECK(why->code == errc::bad_length);
  CHECK(why->in == part::quote);
}

TEST_CASE("where a quote only asks for a certificate, each that fits is tried", "[verify][tdx_verifier]") {
  // Two PCK certificates that say the same, for two keys.
  const signing_key& second_key = ec_key<p256>(4);
  forged_link second = pck_link();
  second.key = &second_key;
  pieces all = good_pieces();
  all.certificates.push_back(own().pck);
  all.certificates.push_back(second.issue());
  const endorsements known = all.all();
  const auto asking = [&](const signing_key& pck_key) {
    quote_parts parts(fresh_quote());
    const auto& says = own().pck_extension;
    parts.type = tdx::certification_data_type::ppid_cleartext;
    parts.data.assign(says.ppid.value.begin(), says.ppid.value.end());
    parts.data.insert(parts.data.end(), says.cpusvn.value.begin(), says.cpusvn.value.end());
    parts.data.push_back(static_cast<std::uint8_t>(says.pcesvn));
    parts.data.push_back(static_cast<std::uint8_t>(says.pcesvn >> 8));
    parts.data.insert(parts.data.end(), says.pceid.value.begin(), says.pceid.value.end());
    parts.sign_all(own().attestation_key, pck_key);
    return parts.bytes();
  };
  tdx::verifier fleet(known, anchored());
  for (int i = 0; i < 2; ++i) {
    CHECK_FALSE(refused(fleet, asking(own().pck_key)));
    CHECK_FALSE(refused(fleet, asking(second_key)));
    CHECK(refused(fleet, asking(own().ca_key)).value().code == errc::signature_invalid);
    CHECK(fleet.size() == 1);
  }
  tdx::verifier without(good_pieces().all(), anchored());
  CHECK(refused(without, asking(own().pck_key)) == in(part::pck, errc::missing));
}

TEST_CASE("collateral under one trusted root does not stand in the way of another's", "[verify][tdx_verifier]") {
  const auto& other = other_simulated_tdx_platform();
  pieces all = good_pieces();
  const pieces foreign = good_pieces(other);
  all.certificates.insert(all.certificates.end(), foreign.certificates.begin(), foreign.certificates.end());
  all.lists.insert(all.lists.end(), foreign.lists.begin(), foreign.lists.end());
  all.infos.insert(all.infos.end(), foreign.infos.begin(), foreign.infos.end());
  all.identities.insert(all.identities.end(), foreign.identities.begin(), foreign.identities.end());
  for (const bool other_first : {false, true}) {
    trust_anchors both = anchored(other_first ? other : simulated_tdx_platform());
    both.add((other_first ? simulated_tdx_platform() : other).root());
    tdx::verifier fleet(all.all(), both);
    for (int i = 0; i < 2; ++i) {
      CHECK(need(judged(fleet, fresh_quote()))->collateral.root() == own().root);
      CHECK(need(judged(fleet, fresh_quote(0, other)))->collateral.root() == other.root());
    }
    tdx::verifier half(good_pieces().all(), both);
    CHECK_FALSE(refused(half, fresh_quote()));
    CHECK(refused(half, fresh_quote(0, other)) == in(part::root, errc::untrusted_root));
  }
}

TEST_CASE("many threads share a verifier of TDs, while endorsements are replaced", "[verify][tdx_verifier]") {
  const pieces all = both_tees();
  tdx::verifier fleet(all.all(), anchored(), {}, 2);
  std::vector<octets> good{fresh_quote(), enclave_quote()};
  for (int i = 0; i < 2; ++i) {
    good.push_back(fresh_quote(0, need(simulated_tdx_platform().another_platform(simulated_tdx_begin))));
  }
  octets bad = good[0];
  bad[100] ^= 1;
  std::atomic<int> wrong = 0;
  const auto work = [&] {
    for (int i = 0; i < 12; ++i) {
      for (const octets& each : good) wrong += refused(fleet, each).has_value() ? 1 : 0;
      wrong += refused(fleet, bad).has_value() ? 0 : 1;
      wrong += fleet.size() > 2 ? 1 : 0;
    }
  };
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) threads.emplace_back(work);
  for (int i = 0; i < 20; ++i) {
    fleet.replace(all.all());
    std::this_thread::yield();
  }
  for (std::thread& each : threads) each.join();
  CHECK(wrong == 0);
}

TEST_CASE("what a fleet's verifier knows does not outlive the moment at which a newer piece of the endorsements begins",
          "[verify][tdx_verifier]") {
  const utc_time later{now.seconds + 3600};
  const byte_view revoked = own().pck.serial();
  pieces with = good_pieces();
  with.lists.push_back(ca_list({revoked}, later));
  tdx::verifier fleet(with.all(), anchored());
  for (int round = 0; round < 2; ++round) {
    CHECK(judged(fleet, fresh_quote(), now));
    CHECK(judged(fleet, fresh_quote(), utc_time{later.seconds - 1}));
    CHECK(refused(fleet, fresh_quote(), later) == in(part::pck, errc::revoked));
  }
  // A newer document counts from its issue date on, too.
  pieces renewed = good_pieces();
  renewed.infos.push_back({signed_info(replaced(info_text(later), "\"UpToDate\"", "\"OutOfDate\"")), {}});
  tdx::verifier other(renewed.all(), anchored());
  for (int round = 0; round < 2; ++round) {
    CHECK(need(judged(other, fresh_quote(), now))->collateral.tcb_info()->issue_date == simulated_tdx_issued);
    CHECK(need(judged(other, fresh_quote(), later))->collateral.tcb_info()->issue_date == later);
  }
}

}  // namespace test_tdx_verifier
