// SPDX-License-Identifier: Apache-2.0
//
// What parses gives back its bytes, parses again to the same, and has a field for every byte that is not zero.
#include <unitee/bytes/view.hpp>
#include <unitee/snp/kds.hpp>
#include <unitee/snp/report.hpp>

#include "reached.hpp"

#include <cstddef>
#include <cstdint>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace unitee;
  const byte_view input(data, size);
  const auto report = snp::report::parse(input);
  if (!report) return report.error().offset > size || report.error().in != part::report ? (__builtin_trap(), 0) : 0;
  if (!equal(report->bytes(), input)) __builtin_trap();
  const auto again = snp::report::parse(report->bytes());
  if (!again || *again != *report) __builtin_trap();
  std::size_t end = 0;
  report->for_each_field([&](auto row, const auto&) {
    if (!all_zero(input.subspan(end, row.offset - end))) __builtin_trap();
    end = row.offset + row.size;
  });
  if (!all_zero(input.subspan(end))) __builtin_trap();
  for (const auto& product : snp::products) {
    const auto where = snp::vcek_address(*report, product.id);
    if (where ? where->text().empty() : where.error().code != errc::missing) __builtin_trap();
  }
  unitee::fuzz::reached();
  return 0;
}
