// SPDX-License-Identifier: Apache-2.0
//
// The blocks of a PEM text are no larger than the text, a failure stands inside of it, and no error is left behind.
#include <unitee/crypto/pem.hpp>

#include "reached.hpp"

#include <openssl/err.h>

#include <cstddef>
#include <cstdint>
#include <string_view>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace unitee;
  std::size_t blocks = 0;
  std::size_t bytes = 0;
  const auto walked = for_each_pem({data, size}, [&](std::string_view label, byte_view der) -> result<void> {
    if (label.empty() || der.empty()) __builtin_trap();
    ++blocks;
    bytes += der.size();
    return {};
  });
  if (blocks > pem_block_max || bytes > size) __builtin_trap();
  if (!walked && walked.error().offset > size) __builtin_trap();
  if (ERR_peek_error() != 0) __builtin_trap();
  if (walked && blocks != 0) unitee::fuzz::reached();
  return 0;
}
