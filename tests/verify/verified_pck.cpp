// SPDX-License-Identifier: Apache-2.0
#include <unitee/verify/verified_pck.hpp>

#include "support/forged_intel.hpp"

#include <array>
#include <cstdint>
#include <type_traits>

namespace test_verified_pck {

using namespace unitee;
using namespace unitee::test;
using tdx::collateral;
using tdx::collateral_item;
using tdx::pck_chain;
using tdx::verified_pck;

static_assert(!std::is_default_constructible_v<verified_pck>);

namespace {

const auto& own() { return simulated_tdx_platform().get(); }
const auto& other() { return other_simulated_tdx_platform().get(); }

const utc_time now = simulated_tdx_now;
const utc_time ends = simulated_tdx_issued + 30 * day;

constexpr failure in(part what, errc code) { return {code, 0, what}; }

// chain is PCK certificate, PCK CA and root of the simulated platform, each as it is given.
pck_chain chain(const forged_link& leaf = pck_link(), const forged_link& ca = ca_link(),
                const certificate& root = own().root) {
  return {need(tdx::pck::parse(leaf.issue())), ca.issue(), root};
}

std::optional<failure> chain_refused(const pck_chain& of, utc_time at = now,
                                     const trust_anchors& anchors = anchored()) {
  return why_not(tdx::verify_pck_chain(of, at, anchors));
}

// refused_under is with another root certificate, which is trusted.
std::optional<failure> refused_under(const forged_link& root) {
  const certificate issued = root.issue();
  return chain_refused(chain(pck_link(), ca_link(), issued), now, anchored(issued));
}

collateral good_collateral() {
  static const collateral made = need(collateral_from(good_pieces()));
  return made;
}

std::optional<failure> refused(const pck_chain& of, const collateral& with, utc_time at = now,
                               const trust_anchors& anchors = anchored()) {
  return why_not(verified_pck::verify(of, with, at, anchors));
}

collateral with_lists(const std::vector<crl>& lists, std::int64_t grace = 0) {
  pieces all = good_pieces();
  all.lists = lists;
  return need(collateral_from(all, now, grace));
}

}  // namespace

TEST_CASE("a PCK chain is three certificates with their names, trusted at its end", "[verify][verified_pck]") {
  const auto good = need(tdx::verify_pck_chain(chain_of(), now, anchored()));
  CHECK(good.not_before == simulated_tdx_begin);
  CHECK(good.not_after == need(own().pck.not_after()));
  CHECK_FALSE(chain_refused(chain()));
  CHECK(chain_refused(chain_of(), now, {}) == in(part::root, errc::untrusted_root));
  CHECK(chain_refused(chain_of(), now, anchored(other().root)) == in(part::root, errc::untrusted_root));
  forged_link processor = ca_link();
  processor.subject = tdx::processor_ca_name;
  forged_link leaf = pck_link();
  leaf.issuer = tdx::processor_ca_name;
  CHECK_FALSE(chain_refused(chain(leaf, processor)));
  CHECK(chain_refused(chain(leaf)) == in(part::pck, errc::issuer_mismatch));
  CHECK(chain_refused(chain(pck_link(), processor)) == in(part::pck, errc::issuer_mismatch));
  forged_link ca = ca_link();
  ca.subject = "Intel SGX PCK Platform CA 2";
  CHECK(chain_refused(chain(pck_link(), ca)) == in(part::intermediate, errc::name_mismatch));
  CHECK(chain_refused(chain(pck_link(), root_link())) == in(part::intermediate, errc::name_mismatch));
  CHECK(chain_refused(chain(pck_link(), ca_link(), own().ca)) == in(part::root, errc::name_mismatch));
  forged_link root = root_link();
  root.subject = root.issuer = "Intel SGX Root CA 2";
  CHECK(refused_under(root) == in(part::root, errc::name_mismatch));
}

TEST_CASE("each certificate of a PCK chain is fit for its role", "[verify][verified_pck]") {
  const failure leaf_unfit = in(part::pck, errc::certificate_unfit);
  forged_link leaf = pck_link();
  leaf.request.sign_data = false;
  CHECK(chain_refused(chain(leaf)) == leaf_unfit);
  leaf.request.sign_crls = true;
  CHECK(chain_refused(chain(leaf)) == leaf_unfit);
  leaf = pck_link();
  leaf.request.end_entity = false;
  leaf.request.ca = true;
  CHECK(chain_refused(chain(leaf)) == leaf_unfit);
  leaf = pck_link();
  leaf.request.end_entity = false;  // no basic constraints at all: not a CA
  CHECK_FALSE(chain_refused(chain(leaf)));

  const failure ca_unfit = in(part::intermediate, errc::certificate_unfit);
  forged_link ca = ca_link();
  ca.request.path_length = {};
  CHECK(chain_refused(chain(pck_link(), ca)) == ca_unfit);
  ca.request.path_length = 1;
  CHECK(chain_refused(chain(pck_link(), ca)) == ca_unfit);
  ca = ca_link();
  ca.request.sign_certificates = false;
  CHECK(chain_refused(chain(pck_link(), ca)) == ca_unfit);

  forged_link root = root_link();
  root.request.sign_certificates = false;
  CHECK(refused_under(root) == in(part::root, errc::certificate_unfit));
  for (const std::optional<std::uint32_t> limit :
       {std::optional<std::uint32_t>(), std::optional(0U), std::optional(2U)}) {
    root = root_link();
    root.request.path_length = limit;
    CHECK(refused_under(root) == in(part::root, errc::certificate_unfit));
  }
  CHECK_FALSE(refused_under(root_link()));
}

TEST_CASE("each certificate of a PCK chain is signed by the next", "[verify][verified_pck]") {
  forged_link leaf = pck_link();
  leaf.signer = &other().ca_key;
  CHECK(chain_refused(chain(leaf)) == in(part::pck, errc::signature_invalid));
  forged_link ca = ca_link();
  ca.signer = &other().root_key;
  CHECK(chain_refused(chain(pck_link(), ca)) == in(part::intermediate, errc::signature_invalid));
  ca = ca_link();
  ca.key = &other().ca_key;
  CHECK(chain_refused(chain(pck_link(), ca)) == in(part::pck, errc::signature_invalid));
  forged_link root = root_link();
  root.signer = &other().root_key;
  CHECK(refused_under(root) == in(part::root, errc::signature_invalid));
}

TEST_CASE("each certificate of a PCK chain is valid, its first and last second included", "[verify][verified_pck]") {
  const auto dated = [](forged_link link, utc_time from, utc_time until) {
    link.request.not_before = from;
    link.request.not_after = until;
    return link;
  };
  const auto as = [&](part role, utc_time from, utc_time until) {
    const forged_link leaf = role == part::pck ? dated(pck_link(), from, until) : pck_link();
    const forged_link ca = role == part::intermediate ? dated(ca_link(), from, until) : ca_link();
    const certificate root = (role == part::root ? dated(root_link(), from, until) : root_link()).issue();
    return tdx::verify_pck_chain(chain(leaf, ca, root), now, anchored(root));
  };
  for (const part role : {part::pck, part::intermediate, part::root}) {
    CAPTURE(name(role));
    const auto second = need(as(role, now, now));
    CHECK(second.not_before == now);
    CHECK(second.not_after == now);
    CHECK(why_not(as(role, simulated_tdx_begin, now + -1)) == in(role, errc::expired));
    CHECK(why_not(as(role, now + 1, now + day)) == in(role, errc::not_yet_valid));
  }
}

TEST_CASE("a platform is verified by its chain and the collateral of its family", "[verify][verified_pck]") {
  const verified_pck good = need(verified_pck::verify(chain_of(), good_collateral(), now, anchored()));
  CHECK(good.pck().cert() == own().pck);
  CHECK(good.collateral() == good_collateral());
  CHECK(good.chain_validity().not_before == simulated_tdx_begin);
  CHECK(good.chain_validity().not_after == need(own().pck.not_after()));
  CHECK(good.current_until() == ends);
  const std::array expected{collateral_item{part::pck, simulated_tdx_begin, need(own().pck.not_after())},
                            collateral_item{part::pck_crl, simulated_tdx_issued, ends}};
  CHECK(good.items() == expected);
  // Another platform of the same family, by the same CA, and certificates that were renewed.
  const auto neighbour = need(simulated_tdx_platform().another_platform(simulated_tdx_begin));
  CHECK_FALSE(refused(chain_of(neighbour), good_collateral()));
  CHECK_FALSE(refused(chain(), good_collateral()));
  const certificate root_again = root_link().issue();
  trust_anchors both = anchored();
  both.add(root_again);
  CHECK_FALSE(refused(chain(pck_link(), ca_link(), root_again), good_collateral(), now, both));
}

TEST_CASE("a chain that is not good is refused with any collateral", "[verify][verified_pck]") {
  CHECK(refused(chain_of(), good_collateral(), now, {}) == in(part::root, errc::untrusted_root));
  forged_link leaf = pck_link();
  leaf.request.not_after = now + -1;
  CHECK(refused(chain(leaf), good_collateral()) == in(part::pck, errc::expired));
}

TEST_CASE("revoked certificates are refused, whichever it is", "[verify][verified_pck]") {
  const pck_chain of = chain_of();
  CHECK(refused(of, with_lists({root_list({own().ca.serial()}), ca_list()})) == in(part::intermediate, errc::revoked));
  CHECK(refused(of, with_lists({root_list(), ca_list({own().pck.serial()})})) == in(part::pck, errc::revoked));
  // Serial numbers belong to issuers.
  CHECK_FALSE(refused(of, with_lists({root_list({own().pck.serial()}), ca_list({own().ca.serial()})})));
  // The CA's revocation does not wait for the list of the CA.
  CHECK(refused(of, with_lists({root_list({own().ca.serial()})})) == in(part::intermediate, errc::revoked));
  // A revoked certificate is revoked under any grace.
  pieces stale = good_pieces();
  stale.lists = {root_list(), ca_list({own().pck.serial()}, simulated_tdx_issued, day)};
  CHECK(refused(of, need(collateral_from(stale, now, 30 * day))) == in(part::pck, errc::revoked));
}

TEST_CASE("the list of the chain's own PCK CA must be there and good", "[verify][verified_pck]") {
  const pck_chain of = chain_of();
  CHECK(refused(of, with_lists({root_list()})) == in(part::pck_crl, errc::missing));
  CHECK(refused(of, with_lists({root_list(), ca_list({}, now + 1)})) == in(part::pck_crl, errc::not_yet_valid));
  CHECK(refused(of, with_lists({root_list(), ca_list({}, simulated_tdx_issued, day)})) ==
        in(part::pck_crl, errc::expired));
  CHECK(refused(of, with_lists(
                        {root_list(), ca_list({}, simulated_tdx_issued, 30 * day, other_simulated_tdx_platform())})) ==
        in(part::pck_crl, errc::signature_invalid));
  // Of the other CA only.
  forged_link processor = ca_link();
  processor.subject = tdx::processor_ca_name;
  processor.key = &ec_key<p256>(3);
  pieces others = good_pieces();
  others.certificates.push_back(processor.issue());
  others.lists = {root_list(), need(guest::detail::simulated_sgx_crl(tdx::processor_ca_name, *processor.key, {},
                                                                     simulated_tdx_issued, ends))};
  CHECK(refused(of, need(collateral_from(others))) == in(part::pck_crl, errc::issuer_mismatch));
  // With both lists, each chain has its own.
  others.lists.push_back(ca_list({own().pck.serial()}));
  const collateral both = need(collateral_from(others));
  CHECK(refused(of, both) == in(part::pck, errc::revoked));
  forged_link leaf = pck_link();
  leaf.issuer = tdx::processor_ca_name;
  leaf.signer = processor.key;
  CHECK_FALSE(refused(chain(leaf, processor), both));
}

TEST_CASE("collateral of another platform, or under another root, is refused", "[verify][verified_pck]") {
  const auto elsewhere =
      need(simulated_tdx_platform().another_platform(simulated_tdx_begin, tdx::fmspc{{0x12, 0x90, 0x6F, 0, 0, 0}}));
  CHECK(refused(chain_of(elsewhere), good_collateral()) == in(part::tcb_info, errc::platform_mismatch));
  forged_link leaf = pck_link();
  auto says = own().pck_extension;
  says.pceid.value = {0, 1};
  leaf.pck_extension = guest::detail::encode_pck_extension(says);
  CHECK(refused(chain(leaf), good_collateral()) == in(part::tcb_info, errc::platform_mismatch));
  trust_anchors both = anchored();
  both.add(other().root);
  const pck_chain foreign = chain_of(other_simulated_tdx_platform());
  CHECK_FALSE(chain_refused(foreign, now, both));
  CHECK(refused(foreign, good_collateral(), now, both) == in(part::root, errc::untrusted_root));
}

TEST_CASE("a verified platform covers the time in which nothing that it rests on is over", "[verify][verified_pck]") {
  constexpr std::int64_t grace = 3600;
  const auto good = [](std::int64_t with_grace, const forged_link& leaf = pck_link(), const crl& list = ca_list()) {
    pieces all = good_pieces();
    all.lists[1] = list;
    return need(verified_pck::verify(chain(leaf), need(collateral_from(all, now, with_grace)), now, anchored()));
  };
  const verified_pck none = good(0);
  for (const utc_time at : {simulated_tdx_issued, now, ends}) CHECK(none.covers(at));
  CHECK(why_not(none.covers(simulated_tdx_begin + -1)) == in(part::pck, errc::not_yet_valid));
  CHECK(why_not(none.covers(simulated_tdx_issued + -1)) == in(part::pck_crl, errc::not_yet_valid));
  CHECK(why_not(none.covers(ends + 1)) == in(part::pck_crl, errc::expired));
  const verified_pck some = good(grace);
  CHECK(some.covers(ends + grace));
  CHECK(why_not(some.covers(ends + (grace + 1))) == in(part::pck_crl, errc::expired));
  CHECK(some.current_until() == ends);
  // The list of the PCK CA, and the PCK certificate, which has no grace.
  const verified_pck by_list =
      good(grace, pck_link(), ca_list({}, simulated_tdx_issued, now.seconds + 5 - simulated_tdx_issued.seconds));
  CHECK(by_list.current_until() == now + 5);
  CHECK(by_list.covers(now + (5 + grace)));
  CHECK(why_not(by_list.covers(now + (6 + grace))) == in(part::pck_crl, errc::expired));
  forged_link leaf = pck_link();
  leaf.request.not_after = now + 5;
  const verified_pck by_leaf = good(grace, leaf);
  CHECK(by_leaf.current_until() == now + 5);
  CHECK(by_leaf.covers(now + 5));
  CHECK(why_not(by_leaf.covers(now + 6)) == in(part::pck, errc::expired));
  // A list that lasts longer than the collateral does not make that last.
  const verified_pck by_collateral = good(0, pck_link(), ca_list({}, simulated_tdx_issued, 90 * day));
  CHECK(why_not(by_collateral.covers(ends + 1)) == in(part::root_crl, errc::expired));
}

TEST_CASE("collateral that was verified for another time is not taken for this one", "[verify][verified_pck]") {
  CHECK(refused(chain_of(), good_collateral(), ends + 1) == in(part::pck_crl, errc::expired));
  CHECK(refused(chain_of(), good_collateral(), simulated_tdx_issued + -1) == in(part::pck_crl, errc::not_yet_valid));
  CHECK_FALSE(refused(chain_of(), good_collateral(), ends));
  CHECK(refused(chain_of(), need(collateral_from(good_pieces(), now, 60)), ends + 60) == std::nullopt);
}

}  // namespace test_verified_pck
