// SPDX-License-Identifier: Apache-2.0
//
// What parses gives back its bytes, and what is allowed to follow a quote decides nothing else.
#include <unitee/bytes/view.hpp>
#include <unitee/tdx/quote.hpp>

#include "reached.hpp"

#include <cstddef>
#include <cstdint>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace unitee;
  const byte_view input(data, size);
  const auto quote = tdx::quote::parse(input);
  if (!quote) return quote.error().offset > size || quote.error().in != part::quote ? (__builtin_trap(), 0) : 0;
  if (quote->bytes().data() != data || !equal(quote->bytes(), input)) __builtin_trap();
  std::size_t visited = 0;
  quote->for_each_field([&](auto row, const auto&) { visited += row.size; });
  if (visited != quote->signed_bytes().size() || quote->td().has_value() == quote->enclave().has_value())
    __builtin_trap();
  if (quote->td() && quote->tee_type() != tdx::tee_type::tdx) __builtin_trap();
  if (quote->td() && quote->td()->curr_servtd_attr().has_value() != (quote->body().size() == 885)) __builtin_trap();
  (void)quote->certification_data().pck_id();

  const byte_view exact = input.first(size - quote->trailing().size());
  const auto again = tdx::quote::parse(exact, tdx::trailing_bytes::none);
  if (!again || !equal(again->certification_data().bytes(), quote->certification_data().bytes())) __builtin_trap();
  if (!exact.empty() && tdx::quote::parse(exact.first(exact.size() - 1))) __builtin_trap();
  unitee::fuzz::reached();
  return 0;
}
