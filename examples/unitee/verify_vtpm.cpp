// SPDX-License-Identifier: Apache-2.0
//
// verify_vtpm.cpp: the virtual TPM behind an HCL report: bound by the hardware report, quoted, fresh.

#include "verify_vtpm.hpp"

#include "transcript_options.hpp"
#include "verify_words.hpp"

#include <unitee/format.hpp>
#include <unitee/json/runtime_data.hpp>
#include <unitee/tdx/td_report.hpp>
#include <unitee/vtpm/hcl_binding.hpp>

#include <algorithm>

namespace command::verification {

namespace {

constexpr unitee::check_info binding{"runtime_data",
                                     "REPORT_DATA is the digest of the HCL report's runtime data, then zeros",
                                     "Azure HCL report, HASH_TYPE; ABI, REPORT_DATA"};
constexpr unitee::check_info same_td{"hcl_td_report",
                                     "the HCL report's TD report has the quote's MRTD, ATTRIBUTES and REPORTDATA",
                                     "Azure HCL report, hardware report; DCAP, TD quote body"};
constexpr unitee::check_info signature{"tpm_quote", "the attestation key in the runtime data signed the quote",
                                       "TPM 2.0 Library, part 2, TPMS_ATTEST"};
constexpr unitee::check_info nonce{"tpm_nonce", "the quote's extra data are the nonce wanted",
                                   "TPM 2.0 Library, part 2, TPMS_ATTEST: extraData"};
constexpr unitee::check_info pcrs{"tpm_pcrs", "the PCR values given have the quote's digest",
                                  "TPM 2.0 Library, part 2, TPMS_QUOTE_INFO"};

// answered is what came of a check, or that nobody asked for it.
unitee::appraisal_check answered(const unitee::check_info& info, unitee::outcome answer, unitee::byte_view found,
                                 unitee::byte_view wanted = {}) {
  const auto value = [](unitee::byte_view bytes) {
    return bytes.empty() ? unitee::check_value() : unitee::check_value(bytes);
  };
  return {info.name, info.rule, info.source, answer, value(found), value(wanted), wanted.empty() ? 0U : 1U};
}

}  // namespace

tpm_inputs tpm_inputs_of(const question& asked, bool hcl,
                         const std::optional<unitee::azure_evidence::vtpm_quote>* held) {
  const arguments& given = asked.given;
  tpm_inputs out;
  const auto quote = given.one("--tpm-quote");
  const auto signed_by = given.one("--tpm-signature");
  const auto values = given.one("--tpm-pcrs");
  const bool transcript = given.has(transcript_label);  // its nonce is another
  if (transcript && hcl) throw usage_error{"--label: the report data of an HCL report are the paravisor's"};
  const auto digits = transcript ? std::nullopt : given.one("--nonce");
  const bool inside = held != nullptr && held->has_value();
  if (inside && (quote || signed_by || values)) throw usage_error{"--tpm-quote: the evidence has a quote of its own"};
  if (quote.has_value() != signed_by.has_value()) throw usage_error{"--tpm-quote and --tpm-signature go together"};
  if (!quote && !inside && (values || digits)) {
    throw usage_error{"--tpm-pcrs and --nonce are about a --tpm-quote (and --nonce about a --label)"};
  }
  if (!quote && !inside) return out;
  if (!hcl) throw usage_error{"--tpm-quote is for an HCL report: nothing else vouches for a vTPM"};
  const auto take_pcrs = [&](const std::string& file, unitee::byte_view bytes) {
    const std::size_t size = vtpm::sha256_pcrs::size();
    if (bytes.size() < size) throw input_error{file, {unitee::errc::truncated, bytes.size()}};
    if (bytes.size() > size) throw input_error{file, {unitee::errc::trailing_data, size}};
    std::ranges::copy(bytes, out.pcrs.emplace().value.begin());
  };
  out.file = inside ? asked.file : *quote;
  out.quote = require(vtpm::tpm_quote::parse(inside ? (*held)->message : asked.from.read(*quote)), out.file);
  const std::string& signature_file = inside ? asked.file : *signed_by;
  out.signature =
      require(vtpm::tpm_signature::parse(inside ? (*held)->signature : asked.from.read(*signed_by)), signature_file);
  if (inside) take_pcrs(asked.file, (*held)->pcrs);
  if (values) take_pcrs(*values, asked.from.read(*values));
  if (digits) out.nonce = octets_of("--nonce", *digits, 64);
  return out;
}

vtpm_answer judge_vtpm(const vtpm::hcl_report& hcl, const std::string& file, const bound_report& report,
                       const tpm_inputs& tpm) {
  using unitee::outcome;
  vtpm_answer out;
  // put is true when the next check makes sense.
  const auto put = [&](const unitee::check_info& info, const unitee::result<void>& good, unitee::byte_view found,
                       unitee::byte_view wanted = {}) {
    out.checks.push_back(answered(info, good ? outcome::met : outcome::not_met, found, wanted));
    if (!good) out.why = good.error();
    return good.has_value();
  };
  out.input = file;
  auto bound = vtpm::check_binding(hcl, report.data);
  if (!bound) bound = unitee::failure{bound.error().code, report.offset, report.in};
  if (!put(binding, bound, report.data)) return out;
  if (!tpm.quote) {
    out.checks.push_back(answered(signature, outcome::not_asked, {}));
    return out;
  }

  const auto runtime = unitee::runtime_data::parse(hcl.runtime_data());
  if (!runtime) {
    const auto& why = runtime.error();
    out.why = unitee::failure{why.code, vtpm::hcl_row::all::size + why.offset, unitee::part::hcl_report};
    return out;
  }
  out.input = tpm.file;
  const auto good = vtpm::check_quote_signature(*tpm.quote, *tpm.signature, runtime->attestation_key);
  if (!put(signature, good, tpm.quote->qualified_signer())) return out;
  if (tpm.nonce.empty()) {
    out.checks.push_back(answered(nonce, outcome::not_asked, tpm.quote->extra_data()));
  } else if (!put(nonce, vtpm::check_quote_nonce(*tpm.quote, tpm.nonce), tpm.quote->extra_data(), tpm.nonce)) {
    return out;
  }
  if (!tpm.pcrs) {
    out.checks.push_back(answered(pcrs, outcome::not_asked, tpm.quote->pcr_digest()));
    return out;
  }
  const auto quoted = vtpm::check_quote_pcrs(*tpm.quote, *tpm.pcrs);
  put(pcrs, quoted ? unitee::result<void>() : unitee::result<void>(quoted.error()), tpm.quote->pcr_digest());
  if (quoted) out.pcrs = *quoted;
  return out;
}

vtpm_answer judge_td_vtpm(const vtpm::hcl_report& hcl, const std::string& file, const unitee::tdx::quoted& quote,
                          const bound_report& bound, const tpm_inputs& tpm) {
  using unitee::outcome;
  vtpm_answer out;
  out.input = file;
  const auto differs = [&](std::size_t offset) {
    return unitee::failure{unitee::errc::binding_mismatch, vtpm::hcl_row::hardware_report::offset + offset,
                           unitee::part::hcl_report};
  };
  const auto report = unitee::tdx::td_report::parse(*hcl.td_report());
  const auto td = quote.td();
  if (!report) {
    out.why = unitee::failure{report.error().code, vtpm::hcl_row::hardware_report::offset + report.error().offset,
                              unitee::part::hcl_report};
  } else if (!td || report->mrtd() != td->mrtd()) {
    out.why = differs(unitee::tdx::td_report_row::mrtd::offset);
  } else if (report->tdattributes() != td->tdattributes()) {
    out.why = differs(unitee::tdx::td_report_row::tdattributes::offset);
  } else if (report->reportdata() != td->reportdata()) {
    out.why = differs(unitee::tdx::td_report_row::reportdata::offset);
  }
  out.checks.push_back({same_td.name, same_td.rule, same_td.source, out.why ? outcome::not_met : outcome::met,
                        report ? unitee::check_value(report->mrtd().view()) : unitee::check_value(),
                        td ? unitee::check_value(td->mrtd().view()) : unitee::check_value(), 1});
  if (out.why) return out;
  vtpm_answer more = judge_vtpm(hcl, file, bound, tpm);
  more.checks.insert(more.checks.begin(), out.checks.front());
  return more;
}

json vtpm_answer::as_json() const {
  json out{{"checks", json_of(checks)}};
  for (std::size_t i = 0; pcrs && i < 24; ++i) {
    const auto value = pcrs->value(i);
    out["pcrs"].push_back(value ? json(fmt::format("{}", unitee::hex_view{value->view()})) : json());
  }
  return out;
}

}  // namespace command::verification
