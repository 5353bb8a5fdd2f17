// SPDX-License-Identifier: Apache-2.0

#include "operation.hpp"

#include <unitee/bytes/hex.hpp>
#include <unitee/crypto/hash.hpp>

#include <charconv>
#include <cstdio>
#include <cstdlib>
#include <fstream>

namespace client {

operation::operation(std::string_view text) {
  while (!text.empty()) {
    const std::string_view word = text.substr(0, text.find(' '));
    text.remove_prefix(std::min(text.size(), word.size() + 1));
    const std::size_t equals = word.find('=');
    if (name_.empty()) {
      name_ = word;
    } else if (equals == word.npos) {
      misused(word);
    } else {
      words_.emplace(word.substr(0, equals), word.substr(equals + 1));
    }
  }
}

std::string operation::text(std::string_view word, std::string_view otherwise) const {
  const auto found = words_.find(word);
  return found == words_.end() ? std::string(otherwise) : found->second;
}

std::uint32_t operation::number(std::string_view word, std::uint32_t otherwise) const {
  const auto found = words_.find(word);
  if (found == words_.end()) return otherwise;
  const std::string_view digits = found->second;
  std::uint32_t value = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  if (error != std::errc() || end != digits.data() + digits.size()) misused(word);
  return value;
}

octets operation::bytes(std::string_view word) const {
  const std::string digits = text(word);
  octets out(digits.size() / 2);
  if (!unitee::hex_decode(digits, out)) misused(word);
  return out;
}

void operation::fill(std::string_view word, unitee::byte_span out) const {
  std::uint8_t n = 0;
  for (std::uint8_t& each : out) each = ++n;
  if (has(word) && !unitee::hex_decode(text(word), out)) misused(word);
}

fields& fields::put(std::string_view name, std::string_view text) {
  text_.append(", \"").append(name).append("\": \"").append(text).append("\"");
  return *this;
}

fields& fields::put(std::string_view name, std::uint64_t number) {
  text_.append(", \"").append(name).append("\": ").append(std::to_string(number));
  return *this;
}

fields& fields::put_hex(std::string_view name, unitee::byte_view bytes) {
  std::string digits(2 * bytes.size(), '0');
  if (!unitee::hex_encode(bytes, digits)) std::abort();
  return put(name, digits);
}

fields& fields::put_digest(std::string_view name, unitee::byte_view bytes) {
  const auto digest = unitee::sha256(bytes);
  if (!digest) std::abort();
  return put_hex(name, digest->value);
}

void misused(std::string_view why) {
  std::fprintf(stderr, "client: %.*s\n", static_cast<int>(why.size()), why.data());
  std::exit(2);
}

void keep(const operation& asked, std::string_view word, unitee::byte_view bytes) {
  if (!asked.has(word)) return;
  std::ofstream file(asked.text(word), std::ios::binary);
  for (const std::uint8_t each : bytes) file.put(static_cast<char>(each));
  if (!file.flush()) misused("cannot write");
}

}  // namespace client
