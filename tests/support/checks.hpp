// SPDX-License-Identifier: Apache-2.0
//
// tests/support/checks.hpp: what the checks of an appraisal answer, whichever vendor's claims they are about.
#pragma once

#include "support/catch.hpp"
#include "support/edits.hpp"

#include <unitee/verify/attestation_result.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <span>
#include <string>
#include <string_view>

namespace unitee::test {

// shown is a value as a text that tells its kind, too: "-", "yes", "#5", "0x5", "1.2.3", "'Milan'", or hex.
inline std::string shown(const check_value& value) {
  std::string out;
  switch (value.is()) {
    case check_value::kind::none: return "-";
    case check_value::kind::flag: return value.flag() == true ? "yes" : "no";
    case check_value::kind::number: return "#" + std::to_string(value.number());
    case check_value::kind::mask: {
      char digits[24];
      std::snprintf(digits, sizeof digits, "0x%llx", static_cast<unsigned long long>(value.number()));
      return digits;
    }
    case check_value::kind::release:
      for (const std::uint8_t part : value.bytes()) out += (out.empty() ? "" : ".") + std::to_string(part);
      return out;
    case check_value::kind::text: return "'" + std::string(value.text()) + "'";
    case check_value::kind::bytes: break;
  }
  return hex_of(value.bytes());
}

// repeat is the hex of `n` equal bytes.
inline std::string repeat(std::string_view digits, std::size_t n) {
  std::string out;
  while (n-- != 0) out += digits;
  return out;
}

// expect_check says that the check of this name has this answer and these values, that no other was asked, those that
// always are excepted, which are met, and that the verdict follows.
template <class Claims>
void expect_check(const attestation_result<Claims>& answer, std::string_view name, outcome wanted_answer,
                  const std::string& found, const std::string& wanted, std::size_t choices,
                  std::span<const std::string_view> always = {}) {
  CAPTURE(std::string(name));
  const auto checks = answer.checks();
  REQUIRE(answer.check(name) != nullptr);
  std::size_t index = 0;
  for (std::size_t i = 0; i < checks.size(); ++i) {
    if (checks[i].name == name) {
      index = i;
      continue;
    }
    CAPTURE(checks[i].name);
    const bool is_asked = std::ranges::find(always, checks[i].name) != always.end();
    CHECK(checks[i].answer == (is_asked ? outcome::met : outcome::not_asked));
    CHECK((shown(checks[i].wanted) == "-") != is_asked);
    CHECK((checks[i].choices == 0) != is_asked);
  }
  CHECK(unitee::name(checks[index].answer) == std::string_view(unitee::name(wanted_answer)));
  CHECK(shown(checks[index].found) == found);
  CHECK(shown(checks[index].wanted) == wanted);
  CHECK(checks[index].choices == choices);
  if (wanted_answer == outcome::not_met) {
    REQUIRE_FALSE(answer.verdict());
    CHECK(answer.verdict().error() == failure{errc::policy_not_met, index, part::policy});
  } else {
    CHECK(answer.verdict().has_value());
  }
}

}  // namespace unitee::test
