// SPDX-License-Identifier: Apache-2.0
//
// tests/verify/tdx_collateral_choice.cpp: which of several documents, lists, signers and roots count.
#include <unitee/verify/tdx_collateral.hpp>

#include "support/spoiled_collateral.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace test_tdx_collateral_choice {

using namespace unitee;
using namespace unitee::test;
using namespace unitee::test::spoiled;
using tdx::collateral;

namespace {

// numbered is a document's text with another evaluation number.
std::string numbered(const std::string& text, int number) {
  return replaced(text, "\"tcbEvaluationDataNumber\":20", "\"tcbEvaluationDataNumber\":" + std::to_string(number));
}

}  // namespace

TEST_CASE("the newest that is genuine counts, in whatever order they come", "[verify][tdx_collateral]") {
  const utc_time newer = issued_at + day;
  const std::vector<issued<tdx::tcb_info_document>> infos{
      {signed_info(numbered(info_text(), 18)), {}},
      {signed_info(numbered(info_text(newer), 19)), {}},
      {signed_info(numbered(info_text(newer + day), 21), own().root_key), {}},      // forged
      {signed_info(numbered(info_text(now + 1), 22)), {}},                          // not yet
      {signed_info(numbered(lasting(info_text(newer + day), now + -1), 23)), {}}};  // over
  const std::vector<issued<tdx::enclave_identity_document>> identities{
      {signed_identity(numbered(identity_text(), 18)), {}},
      {signed_identity(numbered(identity_text(newer), 19)), {}},
      {signed_identity(numbered(identity_text(newer + day), 21), own().root_key), {}},
      {signed_identity(numbered(identity_text(now + 1), 22)), {}},
      {signed_identity(numbered(lasting(identity_text(newer + day), now + -1), 23)), {}}};
  const crl newest_list = root_list({own().ca.serial()}, newer);
  const crl newest_ca_list = ca_list({}, newer);
  const std::vector<crl> lists{root_list(),
                               newest_list,
                               root_list({}, newer + day, 30 * day, other_simulated_tdx_platform()),
                               root_list({}, now + 1),
                               root_list({}, newer + day, day),
                               ca_list(),
                               newest_ca_list,
                               ca_list({}, newer + day, 30 * day, other_simulated_tdx_platform()),
                               ca_list({}, now + 1),
                               ca_list({}, newer + day, day)};
  for (const bool backwards : {false, true}) {
    pieces all{good_pieces().certificates, lists, infos, identities};
    if (backwards) {
      std::ranges::reverse(all.lists);
      std::ranges::reverse(all.infos);
      std::ranges::reverse(all.identities);
      std::ranges::reverse(all.certificates);
    }
    const collateral found = need(collateral_from(all));
    CHECK(found.tcb_info()->tcb_evaluation_data_number == 19);
    CHECK(found.qe_identity()->tcb_evaluation_data_number == 19);
    CHECK(found.root_crl() == newest_list);
    CHECK(need(found.pck_crl(own().ca)) == newest_ca_list);
  }
}

TEST_CASE("junk beside what is good does not hurt", "[verify][tdx_collateral]") {
  // Another platform's whole collateral, certificates with the right names and wrong keys, and renewed ones that are
  // over.
  pieces all = good_pieces(other_simulated_tdx_platform());
  forged_link renewed = tcb_signing_link();
  renewed.request.not_after = issued_at;
  forged_link unfit = tcb_signing_link();
  unfit.request.sign_data = false;
  forged_link self_made = tcb_signing_link();
  self_made.signer = self_made.key;
  for (const forged_link* each : {&renewed, &unfit, &self_made}) all.certificates.push_back(each->issue());
  forged_link broken_root = root_link();
  broken_root.signer = &own().ca_key;
  all.certificates.push_back(broken_root.issue());
  all.lists.push_back(bare_list(true));
  all.infos.push_back({signed_info(replaced(info_text(), "\"99906f", "\"99906e")), {}});
  all.identities.push_back({signed_identity(replaced(identity_text(), "TD_QE", "QVE")), {}});
  const pieces good = good_pieces();
  all.certificates.insert(all.certificates.end(), good.certificates.begin(), good.certificates.end());
  all.lists.insert(all.lists.end(), good.lists.begin(), good.lists.end());
  all.infos.insert(all.infos.end(), good.infos.begin(), good.infos.end());
  all.identities.insert(all.identities.end(), good.identities.begin(), good.identities.end());
  const collateral found = need(collateral_from(all));
  CHECK(found.root() == own().root);
  CHECK(found.tcb_info() == good.infos[0].document);
  CHECK(found.qe_identity() == good.identities[0].document);
  // It is no better when a root that nobody uses is trusted, and the failure is that of the root that came furthest.
  for (const bool other_first : {false, true}) {
    trust_anchors both;
    both.add(other_first ? other().root : own().root);
    both.add(other_first ? own().root : other().root);
    CHECK_FALSE(refused(good, now, 0, both));
    CHECK(refused(with_info(signed_info(lasting(info_text(), now + -1))), now, 0, both) ==
          in(part::tcb_info, errc::expired));
    CHECK(refused(with([](pieces& p) { p.identities.clear(); }), now, 0, both) == in(part::qe_identity, errc::missing));
  }
}

TEST_CASE("the failure is that of the document that came furthest", "[verify][tdx_collateral]") {
  const std::vector<std::pair<tdx::tcb_info_document, errc>> worst_first{
      {signed_info(replaced(info_text(), "\"99906f", "\"99906e")), errc::platform_mismatch},
      {signed_info(info_text(), own().root_key), errc::signature_invalid},
      {signed_info(lasting(info_text(), now + -1)), errc::expired}};
  for (std::size_t n = 1; n <= worst_first.size(); ++n) {
    pieces up = with([](pieces& p) { p.infos.clear(); });
    for (std::size_t i = 0; i < n; ++i) up.infos.push_back({worst_first[i].first, {}});
    pieces down = up;
    std::ranges::reverse(down.infos);
    CHECK(refused(up) == in(part::tcb_info, worst_first[n - 1].second));
    CHECK(refused(down) == in(part::tcb_info, worst_first[n - 1].second));
  }
}

TEST_CASE("all of collateral is under one root", "[verify][tdx_collateral]") {
  trust_anchors both = anchored();
  both.add(other().root);
  const pieces foreign = good_pieces(other_simulated_tdx_platform());
  const auto check = [&](const pieces& mixed) { return refused(mixed, now, 0, both).has_value(); };
  for (const bool signer_too : {false, true}) {
    const auto add_signer = [&](pieces& p) {
      if (signer_too) p.certificates.push_back(other().tcb_signing);
    };
    CHECK(check(with([&](pieces& p) {
      p.infos = foreign.infos;
      add_signer(p);
    })));
    CHECK(check(with([&](pieces& p) {
      p.identities = foreign.identities;
      add_signer(p);
    })));
    CHECK(check(with([&](pieces& p) {
      p.lists[0] = foreign.lists[0];
      add_signer(p);
    })));
  }
  CHECK(check(with([&](pieces& p) { p.certificates[2] = other().tcb_signing; })));
  CHECK_FALSE(check(foreign));
}

TEST_CASE("a document's own issuer chain counts alone", "[verify][tdx_collateral]") {
  const pieces good = good_pieces();
  const auto info = good.infos[0].document;
  const auto identity = good.identities[0].document;
  const auto delivered = [&](const std::vector<certificate>& info_issuers,
                             const std::vector<certificate>& identity_issuers, bool in_bag) {
    pieces out = good;
    if (!in_bag) out.certificates.pop_back();
    out.infos = {{info, info_issuers}};
    out.identities = {{identity, identity_issuers}};
    return refused(out);
  };
  const std::vector<certificate> chain{own().tcb_signing, own().root};
  CHECK_FALSE(delivered(chain, chain, false));
  CHECK_FALSE(delivered({own().root, own().tcb_signing}, {own().tcb_signing}, false));
  CHECK_FALSE(delivered(chain, {}, true));
  CHECK_FALSE(delivered({}, chain, true));
  CHECK(delivered(chain, {}, false) == in(part::tcb_signing, errc::missing));
  CHECK(delivered({}, chain, false) == in(part::tcb_signing, errc::missing));
  for (const bool in_bag : {false, true}) {
    CHECK(delivered({own().root}, chain, in_bag) == in(part::tcb_signing, errc::name_mismatch));
    CHECK(delivered({own().ca, own().root}, chain, in_bag) == in(part::tcb_signing, errc::name_mismatch));
    CHECK(delivered(chain, {own().root}, in_bag) == in(part::tcb_signing, errc::name_mismatch));
    CHECK(delivered({other().tcb_signing, other().root}, chain, in_bag) ==
          in(part::tcb_signing, errc::issuer_mismatch));  // by the key identifier
    forged_link another = tcb_signing_link();
    another.key = &ec_key<p256>(5);
    CHECK(delivered({another.issue()}, chain, in_bag) == in(part::tcb_info, errc::signature_invalid));
    CHECK(delivered(chain, {another.issue()}, in_bag) == in(part::qe_identity, errc::signature_invalid));
    CHECK_FALSE(delivered({another.issue(), own().tcb_signing}, chain, in_bag));
  }
  // It may have certificates that nobody needs, and no root but the one that is trusted, which may be issued again.
  for (const bool in_bag : {false, true}) {
    CHECK_FALSE(delivered({own().tcb_signing, own().ca, own().root}, chain, in_bag));
    CHECK(delivered({own().tcb_signing, other().root}, chain, in_bag) == in(part::tcb_info, errc::untrusted_root));
    CHECK(delivered(chain, {other().root, own().root, own().tcb_signing}, in_bag) ==
          in(part::qe_identity, errc::untrusted_root));
    forged_link again = root_link();
    again.request.not_after = again.request.not_after + -day;
    CHECK_FALSE(delivered({own().tcb_signing, again.issue()}, chain, in_bag));
    again.signer = &own().ca_key;
    CHECK(delivered({own().tcb_signing, again.issue()}, chain, in_bag) == in(part::tcb_info, errc::untrusted_root));
  }
  // The same document may have come with several chains.
  pieces twice = good;
  twice.infos = {{info, {own().root}}, {info, chain}};
  CHECK_FALSE(refused(twice));
}

TEST_CASE("the verifier gives up after many documents, lists or signers", "[verify][tdx_collateral]") {
  // forged(n) is the good pieces with n forged ones of each kind that look newer.
  const auto forged_infos = [&](std::size_t n) {
    return with([&](pieces& p) {
      for (std::size_t i = 0; i < n; ++i) p.infos.push_back({signed_info(info_text(now), own().root_key), {}});
    });
  };
  CHECK_FALSE(refused(forged_infos(tdx::documents_max - 1)));
  CHECK(refused(forged_infos(tdx::documents_max)) == in(part::tcb_info, errc::signature_invalid));
  const auto forged_identities = [&](std::size_t n) {
    return with([&](pieces& p) {
      for (std::size_t i = 0; i < n; ++i) {
        p.identities.push_back({signed_identity(identity_text(now), own().root_key), {}});
      }
    });
  };
  CHECK_FALSE(refused(forged_identities(tdx::documents_max - 1)));
  CHECK(refused(forged_identities(tdx::documents_max)) == in(part::qe_identity, errc::signature_invalid));
  const auto forged_lists = [&](std::size_t n) {
    return with([&](pieces& p) {
      for (std::size_t i = 0; i < n; ++i) {
        p.lists.push_back(root_list({}, now, day, other_simulated_tdx_platform()));
      }
    });
  };
  CHECK_FALSE(refused(forged_lists(tdx::documents_max - 1)));
  CHECK(refused(forged_lists(tdx::documents_max)) == in(part::root_crl, errc::signature_invalid));
  const auto wrong_signers = [&](std::size_t n) {
    pieces out = good_pieces();
    forged_link link = tcb_signing_link();
    link.key = &ec_key<p256>(7);
    for (std::size_t i = 0; i < n; ++i) {
      link.serial = {0x33, static_cast<std::uint8_t>(i)};
      out.certificates.insert(out.certificates.begin(), link.issue());
    }
    return out;
  };
  CHECK_FALSE(refused(wrong_signers(tdx::documents_max - 1)));
  CHECK(refused(wrong_signers(tdx::documents_max)) == in(part::tcb_info, errc::signature_invalid));
  // What is about other platforms is passed over without looking at signatures, however much it is.
  const std::string others = replaced(info_text(now), "\"99906f", "\"99906e");
  pieces many = good_pieces();
  for (int i = 0; i < 300; ++i) {
    many.infos.push_back({signed_info(numbered(others, 100 + i)), {}});
  }
  CHECK_FALSE(refused(many));
}

}  // namespace test_tdx_collateral_choice
