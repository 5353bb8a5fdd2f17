// SPDX-License-Identifier: Apache-2.0
//
// With genuine quotes of both versions and their collateral: nothing verifies but the genuine signed bytes, under the
// genuine platform and documents, within their time and with their root named by the caller, whatever is changed in
// the quote or in the collateral, or comes beside it; every refusal has its step; and a fleet's verifier says the same.
// The keys are new in every run. The input is what to do, how to ask, and then a quote, more collateral, or edits.
#include <unitee/guest/simulated_intel_collateral.hpp>
#include <unitee/guest/simulated_td.hpp>
#include <unitee/json/collateral.hpp>
#include <unitee/verify/tdx.hpp>
#include <unitee/verify/tdx_appraise.hpp>
#include <unitee/verify/tdx_explain.hpp>
#include <unitee/verify/tdx_missing.hpp>
#include <unitee/verify/tdx_steps.hpp>
#include <unitee/verify/tdx_verifier.hpp>

#include "reached.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

namespace {

using namespace unitee;
using octets = std::vector<std::uint8_t>;

constexpr utc_time now{1767225600};
constexpr std::int64_t day = 86400;

void require(bool so) {
  if (!so) __builtin_trap();
}

// options is how a caller may ask, from the bits of one byte.
struct options {
  std::uint8_t bits;

  [[nodiscard]] bool has(unsigned bit) const { return (bits >> bit & 1) != 0; }
  [[nodiscard]] bool anchored() const { return !has(0); }
  [[nodiscard]] tdx::verify_options verification() const {
    return {has(1) ? 40 * day : 0, has(4) ? tdx::tcb_procedure::qvl_2024 : tdx::tcb_procedure::current};
  }
  [[nodiscard]] bool late() const { return has(2) && !has(3); }
  [[nodiscard]] bool early() const { return has(2) && has(3); }
  [[nodiscard]] utc_time at() const {
    return {late() ? now.seconds + 50 * day : early() ? now.seconds - 1 : now.seconds};
  }
  [[nodiscard]] tdx::quote_version version() const { return has(5) ? tdx::quote_version::v5 : tdx::quote_version::v4; }
  [[nodiscard]] auto policy() const {
    auto fresh = tdx::appraisal_policy{}.waive_report_data().waive_measurement();
    auto tcb = has(6) ? std::move(fresh).require_up_to_date() : std::move(fresh).waive_tcb();
    auto out = has(7) ? std::move(tcb).allow_debug() : std::move(tcb).forbid_debug();
    if (has(1)) out = std::move(out).accept_stale_collateral(has(6) ? 40 * day : day);
    if (has(6)) out = std::move(out).require_unsigned_bytes(tdx::trailing_bytes::none).require_zero_mrsignerseam();
    if (has(7)) out = std::move(out).forbid_smt().require_tcb_evaluation_data_number(21);
    return out;
  }
};

struct genuine {
  guest::insecure_simulated_tdx_platform platform = *guest::insecure_simulated_tdx_platform::create(now);
  std::array<octets, 2> quotes{quote_of(tdx::quote_version::v4, tdx::quote_body_type::td_1_0),
                               quote_of(tdx::quote_version::v5, tdx::quote_body_type::td_1_5)};
  std::vector<octets> files;
  endorsements given;
  trust_anchors anchors;
  tdx::tcb_info_document info = collect();
  tdx::enclave_identity_document identity = given.enclave_identities().front().document;

  genuine() {
    anchors.add(platform.root());
    for (const octets& each : quotes) require(tdx::verify(*tdx::quote::parse(each), given, now, anchors).has_value());
  }

  [[nodiscard]] const octets& quote(const options& how) const {
    return quotes[how.version() == tdx::quote_version::v5 ? 1 : 0];
  }

 private:
  [[nodiscard]] octets quote_of(tdx::quote_version version, tdx::quote_body_type body) const {
    guest::simulated_td_launch with;
    with.quote_version = version;
    with.body = body;
    return *guest::insecure_simulated_td::launch(platform, with)->attest({});
  }

  tdx::tcb_info_document collect() {
    const auto collateral = guest::make_simulated_collateral(platform, now);
    collateral->for_each_file([&](std::string_view, byte_view bytes) {
      files.emplace_back(bytes.begin(), bytes.end());
      require(add_endorsements(given, bytes).has_value());
    });
    return given.tcb_infos().front().document;
  }
};

void check_appraisal(const verified<tdx::claims>& claims, const options& how) {
  const auto answer = tdx::appraise(claims, how.policy());
  const bool unmet =
      std::ranges::any_of(answer.checks(), [](const auto& each) { return each.answer == outcome::not_met; });
  require(answer.verdict().has_value() != unmet);
  require(!unmet || answer.checks()[answer.verdict().error().offset].answer == outcome::not_met);
  (void)tdx::explain(*claims);
}

// check_claims compares what was found genuine with what is.
void check_claims(const genuine& own, const options& how, const tdx::claims& claims) {
  require(how.anchored() && !how.early());
  require(how.late() == claims.collateral_is_stale() && (!how.late() || how.has(1)));
  const auto is_signed_here = [&](const octets& each) {
    const auto one = tdx::quote::parse(each);
    return equal(one->signed_bytes(), claims.quote.signed_bytes()) &&
           equal(one->qe_report().bytes(), claims.quote.qe_report().bytes());
  };
  require(std::ranges::any_of(own.quotes, is_signed_here));
  require(claims.pck == own.platform.get().pck_extension);
  require(equal(claims.collateral.tcb_info().text(), own.info.text()));
  require(equal(claims.collateral.qe_identity().text(), own.identity.text()));
  require(claims.collateral.root() == own.platform.root());
  require(claims.collateral.anchor() == anchor_origin::given_by_caller);
  require(claims.tcb.status == tdx::tcb_status::up_to_date && claims.tcb.launch.gap == tdx::tcb_gap::none);
}

// check says whether the quote was found genuine.
bool check(const genuine& own, const options& how, byte_view bytes, const endorsements& given) {
  const auto quote = tdx::quote::parse(bytes);
  if (!quote) return false;
  const trust_anchors anchors = how.anchored() ? own.anchors : trust_anchors{};
  for (const auto& each : tdx::missing_endorsements(*quote, given, how.at(), anchors)) {
    require(!each.source || !each.source->text().empty());
  }
  const auto verdict = tdx::verify(*quote, given, how.at(), anchors, how.verification());
  tdx::verifier fleet(given, anchors, how.verification());
  for (int twice = 0; twice < 2; ++twice) {
    const auto again = fleet.verify(*quote, how.at());
    require(again.has_value() == verdict.has_value() && (again || again.error() == verdict.error()));
    require(fleet.size() == (again ? 1 : 0));
  }
  if (!verdict) {
    const failure why = verdict.error();
    require(tdx::step_of(why) || class_of(why.code) == failure_class::unavailable);
    return false;
  }
  check_claims(own, how, **verdict);
  check_appraisal(*verdict, how);
  unitee::fuzz::reached();
  return true;
}

// check_edited takes edits of four bytes: in which of the eight, where (two), and what to xor.
void check_edited(const genuine& own, const options& how, byte_view edits) {
  octets quote = own.quote(how);
  std::vector<octets> files = own.files;
  for (; edits.size() >= 4; edits = edits.subspan(4)) {
    const std::size_t which = edits[0] % (files.size() + 1);
    octets& in = which == files.size() ? quote : files[which];
    in[(edits[1] + edits[2] * 256UL) % in.size()] ^= edits[3];
  }
  endorsements given;
  for (const octets& each : files) (void)add_endorsements(given, each);
  check(own, how, quote, given);
}

// check_beside adds to what is good. A few more pieces, whatever they are, do not keep a genuine quote from its
// verdict.
void check_beside(const genuine& own, const options& how, byte_view more) {
  endorsements given = own.given;
  const auto added = add_endorsements(given, more);
  const bool good = check(own, how, own.quote(how), given);
  if (added && *added > 8) return;
  require(good == (how.anchored() && !how.early() && (!how.late() || how.has(1))));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const genuine own;
  const byte_view input(data, size);
  if (input.size() < 2) return 0;
  const options how{input[1]};
  const byte_view rest = input.subspan(2);
  switch (input[0] % 4) {
    case 0: check(own, how, rest, own.given); break;
    case 1: check_beside(own, how, rest); break;
    case 2: check_edited(own, how, rest); break;
    case 3: {
      endorsements given;
      if (add_endorsements(given, rest)) check(own, how, own.quote(how), given);
      break;
    }
  }
  return 0;
}
