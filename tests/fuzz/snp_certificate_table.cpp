// SPDX-License-Identifier: Apache-2.0
//
// What parses gives back its bytes, and every entry lies behind the list and is found by its GUID.
#include <unitee/bytes/view.hpp>
#include <unitee/snp/certificate_table.hpp>

#include "reached.hpp"

#include <cstddef>
#include <cstdint>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace unitee;
  const auto table = snp::certificate_table::parse({data, size});
  if (!table)
    return table.error().offset > size || table.error().in != part::certificate_table ? (__builtin_trap(), 0) : 0;
  if (table->bytes().data() != data || table->bytes().size() != size) __builtin_trap();
  if (table->size() > snp::certificate_table::max_entries) __builtin_trap();
  for (std::size_t i = 0; i < table->size(); ++i) {
    const auto entry = (*table)[i];
    if (entry.offset < 24 * (table->size() + 1) || entry.offset + entry.data.size() > size) __builtin_trap();
    const auto found = table->find(entry.id);
    if (!found || found->data() != data + entry.offset || found->size() != entry.data.size()) __builtin_trap();
  }
  unitee::fuzz::reached();
  return 0;
}
