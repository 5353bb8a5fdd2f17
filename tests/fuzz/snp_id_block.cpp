// SPDX-License-Identifier: Apache-2.0
//
// What parses gives back its bytes, and a failure points into the input.
#include <unitee/bytes/view.hpp>
#include <unitee/snp/id_block.hpp>

#include "reached.hpp"

#include <cstddef>
#include <cstdint>

namespace {

template <class T>
void check(unitee::byte_view input) {
  const auto parsed = T::parse(input);
  if (!parsed) {
    if (parsed.error().offset > input.size() || parsed.error().in != unitee::part::input) __builtin_trap();
    return;
  }
  if (parsed->bytes().data() != input.data() || input.size() != T::size) __builtin_trap();
  std::size_t end = 0;
  parsed->for_each_field([&](auto row, const auto&) {
    if (row.offset < end) __builtin_trap();
    end = row.offset + row.size;
  });
  if (end > T::size) __builtin_trap();
  unitee::fuzz::reached();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  check<unitee::snp::id_block>({data, size});
  check<unitee::snp::id_auth>({data, size});
  return 0;
}
