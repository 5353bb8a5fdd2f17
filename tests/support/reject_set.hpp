// SPDX-License-Identifier: Apache-2.0
//
// tests/support/reject_set.hpp: the vectors of <name>.json, with the materials and signatures that they refer to.
#pragma once

#include "support/edits.hpp"
#include "support/vectors.hpp"

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace unitee::test {

// reject_set is the vectors of snp_reject or tdx_reject; tests/vectors/<name>_vectors.py says what is in them.
class reject_set {
 public:
  explicit reject_set(const std::string& name = "snp_reject")
      : all_(vectors(name)), signatures_(vectors(name + "_signatures")) {
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
      if (edit.contains("material")) edit["hex"] = hex_of(piece(edit));
      if (edit.contains("pem")) edit["hex"] = hex_of(as_pem(material(edit.at("pem"))));
    }
    return edited(start, edits);
  }

  // material is the bytes of a material by its full name.
  [[nodiscard]] const std::vector<std::uint8_t>& material(const std::string& name) const {
    const auto known = materials_.find(name);
    return known != materials_.end() ? known->second : materials_[name] = bytes_of(*by_name_.at(name));
  }

  // base is what the others are merge patches of, where they are.
  [[nodiscard]] const nlohmann::json& base() const { return *by_name_.at("base"); }

 private:
  // piece is the "size" bytes "from" an offset of a "material", or all of it.
  [[nodiscard]] std::vector<std::uint8_t> piece(const nlohmann::json& of) const {
    const auto& whole = material(of.at("material"));
    const auto from = whole.begin() + of.value("from", 0);
    return {from, of.contains("size") ? from + of.at("size").get<int>() : whole.end()};
  }

  static std::vector<std::uint8_t> as_pem(const std::vector<std::uint8_t>& der) {
    std::string text = base64_of(der);
    for (std::size_t at = 64; at < text.size(); at += 65) text.insert(at, 1, '\n');
    text = "-----BEGIN CERTIFICATE-----\n" + text + "\n-----END CERTIFICATE-----\n";
    return {text.begin(), text.end()};
  }

  static std::string base64_of(const std::vector<std::uint8_t>& bytes) {
    const char* const digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    std::string out;
    for (std::size_t i = 0; i < bytes.size(); i += 3) {
      std::uint32_t three = 0;
      for (std::size_t k = i; k < i + 3; ++k) three = three << 8 | (k < bytes.size() ? bytes[k] : 0U);
      for (std::size_t k = 0; k < 4; ++k) out += i + k > bytes.size() ? '=' : digits[three >> (18 - 6 * k) & 63];
    }
    return out;
  }

  nlohmann::json all_;
  nlohmann::json signatures_;
  std::map<std::string, const nlohmann::json*> by_name_;
  mutable std::map<std::string, std::vector<std::uint8_t>> materials_;  // that somebody has asked for
};

}  // namespace unitee::test
