// SPDX-License-Identifier: Apache-2.0
//
// Parsing evidence: no signature is checked, nothing is copied but the report's 1184 bytes.

#include <unitee/snp/report.hpp>
#include <unitee/tdx/quote.hpp>

#include "../allocations.hpp"
#include "../measure.hpp"
#include "../table.hpp"
#include "support/sample_quote.hpp"
#include "support/sample_report.hpp"

#include <cstdint>
#include <string>

namespace benchmarks {
namespace {

// add_rows times parsing `bytes` by Parse, and counts its allocations.
template <auto Parse>
void add_rows(table& out, const std::string& what, unitee::byte_view bytes, double most_ns) {
  const auto task = [bytes] {
    unitee::byte_view input = bytes;
    keep(input);
    const auto parsed = Parse(input);
    keep(parsed);
  };
  const double seconds = alone(task);
  out.add({.what = what,
           .ours = duration_text(seconds),
           .target = text("under %.0f ns", most_ns),
           .met = seconds * 1e9 < most_ns});
  const std::size_t allocated = allocations_of(task).own;
  out.add({.what = "  allocations", .ours = std::to_string(allocated), .target = "0", .met = allocated == 0});
}

}  // namespace

void parse(table& out) {
  using unitee::snp::report;
  using unitee::tdx::quote;
  for (const std::uint32_t version : {2U, 3U, 5U}) {
    const auto sample = unitee::test::sample_report(version);
    const auto parsed = report::parse(sample);
    require(parsed && parsed->version() == version && unitee::equal(parsed->bytes(), sample),
            "a report does not parse");
    add_rows<report::parse>(out, "parse SEV-SNP report, version " + std::to_string(version), sample, 50);
  }
  for (const auto& shape : {unitee::test::v4_shape, unitee::test::v5_shape}) {
    const auto sample = unitee::test::sample_quote(shape);
    const auto parsed = quote::parse(sample.bytes());
    require(parsed && parsed->td() && parsed->td()->mrtd().value == unitee::test::run<48>(0x43),
            "a quote does not parse");
    constexpr auto parse_quote = [](unitee::byte_view bytes) { return quote::parse(bytes); };
    add_rows<parse_quote>(out, "parse TDX quote, version " + std::to_string(shape.version), sample.bytes(), 300);
  }
}

}  // namespace benchmarks
