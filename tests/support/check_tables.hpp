// SPDX-License-Identifier: Apache-2.0
//
// tests/support/check_tables.hpp: what is checked, as Markdown: the steps of verification and the questions of appraisal.
#pragma once

#include "support/refused_steps.hpp"

#include <unitee/verify/attestation_result.hpp>

#include <cstddef>
#include <span>
#include <string>
#include <string_view>

namespace unitee::test {

// escaped is a text in a cell.
inline std::string escaped(std::string_view text) {
  std::string out;
  for (const char each : text) {
    if (each == '|' || each == '*' || each == '<') out += '\\';
    out += each;
  }
  return out;
}

// kinds_in is the kinds of failure in one part, those of malformed bytes under one name.
inline std::string kinds_in(part in, const std::set<errc>& kinds) {
  std::string out;
  bool malformed = false;
  for (const errc each : kinds) {
    if (class_of(each) == failure_class::malformed) {
      malformed = true;
    } else {
      out += std::string(out.empty() ? "" : ", ") + "`" + name(each) + "`";
    }
  }
  if (malformed) out = "malformed" + (out.empty() ? "" : ", " + out);
  return std::string(name(in)) + ": " + out;
}

// steps_table is a row for each step. One at which no vector stops refuses nothing.
template <class Steps>
std::string steps_table(const Steps& steps, const refusals& refused) {
  std::string out = "| step | what holds once it is passed | source | refused as |\n|---|---|---|---|\n";
  for (const auto& each : steps) {
    std::string kinds;
    if (const auto found = refused.find(each.name); found != refused.end()) {
      for (const auto& [in, of] : found->second) kinds += (kinds.empty() ? "" : "; ") + kinds_in(in, of);
    }
    out += "| `" + std::string(each.name) + "` | " + escaped(each.rule) + " | " + escaped(each.source) + " | " +
           (kinds.empty() ? "nothing" : kinds) + " |\n";
  }
  return out;
}

// when is when a policy asks: its writer has to say so or waive it, or it is asked unless it is allowed, or it is asked
// of whoever wants it.
inline std::string_view when(std::size_t index, outcome by_default) {
  if (index < 4) return "decided";
  return by_default == outcome::not_asked ? "wanted" : "default";
}

// checks_table is a row for each question. `least` is the answers to a policy that waives what it can and says nothing
// besides. The points that every policy decides stand first.
inline std::string checks_table(std::span<const appraisal_check> least) {
  std::string out = "| check | asked | what holds when it is met | source |\n|---|---|---|---|\n";
  for (std::size_t i = 0; i < least.size(); ++i) {
    const appraisal_check& each = least[i];
    out += "| `" + std::string(each.name) + "` | " + std::string(when(i, each.answer)) + " | " + escaped(each.rule) +
           " | " + escaped(each.source) + " |\n";
  }
  return out;
}

}  // namespace unitee::test
