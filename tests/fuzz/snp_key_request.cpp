// SPDX-License-Identifier: Apache-2.0
//
// A request that parses encodes to the same bytes.
#include <unitee/bytes/view.hpp>
#include <unitee/snp/key_request.hpp>

#include "reached.hpp"

#include <cstddef>
#include <cstdint>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace unitee;
  const auto request = snp::key_request::parse_any_binding({data, size});
  if (!request)
    return request.error().offset > size || request.error().in != part::key_request ? (__builtin_trap(), 0) : 0;
  const auto bytes = request->encode_v2();
  if (!equal(byte_view(bytes).first(request->encoded_size()), {data, size}) || request->vmpl() > 3) __builtin_trap();
  unitee::fuzz::reached();
  return 0;
}
