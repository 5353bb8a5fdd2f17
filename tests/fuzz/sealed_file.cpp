// SPDX-License-Identifier: Apache-2.0
//
// Any bytes are refused, or open and then read the same, or are refused, however they are read. The key is that of the
// seeds (sealed_vectors.py), so that some inputs do open.
#include <unitee/seal/io.hpp>
#include <unitee/seal/sealed_reader.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace unitee;
  static const auto key = secret<32>::made_by([](std::span<std::uint8_t, 32> out) {
    for (std::size_t i = 0; i < 32; ++i) out[i] = static_cast<std::uint8_t>(0x90 + i);
  });
  const memory_source source(byte_view(data, size));
  auto reader = sealed_reader<memory_source>::open(source, key);
  if (!reader) return 0;
  if (reader->payload_size() > size) __builtin_trap();
  std::vector<std::uint8_t> whole(static_cast<std::size_t>(reader->payload_size()), 0xee);
  std::vector<std::uint8_t> pieces(whole.size());
  const bool read = reader->read_at(0, whole).has_value();
  if (!read && !all_zero(whole)) __builtin_trap();
  bool all = true;
  for (std::size_t at = 0; at < pieces.size(); at += 1000) {
    const std::size_t n = std::min<std::size_t>(1000, pieces.size() - at);
    all = reader->read_at(at, byte_span(pieces).subspan(at, n)).has_value() && all;
  }
  if (all != read || (read && whole != pieces)) __builtin_trap();
  return 0;
}
