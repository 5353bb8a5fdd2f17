// SPDX-License-Identifier: Apache-2.0
//
// verify_snp_json.cpp: what `unitee verify --json` prints of SEV-SNP reports.

#include "inspect.hpp"
#include "verify_snp.hpp"

#include <unitee/format.hpp>

namespace command::verification {

namespace {

json json_of_claims(const snp::claims& of) {
  return {{"version", of.report.version()},
          {"product", snp::product_of(of.vek.product_id()).name},
          {"signer", snp::name(of.vek.kind())},
          {"csp_id", of.vek.as_vlek() != nullptr ? json(of.vek.as_vlek()->csp_id()) : json()},
          {"trust_anchor", unitee::name(of.anchor)},
          {"valid_from", fmt::format("{}", of.validity.not_before)},
          {"valid_until", fmt::format("{}", of.validity.not_after)},
          {"chip_id_masked", of.chip_id_masked},
          {"revocation", snp::name(of.revocation)}};
}

json json_of_step(const snp::step_info& step) {
  return {{"number", static_cast<int>(step.id)}, {"name", step.name}, {"rule", step.rule}, {"section", step.source}};
}

// json_of_steps is all steps of a verification that was passed. What could not be compared was not asked.
json json_of_steps(const snp::claims& of) {
  json out = json::array();
  for (const snp::step_info& step : snp::steps) {
    const bool skipped = (step.id == snp::step::crl && of.revocation != snp::revocation::checked) ||
                         (step.id == snp::step::vek_chip && of.chip_id_masked);
    json one = json_of_step(step);
    one["outcome"] = unitee::name(skipped ? unitee::outcome::not_asked : unitee::outcome::met);
    out.push_back(std::move(one));
  }
  return out;
}

}  // namespace

json snp_json_of(const unitee::failure& why) {
  json out = json_of(why);
  if (const auto stopped_at = snp::step_of(why)) out["step"] = json_of_step(snp::info_of(*stopped_at));
  return out;
}

json json_of(const std::vector<snp::missing_endorsement>& missing) {
  json out = json::array();
  for (const auto& each : missing) {
    out.push_back({{"what", unitee::name(each.what)},
                   {"product", snp::product_of(each.product).name},
                   {"signer", snp::name(each.signer)},
                   {"address", each.source ? json(each.source->text()) : json()}});
  }
  return out;
}

json json_of_report(const snp::report& report) {
  const auto sheet = inspection::describe_snp_report(report.bytes());
  return sheet ? json::parse(sheet->json()) : json();
}

void put_answer(json& out, const snp_answer& of) {
  const auto& verdict = of.appraised.verdict();
  out["verdict"] = of.accepted() ? "accepted" : "refused";
  if (of.vtpm && of.vtpm->why) {
    out["failure"] = snp_json_of(*of.vtpm->why);
  } else if (!verdict) {
    out["failure"] = snp_json_of(verdict.error());
    out["failure"]["check"] = of.appraised.checks()[verdict.error().offset].name;
  }
  out["claims"] = json_of_claims(of.claims);
  out["report"] = json_of_report(of.claims.report);
  out["steps"] = json_of_steps(of.claims);
  out["checks"] = json_of(of.appraised.checks());
  if (of.vtpm) out["vtpm"] = of.vtpm->as_json();
  out["missing"] = json_of(of.missing);
}

}  // namespace command::verification
