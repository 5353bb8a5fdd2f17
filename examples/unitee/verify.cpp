// SPDX-License-Identifier: Apache-2.0
//
// verify.cpp: unitee verify.

#include "verify.hpp"
#include "inspect.hpp"

#include <unitee/format.hpp>
#include <unitee/json/ear.hpp>

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cstdio>

namespace command {

namespace {

using namespace verification;
using unitee::errc;

// add_endorsements reads a file, or everything in a directory that is an endorsement.
void add_endorsements(unitee::endorsements& to, const std::string& path) {
  const std::vector<std::string> files = files_below(path);
  const bool named = files == std::vector{path};
  for (const std::string& file : files) {
    const auto bytes = read_file(file);
    const auto added = to.add(bytes);
    if (!added && (named || added.error().code != errc::unrecognized)) throw input_error{file, added.error()};
    // A host without certificates hands out an empty table; any other file that is named has something in it.
    const bool table = snp::certificate_table::parse(bytes).has_value();
    if (named && added && *added == 0 && !table) throw input_error{file, {errc::unrecognized}};
  }
}

unitee::trust_anchors anchors_of(const arguments& given) {
  unitee::trust_anchors out;
  for (const std::string& file : given.all("--trust-anchor")) {
    unitee::endorsements read;
    require(read.add(read_file(file)), file);
    if (read.certificates().empty()) throw input_error{file, {errc::missing, 0, unitee::part::root}};
    for (const unitee::certificate& one : read.certificates()) {
      if (one.subject_common_name() && one.issuer_common_name() &&
          *one.subject_common_name() == *one.issuer_common_name()) {
        out.add(one);
      }
    }
    if (out.given().empty()) throw input_error{file, {errc::certificate_unfit, 0, unitee::part::root}};
  }
  return out;
}

bool hcl_begins(const std::vector<std::uint8_t>& bytes) {
  constexpr std::string_view magic = "HCLA";
  return bytes.size() >= magic.size() && std::ranges::equal(std::span(bytes).first(magic.size()), magic);
}

// report_in is the report in a file: by itself, or inside of an HCL report.
unitee::result<snp::report> report_in(const std::string& file, const std::vector<std::uint8_t>& bytes,
                                      const std::optional<vtpm::hcl_report>& hcl) {
  if (hcl) {
    const auto inside = hcl->snp_report();
    if (!inside) return unitee::failure{errc::unsupported_format, 0, unitee::part::hcl_report};
    return snp::report::parse(*inside);
  }
  const auto evidence = unitee::evidence::parse(bytes);
  if (!evidence) return evidence.error();
  if (evidence->snp() == nullptr) {
    throw usage_error{file + " is a TDX or SGX quote, and this version verifies SEV-SNP reports only"};
  }
  return *evidence->snp();
}

// question is what was asked, and about which file.
struct question {
  const arguments& given;
  std::string file;
  unitee::utc_time at;

  [[nodiscard]] bool is_for_a_person() const { return !given.has("--json") && !given.has("--ear"); }
  [[nodiscard]] json json_head() const { return {{"file", file}, {"at", fmt::format("{}", at)}}; }
};

// print_ear prints claims of an EAR, which need options in order: those of this command are.
void print_ear(const unitee::result<nlohmann::json>& ear, const std::string& file) { print_json(require(ear, file)); }

// refuse says why evidence is not genuine, or no evidence at all; the error's line follows on stderr.
[[noreturn]] void refuse(const question& of, json out, const unitee::failure& why,
                         const std::vector<snp::missing_endorsement>& missing = {}) {
  if (of.given.has("--ear")) {
    print_ear(snp::ear_of_failure(why, {.iat = of.at}), of.file);
  } else if (of.given.has("--json")) {
    out["verdict"] = "refused";
    out["failure"] = json_of(why);
    out["missing"] = json_of(missing);
    print_json(out);
  } else {
    print_step(why);
    print_missing(missing);
  }
  throw input_error{of.file, why};
}

// print_newer shows what a report says that nothing can be said about: its version or its processor is newer.
void print_newer(const unitee::result<inspection::sheet>& report) {
  if (!report) return;
  fmt::print(
      "This report is newer than this library, and nothing of it is verified. If its fields still mean the same, "
      "it says:\n\n");
  report->print(stdout);
  fmt::print("\n");
}

// refuse_form is refuse for bytes that are no report of a version that this library reads.
[[noreturn]] void refuse_form(const question& of, unitee::byte_view report, const unitee::failure& why) {
  json out = of.json_head();
  if (why.code == errc::unsupported_version && why.in == unitee::part::report) {
    const auto newer = inspection::describe_newer_report(report);
    if (of.is_for_a_person()) print_newer(newer);
    if (newer) out["shared_fields"] = json::parse(newer->json());
  }
  refuse(of, std::move(out), why);
}

// refuse_report is refuse for a report that is not genuine as far as anyone can tell.
[[noreturn]] void refuse_report(const question& of, const snp::report& report, const unitee::endorsements& given,
                                const unitee::failure& why, const std::vector<snp::missing_endorsement>& missing) {
  if (of.is_for_a_person()) {
    if (why.code == errc::unsupported_product) print_newer(inspection::describe_snp_report(report.bytes()));
    if (why.code == errc::tcb_mismatch) print_tcbs(report, given);
  }
  json out = of.json_head();
  out["unverified_report"] = json_of_report(report);
  refuse(of, std::move(out), why, missing);
}

// print_answer prints all that is known of a genuine report, in the form that was asked for.
void print_answer(const question& of, const answer& all, const unitee::verified<snp::claims>& genuine) {
  if (of.given.has("--ear")) {
    if (all.vtpm && all.vtpm->why) return print_ear(snp::ear_of_failure(*all.vtpm->why, {.iat = of.at}), of.file);
    print_ear(snp::ear(all.appraised, genuine, {.iat = of.at}), of.file);
  } else if (of.given.has("--json")) {
    json out = of.json_head();
    put(out, all);
    print_json(out);
  } else {
    print(all);
  }
}

// reason is why a genuine report is refused, as the end of the error's line.
std::string reason(const unitee::appraisal_check& check, snp::tcb_layout layout) {
  const std::string found = shown(check, check.found, layout);
  if (check.choices == 0) return fmt::format("{} is not met: found {}", check.name, found);
  return fmt::format("{} is not met: found {}, wanted {}", check.name, found, shown(check, check.wanted, layout));
}

}  // namespace

int verify(const std::vector<std::string_view>& words) {
  const arguments given(words, accepted_options());
  if (given.has("--help")) {
    fmt::print("{}", help());
    return done;
  }
  if (given.operands().size() != 1) throw usage_error{"give one file of evidence"};
  const std::string& file = given.operands().front();
  if (given.has("--json") && given.has("--ear")) throw usage_error{"--json or --ear"};
  const question asked{given, file, time_of(given.one("--at"))};

  // Everything is read before anything is judged.
  const auto bytes = read_file(file);
  const bool is_hcl = hcl_begins(bytes);
  const policy wanted = policy_of(given, is_hcl);
  const tpm_inputs tpm = tpm_inputs_of(given, is_hcl);
  unitee::endorsements endorsements;
  for (const std::string& path : given.all("--endorsements")) add_endorsements(endorsements, path);
  const unitee::trust_anchors anchors = anchors_of(given);
  std::optional<vtpm::hcl_report> hcl;
  if (is_hcl) hcl = require(vtpm::hcl_report::parse(bytes), file);
  const auto parsed = report_in(file, bytes, hcl);
  if (!parsed) refuse_form(asked, hcl ? unitee::byte_view(hcl->hardware_report()) : bytes, parsed.error());
  const snp::report& report = *parsed;

  const auto genuine = snp::verify(report, endorsements, asked.at, anchors, stale_crls_of(given));
  const auto crl_at = given.has("--require-crl") ? std::optional(asked.at) : std::nullopt;
  const auto missing = snp::missing_endorsements(report, endorsements, anchors, crl_at);
  if (!genuine) refuse_report(asked, report, endorsements, genuine.error(), missing);
  const snp::claims& claims = **genuine;
  std::optional<vtpm_answer> vtpm_says;
  if (hcl) vtpm_says = judge_vtpm(*hcl, file, report, tpm);
  const auto appraised = snp::appraise(*genuine, wanted);

  const answer all{claims, appraised, vtpm_says, missing, asked.at};
  print_answer(asked, all, *genuine);
  if (all.accepted()) return done;
  if (vtpm_says && vtpm_says->why) throw input_error{vtpm_says->input, *vtpm_says->why};
  const unitee::appraisal_check& first = appraised.checks()[appraised.verdict().error().offset];
  fmt::print(stderr, "unitee verify: {}: refused: {}\n", file,
             reason(first, snp::product_of(claims.vek.product_id()).layout));
  return refused;
}

}  // namespace command
