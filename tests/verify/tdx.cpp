// SPDX-License-Identifier: Apache-2.0
#include <unitee/verify/tdx.hpp>

#include "support/forged_intel.hpp"
#include "support/openssl.hpp"
#include "support/quote_parts.hpp"
#include "support/sample_quote.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace test_tdx {

using namespace unitee;
using namespace unitee::test;
using type = tdx::certification_data_type;

namespace {

const tdx_platform::state& own() { return simulated_tdx_platform().get(); }

octets own_quote(const guest::simulated_td_launch& with = {}) {
  return need(simulated_td(with).attest(counted_report_data()));
}

// Where things stand in a quote of version 5 with body 1.5.
constexpr std::size_t body = 54;
constexpr std::size_t signature = 706;
constexpr std::size_t key = signature + 64;
constexpr std::size_t qe_report = signature + 134;
constexpr std::size_t qe_signature = qe_report + 384;

failure in_quote(errc code, std::size_t offset) { return {code, offset, part::quote}; }

result<verified<tdx::claims>> judged(byte_view quote, const endorsements& given = good_pieces().all(),
                                     utc_time at = simulated_tdx_now, const tdx::verify_options& options = {}) {
  return tdx::verify(need(tdx::quote::parse(quote)), given, at, anchored(), options);
}
std::optional<failure> refused(const quote_parts& parts, const endorsements& given = good_pieces().all()) {
  return why_not(judged(parts.bytes(), given));
}

tdx::verified_pck own_platform(const tdx::collateral& with) {
  return need(tdx::verified_pck::verify(chain_of(), with, simulated_tdx_now, anchored()));
}
tdx::verified_pck own_platform() { return own_platform(need(collateral_from(good_pieces()))); }

// enclave_quote is the platform's quote about an SGX enclave.
octets enclave_quote() {
  const auto made = sample_quote(v5_enclave_shape);
  quote_parts parts(made.bytes());
  const quote_parts td(own_quote());
  parts.data = td.data;
  parts.qe_report = td.qe_report;
  parts.authentication_data = td.authentication_data;
  parts.sign_all(own().attestation_key, own().pck_key);
  return parts.bytes();
}

octets der_of(const certificate& one) { return need(one.der()); }

// with_leaf is the quote with another PCK certificate in its chain.
quote_parts with_leaf(const certificate& leaf) {
  quote_parts out(own_quote());
  out.data = der_of(leaf);
  for (const certificate& each : {own().ca, own().root}) {
    const auto more = der_of(each);
    out.data.insert(out.data.end(), more.begin(), more.end());
  }
  return out;
}

// identifier is certification data of type 1, 2 or 3 of the platform.
octets identifier(std::size_t ppid_size) {
  const auto& said = own().pck_extension;
  octets out(ppid_size, 0xEE);
  if (ppid_size == 16) std::ranges::copy(said.ppid.value, out.begin());
  out.insert(out.end(), said.cpusvn.value.begin(), said.cpusvn.value.end());
  out.insert(out.end(), {static_cast<std::uint8_t>(said.pcesvn), 0, said.pceid.value[0], said.pceid.value[1]});
  return out;
}

}  // namespace

TEST_CASE("the claims about a quote are what it says, and on whose word", "[verify][tdx]") {
  const octets bytes = own_quote(simulated_td_launch_full());
  const auto quote = need(tdx::quote::parse(bytes));
  const auto genuine = judged(bytes);
  REQUIRE(genuine);
  const tdx::claims& claims = **genuine;
  CHECK(equal(claims.quote.signed_bytes(), quote.signed_bytes()));
  CHECK(claims.quote.report_data() == counted_report_data());
  CHECK(claims.pck == own().pck_extension);
  CHECK(claims.collateral.anchor() == anchor_origin::given_by_caller);
  CHECK(claims.collateral.root() == own().root);
  CHECK(claims.procedure == tdx::tcb_procedure::current);
  CHECK(claims.at == simulated_tdx_now);
  CHECK(claims.current_until == simulated_tdx_issued + 30 * day);
  CHECK_FALSE(claims.collateral_is_stale());
  CHECK(claims.platform_items[0].what == part::pck);
  CHECK(claims.platform_items[0].issued == simulated_tdx_begin);
  CHECK(claims.platform_items[0].next_update == need(own().pck.not_after()));
  CHECK(claims.platform_items[1] ==
        tdx::collateral_item{part::pck_crl, simulated_tdx_issued, simulated_tdx_issued + 30 * day});
  // The verdict refers to the collateral that the claims own.
  const auto& levels = claims.collateral.tcb_info()->levels;
  CHECK(std::ranges::any_of(levels, [&](const auto& each) { return &each == claims.tcb.launch.platform; }));
}

TEST_CASE("a quote may leave its PCK certificate, or the issuers, to the caller", "[verify][tdx]") {
  const auto all = good_pieces();
  auto with_pck = all;
  with_pck.certificates.push_back(own().pck);
  // A machine of the same make under the same PCK CA: its certificate answers to the same SVNs.
  const auto sibling = need(simulated_tdx_platform().another_platform(simulated_tdx_begin));
  auto with_sibling = with_pck;
  with_sibling.certificates.insert(with_sibling.certificates.begin(), sibling.get().pck);
  auto only_sibling = all;
  only_sibling.certificates.push_back(sibling.get().pck);

  quote_parts parts(own_quote());
  REQUIRE(parts.type == type::pck_certificate_chain);
  for (const auto& [of, ppid_size] : {std::pair{type::ppid_cleartext, 16u}, std::pair{type::ppid_rsa_2048, 256u},
                                      std::pair{type::ppid_rsa_3072, 384u}}) {
    CAPTURE(ppid_size);
    parts.type = of;
    parts.data = identifier(ppid_size);
    CHECK_FALSE(refused(parts, with_pck.all()));
    CHECK_FALSE(refused(parts, with_sibling.all()));
    CHECK(refused(parts, all.all()) == failure{errc::missing, 0, part::pck});
    const bool in_clear = of == type::ppid_cleartext;
    CHECK(refused(parts, only_sibling.all()) ==
          (in_clear ? failure{errc::missing, 0, part::pck} : in_quote(errc::signature_invalid, qe_signature)));
  }
  parts.type = type::pck_leaf_certificate;
  for (const octets& leaf : {der_of(own().pck), need(guest::detail::pem_chain({&own().pck}))}) {
    parts.data = leaf;
    CHECK_FALSE(refused(parts, all.all()));
  }
  auto without_ca = all;
  without_ca.certificates = {own().root, own().tcb_signing};
  CHECK(refused(parts, without_ca.all()) == failure{errc::missing, 0, part::intermediate});
  // A chain in the quote brings the PCK CA along, whose list is all that is needed then.
  CHECK_FALSE(why_not(judged(own_quote(), without_ca.all())));
}

TEST_CASE("authentication data of any size are genuine when the QE report binds them", "[verify][tdx]") {
  for (const std::size_t size : {0u, 32u, 64u, 65u, 1000u}) {
    CAPTURE(size);
    quote_parts parts(own_quote());
    parts.authentication_data.assign(size, 0x5A);
    CHECK(refused(parts).has_value() == true);
    parts.sign_all(own().attestation_key, own().pck_key);
    CHECK_FALSE(refused(parts));
  }
}

TEST_CASE("what is checked of a quote is checked in the order of the documentation", "[verify][tdx]") {
  const auto platform = own_platform();
  const quote_parts good(own_quote());
  const auto why = [&](const quote_parts& parts) {
    const auto bytes = parts.bytes();
    return why_not(tdx::verify(need(tdx::quote::parse(bytes)), platform, simulated_tdx_now));
  };
  CHECK_FALSE(why(good));
  quote_parts all_wrong = good;
  all_wrong.signed_bytes[body + 64] = 1;  // MRSIGNERSEAM, and so the quote's signature
  all_wrong.qe_report[128] ^= 1;          // MRSIGNER of the quoting enclave
  all_wrong.qe_report[320] ^= 1;          // its REPORTDATA
  CHECK(why(all_wrong) == in_quote(errc::module_mismatch, body + 64));
  all_wrong.signed_bytes[body + 64] = 0;
  all_wrong.signed_bytes[body + 520] ^= 1;  // REPORTDATA of the TD
  CHECK(why(all_wrong) == in_quote(errc::signature_invalid, qe_signature));
  all_wrong.sign_qe_report(own().pck_key);
  CHECK(why(all_wrong) == in_quote(errc::binding_mismatch, qe_report + 320));
  all_wrong.bind();
  all_wrong.sign_qe_report(own().pck_key);
  CHECK(why(all_wrong) == in_quote(errc::enclave_mismatch, qe_report + 128));
  all_wrong.qe_report[128] ^= 1;
  all_wrong.sign_qe_report(own().pck_key);
  CHECK(why(all_wrong) == in_quote(errc::signature_invalid, signature));
  all_wrong.signed_bytes[body + 520] ^= 1;
  CHECK_FALSE(why(all_wrong));

  // A key that is no point is found out only when the QE report binds it.
  quote_parts no_point = good;
  no_point.attestation_key.assign(64, 0);
  CHECK(why(no_point) == in_quote(errc::binding_mismatch, qe_report + 320));
  no_point.bind();
  no_point.sign_qe_report(own().pck_key);
  CHECK(why(no_point) == in_quote(errc::bad_value, key));
}

TEST_CASE("collateral about TDs is none for a quote about an enclave", "[verify][tdx]") {
  const octets bytes = enclave_quote();
  const auto quote = need(tdx::quote::parse(bytes));
  CHECK(tdx::check_qe_report(quote, own_platform().pck().key()));
  CHECK(tdx::check_quote_signature(quote, own_platform().pck().key()));
  const failure other{errc::product_mismatch, 0, part::tcb_info};
  CHECK(why_not(tdx::verify(quote, own_platform(), simulated_tdx_now)) == other);
  CHECK(why_not(judged(bytes)) == other);
}

TEST_CASE("a quote of one platform is not genuine on another one's word", "[verify][tdx]") {
  const auto sibling = need(simulated_tdx_platform().another_platform(simulated_tdx_begin));
  CHECK(refused(with_leaf(sibling.get().pck)) == in_quote(errc::signature_invalid, qe_signature));
  // Another vendor's chain, with all the right names.
  quote_parts others(own_quote());
  others.data = need(other_simulated_tdx_platform().pck_chain());
  CHECK(refused(others) == failure{errc::untrusted_root, 0, part::root});
}

TEST_CASE("a PCK certificate that nobody issued vouches for nobody", "[verify][tdx]") {
  auto link = pck_link();
  CHECK_FALSE(refused(with_leaf(link.issue())));
  link.signer = link.key;  // in the name of the PCK CA
  CHECK(refused(with_leaf(link.issue())) == failure{errc::signature_invalid, 0, part::pck});
  link.issuer = tdx::pck_name;  // in its own
  CHECK(refused(with_leaf(link.issue())) == failure{errc::issuer_mismatch, 0, part::pck});
}

TEST_CASE("of several chains, the failure is that of the one that came furthest", "[verify][tdx]") {
  quote_parts parts(own_quote());
  parts.type = type::ppid_rsa_3072;
  parts.data = identifier(384);
  auto given = good_pieces();
  const auto& stranger = other_simulated_tdx_platform().get();
  for (const auto& each : {stranger.pck, stranger.ca, stranger.root}) {
    given.certificates.insert(given.certificates.begin(), each);
  }
  const auto none = refused(parts, given.all());
  REQUIRE(none);
  CHECK((none->in == part::pck || none->in == part::intermediate || none->in == part::root));
  // A certificate of ours: its chain is good, and there is no collateral yet.
  auto link = pck_link();
  link.key = &ec_key<p256>();
  given.certificates.push_back(link.issue());
  auto no_info = given;
  no_info.infos.clear();
  CHECK(refused(parts, no_info.all()) == failure{errc::missing, 0, part::tcb_info});
  CHECK(refused(parts, given.all()) == in_quote(errc::signature_invalid, qe_signature));
  given.certificates.push_back(own().pck);
  CHECK_FALSE(refused(parts, given.all()));
}

TEST_CASE("a platform that was verified speaks for the time that it covers", "[verify][tdx]") {
  const auto platform = own_platform();
  const octets bytes = own_quote();
  const auto quote = need(tdx::quote::parse(bytes));
  const auto why = [&](utc_time at) { return why_not(tdx::verify(quote, platform, at)); };
  const auto end = simulated_tdx_issued + 30 * day;
  CHECK_FALSE(why(simulated_tdx_issued));
  CHECK_FALSE(why(end));
  CHECK(why(end + 1).value().code == errc::expired);
  CHECK(why(simulated_tdx_issued + -1).value().code == errc::not_yet_valid);
  CHECK(why(simulated_tdx_begin + -1) == failure{errc::not_yet_valid, 0, part::pck});
  CHECK(why(time("2045-01-01T00:00:00Z")) == failure{errc::expired, 0, part::pck});
  CHECK(need(tdx::verify(quote, platform, end))->at == end);
}

TEST_CASE("grace is the caller's choice, and the claims say when it was needed", "[verify][tdx]") {
  const octets bytes = own_quote();
  const auto end = simulated_tdx_issued + 30 * day;
  const auto all = good_pieces().all();
  const auto late = [&](std::int64_t by, std::int64_t grace) {
    return judged(bytes, all, end + by, {.collateral_grace = grace});
  };
  CHECK_FALSE(need(late(0, 0))->collateral_is_stale());
  CHECK(why_not(late(1, 0)).value().code == errc::expired);
  for (const std::int64_t grace : {std::int64_t{1}, day}) {
    CHECK_FALSE(need(late(0, grace))->collateral_is_stale());
    CHECK(need(late(1, grace))->collateral_is_stale());
    CHECK(need(late(grace, grace))->collateral_is_stale());
    CHECK(need(late(grace, grace))->current_until == end);
    CHECK(why_not(late(grace + 1, grace)).value().code == errc::expired);
  }
  CHECK(why_not(late(1, -day)).value().code == errc::expired);
}

TEST_CASE("the procedure of TCB evaluation is the caller's choice, and the claims name it", "[verify][tdx]") {
  // Launched before the microcode was updated, with the module of today: the older procedure has no advice for that.
  auto launch = simulated_td_launch_full();
  launch.tee_tcb_svn = guest::simulated_tee_tcb_svn;
  --launch.tee_tcb_svn.value[2];
  const octets bytes = own_quote(launch);
  const auto status = [&](tdx::tcb_procedure procedure) {
    const auto genuine = need(judged(bytes, good_pieces().all(), simulated_tdx_now, {0, procedure}));
    CHECK(genuine->procedure == procedure);
    const auto again = need(tdx::verify(need(tdx::quote::parse(bytes)), own_platform(), simulated_tdx_now, procedure));
    CHECK(again->tcb.status == genuine->tcb.status);
    return genuine->tcb.status;
  };
  CHECK(name(status(tdx::tcb_procedure::current)) == std::string("TDRelaunchAdvised"));
  CHECK(name(status(tdx::tcb_procedure::qvl_2024)) == std::string("OutOfDate"));
}

TEST_CASE("verification of a quote leaves the host program's error queue alone", "[verify][tdx]") {
  const octets good = own_quote();
  octets changed = good;
  changed[signature] ^= 1;
  const auto all = good_pieces().all();
  CHECK(keeps_error_queue([&] { (void)judged(good, all); }));
  CHECK(keeps_error_queue([&] { (void)judged(changed, all); }));
  CHECK(keeps_error_queue([&] { (void)judged(good, {}); }));
  CHECK(keeps_error_queue([&] { (void)refused(with_leaf(own().tcb_signing)); }));
}

}  // namespace test_tdx
