// SPDX-License-Identifier: Apache-2.0
//
// A text that is a moment is written the same way, and a moment that can be written is read back.
#include <unitee/bytes/time.hpp>

#include "reached.hpp"

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace unitee;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  if (const auto at = parse_time(text)) {
    const auto again = format_time(*at);
    if (!again || std::string_view(again->data(), again->size()) != text) __builtin_trap();
    unitee::fuzz::reached();
  } else if (at.error().offset > size) {
    __builtin_trap();
  }
  utc_time moment;
  if (size < sizeof moment.seconds) return 0;
  std::memcpy(&moment.seconds, data, sizeof moment.seconds);
  for (const std::int64_t seconds : {moment.seconds, moment.seconds & 0x3FFFFFFFFF}) {
    const auto written = format_time({seconds});
    if (written.has_value() != (seconds >= 0 && seconds < 253402300800)) __builtin_trap();
    if (written && parse_time({written->data(), written->size()})->seconds != seconds) __builtin_trap();
  }
  return 0;
}
