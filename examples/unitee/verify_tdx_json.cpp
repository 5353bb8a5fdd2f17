// SPDX-License-Identifier: Apache-2.0
//
// verify_tdx_json.cpp: what `unitee verify --json` prints of quotes.

#include "inspect.hpp"
#include "verify_tdx.hpp"

#include <unitee/format.hpp>

namespace command::verification {

namespace {

json json_of_claims(const tdx::claims& of) {
  const tdx::pck_extension& pck = of.pck;
  json platform{{"fmspc", fmt::format("{}", pck.fmspc)},
                {"pce_id", fmt::format("{}", pck.pceid)},
                {"ppid", fmt::format("{}", pck.ppid)},
                {"sgx_type", tdx::name(pck.sgx_type)},
                {"platform_instance_id", nullptr},
                {"dynamic_platform", nullptr},
                {"cached_keys", nullptr},
                {"smt", nullptr}};
  if (pck.platform_instance_id) platform["platform_instance_id"] = fmt::format("{}", *pck.platform_instance_id);
  if (pck.configuration) {
    platform["dynamic_platform"] = pck.configuration->dynamic_platform;
    platform["cached_keys"] = pck.configuration->cached_keys;
    platform["smt"] = pck.configuration->smt_enabled;
  }
  const tdx::unsigned_bytes& rest = of.quote.rest();
  return {{"version", static_cast<unsigned>(of.quote.version())},
          {"body", tdx::name(of.quote.body_type())},
          {"trust_anchor", unitee::name(of.collateral.anchor())},
          {"current_until", fmt::format("{}", of.current_until)},
          {"collateral_is_stale", of.collateral_is_stale()},
          {"unsigned_bytes", {{"count", rest.count}, {"all_zero", rest.all_zero}}},
          {"registers_are_zero", registers_are_zero(of)},
          {"platform", std::move(platform)}};
}

json json_of(const tdx::level_place& of) {
  const bool reached = of.number != 0;
  return {{"level", of.number},
          {"levels", of.count},
          {"status", reached ? json(tdx::name(of.status)) : json()},
          {"date", reached ? json(fmt::format("{}", of.date)) : json()},
          {"newest_status", tdx::name(of.newest_status)},
          {"newest_date", fmt::format("{}", of.newest_date)}};
}

json json_of(const tdx::shortfall& of) {
  json out{{"status", tdx::name(of.status)},
           {"platform", json_of(of.platform)},
           {"module", of.module ? json_of(*of.module) : json()},
           {"enclave", json_of(of.enclave)},
           {"behind_since", of.behind_since ? json(fmt::format("{}", *of.behind_since)) : json()},
           {"obstacles", json::array()}};
  for (const tdx::obstacle& each : of.obstacles) {
    out["obstacles"].push_back({{"what", tdx::name(each.kind)},
                                {"index", each.index},
                                {"found", each.found},
                                {"wanted", each.wanted},
                                {"category", each.label.category},
                                {"type", each.label.type}});
  }
  return out;
}

json json_of_tcb(const tdx::claims& of, const tdx::explanation& why) {
  const bool dated = of.tcb.launch.gap == tdx::tcb_gap::none;
  json out{{"status", tdx::name(of.tcb.status)},
           {"date", dated ? json(fmt::format("{}", of.tcb.date())) : json()},
           {"advisories", json::array()},
           {"procedure", tdx::name(of.procedure)},
           {"tcb_info_evaluation_number", of.collateral.tcb_info()->tcb_evaluation_data_number},
           {"qe_identity_evaluation_number", of.collateral.qe_identity()->tcb_evaluation_data_number},
           {"launch", json_of(why.launch)},
           {"current", why.current ? json_of(*why.current) : json()},
           {"remedies", json::array()},
           {"accept_status", why.policy.exists ? json::array() : json()}};
  for (const auto& each : of.tcb.advisories()) out["advisories"].push_back(each);
  for (const tdx::remedy each : why.remedies) out["remedies"].push_back(tdx::name(each));
  for (const tdx::tcb_status each : why.policy.adds) out["accept_status"].push_back(tdx::name(each));
  return out;
}

json json_of_collateral(const tdx::explanation& why) {
  json out = json::array();
  for (const tdx::collateral_item& each : why.ends) {
    out.push_back({{"what", unitee::name(each.what)},
                   {"issued", fmt::format("{}", each.issued)},
                   {"next_update", fmt::format("{}", each.next_update)}});
  }
  return out;
}

// json_of_steps is all steps of a verification that was passed. An enclave's quote has no TDX module.
json json_of_steps(const tdx::claims& of) {
  json out = json::array();
  for (const tdx::step_info& step : tdx::steps) {
    const bool skipped = step.id == tdx::step::module_identity && !of.quote.td();
    json one = verification::json_of(step);
    one["outcome"] = unitee::name(skipped ? unitee::outcome::not_asked : unitee::outcome::met);
    out.push_back(std::move(one));
  }
  return out;
}

}  // namespace

json json_of(const tdx::step_info& step) {
  return {{"number", static_cast<int>(step.id)}, {"name", step.name}, {"rule", step.rule}, {"section", step.source}};
}

json json_of(const std::vector<tdx::missing_endorsement>& missing) {
  json out = json::array();
  for (const auto& each : missing) {
    out.push_back({{"what", unitee::name(each.what)}, {"address", each.source ? json(each.source->text()) : json()}});
  }
  return out;
}

json json_of_quote(const tdx::quote& quote) {
  const auto sheet = inspection::describe_quote(quote.bytes());
  return sheet ? json::parse(sheet->json()) : json();
}

void put_answer(json& to, const tdx_answer& of) {
  const auto& verdict = of.appraised.verdict();
  to["verdict"] = of.accepted() ? "accepted" : "refused";
  if (const auto beside = of.beside()) {
    to["failure"] = json_of(beside->why);
  } else if (!verdict) {
    to["failure"] = json_of(verdict.error());
    to["failure"]["check"] = of.appraised.checks()[verdict.error().offset].name;
  }
  to["claims"] = json_of_claims(of.claims);
  to["quote"] = json_of_quote(of.quote);
  to["tcb"] = json_of_tcb(of.claims, of.why);
  to["collateral"] = json_of_collateral(of.why);
  to["steps"] = json_of_steps(of.claims);
  to["checks"] = json_of(of.appraised.checks());
  if (of.vtpm) to["vtpm"] = of.vtpm->as_json();
  if (of.log) to["event_log"] = of.log->as_json();
  to["missing"] = json_of(of.missing);
}

}  // namespace command::verification
