// SPDX-License-Identifier: Apache-2.0
//
// inspect_vtpm.cpp: the report of the Azure paravisor, with the hardware report inside, and a TPM's quote.

#include "inspect.hpp"

#include <unitee/crypto/hash.hpp>
#include <unitee/snp/report.hpp>
#include <unitee/tdx/td_report.hpp>
#include <unitee/vtpm/hcl_binding.hpp>
#include <unitee/vtpm/hcl_report.hpp>
#include <unitee/vtpm/tpm_quote.hpp>

#include <fmt/format.h>

namespace command::inspection {

namespace vtpm = unitee::vtpm;

namespace {

template <class Digest>
unitee::result<bytes> digest_of(unitee::byte_view data) {
  const auto digest = unitee::hash<Digest>(data);
  if (!digest) return digest.error();
  return bytes(digest->value.begin(), digest->value.end());
}

unitee::result<bytes> runtime_digest(const vtpm::hcl_report& report) {
  switch (report.hash_type()) {
    case vtpm::hcl_hash::sha256: return digest_of<unitee::sha256_digest>(report.runtime_data());
    case vtpm::hcl_hash::sha384: return digest_of<unitee::sha384_digest>(report.runtime_data());
    case vtpm::hcl_hash::sha512: return digest_of<unitee::sha512_digest>(report.runtime_data());
  }
  return unitee::errc::unsupported_algorithm;
}

}  // namespace

unitee::result<sheet> describe_hcl_report(unitee::byte_view octets) {
  const auto report = vtpm::hcl_report::parse(octets);
  if (!report) return report.error();
  const bool snp = report->report_type() == vtpm::hcl_report_type::snp;
  constexpr std::size_t inner_offset = vtpm::hcl_row::hardware_report::offset;
  auto hardware = snp ? describe_snp_report(*report->snp_report(), inner_offset)
                      : describe_td_report(*report->td_report(), inner_offset);
  if (!hardware) return hardware.error();
  const auto digest = runtime_digest(*report);
  if (!digest) return digest.error();
  constexpr std::size_t snp_data = unitee::snp::row::report_data::offset;
  constexpr std::size_t td_data = unitee::tdx::td_report_row::reportdata::offset;

  sheet out(fmt::format("HCL report of the Azure paravisor, on {}", snp ? "SEV-SNP" : "TDX"), "hcl-report");
  report->for_each_field([&]<class Row>(Row row, const auto& value) {
    if constexpr (std::is_same_v<Row, vtpm::hcl_row::signature>) {
      out.put(Row::name, std::string(text_of(value.view())), Row::offset);
    } else if constexpr (!std::is_same_v<Row, vtpm::hcl_row::hardware_report>) {
      out.put_field(row, value);
    }
  });
  out.put("runtime_data_hash", *digest);
  const auto report_data = report->hardware_report().subspan(snp ? snp_data : td_data).first<64>();
  out.put("report_data_binds_runtime_data", vtpm::check_binding(*report, report_data).has_value());
  const std::string text(text_of(report->runtime_data()));
  out.put("runtime_data", is_json(text) ? cell(json_text{text}) : cell(text), vtpm::hcl_row::all::size);
  out.put_section("hardware_report", std::move(*hardware));
  return out;
}

unitee::result<sheet> describe_tpm_quote(unitee::byte_view octets) {
  const auto quote = vtpm::tpm_quote::parse(octets);
  if (!quote) return quote.error();
  sheet out("TPM quote", "tpm-quote");
  const auto put_bytes = [&](const char* name, unitee::byte_view value) {
    out.put(name, bytes(value.begin(), value.end()), quote->offset_of(value));
  };
  const std::size_t clock = quote->clock_offset();
  out.put("magic", std::uint64_t{quote->magic()}, 0, sheet::hexadecimal(quote->magic()));
  out.put("type", std::uint64_t{quote->type()}, 4, sheet::hexadecimal(quote->type()));
  put_bytes("qualified_signer", quote->qualified_signer());
  put_bytes("extra_data", quote->extra_data());
  out.put("clock", quote->clock(), clock);
  out.put("reset_count", std::uint64_t{quote->reset_count()}, clock + 8);
  out.put("restart_count", std::uint64_t{quote->restart_count()}, clock + 12);
  out.put("safe", quote->safe(), clock + 16);
  out.put("firmware_version", quote->firmware_version(), clock + 17, sheet::hexadecimal(quote->firmware_version()));
  std::vector<sheet::line> banks;
  quote->for_each_bank([&](const vtpm::pcr_selection& bank) {
    std::string numbers;
    for (std::size_t pcr = 0; pcr < 8 * bank.select.size(); ++pcr) {
      if (bank.has(pcr)) numbers += fmt::format("{}{}", numbers.empty() ? "" : ",", pcr);
    }
    cells values{{"hash", std::string(vtpm::name(bank.hash))},
                 {"hash_id", static_cast<std::uint64_t>(bank.hash)},
                 {"select", bytes(bank.select.begin(), bank.select.end())},
                 {"pcrs", json_text{fmt::format("[{}]", numbers)}},
                 {"offset", std::uint64_t{bank.offset}}};
    banks.push_back({std::move(values), fmt::format("{:<6}  {}", vtpm::name(bank.hash), numbers)});
  });
  put_bytes("pcr_digest", quote->pcr_digest());
  out.put_lines("pcr_select", std::move(banks));
  return out;
}

}  // namespace command::inspection
