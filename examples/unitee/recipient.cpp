// SPDX-License-Identifier: Apache-2.0
//
// recipient.cpp: the guest to which an owner seals: its evidence, judged as `unitee verify` judges it.

#include "slot_specs.hpp"
#include "transcript_options.hpp"
#include "verify_options.hpp"
#include "verify_snp.hpp"
#include "verify_tdx.hpp"

#include <unitee/evidence.hpp>
#include <unitee/seal/recipient_binding.hpp>

#include <fmt/format.h>

#include <cstdio>

namespace command {

namespace {

using namespace verification;
using unitee::result;
using unitee::sealing_recipient;

// bound_key is the key in what stands behind a verdict.
template <class Claims>
result<sealing_recipient> bound_key(const unitee::attestation_result<Claims>& appraised, const transcript& all) {
  const auto& verdict = appraised.verdict();
  if (!verdict) return verdict.error();
  std::vector<unitee::binding_part> others;
  for (const transcript::part& each : all.others) others.push_back({each.name, each.data});
  const unitee::recipient_binding binding{all.label, all.nonce, all.model_digest, others};
  return sealing_recipient::bound_in(*verdict, binding, all.public_key);
}

// The judgement by `unitee verify` says in words why evidence is refused; these give the claims behind it, by the same
// policy.
result<sealing_recipient> key_in_report(const question& asked, unitee::byte_view bytes, const transcript& all) {
  const auto report = snp::report::parse(bytes);
  if (!report) return report.error();
  const auto genuine =
      snp::verify(*report, endorsements_of(asked), asked.at, anchors_of(asked), stale_crls_of(asked.given));
  if (!genuine) return genuine.error();
  return bound_key(snp::appraise(*genuine, snp_policy_of(asked, false)), all);
}

result<sealing_recipient> key_in_quote(const question& asked, unitee::byte_view bytes, const transcript& all) {
  const auto quote = tdx::quote::parse(bytes);
  if (!quote) return quote.error();
  const auto genuine =
      tdx::verify(*quote, endorsements_of(asked), asked.at, anchors_of(asked), tdx_options_of(asked.given));
  if (!genuine) return genuine.error();
  return bound_key(tdx::appraise(*genuine, tdx_policy_of(asked)), all);
}

void check_demands(const arguments& given) {
  for (const char* each : {"--label", "--nonce", "--public-key"}) {
    if (!given.has(each)) throw usage_error{fmt::format("--to wants {}: it is what the evidence vouches for", each)};
  }
  if (!given.has("--measurement")) {
    throw usage_error{"--to without --measurement would seal to any guest whatever: say which one"};
  }
  if (given.has("--manifest") || given.has("--hcl-report")) {
    throw usage_error{"--to takes a report or a quote whose report data the guest has chosen itself"};
  }
}

}  // namespace

sealing_recipient recipient_of(const arguments& given) {
  check_demands(given);
  const std::string file = *given.one("--to");
  inputs from;
  const question asked{given, from, file, from.time(given.one("--at"))};
  const subject of = subject_in(from, file);
  check_options(given, of.of);
  if (of.of == vendor::any) throw input_error{file, {unitee::errc::unrecognized}};
  const bool is_hcl = inspection::text_of(of.hardware()).starts_with("HCLA");
  if (of.azure || is_hcl) {
    throw usage_error{
        "--to: the report data of an Azure guest are its paravisor's, and vouch for no key of the guest's"};
  }
  const bool is_report = of.of == vendor::snp;
  const judged said = is_report ? judge_snp(asked, of) : judge_tdx(asked, of);
  if (said.status != done) throw refusal{said.line, said.status};
  if (!given.has("--min-tcb") && is_report) {
    fmt::print(stderr, "unitee: note: {}: no --min-tcb: sealing to a guest on firmware of any age\n", plain(file));
  }
  const transcript all = transcript_of(given, from);
  return require(is_report ? key_in_report(asked, of.bytes, all) : key_in_quote(asked, of.bytes, all), file);
}

}  // namespace command
