// SPDX-License-Identifier: Apache-2.0
//
// What parses gives back its bytes and parses again to the same.
#include <unitee/bytes/view.hpp>
#include <unitee/tdx/td_report.hpp>

#include "reached.hpp"

#include <cstddef>
#include <cstdint>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace unitee;
  const byte_view input(data, size);
  const auto report = tdx::td_report::parse(input);
  if (!report) return report.error().offset > size || report.error().in != part::td_report ? (__builtin_trap(), 0) : 0;
  if (!equal(report->bytes(), input)) __builtin_trap();
  std::size_t visited = 0;
  report->for_each_field([&](auto row, const auto&) { visited += row.size; });
  if (visited != size - 62) __builtin_trap();  // 62 bytes are zero
  const auto again = tdx::td_report::parse(report->bytes());
  if (!again || *again != *report) __builtin_trap();
  unitee::fuzz::reached();
  return 0;
}
