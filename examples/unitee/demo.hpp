// SPDX-License-Identifier: Apache-2.0
//
// demo.hpp: the page that `unitee demo` prints, with either vendor's simulated guest.
#pragma once

#include "command.hpp"

#include <unitee/format.hpp>

#include <nlohmann/json.hpp>

#include <string>
#include <string_view>

namespace command {

// story prints the page, or collects it for --json.
class story {
 public:
  explicit story(bool as_json) : as_json_(as_json) {}

  void chapter(std::string_view title, std::string_view what) {
    chapter_ = title;
    if (!as_json_) fmt::print("\n{:<9} {}\n", title, what);
  }
  void line(std::string_view name, const std::string& text) {
    lines_[chapter_][std::string(name)] = text;
    if (!as_json_) fmt::print("          {:<22} {}\n", name, text);
  }
  // expect notes whether the page came out as it must.
  void expect(bool as_it_should) noexcept { good_ = good_ && as_it_should; }
  // refusal is the line of an attempt that must fail.
  template <class T>
  void refusal(std::string_view attempt, const unitee::result<T>& outcome) {
    expect(!outcome);
    line(attempt, outcome ? "ACCEPTED, and must not be" : fmt::format("refused: {}", outcome.error()));
  }
  int end() {
    if (as_json_) {
      lines_["as_it_should_be"] = good_;
      lines_["simulated"] = true;
      fmt::print("{}\n", lines_.dump(2));
    } else {
      fmt::print("\n{}\n", good_ ? "All of this came out as it should." : "SOMETHING ABOVE IS NOT AS IT SHOULD BE.");
    }
    return good_ ? done : refused;
  }

 private:
  bool as_json_;
  bool good_ = true;
  std::string chapter_;
  nlohmann::ordered_json lines_;
};

inline std::string short_hex(unitee::byte_view bytes) {
  return fmt::format("{}... ({} bytes)", unitee::hex_view{bytes.first(8)}, bytes.size());
}

// demo_tdx tells the story of a simulated TD. (demo_tdx.cpp)
int demo_tdx(const arguments& given);

}  // namespace command
