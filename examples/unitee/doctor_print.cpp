// SPDX-License-Identifier: Apache-2.0
//
// doctor_print.cpp: what `unitee doctor` has found, for a person on one screen, and for a program.

#include "doctor.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <cstdio>

namespace command::examination {

namespace {

constexpr std::size_t width = 80;
constexpr std::size_t indent = 26;  // 9 for the state, 16 for the topic, and a space

// put writes text from a column on, and breaks lines between words.
void put(std::string& to, std::string head, std::string_view text, std::size_t column) {
  head.resize(std::max(head.size(), column), ' ');
  std::string line = std::move(head);
  bool begun = false;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find(' '), text.size());
    if (begun && line.size() + 1 + end > width) {
      to += line + "\n";
      line.assign(column, ' ');
      begun = false;
    }
    if (begun) line += ' ';
    line += text.substr(0, end);
    begun = true;
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  to += line + "\n";
}

std::string text_of(const diagnosis& of) {
  std::string out;
  for (const finding& each : of.findings) {
    put(out, fmt::format("{:<9}{:<16} ", name(each.is), each.topic), each.what, indent);
    if (!each.advice.empty()) put(out, std::string(indent - 3, ' ') + "-> ", each.advice, indent);
  }
  out += "\n";
  put(out, "", of.summary, 0);
  return out;
}

nlohmann::ordered_json json_of(const diagnosis& of) {
  const bool derives = !of.known.derives.empty();
  nlohmann::ordered_json out{
      {"can_attest", of.can_attest()},  {"can_derive", derives},
      {"attests_by", of.known.attests}, {"derives_by", derives ? nlohmann::ordered_json(of.known.derives) : nullptr},
      {"summary", of.summary},          {"findings", nlohmann::ordered_json::array()}};
  for (const finding& each : of.findings) {
    out["findings"].push_back(
        {{"topic", each.topic}, {"state", name(each.is)}, {"what", each.what}, {"advice", each.advice}});
  }
  return out;
}

}  // namespace

void print(const diagnosis& of, bool as_json) {
  if (as_json) {
    fmt::print("{}\n", json_of(of).dump(2, ' ', false, nlohmann::json::error_handler_t::replace));
  } else {
    fmt::print("{}", text_of(of));
  }
}

}  // namespace command::examination
