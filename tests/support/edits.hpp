// SPDX-License-Identifier: Apache-2.0
//
// tests/support/edits.hpp: inputs that are described as edits of another input.
#pragma once

#include <nlohmann/json.hpp>

#include <charconv>
#include <cstddef>
#include <cstdint>
#include <stdexcept>
#include <string>
#include <vector>

namespace unitee::test {

inline std::vector<std::uint8_t> bytes_of_hex(const std::string& text) {
  std::vector<std::uint8_t> out(text.size() / 2);
  for (std::size_t i = 0; i < out.size(); ++i) {
    const char* const two = text.data() + 2 * i;
    if (std::from_chars(two, two + 2, out[i], 16).ptr != two + 2) throw std::runtime_error("not hexadecimal");
  }
  return out;
}

// hex_of is anything that holds bytes, as lower-case hex.
template <class Bytes>
std::string hex_of(const Bytes& bytes) {
  std::string out;
  for (const std::uint8_t byte : bytes) {
    out += "0123456789abcdef"[byte >> 4];
    out += "0123456789abcdef"[byte & 15];
  }
  return out;
}

// edited applies a list of {op, offset, length, hex} in order: set, xor, truncate, append.
inline std::vector<std::uint8_t> edited(std::vector<std::uint8_t> bytes, const nlohmann::json& edits) {
  for (const auto& edit : edits) {
    const std::string op = edit.at("op");
    const auto data = bytes_of_hex(edit.value("hex", std::string()));
    if (op == "truncate") {
      bytes.resize(edit.at("length").get<std::size_t>());
    } else if (op == "append") {
      bytes.insert(bytes.end(), data.begin(), data.end());
    } else if (op == "set" || op == "xor") {
      const std::size_t offset = edit.at("offset");
      for (std::size_t i = 0; i < data.size(); ++i) {
        std::uint8_t& byte = bytes.at(offset + i);
        byte = op == "set" ? data[i] : static_cast<std::uint8_t>(byte ^ data[i]);
      }
    } else {
      throw std::runtime_error("unknown edit " + op);
    }
  }
  return bytes;
}

}  // namespace unitee::test
