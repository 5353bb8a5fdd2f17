// SPDX-License-Identifier: Apache-2.0
//
// Digits that decode encode to themselves in lower case, and bytes come back from their digits.
#include <unitee/bytes/hex.hpp>
#include <unitee/bytes/view.hpp>

#include "reached.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace unitee;
  std::string text(data, data + size);
  std::vector<std::uint8_t> bytes(size / 2), back(size);
  if (const auto decoded = hex_decode(text, bytes)) {
    std::string again(2 * bytes.size(), '-');
    if (!hex_encode(bytes, again)) __builtin_trap();
    for (char& c : text) c = c >= 'A' && c <= 'F' ? static_cast<char>(c - 'A' + 'a') : c;
    if (again != text) __builtin_trap();
    if (size != 0) unitee::fuzz::reached();
  } else if (decoded.error().offset > size) {
    __builtin_trap();
  }
  std::string digits(2 * size, '-');
  if (!hex_encode({data, size}, digits) || !hex_decode(digits, back) || !equal(back, {data, size})) __builtin_trap();
  return 0;
}
