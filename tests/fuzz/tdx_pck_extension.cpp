// SPDX-License-Identifier: Apache-2.0
//
// What parses is as long as its parts say, and a failure points into the input.
#include <unitee/bytes/view.hpp>
#include <unitee/tdx/pck_extension.hpp>

#include "reached.hpp"

#include <cstddef>
#include <cstdint>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace unitee;
  const byte_view input(data, size);
  const auto sgx = tdx::pck_extension::parse(input);
  if (!sgx) return sgx.error().offset > size || sgx.error().in != part::input ? (__builtin_trap(), 0) : 0;
  if (!(*sgx == *tdx::pck_extension::parse(input))) __builtin_trap();
  if (static_cast<unsigned>(sgx->sgx_type) > 2) __builtin_trap();
  if (tdx::pck_extension::parse(input.first(size - 1))) __builtin_trap();  // no proper prefix is one
  unitee::fuzz::reached();
  return 0;
}
