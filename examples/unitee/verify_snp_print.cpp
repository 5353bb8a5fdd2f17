// SPDX-License-Identifier: Apache-2.0
//
// verify_snp_print.cpp: what `unitee verify` prints of SEV-SNP reports for a person.

#include "sheet.hpp"
#include "verify_snp.hpp"

#include <unitee/format.hpp>

#include <algorithm>

namespace command::verification {

namespace {

using unitee::appraisal_check;
using unitee::check_value;
using unitee::outcome;
using kind = check_value::kind;

bool is_tcb(const appraisal_check& check) { return std::string_view(check.name).ends_with("_tcb"); }

snp::tcb_version tcb_of(const check_value& value) {
  snp::tcb_version out;
  std::ranges::copy(value.bytes(), out.value.begin());
  return out;
}

std::string words_of(snp::tcb_version tcb, snp::tcb_layout layout) {
  std::string out;
  for (const snp::tcb_component each : snp::tcb_components) {
    const auto level = snp::spl(tcb, each, layout);
    if (level) out += fmt::format("{}{}={}", out.empty() ? "" : " ", snp::name(each), *level);
  }
  return out;
}

std::string words_of_platform(std::uint64_t mask) {
  std::string out;
  for (const auto& bit : snp::platform_info::fields) {
    if (bit.of(mask) != 0) out += fmt::format("{}{}", out.empty() ? "" : " ", bit.name);
  }
  const std::uint64_t unknown = snp::platform_info::unknown.mask() & mask;
  if (unknown != 0) out += fmt::format("{}{:#x}", out.empty() ? "" : " ", unknown);
  return out;
}

void put_claims(std::string& to, const snp_answer& of) {
  const snp::claims& claims = of.claims;
  const bool pinned = claims.anchor == unitee::anchor_origin::pinned;
  const snp::vlek* const vlek = claims.vek.as_vlek();
  put(to, "genuine     SEV-SNP attestation report, version {}, {}\n", claims.report.version(),
      snp::product_of(claims.vek.product_id()).name);
  put(to, "signed by   {}{}, chain valid from {} to {}\n", snp::name(claims.vek.kind()),
      vlek != nullptr ? " of " + inspection::printable(vlek->csp_id()) : "", claims.validity.not_before,
      claims.validity.not_after);
  put(to, "trust       {}\n",
      pinned ? "AMD's root, pinned in this library"
             : "A ROOT THAT YOU NAMED, not AMD's: genuine means whatever its owner signed");
  constexpr const char* known[] = {"not checked: no CRL was given", "A STALE CRL, past its next update, was checked",
                                   "CRL checked"};
  put(to, "revocation  {}\n", known[static_cast<std::size_t>(claims.revocation)]);
  put(to, "judged at   {}\n\n", of.at);
}

bool always_shown(const appraisal_check& check) {
  const std::string_view name = check.name;
  return check.answer != outcome::not_asked || name == "report_data" || name == "measurement" || name == "minimum_tcb";
}

}  // namespace

std::string snp_words::nothing(const appraisal_check& of) const {
  const std::string_view check = of.name;
  if (check.ends_with("_mitigations")) return "a report of this version does not say";
  if (check == "author_key") return "no author key";
  if (check == "csp_id") return "no provider: a VCEK signed";
  if (check == "tpm_quote") return "no quote";
  return "nothing";
}

std::string snp_words::shown(const appraisal_check& check, const check_value& value) const {
  if (is_tcb(check) && value.is() == kind::bytes) return words_of(tcb_of(value), layout_);
  const std::string out = check_words::shown(check, value);
  if (value.is() != kind::mask || !std::string_view(check.name).starts_with("platform_")) return out;
  const std::string words = words_of_platform(value.number());
  return words.empty() ? out : fmt::format("{} ({})", out, words);
}

std::string snp_words::wanted(const appraisal_check& check) const {
  return check.name == std::string_view("platform_forbidden") ? "" : check_words::wanted(check);
}

std::string snp_words::difference(const appraisal_check& check) const {
  if (is_tcb(check) && check.choices != 0) {
    std::string out;
    for (const snp::tcb_component each : snp::tcb_components) {
      const auto found = snp::spl(tcb_of(check.found), each, layout_);
      const auto least = snp::spl(tcb_of(check.wanted), each, layout_);
      if (found < least) out += fmt::format("{}{}", out.empty() ? "" : ", ", snp::name(each));
    }
    return "below in " + out;
  }
  if (is_tcb(check) && check.answer == unitee::outcome::not_met) return "wanted something of another product";
  const std::string_view name = check.name;
  if (check.found.is() != kind::mask || !name.starts_with("platform_")) return check_words::difference(check);
  const std::uint64_t found = check.found.number();
  const std::uint64_t wanted = check.wanted.number();
  if (name == "platform_required") return "without " + words_of_platform(wanted & ~found);
  if (name == "platform_forbidden") return "with " + words_of_platform(found & ~wanted);
  return {};
}

void put_answer(std::string& to, const snp_answer& of) {
  const snp_words words(of.claims);
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
    const auto* const measurement = of.appraised.check("measurement");
    if (measurement->answer == outcome::not_asked) {
      put(to, "\nThe measurement was not asked: anybody's guest could have made this vTPM and its quote.\n");
    }
  }
  put_rest(to, rest, words);
  if (!of.missing.empty()) put(to, "\n");
  put_missing(to, of.missing);
  if (of.accepted()) put(to, "\naccepted\n");
}

void put_missing(std::string& to, const std::vector<snp::missing_endorsement>& missing) {
  if (missing.empty()) return;
  put(to, "missing, and where to get it:\n");
  for (const auto& each : missing) {
    const std::string_view source = each.source ? each.source->text()
                                    : each.signer == snp::signing_key_kind::vlek
                                        ? "from the host, in the certificate table"
                                        : "nowhere: the host masks the chip id";
    put(to, "  {} ({} {})  {}\n", unitee::name(each.what), snp::product_of(each.product).name, snp::name(each.signer),
        source);
  }
}

void put_step(std::string& to, const unitee::failure& why) {
  if (const auto stopped_at = snp::step_of(why)) {
    const snp::step_info* const step = &snp::info_of(*stopped_at);
    put(to, "stopped at  step {} of {}, {}: {} ({})\n", static_cast<int>(step->id), snp::steps.size(), step->name,
        step->rule, step->source);
  }
}

void put_tcbs(std::string& to, const snp::report& report, const unitee::endorsements& given) {
  for (const unitee::certificate& each : given.certificates()) {
    const auto vek = snp::vek::parse(each);
    if (!vek) continue;
    const snp::tcb_layout layout = snp::product_of(vek->product_id()).layout;
    put(to, "given       {} for {}\n", snp::name(vek->kind()), words_of(vek->tcb(), layout));
    put(to, "reported    {:4}     {}\n", "", words_of(report.reported_tcb(), layout));
  }
}

}  // namespace command::verification
