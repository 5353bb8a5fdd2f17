// SPDX-License-Identifier: Apache-2.0
//
// A header that parses gives back its bytes, and its sizes agree with each other.
#include <unitee/bytes/view.hpp>
#include <unitee/seal/sealed_header.hpp>

#include <cstddef>
#include <cstdint>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace unitee;
  const byte_view input(data, size);
  const auto header = sealed_header::parse(input);
  if (!header)
    return header.error().offset > size || header.error().in != part::sealed_header ? (__builtin_trap(), 0) : 0;
  if (!equal(header->bytes(), input)) __builtin_trap();
  const sealed_geometry geometry = header->geometry();
  if (geometry.file_size() < geometry.payload_offset() || geometry.payload_offset() % 4096 != 0) __builtin_trap();
  if (header->slot_count() == 0 || header->slot_count() > sealed_header::max_slots) __builtin_trap();
  for (std::size_t i = 0; i < header->slot_count(); ++i) {
    if (header->slot(i).params().size() > slot_view::max_params) __builtin_trap();
  }
  return 0;
}
