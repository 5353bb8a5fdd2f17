// SPDX-License-Identifier: Apache-2.0
//
// Any bytes are refused, and then nothing is added; or what was found is counted, and reads the same again; and
// what is added again is there once.
#include <unitee/verify/endorsements.hpp>

#include "reached.hpp"

#include <cstddef>
#include <cstdint>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace unitee;
  endorsements bag;
  const auto added = bag.add(byte_view(data, size));
  const std::size_t found = bag.certificates().size() + bag.crls().size();
  if (added ? found > *added || (found == 0) != (*added == 0) : found != 0) __builtin_trap();
  if (!added && added.error().offset > size) __builtin_trap();
  for (const certificate& one : bag.certificates()) {
    const auto der = one.der();
    if (!der) __builtin_trap();
    endorsements alone;
    if (!alone.add(*der) || alone.certificates().size() != 1 || !(alone.certificates()[0] == one)) __builtin_trap();
  }
  const std::size_t certificates = bag.certificates().size();
  const std::size_t crls = bag.crls().size();
  const auto again = bag.add(byte_view(data, size));
  if (again.has_value() != added.has_value() || (added && *again != *added)) __builtin_trap();
  if (bag.certificates().size() != certificates || bag.crls().size() != crls) __builtin_trap();
  if (found != 0) unitee::fuzz::reached();
  return 0;
}
