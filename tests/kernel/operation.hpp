// SPDX-License-Identifier: Apache-2.0
//
// tests/kernel/operation.hpp: what the client is asked to do, and what it says about it.
#pragma once

#include <unitee/bytes/view.hpp>
#include <unitee/posix/time_limit.hpp>
#include <unitee/result.hpp>

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace client {

using octets = std::vector<std::uint8_t>;

// operation is one argument of the client: a name and words, "sev.report vmpl=1 limit=300". A word that makes no sense
// ends the client with status 2.
class operation {
 public:
  explicit operation(std::string_view text);

  [[nodiscard]] const std::string& name() const { return name_; }
  [[nodiscard]] bool has(std::string_view word) const { return words_.find(word) != words_.end(); }
  [[nodiscard]] std::string text(std::string_view word, std::string_view otherwise = {}) const;
  [[nodiscard]] std::uint32_t number(std::string_view word, std::uint32_t otherwise = 0) const;
  // bytes are a word in hexadecimal.
  [[nodiscard]] octets bytes(std::string_view word) const;
  // fixed is a word of exactly so many bytes; without it, 0x01, 0x02, ...
  template <class Fixed>
  [[nodiscard]] Fixed fixed(std::string_view word) const {
    Fixed out;
    fill(word, out.value);
    return out;
  }
  // limit is the word `limit` in milliseconds, 20 s without it.
  [[nodiscard]] unitee::time_limit limit() const { return {number("limit", 20'000)}; }

 private:
  void fill(std::string_view word, unitee::byte_span out) const;

  std::string name_;
  std::map<std::string, std::string, std::less<>> words_;
};

// fields are the members of a JSON object, in order.
class fields {
 public:
  fields& put(std::string_view name, std::string_view text);
  fields& put(std::string_view name, std::uint64_t number);
  fields& put_hex(std::string_view name, unitee::byte_view bytes);
  // put_digest is the SHA-256 of the bytes: all that is ever said about a key.
  fields& put_digest(std::string_view name, unitee::byte_view bytes);

  [[nodiscard]] const std::string& text() const { return text_; }

 private:
  std::string text_;  // each member behind a comma
};

using answer = unitee::result<fields>;
using handler = answer (*)(const operation&);

// snp_handler and tdx_handler are what does the operation, or nothing.
handler snp_handler(std::string_view name);
handler tdx_handler(std::string_view name);

// misused ends the client with status 2.
[[noreturn]] void misused(std::string_view why);

// keep writes bytes into the file that a word names, where there is one.
void keep(const operation& asked, std::string_view word, unitee::byte_view bytes);

}  // namespace client
