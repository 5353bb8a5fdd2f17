// SPDX-License-Identifier: Apache-2.0
//
// The tensors of a safetensors file that is accepted are its data without a hole; its header is an object to the parser
// that we build on, too, with as many tensors.
#include <unitee/bytes/source.hpp>
#include <unitee/json/safetensors.hpp>

#include <nlohmann/json.hpp>

#include "reached.hpp"
#include "require.hpp"

#include <cstddef>
#include <cstdint>

using namespace unitee;
using fuzz::require;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const byte_view input(data, size);
  const auto format = recognise(memory_source(input));
  const auto index = read_safetensors(memory_source(input));
  if (!index) {
    require(index.error().in == part::model && index.error().offset <= size);
    return 0;
  }
  require(format && *format == model_format::safetensors);
  const auto tensors = index->tensors.all();
  std::uint64_t end = index->data_offset;
  require(end == index->index_size);
  for (const tensor_extent& each : tensors) {
    require(each.offset == end);
    end += each.size;
  }
  require(end == size && end == index->data_offset + index->data_size);

  const auto header = nlohmann::json::parse(data + 8, data + index->data_offset, nullptr, false);
  require(header.is_object() && header.size() == tensors.size() + (header.contains("__metadata__") ? 1 : 0));
  std::uint64_t sum = 0;
  for (const auto& [name, each] : header.items()) {
    if (name == "__metadata__") continue;
    const auto& offsets = each.at("data_offsets");
    sum += offsets.at(1).get<std::uint64_t>() - offsets.at(0).get<std::uint64_t>();
  }
  require(sum == index->data_size);
  unitee::fuzz::reached();
  return 0;
}
