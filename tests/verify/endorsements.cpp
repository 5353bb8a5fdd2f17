// SPDX-License-Identifier: Apache-2.0
#include <unitee/verify/endorsements.hpp>

#include "support/forged_intel.hpp"
#include "support/verdicts.hpp"

#include <unitee/crypto/pem_text.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace test_endorsements {

using namespace unitee;
using namespace unitee::test;

namespace {

const insecure_simulated_platform& milan() { return simulated_platform(); }

octets der_of(const certificate& one) { return need(one.der()); }

octets pem_of(const certificate& one) {
  octets out;
  need(to_pem("CERTIFICATE", der_of(one), [&](byte_view text) { out.assign(text.begin(), text.end()); }));
  return out;
}

octets operator+(octets a, const octets& b) {
  a.insert(a.end(), b.begin(), b.end());
  return a;
}

octets text_of(std::string_view text) { return {text.begin(), text.end()}; }

// table_of is a certificate table with these entries.
octets table_of(const std::vector<std::pair<guid, octets>>& entries) {
  octets list;
  octets data;
  const std::size_t begin = 24 * (entries.size() + 1);
  for (const auto& [id, content] : entries) {
    list.insert(list.end(), id.value.begin(), id.value.end());
    for (const std::size_t number : {begin + data.size(), content.size()}) {
      for (unsigned i = 0; i < 4; ++i) list.push_back(static_cast<std::uint8_t>(number >> 8 * i));
    }
    data = data + content;
  }
  return list + octets(24) + data;
}

// found is how many certificates and lists there are.
struct found {
  std::size_t certificates;
  std::size_t crls;
  bool operator==(const found&) const = default;
};

std::optional<found> added(const octets& bytes) {
  endorsements bag;
  const auto done = bag.add(bytes);
  if (!done) {
    CHECK(bag.certificates().empty());
    CHECK(bag.crls().empty());
    return std::nullopt;
  }
  CHECK(*done == bag.certificates().size() + bag.crls().size());
  return found{bag.certificates().size(), bag.crls().size()};
}

std::optional<failure> refused(const octets& bytes) {
  endorsements bag;
  return refusal(bag.add(bytes));
}

}  // namespace

TEST_CASE("certificates come as DER, as PEM and in a table, alone and together", "[verify][endorsements]") {
  const auto& own = milan().get();
  const octets vek = der_of(own.vcek);
  const octets chain = pem_of(own.ask) + pem_of(own.ark);
  using namespace snp;
  CHECK(added(vek) == found{1, 0});
  CHECK(added(pem_of(own.vcek)) == found{1, 0});
  CHECK(added(pem_of(own.vcek) + chain) == found{3, 0});
  CHECK(added(text_of("0 is how a text may begin, and DER\n") + chain) == found{2, 0});
  CHECK(added(text_of("a preface\n") + chain + text_of("and more\n") + octets{0}) == found{2, 0});
  CHECK(added(need(milan().certificate_table())) == found{3, 0});
  CHECK(added(table_of({{table_guid::vcek, vek}})) == found{1, 0});
  CHECK(added(table_of({{table_guid::vcek, vek}, {table_guid::ask, chain}})) == found{3, 0});
  CHECK(added(table_of({{table_guid::vcek, pem_of(own.vcek)},
                        {table_guid::ask, der_of(own.ask)},
                        {table_guid::ark, pem_of(own.ark)}})) == found{3, 0});
  CHECK(added(octets(24)) == found{0, 0});
  CHECK(added(octets(4096)) == found{0, 0});  // the host gave no certificates
}

TEST_CASE("entries of a table that are not endorsements are passed over, whatever they hold",
          "[verify][endorsements]") {
  const octets vek = der_of(milan().get().vcek);
  guid unknown;
  unknown.value.fill(0x30);  // which is how DER begins
  CHECK(added(table_of({{unknown, text_of("-----BEGIN CERTIFICATE-----\nnot base64\n")},
                        {snp::table_guid::vcek, vek}})) == found{1, 0});
  CHECK(added(table_of({{unknown, vek}})) == found{0, 0});
  CHECK(added(table_of({{snp::table_guid::google_cpuid, {8, 0, 0, 0, 1, 0xF, 0xA0, 0}},
                        {snp::table_guid::vlek, vek}})) == found{1, 0});
}

TEST_CASE("other blocks of a PEM text are passed over", "[verify][endorsements]") {
  octets key;
  need(milan().get().vcek_key.to_pem([&](byte_view text) { key.assign(text.begin(), text.end()); }));
  CHECK(added(key + pem_of(milan().get().ask)) == found{1, 0});
  CHECK(added(pem_of(milan().get().ask) + key) == found{1, 0});
}

TEST_CASE("a PEM text without a certificate or a list is refused", "[verify][endorsements]") {
  octets key;
  need(milan().get().vcek_key.to_pem([&](byte_view text) { key.assign(text.begin(), text.end()); }));
  const octets good = pem_of(milan().get().ask);
  std::string other(good.begin(), good.end());
  for (std::size_t at = 0; (at = other.find("CERTIFICATE", at)) != other.npos; at += 19) other.insert(at, "TRUSTED ");
  for (const octets& bytes : {key, text_of(other), text_of(">") + good, text_of("no line of its own -----BEGIN ")}) {
    CHECK(refused(bytes) == failure{errc::unrecognized});
  }
  const octets vek = der_of(milan().get().vcek);
  CHECK(refused(table_of({{snp::table_guid::vcek, vek}, {snp::table_guid::ask, key}})) ==
        failure{errc::unrecognized, 72 + vek.size(), part::certificate_table});
}

TEST_CASE("what is none of these is refused, and then nothing is added", "[verify][endorsements]") {
  const octets vek = der_of(milan().get().vcek);
  CHECK(refused({}) == failure{errc::unrecognized});
  CHECK(refused(text_of("hello")) == failure{errc::unrecognized});
  CHECK(refused(octets(1184, 2)) == failure{errc::unrecognized});
  CHECK(refused(octets(23)) == failure{errc::unrecognized});
  CHECK(refused({0x30, 0x00}) == failure{errc::bad_encoding, 0, part::certificate});
  CHECK(refused(octets(vek.begin(), vek.end() - 1)) == failure{errc::bad_encoding, 0, part::certificate});
  CHECK(refused(vek + octets{0}) == failure{errc::trailing_data, vek.size(), part::certificate});
  const octets good = pem_of(milan().get().ask);
  CHECK(refused(good + text_of("-----BEGIN CERTIFICATE-----\nMAA=\n-----END CERTIFICATE-----\n")) ==
        failure{errc::bad_encoding, 0, part::certificate});
  CHECK(refused(good + text_of("-----BEGIN CERTIFICATE-----\n")).value().code == errc::truncated);
  // In a table the failure is where the entry is.
  const auto broken = table_of({{snp::table_guid::vcek, vek}, {snp::table_guid::ask, {0x30, 0x01}}});
  CHECK(refused(broken) == failure{errc::bad_encoding, 72 + vek.size(), part::certificate_table});
}

TEST_CASE("what was added stays when a later addition fails, and is there once", "[verify][endorsements]") {
  endorsements bag;
  CHECK(need(bag.add(need(milan().certificate_table()))) == 3);
  CHECK_FALSE(bag.add(text_of("nothing")));
  CHECK(need(bag.add(pem_of(milan().get().ask))) == 1);
  bag.add(milan().root());
  CHECK(bag.certificates().size() == 3);
  bag.add(other_simulated_platform().root());
  CHECK(bag.certificates().size() == 4);
}

TEST_CASE("what stands twice in one text is there once, and no failure", "[verify][endorsements]") {
  const auto& own = milan().get();
  endorsements once;
  endorsements twice;
  CHECK(need(once.add(pem_of(own.vcek) + pem_of(own.ask))) == 2);
  CHECK(need(twice.add(pem_of(own.vcek) + pem_of(own.ask) + pem_of(own.vcek) + pem_of(own.ask))) == 4);
  CHECK(once.certificates() == twice.certificates());
  endorsements table;
  CHECK(need(table.add(table_of({{snp::table_guid::vcek, der_of(own.vcek)},
                                 {snp::table_guid::ask, pem_of(own.ask) + pem_of(own.vcek)}}))) == 3);
  CHECK(once.certificates() == table.certificates());
}

TEST_CASE("what came is handed back, also what was there before", "[verify][endorsements]") {
  const auto& own = milan().get();
  endorsements bag;
  std::vector<certificate> found{own.vcek};  // appended to
  CHECK(need(bag.add(pem_of(own.ask) + pem_of(own.ark) + pem_of(own.ask), &found)) == 3);
  CHECK(found == std::vector{own.vcek, own.ask, own.ark, own.ask});
  CHECK(bag.certificates() == std::vector{own.ask, own.ark});
  found.clear();
  CHECK(need(bag.add(der_of(own.ark), &found)) == 1);
  CHECK(found == std::vector{own.ark});
  found.clear();
  CHECK(need(bag.add(need(root_list().der()), &found)) == 1);
  CHECK(need(bag.add(need(root_list().der()), &found)) == 1);  // signed again
  CHECK(found.empty());
  CHECK(bag.crls().size() == 2);
  CHECK(bag.certificates().size() == 2);
  // A certificate that was added as an object, and comes as bytes.
  endorsements again;
  again.add(own.ask);
  CHECK(need(again.add(der_of(own.ask), &found)) == 1);
  CHECK(found == std::vector{own.ask});
  CHECK(again.certificates().size() == 1);
}

TEST_CASE("Intel's documents are kept once for each issuer chain that they came with", "[verify][endorsements]") {
  const auto& intel = simulated_tdx_platform().get();
  const auto info = signed_info(info_text());
  const auto identity = signed_identity(identity_text());
  const std::vector<certificate> chain{intel.tcb_signing, intel.root};
  endorsements bag;
  for (int i = 0; i < 2; ++i) {
    bag.add(info);
    bag.add(info, chain);
    bag.add(identity, chain);
  }
  bag.add(signed_info(info_text()));  // signed again
  REQUIRE(bag.tcb_infos().size() == 3);
  CHECK(bag.tcb_infos()[0] == issued<tdx::tcb_info_document>{info, {}});
  CHECK(bag.tcb_infos()[1] == issued<tdx::tcb_info_document>{info, chain});
  REQUIRE(bag.enclave_identities().size() == 1);
  CHECK(bag.enclave_identities()[0].issuers == chain);
  CHECK(bag.certificates().empty());  // a document's own chain is for that document
}

TEST_CASE("endorsements take all that others have, once", "[verify][endorsements]") {
  const endorsements all = good_pieces().all();
  endorsements bag;
  bag.add(simulated_tdx_platform().root());
  bag.add(all);
  bag.add(all);
  bag.add(bag);
  CHECK(bag.certificates() == all.certificates());
  CHECK(bag.crls() == all.crls());
  CHECK(bag.tcb_infos() == all.tcb_infos());
  CHECK(bag.enclave_identities() == all.enclave_identities());
}

TEST_CASE("what fails in the middle leaves nothing behind, and what was there before stays", "[verify][endorsements]") {
  const pieces good = good_pieces();
  const auto& own = milan().get();
  endorsements bag = good.all();
  need(bag.add(der_of(own.ark)));
  const endorsements before = bag;
  const auto add_all = [&] {
    need(bag.add(der_of(own.vcek)));
    bag.add(own.ask);
    bag.add(root_list());
    bag.add(signed_info(info_text()));
    bag.add(signed_identity(identity_text()));
  };
  const auto failed = bag.all_or_nothing([&]() -> result<int> {
    add_all();
    return failure{errc::bad_value, 7};
  });
  CHECK(refusal(failed) == failure{errc::bad_value, 7});
  CHECK(bag.certificates() == before.certificates());
  CHECK(bag.crls() == before.crls());
  CHECK(bag.tcb_infos() == before.tcb_infos());
  CHECK(bag.enclave_identities() == before.enclave_identities());
  // What was taken back is not remembered as read.
  CHECK(need(bag.add(der_of(own.vcek))) == 1);
  CHECK(bag.certificates().size() == before.certificates().size() + 1);
  const auto done = bag.all_or_nothing([&]() -> result<int> {
    add_all();
    return 42;
  });
  CHECK(need(done) == 42);
  CHECK(bag.certificates().size() == before.certificates().size() + 2);
  CHECK(bag.crls().size() == before.crls().size() + 1);
  CHECK(bag.tcb_infos().size() == before.tcb_infos().size() + 1);
  CHECK(bag.enclave_identities().size() == before.enclave_identities().size() + 1);
}

TEST_CASE("recorded tables, chains and lists are read", "[verify][endorsements]") {
  UNITEE_REQUIRE_EVIDENCE();
  const auto manifest = evidence_manifest("snp");
  for (const auto& table : manifest.at("cert_tables").at("tables")) {
    const std::string file = table.at("file");
    CAPTURE(file);
    const auto bytes = evidence_file("snp/" + file);
    const std::string expected = table.at("expected").at("result");
    if (expected.starts_with("ok")) {
      const bool whole = file.find("vcek-a") != file.npos;
      CHECK(added(bytes) == found{whole                             ? 3u
                                  : file.find("empty") != file.npos ? 0u
                                                                    : 1u,
                                  file.find("crl") != file.npos ? 1u : 0u});
    } else {
      const auto why = refused(bytes);
      REQUIRE(why);
      CHECK(class_of(why->code) == failure_class::malformed);
      CHECK(why->in == part::certificate_table);
    }
  }
  CHECK(added(evidence_file("snp/roots/genoa/vcek_cert_chain.pem")) == found{2, 0});
  CHECK(added(evidence_file("snp/crl/genoa.crl")) == found{0, 1});
  CHECK(added(evidence_file("snp/azure/azure-milan-v2/imds-chain.pem")) == found{3, 0});
}

}  // namespace test_endorsements
