// SPDX-License-Identifier: Apache-2.0
//
// tests/support/reject_set.hpp: the vectors of snp_reject.json, with the materials and signatures that they refer to.
#pragma once

#include "support/edits.hpp"
#include "support/vectors.hpp"

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace unitee::test {

// reject_set is the vectors; tests/vectors/snp_reject_vectors.py says what is in them.
class reject_set {
 public:
  reject_set() : all_(vectors("snp_reject")), signatures_(vectors("snp_reject_signatures")) {
    for (const auto& each : all_) by_name_[each.at("name")] = &each;
  }
  reject_set(const reject_set&) = delete;
  reject_set& operator=(const reject_set&) = delete;

  [[nodiscard]] const nlohmann::json& all() const { return all_; }
  [[nodiscard]] std::size_t distinct_names() const { return by_name_.size(); }

  // bytes_of is what a form describes: hex or a base, and edits of it.
  [[nodiscard]] std::vector<std::uint8_t> bytes_of(const nlohmann::json& form) const {
    const auto start = form.contains("base") ? material(form.at("base")) : bytes_of_hex(form.at("hex"));
    auto edits = form.value("edits", nlohmann::json::array());
    for (auto& edit : edits) {
      if (edit.contains("signature")) edit["hex"] = signatures_.at(edit.at("signature").get<std::string>());
      if (edit.contains("material")) edit["hex"] = hex_of(material(edit.at("material")));
    }
    return edited(start, edits);
  }

  // material is the bytes of a material by its full name.
  [[nodiscard]] std::vector<std::uint8_t> material(const std::string& name) const {
    return bytes_of(*by_name_.at(name));
  }

 private:
  nlohmann::json all_;
  nlohmann::json signatures_;
  std::map<std::string, const nlohmann::json*> by_name_;
};

}  // namespace unitee::test
