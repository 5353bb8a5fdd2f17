// SPDX-License-Identifier: Apache-2.0
//
// A quote that parses is its parts, one behind the other, and nothing else.
#include <unitee/bytes/view.hpp>
#include <unitee/vtpm/check_quote.hpp>

#include "reached.hpp"

#include <cstddef>
#include <cstdint>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace unitee;
  const byte_view input(data, size);
  if (const auto signature = vtpm::tpm_signature::parse(input)) {
    const byte_view rsa = signature->rsa();
    if (rsa.data() + rsa.size() != data + size || (rsa.size() != size && rsa.size() + 6 != size)) __builtin_trap();
  } else if (signature.error().offset > size || signature.error().in != part::input) {
    __builtin_trap();
  }
  const auto quote = vtpm::tpm_quote::parse(input);
  if (!quote) return quote.error().offset > size || quote.error().in != part::tpm_quote ? (__builtin_trap(), 0) : 0;
  if (quote->offset_of(quote->qualified_signer()) != 8) __builtin_trap();
  std::size_t end = 8 + quote->qualified_signer().size() + 2;
  if (quote->offset_of(quote->extra_data()) != end) __builtin_trap();
  end += quote->extra_data().size();
  if (quote->clock_offset() != end) __builtin_trap();
  end += 25 + 4;
  bool other = false;
  quote->for_each_bank([&](const vtpm::pcr_selection& bank) {
    if (bank.offset != end) __builtin_trap();
    end += 3 + bank.select.size();
    for (std::size_t pcr = 0; pcr < 300; ++pcr) {
      if (bank.has(pcr) && (bank.hash != vtpm::pcr_hash::sha256 || pcr >= 24)) other = true;
    }
  });
  if (quote->offset_of(quote->pcr_digest()) != end + 2) __builtin_trap();
  if (end + 2 + quote->pcr_digest().size() != size) __builtin_trap();
  if (quote->extra_data().empty() == check_quote_nonce(*quote, quote->extra_data()).has_value()) __builtin_trap();
  const auto pcrs = check_quote_pcrs(*quote, {});
  if (other != (!pcrs && pcrs.error().code == errc::unsupported_format)) __builtin_trap();
  unitee::fuzz::reached();
  return 0;
}
