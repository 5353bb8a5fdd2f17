// SPDX-License-Identifier: Apache-2.0
//
// A request for a seal key that parses encodes to the same bytes.
#include <unitee/bytes/view.hpp>
#include <unitee/tdx/key_request.hpp>

#include "reached.hpp"

#include <cstddef>
#include <cstdint>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace unitee;
  const auto request = tdx::key_request::parse_any_binding({data, size});
  if (!request)
    return request.error().offset > size || request.error().in != part::key_request ? (__builtin_trap(), 0) : 0;
  if (!equal(request->encode(), {data, size})) __builtin_trap();
  if (tdx::key_request::parse({data, size}) && request->is_under_bound()) __builtin_trap();
  unitee::fuzz::reached();
  return 0;
}
