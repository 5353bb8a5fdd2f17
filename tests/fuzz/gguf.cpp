// SPDX-License-Identifier: Apache-2.0
//
// Every tensor of a GGUF file that is accepted stands in the file, aligned and behind the one before it. The file is
// accepted when it ends with its last tensor, and not when it is one byte shorter.
#include <unitee/bytes/source.hpp>
#include <unitee/model/gguf.hpp>

#include "reached.hpp"
#include "require.hpp"

#include <cstddef>
#include <cstdint>

using namespace unitee;
using fuzz::require;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const byte_view input(data, size);
  const auto format = recognise(memory_source(input));
  const auto index = read_gguf(memory_source(input));
  if (!index) {
    require(index.error().in == part::model && index.error().offset <= size);
    return 0;
  }
  require(format && *format == model_format::gguf);
  const auto tensors = index->tensors.all();
  require(24 * tensors.size() + 24 <= index->index_size && index->index_size <= index->data_offset);
  std::uint64_t end = index->data_offset;
  for (const tensor_extent& each : tensors) {
    require(each.offset >= end && each.offset - end < index->alignment);
    require((each.offset - index->data_offset) % index->alignment == 0);
    end = each.offset + each.size;
  }
  require(end == index->data_offset + index->data_size && end <= size);
  const std::uint64_t needed = index->data_size == 0 ? index->index_size : end;
  const auto again = read_gguf(memory_source(input.first(static_cast<std::size_t>(needed))));
  require(again && again->data_size == index->data_size && again->tensors.all().size() == tensors.size());
  const auto shorter = read_gguf(memory_source(input.first(static_cast<std::size_t>(needed) - 1)));
  require(!shorter && shorter.error() == failure{errc::truncated, needed - 1, part::model});
  unitee::fuzz::reached();
  return 0;
}
