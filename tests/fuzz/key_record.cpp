// SPDX-License-Identifier: Apache-2.0
//
// A record of either vendor that parses encodes to the same bytes, and no bytes are a record of both.
#include <unitee/bytes/view.hpp>
#include <unitee/kdf/key_record.hpp>
#include <unitee/snp/key_request.hpp>
#include <unitee/tdx/key_request.hpp>

#include "reached.hpp"

#include <cstddef>
#include <cstdint>

namespace {

template <class Request>
bool is_record(unitee::byte_view bytes) {
  using namespace unitee;
  const auto record = key_record<Request>::parse_any_binding(bytes);
  if (!record) {
    if (record.error().offset > bytes.size() || record.error().in != part::key_record) __builtin_trap();
    return false;
  }
  if (!equal(record->encode(), bytes)) __builtin_trap();
  if (key_record<Request>::parse(bytes) && record->request().is_under_bound()) __builtin_trap();
  unitee::fuzz::reached();
  return true;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (is_record<unitee::snp::key_request>({data, size}) && is_record<unitee::tdx::key_request>({data, size})) {
    __builtin_trap();
  }
  return 0;
}
