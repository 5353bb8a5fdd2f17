// SPDX-License-Identifier: Apache-2.0
//
// tests/emulator/line_reader.hpp: one line of a stage, word by word.
#pragma once

#include "fault.hpp"

#include <unitee/bytes/hex.hpp>

#include <charconv>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace emulator {

using words = std::vector<std::string>;

// line_reader takes the words of one line from the front. What it cannot read makes it `bad`.
class line_reader {
 public:
  explicit line_reader(words from) : words_(std::move(from)) {}

  [[nodiscard]] bool at_end() const { return at_ == words_.size(); }
  [[nodiscard]] bool bad() const { return bad_; }
  bool refuse() { return bad_ = true; }

  std::string word() {
    if (at_end()) {
      bad_ = true;
      return {};
    }
    return words_[at_++];
  }

  // take goes over this word where it comes next.
  bool take(std::string_view word) {
    if (at_end() || words_[at_] != word) return false;
    ++at_;
    return true;
  }

  std::uint64_t number(std::uint64_t max = std::numeric_limits<std::uint64_t>::max(), int base = 10) {
    std::string text = word();
    if (text.starts_with("0x")) {
      text.erase(0, 2);
      base = 16;
    }
    std::uint64_t value = 0;
    const char* const end = text.data() + text.size();
    const auto [stopped, error] = std::from_chars(text.data(), end, value, base);
    if (text.empty() || error != std::errc() || stopped != end || value > max) bad_ = true;
    return value;
  }

  std::uint32_t number32() { return static_cast<std::uint32_t>(number(std::numeric_limits<std::uint32_t>::max())); }

  octets hex() {
    const std::string text = word();
    octets out(text.size() / 2);
    if (!unitee::hex_decode(text, out)) bad_ = true;
    return out;
  }

  template <class Fixed>
  Fixed fixed() {
    const auto value = unitee::from_hex<Fixed>(word());
    if (!value) bad_ = true;
    return value ? *value : Fixed{};
  }

  // present reads `present` or `absent`.
  bool present() {
    if (take("absent")) return false;
    if (!take("present")) bad_ = true;
    return true;
  }

  // rest is the words that are left, as one text.
  [[nodiscard]] std::string rest() const {
    std::string out;
    for (std::size_t i = at_; i < words_.size(); ++i) out += (out.empty() ? "" : " ") + words_[i];
    return out;
  }

 private:
  words words_;
  std::size_t at_ = 0;
  bool bad_ = false;
};

// read_fault reads what stands behind the word `fault`.
void read_fault(line_reader& in, std::vector<fault_line>& to);

}  // namespace emulator
