// SPDX-License-Identifier: Apache-2.0
//
// A message that holds a quote is header, id and quote and nothing else, and says so itself. The length in front of a
// message is in its bounds.
#include <unitee/bytes/endian.hpp>
#include <unitee/bytes/view.hpp>
#include <unitee/tdx/quote_service_message.hpp>

#include "reached.hpp"

#include <cstddef>
#include <cstdint>
#include <span>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace unitee;
  if (size >= 4) {
    const auto length = tdx::quote_service_length(std::span<const std::uint8_t, 4>(data, 4));
    if (length ? *length < 16 || *length > 1024 * 1024 : length.error().code != errc::bad_length) __builtin_trap();
  }
  const auto quote = tdx::quote_in({data, size});
  if (!quote) {
    const bool is_code = quote.error().code == errc::service_error;
    return (!is_code && quote.error().offset > size) || quote.error().in != part::quote_service ? (__builtin_trap(), 0)
                                                                                                : 0;
  }
  const auto word = [&](std::size_t at) {
    return load_le<std::uint32_t>(std::span<const std::uint8_t, 4>(data + at, 4));
  };
  if (quote->empty() || quote->size() != word(20) || word(8) != size || word(12) != 0) __builtin_trap();
  if (24 + std::size_t{word(16)} + quote->size() != size || quote->data() + quote->size() != data + size)
    __builtin_trap();
  unitee::fuzz::reached();
  return 0;
}
