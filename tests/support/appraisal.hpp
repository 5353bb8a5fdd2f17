// SPDX-License-Identifier: Apache-2.0
//
// tests/support/appraisal.hpp: appraisals that ask one thing, and what they answer.
#pragma once

#include "support/spoiled.hpp"

#include <unitee/verify/snp_appraise.hpp>

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <string>
#include <string_view>

namespace unitee::test {

// undecided allows whatever a policy refuses by itself, and leaves all mandatory decisions open.
inline auto undecided() { return snp::appraisal_policy{}.allow_migration().allow_cxl().allow_masked_chip_id(); }

// lax waives the mandatory decisions, too: it asks nothing.
inline auto lax() { return undecided().waive_report_data().waive_measurement().waive_tcb().allow_debug(); }
using lax_policy = decltype(lax());

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

using snp_answer = attestation_result<snp::claims>;

// expect says that the check of this name has this answer and these values, that all others were not asked, and that
// the verdict follows.
inline void expect(const snp_answer& answer, std::string_view name, outcome wanted_answer, const std::string& found,
                   const std::string& wanted, std::size_t choices = 1) {
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
    CHECK(checks[i].answer == outcome::not_asked);
    CHECK(shown(checks[i].wanted) == "-");
    CHECK(checks[i].choices == 0);
  }
  CHECK(unitee::name(checks[index].answer) == std::string_view(unitee::name(wanted_answer)));
  CHECK(shown(checks[index].found) == found);
  CHECK(shown(checks[index].wanted) == wanted);
  CHECK(checks[index].choices == choices);
  if (wanted_answer == outcome::not_met) {
    CHECK(refusal(answer.verdict()) == failure{errc::policy_not_met, index, part::policy});
  } else {
    CHECK(answer.verdict().has_value());
  }
}

// expect_unasked says that nothing was asked, and what the check of this name found.
inline void expect_unasked(const snp_answer& answer, std::string_view name, const std::string& found) {
  expect(answer, name, outcome::not_asked, found, "-", 0);
}

// guest_claims is genuine claims of a good guest (support/spoiled.hpp) with edited bytes.
inline genuine_claims guest_claims(const edit_bytes& edit = {}) { return judged_claims(good_report(edit)); }

}  // namespace unitee::test
