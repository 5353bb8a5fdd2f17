// SPDX-License-Identifier: Apache-2.0
//
// A request that parses encodes to the same bytes.
#include <unitee/bytes/view.hpp>
#include <unitee/snp/key_request.hpp>

#include <cstddef>
#include <cstdint>
#include <span>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace unitee;
  if (size != snp::key_request::size) return 0;
  const auto request =
      snp::key_request::parse_any_binding(std::span<const std::uint8_t, snp::key_request::size>(data, size));
  if (!request)
    return request.error().offset >= size || request.error().in != part::key_request ? (__builtin_trap(), 0) : 0;
  if (!equal(request->encode(), {data, size}) || request->vmpl() > 3) __builtin_trap();
  return 0;
}
