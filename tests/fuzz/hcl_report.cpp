// SPDX-License-Identifier: Apache-2.0
//
// What parses gives back its bytes, and its parts and the zeros behind them are all there is.
#include <unitee/bytes/view.hpp>
#include <unitee/vtpm/hcl_report.hpp>

#include "reached.hpp"

#include <cstddef>
#include <cstdint>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace unitee;
  const byte_view input(data, size);
  const auto report = vtpm::hcl_report::parse(input);
  if (!report) return report.error().offset > size || report.error().in != part::hcl_report ? (__builtin_trap(), 0) : 0;
  if (report->bytes().data() != data || report->bytes().size() != size) __builtin_trap();
  std::size_t end = 0;
  report->for_each_field([&](auto row, const auto&) { end += row.size; });
  if (report->runtime_data().data() != data + end || report->runtime_data().size() != report->variable_data_size())
    __builtin_trap();
  if (!all_zero(input.subspan(end + report->runtime_data().size()))) __builtin_trap();
  if (report->snp_report().has_value() == report->td_report().has_value()) __builtin_trap();
  const auto again = vtpm::hcl_report::parse(input.first(report->report_size()));
  if (!again || again->runtime_data().size() != report->runtime_data().size()) __builtin_trap();
  unitee::fuzz::reached();
  return 0;
}
