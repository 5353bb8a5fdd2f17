// SPDX-License-Identifier: Apache-2.0
//
// verify_snp.cpp: `unitee verify` of SEV-SNP reports.

#include "verify_snp.hpp"
#include "inspect.hpp"

#include <unitee/format.hpp>
#include <unitee/json/snp_ear.hpp>

namespace command::verification {

namespace {

using unitee::errc;

// refused is the answer about evidence that is not genuine, or no evidence at all.
judged refused_as(const question& asked, json answer, std::string text, const unitee::failure& why,
                  const std::vector<snp::missing_endorsement>& missing = {}) {
  judged out{std::move(answer), std::move(text), {}, exit_status(why), line_of(asked.file, why)};
  if (asked.wants_ear()) out.ear = snp::ear_of_failure(why, {.iat = asked.at});
  out.answer["verdict"] = "refused";
  out.answer["failure"] = snp_json_of(why);
  out.answer["missing"] = json_of(missing);
  put_step(out.text, why);
  put_missing(out.text, missing);
  return out;
}

// text_of_newer shows what a report says that nothing can be said about: its version or its processor is newer.
std::string text_of_newer(const unitee::result<inspection::sheet>& report) {
  if (!report) return {};
  return "This report is newer than this library, and nothing of it is verified. If its fields still mean the same, "
         "it says:\n\n" +
         text_of(*report) + "\n";
}

// refused_form is the answer about bytes that are no report of a version that this library reads.
judged refused_form(const question& asked, unitee::byte_view report, const unitee::failure& why) {
  json answer = asked.head();
  std::string text;
  if (why.code == errc::unsupported_version && why.in == unitee::part::report) {
    const auto newer = inspection::describe_newer_report(report);
    text = text_of_newer(newer);
    if (newer) answer["shared_fields"] = json::parse(newer->json());
  }
  return refused_as(asked, std::move(answer), std::move(text), why);
}

// refused_report is the answer about a report that is not genuine as far as anyone can tell.
judged refused_report(const question& asked, const snp::report& report, const unitee::endorsements& given,
                      const unitee::failure& why, const std::vector<snp::missing_endorsement>& missing) {
  std::string text;
  if (why.code == errc::unsupported_product) text = text_of_newer(inspection::describe_snp_report(report.bytes()));
  if (why.code == errc::tcb_mismatch) put_tcbs(text, report, given);
  json answer = asked.head();
  answer["unverified_report"] = json_of_report(report);
  return refused_as(asked, std::move(answer), std::move(text), why, missing);
}

judged answered(const question& asked, const snp_answer& all, const unitee::verified<snp::claims>& genuine) {
  judged out;
  out.answer = asked.head();
  put_answer(out.answer, all);
  put_answer(out.text, all);
  const bool tpm_failed = all.vtpm && all.vtpm->why;
  if (asked.wants_ear()) {
    out.ear = tpm_failed ? snp::ear_of_failure(*all.vtpm->why, {.iat = asked.at})
                         : snp::ear(all.appraised, genuine, {.iat = asked.at});
  }
  if (all.accepted()) return out;
  if (tpm_failed) {
    out.status = exit_status(*all.vtpm->why);
    out.line = line_of(all.vtpm->input, *all.vtpm->why);
    return out;
  }
  const unitee::appraisal_check& first = all.appraised.checks()[all.appraised.verdict().error().offset];
  out.status = refused;
  out.line = fmt::format("{}: refused: {}", asked.file, reason(first, snp_words(all.claims)));
  return out;
}

// report_in is the report in a file: by itself, or inside of an HCL report.
unitee::result<snp::report> report_in(unitee::byte_view bytes, const std::optional<vtpm::hcl_report>& hcl) {
  if (hcl) {
    const auto inside = hcl->snp_report();
    if (!inside) return unitee::failure{errc::unsupported_format, 0, unitee::part::hcl_report};
    return snp::report::parse(*inside);
  }
  const auto evidence = unitee::evidence::parse(bytes);
  if (!evidence) return evidence.error();
  if (evidence->snp() == nullptr) return errc::unsupported_format;
  return *evidence->snp();
}

bool hcl_begins(unitee::byte_view bytes) { return inspection::text_of(bytes).starts_with("HCLA"); }

}  // namespace

judged judge_snp(const question& asked, const subject& of) {
  // Everything is read before anything is judged.
  const unitee::byte_view bytes = of.hardware();
  const bool is_hcl = hcl_begins(bytes);
  const snp_policy wanted = snp_policy_of(asked, is_hcl);
  const tpm_inputs tpm = tpm_inputs_of(asked, is_hcl, of.azure ? &of.azure->tpm_quote : nullptr);
  unitee::endorsements endorsements = endorsements_of(asked);
  if (of.azure && of.azure->vcek) require(endorsements.add(*of.azure->vcek), asked.file);
  const unitee::trust_anchors anchors = anchors_of(asked);
  std::optional<vtpm::hcl_report> hcl;
  if (is_hcl) hcl = require(vtpm::hcl_report::parse(bytes), asked.file);
  const auto parsed = report_in(bytes, hcl);
  if (!parsed) return refused_form(asked, hcl ? unitee::byte_view(hcl->hardware_report()) : bytes, parsed.error());
  const snp::report& report = *parsed;

  const auto genuine = snp::verify(report, endorsements, asked.at, anchors, stale_crls_of(asked.given));
  const auto crl_at = asked.given.has("--require-crl") ? std::optional(asked.at) : std::nullopt;
  const auto missing = snp::missing_endorsements(report, endorsements, anchors, crl_at);
  if (!genuine) return refused_report(asked, report, endorsements, genuine.error(), missing);
  std::optional<vtpm_answer> vtpm_says;
  if (hcl) {
    const bound_report bound{report.report_data().value, snp::row::report_data::offset, unitee::part::report};
    vtpm_says = judge_vtpm(*hcl, asked.file, bound, tpm);
  }
  const auto appraised = snp::appraise(*genuine, wanted);
  return answered(asked, {**genuine, appraised, vtpm_says, missing, asked.at}, *genuine);
}

}  // namespace command::verification
