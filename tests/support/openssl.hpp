// SPDX-License-Identifier: Apache-2.0
//
// tests/support/openssl.hpp: what tests of cryptography share: plain inputs, and a watch on the error queue.
#pragma once

#include "support/edits.hpp"

#include <unitee/bytes/hex.hpp>
#include <unitee/crypto/hash.hpp>
#include <unitee/crypto/secret.hpp>

#include <openssl/err.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace unitee::test {

// pattern is n bytes 3, 10, 17, ...: byte i is 7 * i + 3 modulo 256.
inline std::vector<std::uint8_t> pattern(std::size_t n) {
  std::vector<std::uint8_t> out(n);
  for (std::size_t i = 0; i < n; ++i) out[i] = static_cast<std::uint8_t>(7 * i + 3);
  return out;
}

// secret_of is exactly these bytes as a key.
template <std::size_t N>
secret<N> secret_of(std::span<const std::uint8_t> bytes) {
  return secret<N>::made_by([&](std::span<std::uint8_t, N> out) { std::ranges::copy(bytes.first(N), out.begin()); });
}

// counting_key is the bytes 0, 1, 2, ...
inline secret<32> counting_key() {
  return secret<32>::made_by([](std::span<std::uint8_t, 32> out) {
    for (std::size_t i = 0; i < 32; ++i) out[i] = static_cast<std::uint8_t>(i);
  });
}

inline byte_view bytes_of(std::string_view text) {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

// find_in is where the needle begins first in the bytes, find_last_in where it does last; bytes.size() when nowhere.
inline std::size_t find_in(byte_view bytes, byte_view needle) {
  return static_cast<std::size_t>(std::search(bytes.begin(), bytes.end(), needle.begin(), needle.end()) -
                                  bytes.begin());
}
inline std::size_t find_last_in(byte_view bytes, byte_view needle) {
  return static_cast<std::size_t>(std::find_end(bytes.begin(), bytes.end(), needle.begin(), needle.end()) -
                                  bytes.begin());
}

// keeps_error_queue plants an error of the host program's, runs call(), and says whether exactly that error is left.
// It also runs call() with an empty queue, which must stay empty.
template <class Call>
bool keeps_error_queue(Call&& call) {
  ERR_clear_error();
  call();
  const bool stayed_empty = ERR_peek_error() == 0;
  ERR_raise(ERR_LIB_USER, 42);
  const unsigned long planted = ERR_peek_error();
  call();
  const bool same = ERR_get_error() == planted && ERR_peek_error() == 0;
  ERR_clear_error();
  return stayed_empty && same;
}

}  // namespace unitee::test
