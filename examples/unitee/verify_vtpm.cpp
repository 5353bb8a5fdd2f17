// SPDX-License-Identifier: Apache-2.0
//
// verify_vtpm.cpp: the virtual TPM behind an HCL report: bound by the hardware report, quoted, fresh.

#include "verify.hpp"

#include <unitee/json/runtime_data.hpp>
#include <unitee/vtpm/hcl_binding.hpp>

#include <algorithm>

namespace command::verification {

namespace {

constexpr unitee::check_info binding{"runtime_data",
                                     "REPORT_DATA is the digest of the HCL report's runtime data, then zeros",
                                     "Azure HCL report, HASH_TYPE; ABI, REPORT_DATA"};
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

tpm_inputs tpm_inputs_of(const arguments& given, bool hcl) {
  tpm_inputs out;
  const auto quote = given.one("--tpm-quote");
  const auto signed_by = given.one("--tpm-signature");
  const auto values = given.one("--tpm-pcrs");
  const auto digits = given.one("--nonce");
  if (quote.has_value() != signed_by.has_value()) throw usage_error{"--tpm-quote and --tpm-signature go together"};
  if (!quote && (values || digits)) throw usage_error{"--tpm-pcrs and --nonce are about a --tpm-quote"};
  if (!quote) return out;
  if (!hcl) throw usage_error{"--tpm-quote is for an HCL report: nothing else vouches for a vTPM"};
  out.file = *quote;
  out.bytes[0] = read_file(*quote);
  out.bytes[1] = read_file(*signed_by);
  out.quote = require(vtpm::tpm_quote::parse(out.bytes[0]), *quote);
  out.signature = require(vtpm::tpm_signature::parse(out.bytes[1]), *signed_by);
  if (values) {
    const auto bytes = read_file(*values);
    const std::size_t size = vtpm::sha256_pcrs::size();
    if (bytes.size() < size) throw input_error{*values, {unitee::errc::truncated, bytes.size()}};
    if (bytes.size() > size) throw input_error{*values, {unitee::errc::trailing_data, size}};
    std::ranges::copy(bytes, out.pcrs.emplace().value.begin());
  }
  if (digits) out.nonce = octets_of("--nonce", *digits, 64);
  return out;
}

vtpm_answer judge_vtpm(const vtpm::hcl_report& hcl, const std::string& file, const snp::report& report,
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
  const auto data = report.report_data();
  auto bound = vtpm::check_binding(hcl, data.view());
  if (!bound) bound = unitee::failure{bound.error().code, snp::row::report_data::offset, unitee::part::report};
  if (!put(binding, bound, data.view())) return out;
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

}  // namespace command::verification
