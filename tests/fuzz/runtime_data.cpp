// SPDX-License-Identifier: Apache-2.0
//
// JSON that is accepted means the same when it is written and read again, and to the parser that we build on.
#include <unitee/bytes/view.hpp>
#include <unitee/json/runtime_data.hpp>

#include "reached.hpp"

#include <cstddef>
#include <cstdint>
#include <string>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace unitee;
  const byte_view input(data, size);
  const auto known = runtime_data::parse(input);
  if (!known && (known.error().in != part::input || known.error().offset > size)) __builtin_trap();
  const auto value = parse_json(input, runtime_data::limits);
  if (!value) {
    if (known || value.error() != known.error()) __builtin_trap();
    return 0;
  }
  if (*value != nlohmann::json::parse(data, data + size, nullptr, false)) __builtin_trap();
  const std::string text = value->dump();
  const auto again = parse_json({reinterpret_cast<const std::uint8_t*>(text.data()), text.size()}, {text.size(), 8});
  if (!again || *again != *value) __builtin_trap();
  unitee::fuzz::reached();
  return 0;
}
