// SPDX-License-Identifier: Apache-2.0
//
// verify_json.cpp: what `unitee verify --json` prints of checks and failures.

#include "verify.hpp"

#include <unitee/format.hpp>

namespace command::verification {

namespace {

json json_of_value(const unitee::check_value& value) {
  using kind = unitee::check_value::kind;
  switch (value.is()) {
    case kind::none: return nullptr;
    case kind::flag: return *value.flag();
    case kind::number: return value.number();
    case kind::mask: return fmt::format("{:#x}", value.number());
    case kind::release: return fmt::format("{}", fmt::join(value.bytes(), "."));
    case kind::text: return value.text();
    case kind::bytes: break;
  }
  return fmt::format("{}", unitee::hex_view{value.bytes()});
}

}  // namespace

json json_of(const unitee::failure& why) {
  return {{"kind", unitee::name(why.code)},
          {"part", unitee::name(why.in)},
          {"offset", why.offset},
          {"text", fmt::format("{}", why)}};
}

json json_of(std::span<const unitee::appraisal_check> checks) {
  json out = json::array();
  for (const unitee::appraisal_check& check : checks) {
    out.push_back({{"check", check.name},
                   {"outcome", unitee::name(check.answer)},
                   {"rule", check.rule},
                   {"section", check.source},
                   {"found", json_of_value(check.found)},
                   {"wanted", json_of_value(check.wanted)},
                   {"choices", check.choices}});
  }
  return out;
}

std::string text_of(const json& answer) { return answer.dump(2, ' ', false, json::error_handler_t::replace); }

std::string line_of(const std::string& input, const unitee::failure& why) {
  return fmt::format("{}: {} ({})", input, why, unitee::name(why.code));
}

}  // namespace command::verification
