// SPDX-License-Identifier: Apache-2.0
#include <unitee/verify/tdx_collateral.hpp>

#include "support/spoiled_collateral.hpp"

#include <algorithm>
#include <cstdint>
#include <limits>
#include <vector>

namespace test_tdx_collateral {

using namespace unitee;
using namespace unitee::test;
using namespace unitee::test::spoiled;
using tdx::collateral;
using tdx::collateral_item;

TEST_CASE("good collateral says what it is and how long it holds", "[verify][tdx_collateral]") {
  const pieces good = good_pieces();
  const collateral found = need(collateral_from(good));
  CHECK(found.tcb_info() == good.infos[0].document);
  CHECK(found.qe_identity() == good.identities[0].document);
  CHECK(found.root() == own().root);
  CHECK(found.anchor() == anchor_origin::given_by_caller);
  CHECK(found.root_crl() == good.lists[0]);
  CHECK(found.tee() == tdx::tee_type::tdx);
  CHECK(need(found.pck_crl(own().ca)) == good.lists[1]);
  CHECK(found.grace() == 0);
  const utc_time root_ends = need(own().root.not_after());
  const utc_time signer_ends = need(own().tcb_signing.not_after());
  const std::vector<collateral_item> expected{{part::root, simulated_tdx_begin, root_ends},
                                              {part::root_crl, issued_at, ends},
                                              {part::tcb_signing, simulated_tdx_begin, signer_ends},
                                              {part::tcb_info, issued_at, ends},
                                              {part::tcb_signing, simulated_tdx_begin, signer_ends},
                                              {part::qe_identity, issued_at, ends},
                                              {part::pck_crl, issued_at, ends}};
  CHECK(std::ranges::equal(found.items(), expected));
  CHECK(found.current_until() == ends);
  CHECK(found.judged_from() == issued_at);
  CHECK(found.judged_until() == ends);
  const collateral copy = found;
  CHECK(copy == found);
  CHECK_FALSE(need(collateral_from(good)) == found);
}

TEST_CASE("both documents may have signers of their own", "[verify][tdx_collateral]") {
  forged_link second = tcb_signing_link();
  second.key = &ec_key<p256>(6);
  second.request.not_after = now + 5;
  pieces all = good_pieces();
  all.certificates.push_back(second.issue());
  all.identities = {{signed_identity(identity_text(), *second.key), {}}};
  const collateral found = need(collateral_from(all));
  CHECK(found.items()[2] ==
        collateral_item{part::tcb_signing, simulated_tdx_begin, need(own().tcb_signing.not_after())});
  CHECK(found.items()[4] == collateral_item{part::tcb_signing, simulated_tdx_begin, now + 5});
  CHECK(found.judged_until() == now + 5);
}

TEST_CASE("grace is for lists and documents, to the second", "[verify][tdx_collateral]") {
  constexpr std::int64_t grace = 3600;
  const pieces good = good_pieces();
  for (const std::int64_t late : {std::int64_t{0}, std::int64_t{1}, grace - 1, grace}) {
    const auto found = collateral_from(good, ends + late, grace);
    REQUIRE(found);
    CHECK(found->current_until() == ends);
    CHECK(found->judged_from() == issued_at);
    CHECK(found->judged_until() == ends + grace);
    CHECK(found->grace() == grace);
    CHECK(found->pck_crl(own().ca));
  }
  CHECK(refused(good, ends + 1) == in(part::root_crl, errc::expired));
  CHECK(refused(good, ends + (grace + 1), grace) == in(part::root_crl, errc::expired));
  CHECK(refused(good, issued_at + -1, grace) == in(part::root_crl, errc::not_yet_valid));
  CHECK_FALSE(refused(good, issued_at));
  // Each by itself.
  const auto only = [&](const pieces& all, part what) {
    const utc_time at = now + grace;
    CHECK_FALSE(refused(all, at, grace));
    CHECK(refused(all, at + 1, grace) == in(what, errc::expired));
    CHECK(refused(all, at, grace - 1) == in(what, errc::expired));
    CHECK(refused(all, at) == in(what, errc::expired));
  };
  only(with_root_list(root_list({}, issued_at, now.seconds - issued_at.seconds)), part::root_crl);
  only(with_info(signed_info(lasting(info_text(), now))), part::tcb_info);
  only(with_identity(signed_identity(lasting(identity_text(), now))), part::qe_identity);
  // No grace is less than none or more than ten years.
  CHECK_FALSE(refused(good, ends, -5));
  CHECK(refused(good, ends + 1, -5) == in(part::root_crl, errc::expired));
  CHECK(need(collateral_from(good, now, std::numeric_limits<std::int64_t>::min())).grace() == 0);
  const collateral longest = need(collateral_from(good, now, std::numeric_limits<std::int64_t>::max()));
  CHECK(longest.grace() == tdx::grace_max);
  CHECK(longest.judged_until() == need(own().tcb_signing.not_after()));
}

TEST_CASE("collateral covers the time for which its verification would say the same", "[verify][tdx_collateral]") {
  constexpr std::int64_t grace = 3600;
  const collateral found = need(collateral_from(good_pieces(), now, grace));
  for (const utc_time at : {issued_at, now, ends, ends + grace}) CHECK(found.covers(at));
  CHECK(why_not(found.covers(issued_at + -1)) == in(part::root_crl, errc::not_yet_valid));
  CHECK(why_not(found.covers(ends + (grace + 1))) == in(part::root_crl, errc::expired));
  CHECK(why_not(found.covers(simulated_tdx_begin + -1)) == in(part::root, errc::not_yet_valid));
  CHECK(why_not(found.covers(need(own().root.not_after()) + 1)) == in(part::root, errc::expired));
  CHECK(why_not(found.covers({std::numeric_limits<std::int64_t>::min()})).value().code == errc::not_yet_valid);
  CHECK(why_not(found.covers({std::numeric_limits<std::int64_t>::max()})).value().code == errc::expired);

  // The piece that is over first is named, and certificates get no grace.
  forged_link short_signer = tcb_signing_link();
  short_signer.request.not_after = now + 7;
  const collateral signer_ends = need(collateral_from(with_signer(short_signer.issue()), now, grace));
  CHECK(signer_ends.judged_until() == now + 7);
  CHECK(signer_ends.current_until() == now + 7);
  CHECK(signer_ends.covers(now + 7));
  CHECK(why_not(signer_ends.covers(now + 8)) == in(part::tcb_signing, errc::expired));
  const collateral info_ends = need(collateral_from(with_info(signed_info(lasting(info_text(), now + 7))), now));
  CHECK(info_ends.covers(now + 7));
  CHECK(why_not(info_ends.covers(now + 8)) == in(part::tcb_info, errc::expired));
  const collateral identity_begins = need(collateral_from(with_identity(signed_identity(identity_text(now)))));
  CHECK(identity_begins.judged_from() == now);
  CHECK(identity_begins.covers(now));
  CHECK(why_not(identity_begins.covers(now + -1)) == in(part::qe_identity, errc::not_yet_valid));
  // Lists of PCK CAs are for those who need them.
  pieces short_ca_list = good_pieces();
  short_ca_list.lists[1] = ca_list({}, issued_at, now.seconds - issued_at.seconds);
  const collateral without_ca = need(collateral_from(short_ca_list));
  CHECK(without_ca.covers(now + 1));
  CHECK(without_ca.current_until() == ends);
}

TEST_CASE("lists of PCK CAs are found by the CA's name and key", "[verify][tdx_collateral]") {
  const certificate processor_ca = [] {
    forged_link link = ca_link();
    link.subject = tdx::processor_ca_name;
    return link.issue();
  }();
  const collateral found = need(collateral_from(good_pieces()));
  CHECK(found.pck_crl(ca_link().issue()));  // a renewed certificate
  CHECK(why_not(found.pck_crl(processor_ca)) == in(part::pck_crl, errc::issuer_mismatch));
  CHECK(why_not(found.pck_crl(other().ca)) == in(part::pck_crl, errc::issuer_mismatch));
  const auto why = [&](const pieces& of) { return why_not(need(collateral_from(of)).pck_crl(own().ca)); };
  CHECK(why(with([](pieces& p) { p.lists.pop_back(); })) == in(part::pck_crl, errc::missing));
  // Whose list it is that is there, nobody knows without the CA.
  CHECK(why(with([](pieces& p) { p.certificates.erase(p.certificates.begin() + 1); })) ==
        in(part::pck_crl, errc::issuer_mismatch));
  const auto with_list = [&](const crl& list) { return why(with([&](pieces& p) { p.lists[1] = list; })); };
  CHECK(with_list(ca_list({}, now + 1)) == in(part::pck_crl, errc::not_yet_valid));
  CHECK(with_list(ca_list({}, issued_at, day)) == in(part::pck_crl, errc::expired));
  CHECK(with_list(ca_list({}, issued_at, 30 * day, other_simulated_tdx_platform())) ==
        in(part::pck_crl, errc::signature_invalid));
  // A CA that the root did not make, or that is over, has none.
  for (const bool forged : {false, true}) {
    forged_link link = ca_link();
    if (forged) {
      link.signer = &own().ca_key;
    } else {
      link.request.not_after = now + -1;
    }
    CHECK(why(with([&](pieces& p) { p.certificates[1] = link.issue(); })) == in(part::pck_crl, errc::issuer_mismatch));
  }
  forged_link silent = ca_link();
  silent.request.sign_crls = false;
  CHECK(why(with([&](pieces& p) { p.certificates[1] = silent.issue(); })) == in(part::pck_crl, errc::issuer_mismatch));
}

}  // namespace test_tdx_collateral
