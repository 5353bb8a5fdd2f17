// SPDX-License-Identifier: Apache-2.0
#include <unitee/guest/simulated_intel_collateral.hpp>

#include "support/simulated_tdx.hpp"

#include <unitee/crypto/chain.hpp>
#include <unitee/crypto/crl.hpp>

#include <array>
#include <string>

namespace test_simulated_intel_collateral {

using namespace unitee;
using namespace unitee::test;
using guest::simulated_collateral;
using guest::simulated_revocation;

namespace {

const auto& own() { return simulated_tdx_platform().get(); }

crl list_of(const std::vector<std::uint8_t>& der) { return need(crl::from_der(der)); }

// inner is the signed text of a document: between the first colon and the comma before the signature.
byte_view inner(const std::vector<std::uint8_t>& document) {
  const std::string_view text(reinterpret_cast<const char*>(document.data()), document.size());
  const std::size_t from = text.find(':') + 1;
  return byte_view(document).subspan(from, text.rfind(R"(,"signature":)") - from);
}

result<chain_validity> judged(const simulated_collateral& with) {
  const std::array chain{own().pck, own().ca, own().root};
  const std::array lists{list_of(with.root_ca_crl), list_of(with.pck_crl)};
  return verify_chain(chain, simulated_tdx_now, lists, ec_rules);
}

result<chain_validity> signing_judged(const simulated_collateral& with) {
  const auto chain = certificates_in(with.tcb_info_issuer_chain);
  const std::array lists{list_of(with.root_ca_crl)};
  return verify_chain(chain, simulated_tdx_now, lists, ec_rules);
}

}  // namespace

TEST_CASE("a collateral is the seven files that a recorded set has", "[guest][collateral]") {
  const auto made = simulated_tdx_collateral();
  std::vector<std::string> names;
  made.for_each_file([&](std::string_view name, byte_view bytes) {
    names.emplace_back(name);
    CHECK_FALSE(bytes.empty());
  });
  CHECK(names == std::vector<std::string>{"tcb_info.json", "tcb_info_issuer_chain.pem", "qe_identity.json",
                                          "qe_identity_issuer_chain.pem", "pck_crl.der", "pck_crl_issuer_chain.pem",
                                          "root_ca_crl.der"});
}

TEST_CASE("both documents are signed over their inner text by the TCB signing key", "[guest][collateral]") {
  const auto made = simulated_tdx_collateral();
  for (const auto& [document, chain] : {std::pair{made.tcb_info, made.tcb_info_issuer_chain},
                                        std::pair{made.qe_identity, made.qe_identity_issuer_chain}}) {
    const auto issuers = certificates_in(chain);
    REQUIRE(issuers.size() == 2);
    CHECK(issuers[0] == own().tcb_signing);
    CHECK(issuers[1] == own().root);
    CHECK(verify_chain(issuers, simulated_tdx_now, {}, ec_rules));
    const auto outer = members(document);
    REQUIRE(outer.size() == 2);
    const auto digits = outer.at("signature").get<std::string>();
    CHECK(digits.size() == 128);
    const auto signature = bytes_of_hex(digits);
    const auto text = inner(document);
    CHECK(members(text) == outer.front());
    const auto key = need(issuers[0].ec_key<p256>());
    CHECK(key.verify(text, std::span(signature).first<64>()));
    CHECK_FALSE(key.verify(text.first(text.size() - 1), std::span(signature).first<64>()));
  }
}

TEST_CASE("both lists are current, numbered, and by the CA that issued", "[guest][collateral]") {
  const auto made = simulated_tdx_collateral();
  const auto issuers = certificates_in(made.pck_crl_issuer_chain);
  REQUIRE(issuers.size() == 2);
  CHECK(issuers[0] == own().ca);
  CHECK(issuers[1] == own().root);
  const auto of_pck = list_of(made.pck_crl);
  const auto of_root = list_of(made.root_ca_crl);
  for (const crl* list : {&of_pck, &of_root}) {
    CHECK(list->number() == 1);
    CHECK(need(list->this_update()) == simulated_tdx_issued);
    const auto& issuer = list == &of_pck ? own().ca : own().root;
    CHECK(list->verify(issuer, simulated_tdx_now, signature_scheme::ecdsa_sha256));
    CHECK(X509_CRL_get_ext_by_NID(list->native_handle(), NID_authority_key_identifier, -1) >= 0);
  }
  CHECK(need(of_pck.next_update()) == utc_time{simulated_tdx_issued.seconds + 30 * 86400});
  CHECK(need(of_root.next_update()) == utc_time{simulated_tdx_issued.seconds + 365 * 86400});
  CHECK(judged(made));
  CHECK(signing_judged(made));
}

TEST_CASE("a staged revocation is of that certificate alone", "[guest][collateral]") {
  const auto at = [](std::uint64_t index) { return failure{errc::revoked, index, part::certificate}; };
  const auto pck = simulated_tdx_collateral({.revoked = simulated_revocation::pck});
  CHECK(judged(pck).error() == at(0));
  CHECK(signing_judged(pck));
  const auto ca = simulated_tdx_collateral({.revoked = simulated_revocation::platform_ca});
  CHECK(judged(ca).error() == at(1));
  CHECK(signing_judged(ca));
  const auto signing = simulated_tdx_collateral({.revoked = simulated_revocation::tcb_signing});
  CHECK(judged(signing));
  CHECK(signing_judged(signing).error() == at(0));
}

TEST_CASE("another platform's certificates are not on the list of a revoked one", "[guest][collateral]") {
  const auto two = need(simulated_tdx_platform().another_platform(simulated_tdx_begin));
  const auto made = simulated_tdx_collateral({.revoked = simulated_revocation::pck});
  CHECK_FALSE(list_of(made.pck_crl).lists(two.get().pck));
}

TEST_CASE("a collateral is not made for a time without dates", "[guest][collateral]") {
  for (const std::int64_t seconds : {std::int64_t{0}, std::int64_t{253402300800}}) {
    CHECK(guest::make_simulated_collateral(simulated_tdx_platform(), {seconds}).error() == failure{errc::bad_value});
  }
}

}  // namespace test_simulated_intel_collateral
