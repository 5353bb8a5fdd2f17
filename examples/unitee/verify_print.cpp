// SPDX-License-Identifier: Apache-2.0
//
// verify_print.cpp: what `unitee verify` prints for a person.

#include "sheet.hpp"
#include "verify.hpp"

#include <unitee/format.hpp>

#include <algorithm>
#include <cstdio>

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

// folded is hexadecimal digits, with equal bytes at the end counted where there are many.
std::string folded(unitee::byte_view bytes) {
  std::size_t end = bytes.size();
  while (end != 0 && bytes[end - 1] == bytes.back()) --end;
  const std::size_t equal = bytes.size() - end;
  if (equal < 8) return inspection::hex(bytes);
  return fmt::format("{}{}{:02x} * {}", inspection::hex(bytes.first(end)), end == 0 ? "" : " ", bytes.back(), equal);
}

const char* text_of_nothing(std::string_view check) {
  if (check.ends_with("_mitigations")) return "a report of this version does not say";
  if (check == "author_key") return "no author key";
  if (check == "csp_id") return "no provider: a VCEK signed";
  if (check == "tpm_quote") return "no quote";
  return "nothing";
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

// difference is which part of the value keeps the check from being met, where there are several.
std::string difference(const appraisal_check& check, snp::tcb_layout layout) {
  if (is_tcb(check) && check.choices != 0) {
    std::string out;
    for (const snp::tcb_component each : snp::tcb_components) {
      const auto found = snp::spl(tcb_of(check.found), each, layout);
      const auto least = snp::spl(tcb_of(check.wanted), each, layout);
      if (found < least) out += fmt::format("{}{}", out.empty() ? "" : ", ", snp::name(each));
    }
    return "below in " + out;
  }
  if (check.found.is() != kind::mask) return {};
  const std::string_view name = check.name;
  const std::uint64_t found = check.found.number();
  const std::uint64_t wanted = check.wanted.number();
  if (name == "platform_required") return "without " + words_of_platform(wanted & ~found);
  if (name == "platform_forbidden") return "with " + words_of_platform(found & ~wanted);
  return fmt::format("without {:#x}", wanted & ~found);
}

void print_check(const appraisal_check& check, snp::tcb_layout layout) {
  fmt::print("{:<29} {:<9}  found  {}\n", check.name, unitee::name(check.answer), shown(check, check.found, layout));
  if (check.answer != outcome::not_met) return;
  const std::string more = check.choices > 1 ? fmt::format(" (or one of {} more)", check.choices - 1) : "";
  if (check.name != std::string_view("platform_forbidden") && check.choices != 0) {
    fmt::print("{:<41}wanted {}{}\n", "", shown(check, check.wanted, layout), more);
  }
  if (is_tcb(check) && check.choices == 0) fmt::print("{:<41}wanted something of another product\n", "");
  const std::string why = difference(check, layout);
  if (!why.empty()) fmt::print("{:<41}{}\n", "", why);
  fmt::print("{:<41}{} ({})\n", "", check.rule, check.source);
}

// print_rest folds what nobody asked: one line for each value, and the yes and no behind each other.
void print_rest(std::span<const appraisal_check> checks, snp::tcb_layout layout) {
  fmt::print("\nnot asked, with what was found\n");
  std::string flags;
  std::size_t width = 0;
  for (const appraisal_check& check : checks) {
    if (check.answer != outcome::not_asked) continue;
    const auto flag = check.found.flag();
    if (!flag) {
      fmt::print("  {:<27} {}\n", check.name, shown(check, check.found, layout));
      continue;
    }
    const std::string word = fmt::format("{}={}", check.name, *flag ? "yes" : "no");
    const bool wraps = width + word.size() > 96;
    flags += fmt::format("{}{}", wraps ? "\n  " : flags.empty() ? "  " : " ", word);
    width = (wraps ? 0 : width) + word.size() + 1;
  }
  if (!flags.empty()) fmt::print("{}\n", flags);
}

void print_claims(const answer& of) {
  const snp::claims& claims = of.claims;
  const bool pinned = claims.anchor == unitee::anchor_origin::pinned;
  const snp::vlek* const vlek = claims.vek.as_vlek();
  fmt::print("genuine     SEV-SNP attestation report, version {}, {}\n", claims.report.version(),
             snp::product_of(claims.vek.product_id()).name);
  fmt::print("signed by   {}{}, chain valid from {} to {}\n", snp::name(claims.vek.kind()),
             vlek != nullptr ? " of " + inspection::printable(vlek->csp_id()) : "", claims.validity.not_before,
             claims.validity.not_after);
  fmt::print("trust       {}\n", pinned ? "AMD's root, pinned in this library"
                                        : "A ROOT THAT YOU NAMED, not AMD's: genuine means whatever its owner signed");
  constexpr const char* known[] = {"not checked: no CRL was given", "A STALE CRL, past its next update, was checked",
                                   "CRL checked"};
  fmt::print("revocation  {}\n", known[static_cast<std::size_t>(claims.revocation)]);
  fmt::print("judged at   {}\n\n", of.at);
}

bool always_shown(const appraisal_check& check) {
  const std::string_view name = check.name;
  return check.answer != outcome::not_asked || name == "report_data" || name == "measurement" || name == "minimum_tcb";
}

}  // namespace

std::string shown(const appraisal_check& check, const check_value& value, snp::tcb_layout layout) {
  switch (value.is()) {
    case kind::none: return text_of_nothing(check.name);
    case kind::flag: return *value.flag() ? "yes" : "no";
    case kind::number: return fmt::format("{}", value.number());
    case kind::mask: {
      const bool platform = std::string_view(check.name).starts_with("platform_");
      const std::string words = platform ? words_of_platform(value.number()) : std::string();
      return fmt::format("{:#x}{}", value.number(), words.empty() ? "" : " (" + words + ")");
    }
    case kind::release: return fmt::format("{}", fmt::join(value.bytes(), "."));
    case kind::text: return inspection::printable(value.text());
    case kind::bytes: break;
  }
  return is_tcb(check) ? words_of(tcb_of(value), layout) : folded(value.bytes());
}

void print(const answer& of) {
  const snp::tcb_layout layout = snp::product_of(of.claims.vek.product_id()).layout;
  print_claims(of);
  std::vector<appraisal_check> rest;
  for (const appraisal_check& check : of.appraised.checks()) {
    if (always_shown(check)) {
      print_check(check, layout);
    } else {
      rest.push_back(check);
    }
  }
  if (of.vtpm) {
    for (const appraisal_check& check : of.vtpm->checks) print_check(check, layout);
    const auto* const measurement = of.appraised.check("measurement");
    if (measurement->answer == outcome::not_asked) {
      fmt::print("\nThe measurement was not asked: anybody's guest could have made this vTPM and its quote.\n");
    }
  }
  print_rest(rest, layout);
  if (!of.missing.empty()) fmt::print("\n");
  print_missing(of.missing);
  if (of.accepted()) fmt::print("\naccepted\n");
}

void print_missing(const std::vector<snp::missing_endorsement>& missing) {
  if (missing.empty()) return;
  fmt::print("missing, and where to get it:\n");
  for (const auto& each : missing) {
    const std::string_view source = each.source ? each.source->text()
                                    : each.signer == snp::signing_key_kind::vlek
                                        ? "from the host, in the certificate table"
                                        : "nowhere: the host masks the chip id";
    fmt::print("  {} ({} {})  {}\n", unitee::name(each.what), snp::product_of(each.product).name,
               snp::name(each.signer), source);
  }
}

void print_step(const unitee::failure& why) {
  if (const auto* const step = step_in(why)) {
    fmt::print("stopped at  step {} of {}, {}: {} ({})\n", static_cast<int>(step->id), snp::steps.size(), step->name,
               step->rule, step->source);
  }
}

void print_tcbs(const snp::report& report, const unitee::endorsements& given) {
  for (const unitee::certificate& each : given.certificates()) {
    const auto vek = snp::vek::parse(each);
    if (!vek) continue;
    const snp::tcb_layout layout = snp::product_of(vek->product_id()).layout;
    fmt::print("given       {} for {}\n", snp::name(vek->kind()), words_of(vek->tcb(), layout));
    fmt::print("reported    {:4}     {}\n", "", words_of(report.reported_tcb(), layout));
  }
}

}  // namespace command::verification
