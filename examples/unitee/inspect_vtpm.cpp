// SPDX-License-Identifier: Apache-2.0
//
// inspect_vtpm.cpp: the report of the Azure paravisor, with the hardware report inside.

#include "inspect.hpp"

#include <unitee/crypto/hash.hpp>
#include <unitee/snp/report.hpp>
#include <unitee/tdx/td_report.hpp>
#include <unitee/vtpm/hcl_binding.hpp>
#include <unitee/vtpm/hcl_report.hpp>

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

}  // namespace command::inspection
