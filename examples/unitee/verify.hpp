// SPDX-License-Identifier: Apache-2.0
//
// verify.hpp: the parts of `unitee verify` that both vendors' evidence shares.
#pragma once

#include "command.hpp"
#include "inputs.hpp"
#include "sheet.hpp"

#include <unitee/bytes/time.hpp>
#include <unitee/result.hpp>
#include <unitee/verify/attestation_result.hpp>
#include <unitee/verify/endorsements.hpp>
#include <unitee/verify/trust_anchors.hpp>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <iterator>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace command::verification {

using json = nlohmann::ordered_json;

// judged is an answer in every form, and what follows from it.
struct judged {
  json answer;                                        // --json
  std::string text;                                   // for a person
  std::optional<unitee::result<nlohmann::json>> ear;  // --ear; nothing where that was not asked
  int status = done;
  std::string line;  // the reason of a refusal, for stderr
};

// question is what was asked, and about which file.
struct question {
  const arguments& given;
  inputs& from;
  std::string file;
  unitee::utc_time at;

  [[nodiscard]] bool wants_ear() const { return given.has("--ear"); }
  [[nodiscard]] json head() const;
};

// judge answers. What cannot be used is a usage_error or an input_error, and no answer.
judged judge(const arguments& given, inputs& from);
void print(const judged& all, const arguments& given);

// rejudge answers a receipt. (verify_receipt.cpp)
bool is_receipt(unitee::byte_view bytes);
int rejudge(const arguments& given, const std::string& file, unitee::byte_view receipt);
void write_receipt(const std::string& path, const arguments& given, const inputs& from, unitee::utc_time at,
                   const judged& all);

// put adds to a text.
template <class... T>
void put(std::string& to, fmt::format_string<T...> format, T&&... values) {
  fmt::format_to(std::back_inserter(to), format, std::forward<T>(values)...);
}

// verify_endorsements.cpp: what --endorsements, --trust-anchor and --no-pinned-roots name.
unitee::endorsements endorsements_of(const question& asked);
unitee::trust_anchors anchors_of(const question& asked);

// verify_print.cpp: checks, for a person.
//
// check_words is how the values of a vendor's checks read.
class check_words {
 public:
  check_words() = default;
  check_words(const check_words&) = delete;
  check_words& operator=(const check_words&) = delete;
  virtual ~check_words() = default;

  // shown is a value as the check means it.
  [[nodiscard]] virtual std::string shown(const unitee::appraisal_check& check, const unitee::check_value& value) const;
  // difference is which part of the value keeps the check from being met, where there are several.
  [[nodiscard]] virtual std::string difference(const unitee::appraisal_check& check) const;
  // wanted is what a check asked for, or nothing where the difference says it.
  [[nodiscard]] virtual std::string wanted(const unitee::appraisal_check& check) const;
  // nothing is what no value means.
  [[nodiscard]] virtual std::string nothing(const unitee::appraisal_check& check) const;
};

void put_check(std::string& to, const unitee::appraisal_check& check, const check_words& words);
// put_rest folds what nobody asked: one line for each value, and the yes and no behind each other.
void put_rest(std::string& to, std::span<const unitee::appraisal_check> checks, const check_words& words);
// reason is why genuine evidence is refused, as the end of the error's line.
std::string reason(const unitee::appraisal_check& check, const check_words& words);

// verify_json.cpp: for a program.
json json_of(const unitee::failure& why);
json json_of(std::span<const unitee::appraisal_check> checks);
std::string text_of(const json& answer);

// text_of is what the sheet prints.
std::string text_of(const inspection::sheet& of);

// line_of is a failure as the end of the error's line.
std::string line_of(const std::string& input, const unitee::failure& why);

}  // namespace command::verification
