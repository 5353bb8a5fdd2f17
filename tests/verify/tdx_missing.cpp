// SPDX-License-Identifier: Apache-2.0
#include <unitee/verify/tdx_missing.hpp>

#include "support/forged_intel.hpp"
#include "support/quote_parts.hpp"

#include <algorithm>
#include <string>
#include <vector>

namespace test_tdx_missing {

using namespace unitee;
using namespace unitee::test;
using tdx::quote;

namespace {

const auto& own() { return simulated_tdx_platform().get(); }

const utc_time now = simulated_tdx_now;
const utc_time ends = simulated_tdx_issued + 30 * day;

using strings = std::vector<std::string>;

const std::string service = " https://api.trustedservices.intel.com/";
const std::string root_crl = "root CA CRL https://certificates.trustedservices.intel.com/IntelSGXRootCA.der";
const std::string info_source = service + "tdx/certification/v4/tcb?fmspc=99906f000000";
const std::string identity_source = service + "tdx/certification/v4/qe/identity";
const std::string signer = "TCB signing certificate" + info_source;
const std::string info = "TCB info" + info_source;
const std::string identity = "QE identity" + identity_source;
const std::string pck_crl = "PCK CRL" + service + "sgx/certification/v4/pckcrl?ca=platform&encoding=der";

quote_parts fresh_parts() { return quote_parts(need(simulated_td().attest(counted_report_data()))); }

// lines is what is missing as text: "TCB info https://..."
strings lines(const endorsements& given, utc_time at = now, const octets& bytes = fresh_parts().bytes(),
              const trust_anchors& anchors = {}) {
  strings out;
  for (const auto& each : tdx::missing_endorsements(need(quote::parse(bytes)), given, at, anchors)) {
    out.push_back(std::string(name(each.what)) +
                  (each.source ? " " + std::string(each.source->text()) : std::string(" nowhere")));
  }
  return out;
}

template <class Spoil>
strings lines_without(Spoil spoil, utc_time at = now) {
  pieces out = good_pieces();
  spoil(out);
  return lines(out.all(), at);
}

// asking is the quote with certification data that only ask for a certificate.
octets asking() {
  quote_parts parts = fresh_parts();
  const auto& says = own().pck_extension;
  parts.type = tdx::certification_data_type::ppid_cleartext;
  parts.data.assign(says.ppid.value.begin(), says.ppid.value.end());
  parts.data.insert(parts.data.end(), says.cpusvn.value.begin(), says.cpusvn.value.end());
  parts.data.push_back(static_cast<std::uint8_t>(says.pcesvn));
  parts.data.push_back(0);
  parts.data.insert(parts.data.end(), says.pceid.value.begin(), says.pceid.value.end());
  return parts.bytes();
}

}  // namespace

TEST_CASE("without endorsements all of the collateral is missing, with Intel's addresses", "[verify][tdx_missing]") {
  CHECK(lines({}) == strings{root_crl, signer, info, identity, pck_crl});
  CHECK(lines(good_pieces().all()).empty());
  // Nobody trusts the simulated root: what is there need not be any good.
  CHECK(why_not(tdx::collateral::verify(good_pieces().all(), scope_of(), now)).has_value());
}

TEST_CASE("each piece that is not there is missed", "[verify][tdx_missing]") {
  CHECK(lines_without([](pieces& p) { p.lists.erase(p.lists.begin()); }) == strings{root_crl});
  CHECK(lines_without([](pieces& p) { p.lists.pop_back(); }) == strings{pck_crl});
  CHECK(lines_without([](pieces& p) { p.certificates.pop_back(); }) == strings{signer});
  CHECK(lines_without([](pieces& p) { p.infos.clear(); }) == strings{info});
  CHECK(lines_without([](pieces& p) { p.identities.clear(); }) == strings{identity});
  // Root and PCK CA come with the quote.
  CHECK(lines_without([](pieces& p) { p.certificates = {own().tcb_signing}; }).empty());
}

TEST_CASE("a piece that does not speak for the time is missed", "[verify][tdx_missing]") {
  CHECK(lines(good_pieces().all(), simulated_tdx_issued).empty());
  CHECK(lines(good_pieces().all(), ends).empty());
  const strings all{root_crl, info, identity, pck_crl};
  CHECK(lines(good_pieces().all(), ends + 1) == all);
  CHECK(lines(good_pieces().all(), simulated_tdx_issued + -1) == all);
  CHECK(lines_without([](pieces& p) { p.lists[0] = root_list({}, simulated_tdx_issued, day); }) == strings{root_crl});
  CHECK(lines_without([](pieces& p) { p.lists[1] = ca_list({}, now + 1); }) == strings{pck_crl});
  CHECK(lines_without([](pieces& p) { p.infos = {{signed_info(info_text(now + 1)), {}}}; }) == strings{info});
  CHECK(lines_without([](pieces& p) {
          p.identities = {{signed_identity(lasting(identity_text(), now + -1)), {}}};
        }) == strings{identity});
  // An old one beside the current one is as good as none.
  CHECK(lines_without([](pieces& p) {
          p.infos.push_back({signed_info(lasting(info_text(), now + -1)), {}});
          p.lists.push_back(root_list({}, simulated_tdx_issued, day));
        }).empty());
}

TEST_CASE("a piece that is about something else is missed", "[verify][tdx_missing]") {
  CHECK(lines_without([](pieces& p) {
          p.infos = {{signed_info(replaced(info_text(), "\"99906f", "\"99906e")), {}}};
        }) == strings{info});
  CHECK(lines_without([](pieces& p) {
          p.infos = {{signed_info(replaced(info_text(), "\"pceId\":\"0000\"", "\"pceId\":\"0100\"")), {}}};
        }) == strings{info});
  CHECK(lines_without([](pieces& p) {
          p.identities = {{signed_identity(replaced(identity_text(), "TD_QE", "QE")), {}}};
        }) == strings{identity});
  forged_link other = tcb_signing_link();
  other.subject = "Intel SGX TCB Signing 2";
  CHECK(lines_without([&](pieces& p) { p.certificates[2] = other.issue(); }) == strings{signer});
}

TEST_CASE("a signer is missed unless it came with each document or stands among the endorsements",
          "[verify][tdx_missing]") {
  const std::string identity_signer = "TCB signing certificate" + identity_source;
  const std::vector<certificate> chain{own().tcb_signing, own().root};
  const auto delivered = [&](bool with_info, bool with_identity) {
    return lines_without([&](pieces& p) {
      p.certificates.pop_back();
      if (with_info) p.infos[0].issuers = chain;
      if (with_identity) p.identities[0].issuers = chain;
    });
  };
  CHECK(delivered(true, true).empty());
  CHECK(delivered(false, true) == strings{signer});
  CHECK(delivered(true, false) == strings{identity_signer});
  CHECK(delivered(false, false) == strings{signer});
  // That of another platform's document is not ours.
  CHECK(lines_without([&](pieces& p) {
          p.certificates.pop_back();
          p.identities[0].issuers = chain;
          p.infos.insert(p.infos.begin(), {signed_info(replaced(info_text(), "\"99906f", "\"99906e")), chain});
        }) == strings{signer});
}

TEST_CASE("a quote about an enclave needs the collateral of enclaves", "[verify][tdx_missing]") {
  quote_parts parts = fresh_parts();
  parts.signed_bytes.resize(tdx::quote_header_size);
  parts.signed_bytes[0] = 4;
  parts.signed_bytes[4] = 0;
  parts.signed_bytes.insert(parts.signed_bytes.end(), parts.qe_report.begin(), parts.qe_report.end());
  const std::string from = service + "sgx/certification/v4/";
  CHECK(lines(good_pieces().all(), now, parts.bytes()) ==
        strings{"TCB info" + from + "tcb?fmspc=99906f000000", "QE identity" + from + "qe/identity"});
}

TEST_CASE("the list is that of the CA that issued the certificate", "[verify][tdx_missing]") {
  forged_link processor = ca_link();
  processor.subject = tdx::processor_ca_name;
  forged_link leaf = pck_link();
  leaf.issuer = tdx::processor_ca_name;
  quote_parts parts = fresh_parts();
  const certificate certificates[] = {leaf.issue(), processor.issue(), own().root};
  parts.data = need(guest::detail::pem_chain({&certificates[0], &certificates[1], &certificates[2]}));
  CHECK(lines(good_pieces().all(), now, parts.bytes()) ==
        strings{"PCK CRL" + service + "sgx/certification/v4/pckcrl?ca=processor&encoding=der"});
}

TEST_CASE("what the platform's owner has is published nowhere", "[verify][tdx_missing]") {
  const octets bytes = asking();
  pieces all = good_pieces();
  CHECK(lines(all.all(), now, bytes) == strings{"PCK certificate nowhere"});
  all.certificates.push_back(own().pck);
  CHECK(lines(all.all(), now, bytes).empty());
  all.certificates.erase(all.certificates.begin() + 1);
  CHECK(lines(all.all(), now, bytes) == strings{"intermediate certificate nowhere"});
  // An anchor need not stand among the endorsements.
  all = good_pieces();
  all.certificates = {own().pck, own().ca, own().tcb_signing};
  CHECK(lines(all.all(), now, bytes) == strings{"intermediate certificate nowhere"});
  CHECK(lines(all.all(), now, bytes, anchored()).empty());
  // A quote whose certification data cannot be read lacks nothing that one could fetch.
  quote_parts broken = fresh_parts();
  broken.data.clear();
  CHECK(lines({}, now, broken.bytes()).empty());
}

TEST_CASE("what is missing first is what the verifier refuses for", "[verify][tdx_missing]") {
  const pieces good = good_pieces();
  const std::vector<pieces> worse{
      {},
      {good.certificates, {}, good.infos, good.identities},
      {{own().root, own().ca}, good.lists, good.infos, good.identities},
      {good.certificates, good.lists, {}, good.identities},
      {good.certificates, good.lists, good.infos, {}},
  };
  for (const pieces& each : worse) {
    const auto missing = tdx::missing_endorsements(need(quote::parse(fresh_parts().bytes())), each.all(), now);
    REQUIRE(!missing.empty());
    pieces with_root = each;
    with_root.certificates.push_back(own().root);
    CHECK(why_not(collateral_from(with_root)) == failure{errc::missing, 0, missing.front().what});
  }
}

}  // namespace test_tdx_missing
