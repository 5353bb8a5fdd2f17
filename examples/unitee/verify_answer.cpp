// SPDX-License-Identifier: Apache-2.0

#include "verify_answer.hpp"

#include "sheet.hpp"

#include <unitee/json/strict.hpp>

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <utility>

namespace command::verification {

namespace {

// parsed_answer is a recorded answer, which may be anything; null where it is no JSON.
nlohmann::json parsed_answer(const std::string& answer) {
  constexpr unitee::json_limits as_ours{std::size_t{64} << 20, 64};
  auto out = unitee::parse_json({reinterpret_cast<const std::uint8_t*>(answer.data()), answer.size()}, as_ours);
  return out ? *std::move(out) : nlohmann::json();
}

// differ says whether two values do, and takes the path to the first place at which they do, members in the order of
// their names. The values are at most 64 deep.
bool differ(const nlohmann::json& a, const nlohmann::json& b, nlohmann::json::json_pointer& path) {
  if (a.type() != b.type() || !a.is_structured()) return a != b;
  auto x = a.begin();
  auto y = b.begin();
  for (std::size_t i = 0; x != a.end() || y != b.end(); ++i, ++x, ++y) {
    const bool both = x != a.end() && y != b.end();
    if (a.is_array()) {
      path.push_back(std::to_string(i));
    } else {
      path.push_back(both ? std::min(x.key(), y.key()) : x != a.end() ? x.key() : y.key());
    }
    if (!both || (a.is_object() && x.key() != y.key()) || differ(*x, *y, path)) return true;
    path.pop_back();
  }
  return false;
}

}  // namespace

std::string member_of(const std::string& then, const std::string& now) {
  const auto a = parsed_answer(then);
  nlohmann::json::json_pointer path;
  if (!a.is_null()) (void)differ(a, parsed_answer(now), path);
  return path.to_string();
}

std::string verdict_of(const std::string& answer) {
  const auto parsed = parsed_answer(answer);
  if (!parsed.is_object() || !parsed.contains("verdict") || !parsed["verdict"].is_string()) return "no verdict";
  return inspection::printable(parsed["verdict"].get<std::string>());
}

}  // namespace command::verification
