// SPDX-License-Identifier: Apache-2.0
//
// tests/support/refusals.hpp: vectors with one reason to refuse each, compared with what a parser says.
#pragma once

#include "support/catch.hpp"
#include "support/edits.hpp"
#include "support/vectors.hpp"

#include <unitee/failure.hpp>

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace unitee::test {

using bytes_by_name = std::map<std::string, std::vector<std::uint8_t>>;

// vector_bases is the inputs of a file of vectors that are given whole.
inline bytes_by_name vector_bases(std::string_view file) {
  bytes_by_name out;
  for (const auto& vector : vectors(file)) {
    if (vector.contains("hex")) out[vector.at("name")] = bytes_of_hex(vector.at("hex"));
  }
  return out;
}

// check_refusals calls refusal_of(kind, bytes), the failure of a parser in part::input or nothing, for every vector of
// the file, and compares kind of failure and offset. It is how many vectors are refused.
template <class RefusalOf>
std::size_t check_refusals(std::string_view file, const RefusalOf& refusal_of) {
  const bytes_by_name bases = vector_bases(file);
  std::size_t refused = 0;
  for (const auto& vector : vectors(file)) {
    const std::string vector_name = vector.at("name");
    CAPTURE(vector_name);
    const auto bytes = vector.contains("hex")
                           ? bases.at(vector_name)
                           : edited(bases.at(vector.at("base").template get<std::string>()), vector.at("edits"));
    const std::optional<failure> refusal = refusal_of(vector.at("kind").template get<std::string>(), bytes);
    const std::string expected = vector.at("expect");
    CHECK((refusal ? name(refusal->code) : "ok") == expected);
    if (!refusal) continue;
    ++refused;
    CHECK(refusal->offset == vector.at("offset").template get<std::uint64_t>());
    CHECK(refusal->in == part::input);
  }
  return refused;
}

}  // namespace unitee::test
