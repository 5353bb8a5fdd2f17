// SPDX-License-Identifier: Apache-2.0
//
// With one genuine report and its certificates: nothing verifies but the genuine signed bytes, under the genuine VCEK
// and ASK, within their time and with their root named by the caller, whatever is changed in the report or in what the
// host hands out beside it; and every refusal has its step. The keys are new in every run.
#include <unitee/guest/simulated_snp.hpp>
#include <unitee/verify/snp.hpp>
#include <unitee/verify/snp_appraise.hpp>
#include <unitee/verify/snp_missing.hpp>
#include <unitee/verify/snp_steps.hpp>

#include "reached.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace {

using namespace unitee;

constexpr utc_time now{1767225600};

struct genuine {
  guest::insecure_simulated_platform platform = *guest::insecure_simulated_platform::create(
      snp::generation::milan, {.boot_loader = 4, .snp = 24, .microcode = 219}, now);
  snp::report report = *guest::insecure_simulated_snp::launch(platform, {})->attest({});
  std::vector<std::uint8_t> table = *platform.certificate_table();
  endorsements given;
  trust_anchors anchors;

  genuine() {
    given.add(platform.get().vcek);
    given.add(platform.get().ask);
    anchors.add(platform.root());
    if (!snp::verify(report, given, now, anchors)) __builtin_trap();
  }
};

// options is how a caller may ask, from the bits of one byte.
struct options {
  std::uint8_t bits;

  [[nodiscard]] bool has(unsigned bit) const { return (bits >> bit & 1) != 0; }
  [[nodiscard]] bool anchored() const { return !has(0); }
  [[nodiscard]] snp::stale_crls stale() const { return has(1) ? snp::stale_crls::accept : snp::stale_crls::refuse; }
  [[nodiscard]] utc_time at() const {
    if (!has(2)) return now;
    return {has(3) ? now.seconds - 1 : now.seconds + 40 * std::int64_t{365 * 86400}};
  }
  [[nodiscard]] auto policy() const {
    auto fresh = snp::appraisal_policy{}.waive_report_data().waive_measurement().waive_tcb();
    auto out = has(4) ? std::move(fresh).allow_debug() : std::move(fresh).forbid_debug();
    if (has(5)) out = std::move(out).require_crl(stale());
    if (has(6)) out = std::move(out).require_vmpl_at_most(0).require_launch_mitigations(1);
    if (has(7)) out = std::move(out).refuse_provisional_firmware().refuse_unknown_platform();
    return out;
  }
};

// change takes edits of three bytes: where (15 bits), in which of the two, and what to xor.
void change(std::vector<std::uint8_t>& report, std::vector<std::uint8_t>& table, byte_view edits) {
  for (; edits.size() >= 3; edits = edits.subspan(3)) {
    std::vector<std::uint8_t>& in = (edits[1] & 0x80) != 0 ? table : report;
    in[(edits[0] | (edits[1] & 0x7Fu) << 8) % in.size()] ^= edits[2];
  }
}

void check_appraisal(const verified<snp::claims>& claims, const options& how) {
  const auto answer = snp::appraise(claims, how.policy());
  const bool unmet =
      std::ranges::any_of(answer.checks(), [](const auto& each) { return each.answer == outcome::not_met; });
  if (answer.verdict().has_value() == unmet) __builtin_trap();
  if (unmet && answer.checks()[answer.verdict().error().offset].answer != outcome::not_met) __builtin_trap();
}

void check(const genuine& own, const options& how, byte_view bytes, const endorsements& given) {
  const auto report = snp::report::parse(bytes);
  if (!report) return snp::step_of(report.error()) ? void() : __builtin_trap();
  const trust_anchors anchors = how.anchored() ? own.anchors : trust_anchors{};
  for (const auto& each : snp::missing_endorsements(*report, given, anchors, how.at())) {
    if (each.source && each.source->text().empty()) __builtin_trap();
  }
  const auto verdict = snp::verify(*report, given, how.at(), anchors, how.stale());
  if (!verdict) {
    const failure why = verdict.error();
    if (!snp::step_of(why) && class_of(why.code) != failure_class::unavailable) __builtin_trap();
    return;
  }
  if (!how.anchored() || how.has(2)) __builtin_trap();
  if (!equal(report->signed_bytes(), own.report.signed_bytes())) __builtin_trap();
  const auto& certificates = given.certificates();
  for (const certificate& one : {own.platform.get().vcek, own.platform.get().ask}) {
    if (std::ranges::find(certificates, one) == certificates.end()) __builtin_trap();
  }
  check_appraisal(*verdict, how);
  unitee::fuzz::reached();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const genuine own;
  const byte_view input(data, size);
  if (input.size() < 2) return 0;
  const options how{input[1]};
  const byte_view rest = input.subspan(2);
  endorsements given;
  switch (input[0] % 3) {
    case 0: check(own, how, rest, own.given); break;
    case 1:
      if (given.add(rest)) check(own, how, own.report.bytes(), given);
      break;
    case 2: {
      std::vector<std::uint8_t> report(own.report.bytes().begin(), own.report.bytes().end());
      std::vector<std::uint8_t> table = own.table;
      change(report, table, rest);
      if (given.add(table)) check(own, how, report, given);
      break;
    }
  }
  return 0;
}
