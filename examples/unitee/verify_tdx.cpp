// SPDX-License-Identifier: Apache-2.0
//
// verify_tdx.cpp: `unitee verify` of quotes.

#include "verify_tdx.hpp"

#include <unitee/format.hpp>
#include <unitee/json/tdx_ear.hpp>
#include <unitee/tdx/td_report.hpp>

namespace command::verification {

namespace {

using unitee::errc;
using unitee::part;

// refused_as is the answer about a quote that is not genuine, or no quote at all.
judged refused_as(const question& asked, json answer, const unitee::failure& why,
                  const std::optional<tdx::step>& stopped_at,
                  const std::vector<tdx::missing_endorsement>& missing = {}) {
  judged out;
  out.answer = std::move(answer);
  out.status = exit_status(why);
  out.line = line_of(asked.file, why);
  if (asked.wants_ear()) {
    out.ear = stopped_at ? tdx::ear_of_failure(why, *stopped_at, {.iat = asked.at})
                         : tdx::ear_of_failure(why, {.iat = asked.at});
  }
  out.answer["verdict"] = "refused";
  out.answer["failure"] = json_of(why);
  if (stopped_at) {
    out.answer["failure"]["step"] = json_of(tdx::info_of(*stopped_at));
    put_step(out.text, tdx::info_of(*stopped_at));
  }
  out.answer["missing"] = json_of(missing);
  put_missing(out.text, missing);
  return out;
}

judged answered(const question& asked, const tdx_answer& all, const unitee::verified<tdx::claims>& genuine) {
  judged out;
  out.answer = asked.head();
  put_answer(out.answer, all);
  put_answer(out.text, all);
  const auto beside = all.beside();
  if (asked.wants_ear()) {
    out.ear = beside ? tdx::ear_of_failure(beside->why, {.iat = asked.at})
                     : tdx::ear(all.appraised, genuine, {.iat = asked.at});
  }
  if (all.accepted()) return out;
  if (beside) {
    out.status = exit_status(beside->why);
    out.line = all.vtpm && all.vtpm->why ? line_of(beside->input, beside->why) : all.log->reason();
    return out;
  }
  const unitee::appraisal_check& first = all.appraised.checks()[all.appraised.verdict().error().offset];
  out.status = refused;
  out.line = fmt::format("{}: refused: {}", asked.file, reason(first, tdx_words()));
  return out;
}

// hcl_beside is the HCL report of the same TD, and the name of the file that it is in.
struct hcl_beside {
  std::string file;
  std::optional<vtpm::hcl_report> report;
};

hcl_beside hcl_of(const question& asked, const subject& of) {
  const auto file = asked.given.one("--hcl-report");
  if (file && of.azure) throw usage_error{"--hcl-report: the evidence has an HCL report of its own"};
  if (!file && !of.azure) return {};
  hcl_beside out{file ? *file : asked.file, {}};
  out.report = require(vtpm::hcl_report::parse(file ? unitee::byte_view(asked.from.read(*file)) : of.azure->hcl_report),
                       out.file);
  if (!out.report->td_report()) throw input_error{out.file, {errc::unsupported_format, 0, part::hcl_report}};
  return out;
}

}  // namespace

bool registers_are_zero(const tdx::claims& of) {
  const auto td = of.quote.td();
  return td && td->rtmr0().is_zero() && td->rtmr1().is_zero() && td->rtmr2().is_zero() && td->rtmr3().is_zero();
}

judged judge_tdx(const question& asked, const subject& of) {
  // Everything is read before anything is judged.
  const tdx_policy wanted = tdx_policy_of(asked);
  const tdx::verify_options options = tdx_options_of(asked.given);
  const hcl_beside hcl = hcl_of(asked, of);
  const tpm_inputs tpm = tpm_inputs_of(asked, hcl.report.has_value(), of.azure ? &of.azure->tpm_quote : nullptr);
  const log_inputs log = log_inputs_of(asked);
  const unitee::endorsements endorsements = endorsements_of(asked);
  const unitee::trust_anchors anchors = anchors_of(asked);

  const auto quote = tdx::quote::parse(of.hardware());
  if (!quote) return refused_as(asked, asked.head(), quote.error(), tdx::step::parse);
  if (log.log && !quote->td()) throw usage_error{"--event-log is about TDs, and this quote is about an enclave"};
  const auto genuine = tdx::verify(*quote, endorsements, asked.at, anchors, options);
  const auto missing = tdx::missing_endorsements(*quote, endorsements, asked.at, anchors);
  if (!genuine) {
    json answer = asked.head();
    answer["unverified_quote"] = json_of_quote(*quote);
    return refused_as(asked, std::move(answer), genuine.error(), tdx::step_of(genuine.error()), missing);
  }
  const tdx::claims& claims = **genuine;
  std::optional<vtpm_answer> vtpm_says;
  if (hcl.report) {
    const std::size_t offset =
        quote->signed_bytes().size() - quote->body().size() + tdx::td_body_row::reportdata::offset;
    const bound_report bound{claims.quote.report_data().value, offset, part::quote};
    vtpm_says = judge_td_vtpm(*hcl.report, hcl.file, claims.quote, bound, tpm);
  }
  std::optional<log_answer> log_says;
  if (log.log) log_says = judge_log(log, *claims.quote.td());
  const auto appraised = tdx::appraise(*genuine, wanted);
  const tdx::explanation why = tdx::explain(claims);
  return answered(asked, {*quote, claims, why, appraised, vtpm_says, log_says, missing}, *genuine);
}

}  // namespace command::verification
