// SPDX-License-Identifier: Apache-2.0
//
// tests/support/refused_steps.hpp: at which step the vectors of forged evidence are refused, and as what.
#pragma once

#include "support/tdx_reject_set.hpp"

#include <unitee/failure.hpp>
#include <unitee/tdx/quote.hpp>
#include <unitee/verify/snp_steps.hpp>
#include <unitee/verify/tdx_steps.hpp>

#include <array>
#include <cstdint>
#include <limits>
#include <map>
#include <optional>
#include <set>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

namespace unitee::test {

// refusals is the kinds of failure in each part, for each step by its name.
using refusals = std::map<std::string_view, std::map<part, std::set<errc>>>;

// kind_named and part_named are an errc and a part as they are spelled in C++, which is how the vectors name them.
inline errc kind_named(std::string_view spelling) {
  for (unsigned i = 0; i <= std::numeric_limits<std::uint8_t>::max(); ++i) {
    if (spelling == name(static_cast<errc>(i))) return static_cast<errc>(i);
  }
  throw std::runtime_error("no such kind of failure: " + std::string(spelling));
}
inline std::optional<part> part_named(std::string_view spelling) {
  constexpr std::array<std::pair<std::string_view, part>, 12> parts{{{"report", part::report},
                                                                     {"vek", part::vek},
                                                                     {"intermediate", part::intermediate},
                                                                     {"root", part::root},
                                                                     {"crl", part::crl},
                                                                     {"quote", part::quote},
                                                                     {"pck", part::pck},
                                                                     {"tcb_signing", part::tcb_signing},
                                                                     {"tcb_info", part::tcb_info},
                                                                     {"qe_identity", part::qe_identity},
                                                                     {"pck_crl", part::pck_crl},
                                                                     {"root_crl", part::root_crl}}};
  for (const auto& [word, in] : parts) {
    if (spelling == word) return in;
  }
  return std::nullopt;  // what is beside the evidence and its endorsements, and a policy's, is no step's
}

// step_name is the step that the failure of a vector belongs to, and empty where it belongs to none. A quote that does
// not parse stopped at the first.
inline std::string_view step_name(const reject_set& set, const nlohmann::json& vector, const failure& why) {
  if (!vector.contains("report")) {
    const bool parses = tdx::quote::parse(tdx_evidence(set, vector).quote()).has_value();
    const auto step = parses ? tdx::step_of(why) : tdx::step::parse;
    return step ? tdx::info_of(*step).name : "";
  }
  const auto step = snp::step_of(why);
  return step ? snp::info_of(*step).name : "";
}

// refusals_in is the refusals of all vectors of the set.
inline refusals refusals_in(const reject_set& set) {
  refusals out;
  for (const nlohmann::json& vector : set.all()) {
    if (vector.at("kind") != "reject" || !vector.at("expect").contains("part")) continue;
    const nlohmann::json& expect = vector.at("expect");
    const auto in = part_named(expect.at("part").get<std::string>());
    if (!in) continue;
    const failure why{kind_named(expect.at("errc").get<std::string>()), expect.value("offset", std::uint64_t{}), *in};
    const std::string_view step = step_name(set, vector, why);
    if (step.empty()) continue;
    out[step][why.in].insert(why.code);
  }
  return out;
}

}  // namespace unitee::test
