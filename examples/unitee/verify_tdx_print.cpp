// SPDX-License-Identifier: Apache-2.0
//
// verify_tdx_print.cpp: what `unitee verify` prints of quotes for a person.

#include "verify_tdx.hpp"

#include <unitee/format.hpp>

namespace command::verification {

namespace {

using unitee::appraisal_check;
using unitee::check_value;
using unitee::outcome;

// words_of is the names of the bits that are set.
std::string words_of(std::uint64_t value) {
  std::string out;
  for (const auto& bit : tdx::td_attributes::fields) {
    if (bit.of(value) != 0) out += fmt::format("{}{}", out.empty() ? "" : " ", bit.name);
  }
  return out;
}

std::string configuration_of(const tdx::pck_extension& of) {
  if (!of.configuration) return "the PCK certificate does not tell more";
  const auto yes = [](bool flag) { return flag ? "yes" : "no"; };
  return fmt::format("SMT {}, dynamic platform {}, cached keys {}", yes(of.configuration->smt_enabled),
                     yes(of.configuration->dynamic_platform), yes(of.configuration->cached_keys));
}

void put_claims(std::string& to, const tdx_answer& of) {
  const tdx::claims& claims = of.claims;
  const bool pinned = claims.collateral.anchor() == unitee::anchor_origin::pinned;
  const tdx::pck_extension& pck = claims.pck;
  put(to, "genuine     quote, version {}, about: {}\n", static_cast<unsigned>(claims.quote.version()),
      tdx::name(claims.quote.body_type()));
  put(to, "platform    FMSPC {}, PCE-ID {}, PPID {}, {}\n", pck.fmspc, pck.pceid, pck.ppid, tdx::name(pck.sgx_type));
  put(to, "            {}\n", configuration_of(pck));
  if (pck.platform_instance_id) put(to, "            instance {}\n", *pck.platform_instance_id);
  put(to, "trust       {}\n",
      pinned ? "Intel's root, pinned in this library"
             : "A ROOT THAT YOU NAMED, not Intel's: genuine means whatever its owner signed");
  put(to, "judged at   {}\n", claims.at);
  put_why(to, of);
  const tdx::unsigned_bytes& rest = claims.quote.rest();
  if (rest.count != 0) {
    put(to, "unsigned    {} bytes follow, {}: nobody signed them\n", rest.count,
        rest.all_zero ? "all zero" : "NOT ALL ZERO");
  }
  put(to, "\n");
}

bool always_shown(const appraisal_check& check) {
  const std::string_view name = check.name;
  return check.answer != outcome::not_asked || name == "report_data" || name == "measurement";
}

}  // namespace

std::string tdx_words::shown(const appraisal_check& check, const check_value& value) const {
  const std::string out = check_words::shown(check, value);
  const std::string_view name = check.name;
  if (value.is() == check_value::kind::mask && (name == "attributes" || name == "unknown_attributes")) {
    const std::string words = words_of(value.number());
    return words.empty() ? out : fmt::format("{} ({})", out, words);
  }
  const bool is_duration = name == "out_of_date_grace" || name == "collateral_current";
  if (!is_duration || value.is() != check_value::kind::number) return out;
  if (value.number() == 0) return "not past it";
  return fmt::format("{} s ({} days)", value.number(), value.number() / 86400);
}

std::string tdx_words::difference(const appraisal_check& check) const {
  const std::string_view name = check.name;
  if (name == "tee_tcb_svn" && check.found.is() == check_value::kind::bytes) {
    std::string out;
    for (std::size_t i = 0; i < check.found.bytes().size(); ++i) {
      if (check.found.bytes()[i] < check.wanted.bytes()[i])
        out += fmt::format("{}{}", out.empty() ? "below in byte " : ", ", i);
    }
    return out;
  }
  if (check.found.is() != check_value::kind::mask || check.wanted.is() != check_value::kind::mask) return {};
  return fmt::format("different in {:#x}", check.found.number() ^ check.wanted.number());
}

std::string tdx_words::nothing(const appraisal_check& check) const {
  const std::string_view name = check.name;
  if (name == "tpm_quote") return "no quote";
  if (name.ends_with("_advisories")) return "none";
  if (name == "tcb_date") return "no level, no date";
  if (name == "out_of_date_grace") return "not out of date";
  return "nothing: this quote or its PCK certificate does not tell";
}

void put_answer(std::string& to, const tdx_answer& of) {
  const tdx_words words;
  put_claims(to, of);
  std::vector<appraisal_check> rest;
  for (const appraisal_check& check : of.appraised.checks()) {
    if (always_shown(check)) {
      put_check(to, check, words);
    } else {
      rest.push_back(check);
    }
  }
  if (of.vtpm) {
    for (const appraisal_check& check : of.vtpm->checks) put_check(to, check, words);
    if (of.appraised.check("measurement")->answer == outcome::not_asked) {
      put(to, "\nThe measurement was not asked: anybody's guest could have made this vTPM and its quote.\n");
    }
  }
  if (of.log) put_log(to, *of.log, words);
  if (registers_are_zero(of.claims)) {
    put(to,
        "\nAll four RTMRs are zero: nothing was measured into them, and they say nothing about the guest's "
        "software.\n");
  }
  put_rest(to, rest, words);
  if (!of.missing.empty()) put(to, "\n");
  put_missing(to, of.missing);
  if (of.accepted()) put(to, "\naccepted\n");
}

void put_missing(std::string& to, const std::vector<tdx::missing_endorsement>& missing) {
  if (missing.empty()) return;
  put(to, "missing or not current, and where to get it:\n");
  for (const auto& each : missing) {
    put(to, "  {}  {}\n", unitee::name(each.what), each.source ? each.source->text() : "from the platform's owner");
  }
}

void put_step(std::string& to, const tdx::step_info& step) {
  put(to, "stopped at  step {} of {}, {}: {} ({})\n", static_cast<int>(step.id), tdx::steps.size(), step.name,
      step.rule, step.source);
}

}  // namespace command::verification
