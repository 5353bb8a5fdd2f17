// SPDX-License-Identifier: Apache-2.0
//
// tests/support/tdx_reject_set.hpp: what the vectors of tdx_reject.json give to the verifier.
#pragma once

#include "support/forge.hpp"
#include "support/reject_set.hpp"

#include <unitee/json/collateral.hpp>
#include <unitee/verify/endorsements.hpp>
#include <unitee/verify/trust_anchors.hpp>

#include <cstdint>
#include <string>
#include <vector>

namespace unitee::test {

// tdx_evidence is one vector in whole: a merge patch (RFC 7396) of the base.
class tdx_evidence {
 public:
  tdx_evidence(const reject_set& set, const nlohmann::json& vector) : set_(set), whole_(set.base()) {
    whole_.merge_patch(vector);
  }

  [[nodiscard]] std::vector<std::uint8_t> quote() const {
    const auto& form = whole_.at("quote");
    return form.is_string() ? set_.material(form) : set_.bytes_of(form);
  }

  // given is the collateral, or why a piece of it could not be added.
  [[nodiscard]] result<endorsements> given() const {
    endorsements out;
    for (const auto& each : whole_.at("collateral")) {
      for (const std::string name : each.is_array() ? each : nlohmann::json::array({each})) {
        const auto added = add_endorsements(out, set_.material(name));
        if (!added) return added.error();
      }
    }
    return out;
  }

  [[nodiscard]] trust_anchors anchors() const {
    trust_anchors out;
    for (const std::string name : whole_.at("anchors")) out.add(need(certificate::from_der(set_.material(name))));
    return out;
  }

  [[nodiscard]] utc_time at() const { return time(whole_.at("at").get<std::string>()); }

 private:
  const reject_set& set_;
  nlohmann::json whole_;
};

}  // namespace unitee::test
